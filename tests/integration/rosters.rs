//! Rosters as people have them: files of spreadsheets and HR systems, and what becomes of the people in
//! them when addresses, contracts and lists change.

use std::path::Path;

use chrono::TimeDelta;
use sandbox::{Account, Kind, Login, World};
use uuid::Uuid;

use crate::harness::{Ran, Site, at};

const MAPPING: &str = "[roster]\nemail = \"Business Email\"\ncontract_end = \"Vertragsende\"\n\
                       date_format = \"%d.%m.%Y\"\n";

struct People {
    ann: Uuid,
    bob: Uuid,
}

/// A portal with three guests, Ann away for long, and one member of staff.
fn portal() -> (Site, People) {
    let now = at("2026-11-24T12:00:00Z");
    let mut world = World::builder(now).seed(11).build();
    let owner = world.owner();
    for days in 0..100 {
        world.add_login(Login::success(owner).at(now - TimeDelta::days(100 - days)));
    }
    let mut guest =
        |name: &str| world.add_guest(&format!("{name}@vendor.example"), now - TimeDelta::days(90));
    let (ann, bob, cyd) = (guest("ann"), guest("bob"), guest("cyd"));
    let id = world.new_guid();
    let staff = Account::new(id, Kind::User, "Sam", "Staff", "sam@corp.example");
    let staff = world.add_account(staff.registered(now - TimeDelta::days(90)));
    for (id, days) in [(ann, 80), (bob, 2), (cyd, 1), (staff, 1)] {
        world.add_login(Login::success(id).at(now - TimeDelta::days(days)));
    }
    (Site::new(world), People { ann, bob })
}

fn data(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rosters");
    std::fs::read(folder.join(file)).unwrap()
}

fn sync(site: &Site, file: &str) -> Ran {
    std::fs::write(site.path().join(file), data(file)).unwrap();
    site.run(&format!("sync --contractors {file}"))
}

#[track_caller]
fn refused(ran: &Ran, lines: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    for line in lines {
        assert!(ran.stderr.contains(line), "{line}:\n{}", ran.stderr);
    }
}

/// What decision and store say of the roster.
fn reconciliation(site: &Site) -> serde_json::Value {
    site.json("decide --dry-run")["reconciliation"].clone()
}

fn emails(list: &serde_json::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["email"].as_str().unwrap()).collect()
}

/// Emails of the accounts that are judged.
fn judged(site: &Site) -> Vec<String> {
    let shown = site.json("decide --dry-run");
    let verdicts = shown["verdicts"].as_array().unwrap();
    let mut emails: Vec<String> =
        verdicts.iter().map(|v| v["email"].as_str().unwrap().to_owned()).collect();
    emails.sort();
    emails
}

#[test]
fn a_file_that_would_lose_or_change_people_is_refused_and_each_place_is_named() {
    let (site, _) = portal();
    refused(
        &sync(&site, "quote-swallow.csv"),
        &["quote-swallow.csv:2: ", "line 4", "quotation mark"],
    );
    refused(
        &sync(&site, "short-year.csv"),
        &[
            "short-year.csv:2: column \"contract_end\": \"01-02-27\" is not a valid date; write YYYY-MM-DD",
            "short-year.csv:3: column \"contract_end\": \"27-12-31\"",
            "short-year.csv:4: column \"contract_end\": \"2027- 1- 5\"",
            "short-year.csv:5: column \"contract_end\": \"+2027-01-05\"",
            "error: the roster has 4 problems; nothing was changed",
        ],
    );
    refused(
        &sync(&site, "invisible-characters.csv"),
        &[
            "invisible-characters.csv:2: column \"email\": \"\\u{200b}ann@vendor.example\" has the \
             invisible character U+200B in it; remove it",
            "invisible-characters.csv:3: column \"email\"",
            "U+200E",
            "invisible-characters.csv:4: column \"email\"",
            "U+00AD",
        ],
    );
    let many = sync(&site, "many-bad-rows.csv");
    refused(&many, &["error: the roster has 18 problems; nothing was changed"]);
    assert_eq!(many.stderr.matches("is not a valid e-mail address").count(), 12);
    refused(
        &sync(&site, "german-export.csv"),
        &["\"Business Email\", \"Name\", \"Vertragsende\", \"Kostenstelle\"", "[roster] email"],
    );
    assert!(!site.store().exists(), "nothing was changed");
}

#[test]
fn files_of_spreadsheets_and_directories_are_read_as_they_are() {
    for (file, rows, ignored) in [
        ("blank-rows.csv", 1, "team, note"),
        ("excel-sep.csv", 1, ""),
        ("foreign-ids.json", 2, ""),
        ("bamboohr.csv", 2, "First Name, Last Name"),
        ("entra.csv", 2, "userPrincipalName, accountEnabled"),
        ("okta.csv", 2, "status, login, firstName, lastName"),
        ("sap.txt", 2, ""),
    ] {
        let (site, _) = portal();
        let ran = sync(&site, file).ends(0);
        let noun = if rows == 1 { "row" } else { "rows" };
        let line = format!("{rows} {noun} ({file}): {rows} matched\n");
        assert!(ran.stdout.contains(&line), "{line}{}", ran.stdout);
        match ignored {
            "" => assert!(!ran.stdout.contains("ignored"), "{}", ran.stdout),
            names => assert!(ran.stdout.contains(&format!("ignored columns: {names}\n"))),
        }
        let all = ["ann@vendor.example", "bob@vendor.example"];
        assert_eq!(judged(&site), all[..rows], "{file}");
    }
}

#[test]
fn a_mapped_export_is_read_with_its_dates() {
    let (site, _) = portal();
    site.configure(MAPPING);
    let ran = sync(&site, "german-export.csv").ends(0);
    assert!(ran.stdout.contains("ignored columns: Kostenstelle\n"), "{}", ran.stdout);
    assert_eq!(
        site.sql("SELECT email || ' ' || contract_end FROM roster_rows"),
        ["ann@vendor.example 2027-01-31"]
    );
    assert_eq!(site.sql("SELECT extra ->> 'Kostenstelle' FROM roster_rows"), ["4711"]);
    let config = site.must("config").stdout;
    assert!(config.contains("roster.date_format"), "{config}");
    for (bad, problem) in [
        ("date_format = \"%d.%m\"", "does not write a whole date"),
        ("date_format = \"%H:%M\"", "does not write a whole date"),
        ("date_format = \"%Q\"", "does not write a whole date"),
        ("email = \" \"", "is not the name of a column"),
        ("mail = \"x\"", "did you mean `email`?"),
    ] {
        site.configure(&format!("[roster]\n{bad}\n"));
        refused(&site.run("config"), &[problem]);
    }
}

#[test]
fn a_roster_that_matches_nobody_or_far_fewer_is_not_believed() {
    let (site, _) = portal();
    site.write("hr.csv", "email\nann@vendor.example\nbob@vendor.example\ncyd@vendor.example\n");
    site.must("sync --contractors hr.csv");
    let store = site.sql("SELECT count(*) FROM rosters");
    for (rows, problem) in [
        ("email\nann@other.example\nbob@other.example\n", "no row of the roster (2 rows) matches"),
        (
            "email\nann@vendor.example\nx@other.example\n",
            "1 of 2 rows of the roster match an account, and 3",
        ),
    ] {
        site.write("new.csv", rows);
        let ran = site.run("sync --contractors new.csv").ends(5);
        assert!(ran.stderr.contains(problem), "{}", ran.stderr);
        assert!(ran.stderr.contains("--accept-unmatched"), "{}", ran.stderr);
        assert_eq!(site.sql("SELECT count(*) FROM rosters"), store);
        assert_eq!(judged(&site).len(), 3, "the roster before counts");
    }
    let accepted = site.must("sync --contractors new.csv --accept-unmatched");
    assert!(accepted.stdout.contains("1 matched, 1 without an account"), "{}", accepted.stdout);
    assert_eq!(
        site.sql("SELECT overrides FROM runs ORDER BY id DESC LIMIT 1"),
        ["--accept-unmatched"]
    );
}

#[test]
fn how_rows_matched_is_said_by_sync_status_and_doctor() {
    let (site, _) = portal();
    site.write(
        "hr.csv",
        "email\nann@vendor.example\nbob@vendor.example\nBob@vendor.example\nnew@vendor.example\n",
    );
    let words = "1 matched, 1 without an account, 2 ambiguous";
    let ran = site.must("sync --contractors hr.csv");
    assert!(ran.stdout.contains(&format!("4 rows (hr.csv): {words}")), "{}", ran.stdout);
    for line in ["status", "doctor"] {
        let told = site.run(line).stdout;
        assert!(told.contains(words), "{line}: {told}");
    }
    let status = site.json("status");
    assert_eq!(status["roster"]["matched"], 1);
    assert_eq!(status["roster"]["ambiguous"], 2);
    let again = site.json("sync");
    assert_eq!(again["roster"]["without_account"], 1);
    assert_eq!(again["roster"]["in_use"], true);
}

#[test]
fn a_person_with_a_new_address_is_found_by_the_one_before() {
    let (site, people) = portal();
    site.write("hr.csv", "email\nann@vendor.example\nbob@vendor.example\n");
    site.must("sync --contractors hr.csv");
    site.portal.world().account_mut(people.ann).unwrap().email =
        "ann.married@vendor.example".into();
    let ran = site.must("sync --contractors hr.csv");
    assert!(ran.stdout.contains("2 matched\n"), "{}", ran.stdout);
    assert_eq!(judged(&site), ["ann.married@vendor.example", "bob@vendor.example"]);
    let explained = site.json("explain ann.married@vendor.example");
    assert_eq!(explained["verdict"], "inactive");
    assert_eq!(explained["roster"][0]["email"], "ann@vendor.example");
    // Who has an address now is meant by it.
    let newcomer = {
        let mut world = site.portal.world();
        let registered = world.clock().now() - TimeDelta::days(1);
        world.add_guest("ann@vendor.example", registered)
    };
    site.must("sync");
    assert_eq!(judged(&site), ["ann@vendor.example", "bob@vendor.example"]);
    let shown = site.json("decide --dry-run");
    let ids: Vec<&str> = shown["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["account_id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&newcomer.to_string().as_str()));
    assert_eq!(
        emails(&shown["reconciliation"]["accounts_not_in_roster"]).len(),
        2,
        "the one before and the third guest"
    );
}

#[test]
fn a_leaver_who_dropped_out_of_the_file_is_listed_whatever_the_kind() {
    let (site, _) = portal();
    site.write("hr.csv", "email\nann@vendor.example\nbob@vendor.example\nsam@corp.example\n");
    site.must("sync --contractors hr.csv");
    assert_eq!(emails(&reconciliation(&site)["accounts_not_in_roster"]), ["cyd@vendor.example"]);
    site.write("hr.csv", "email\nann@vendor.example\nbob@vendor.example\n");
    site.must("sync --contractors hr.csv");
    let mut listed: Vec<String> = emails(&reconciliation(&site)["accounts_not_in_roster"])
        .into_iter()
        .map(str::to_owned)
        .collect();
    listed.sort();
    assert_eq!(listed, ["cyd@vendor.example", "sam@corp.example"]);
}

#[test]
fn one_person_in_two_rows_of_which_one_has_ended_is_one_person() {
    let (site, _) = portal();
    let rows = |first: &str, second: &str| {
        format!("email,contract_end\nann@vendor.example,{first}\nAnn@vendor.example,{second}\n")
    };
    site.write("hr.csv", &rows("2026-06-30", "2027-06-30"));
    let ran = site.must("sync --contractors hr.csv");
    assert!(ran.stdout.contains("2 matched\n"), "{}", ran.stdout);
    assert_eq!(site.json("explain ann@vendor.example")["verdict"], "inactive");
    let lists = reconciliation(&site);
    assert_eq!(lists["ambiguous"].as_array().unwrap().len(), 0);
    assert_eq!(lists["contract_ended"].as_array().unwrap().len(), 0, "it runs on");
    for (first, second) in [("2027-01-31", "2027-06-30"), ("2026-06-30", "2026-07-31"), ("", "")] {
        site.write("hr.csv", &rows(first, second));
        let ran = site.must("sync --contractors hr.csv --accept-unmatched");
        assert!(ran.stdout.contains("0 matched, 2 ambiguous"), "{first} {second}: {}", ran.stdout);
        assert_eq!(site.json("explain ann@vendor.example")["reason"], "ambiguous_match");
    }
}

#[test]
fn ids_of_which_one_is_an_account_are_ids_of_accounts() {
    let (site, people) = portal();
    let foreign = "11111111-2222-4333-8444-555555555551";
    site.write(
        "hr.csv",
        &format!("id,email\n{foreign},ann@vendor.example\n{},bob@vendor.example\n", people.bob),
    );
    site.must("sync --contractors hr.csv");
    let shown = site.json("decide --dry-run");
    let verdicts = shown["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 2);
    assert_eq!(verdicts[0]["reason"], "not_on_portal", "an address alone carries nobody over");
}
