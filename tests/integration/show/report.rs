//! `report`: one page that needs nothing from elsewhere, a folder of CSV, JSON; each scope; and names
//! that would break any of them.

use serde_json::{Value, json};

use super::support::{Machine, Site, now, small, story};

/// Sections that every page has.
const SECTIONS: [&str; 17] = [
    "assumptions",
    "signoff",
    "exceptions",
    "due",
    "population",
    "coverage",
    "verdicts",
    "accounts",
    "exemptions",
    "actions",
    "runs",
    "measures",
    "integrity",
    "policy",
    "limits",
    "controls",
    "check",
];

fn applied() -> Site {
    let site = Site::new(small());
    site.must("sync");
    site.must("decide");
    site.must("apply --yes");
    site
}

#[test]
fn the_page_has_every_part_and_needs_nothing_from_elsewhere() {
    let site = story();
    for line in [
        "report",
        "report --run 3",
        "report --from 2026-11-20",
        "report --from 2020-01-01 --to 2020-02-01",
    ] {
        let page = site.must(line).stdout;
        for id in SECTIONS {
            assert!(page.contains(&format!("<section id=\"{id}\"")), "{line}: no {id}");
        }
        assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none'"));
        for outside in [
            " src=",
            "url(",
            "@import",
            "style=",
            " onload=",
            " onclick=",
            " onerror=",
            "srcset",
            "<iframe",
            "<form",
        ] {
            let found = page.match_indices(outside).find(|(place, _)| in_tag(&page, *place));
            assert!(found.is_none(), "{line}: {outside} {found:?}");
        }
        let targets: Vec<&str> = page
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .filter(|target| !target.starts_with('#'))
            .collect();
        assert_eq!(targets, ["data:,"], "{line}");
        // Every link has its end.
        for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.contains(&format!("id=\"{target}\"")), "{line}: {target}");
        }
    }
}

/// Whether a place of the page is inside a tag, and not text.
fn in_tag(page: &str, place: usize) -> bool {
    let before = &page[..place];
    let is_raw = before.rfind("<script").max(before.rfind("<style"))
        > before.rfind("</script").max(before.rfind("</style"));
    !is_raw && before.rfind('<') > before.rfind('>')
}

#[test]
fn names_cannot_break_page_folder_or_json() {
    let site = applied();
    let page = site.must("report").stdout;
    assert!(!page.contains("<script>alert"), "the name is text");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for acting in ['\u{202e}', '\u{1b}'] {
        assert!(!page.contains(acting), "{acting:?}");
    }
    assert_eq!(page.matches("<script").count(), 1);

    site.must("report --format csv -o pack");
    let accounts = std::fs::read_to_string(site.path().join("pack/accounts.csv")).unwrap();
    assert!(accounts.contains(r#""'=HYPERLINK(""http://evil.example"")<script>"#), "{accounts}");
    for line in accounts.lines() {
        assert!(!line.contains(",=") && !line.starts_with(['=', '+', '@', '-']), "{line}");
    }

    let json = site.must("report --format json").json();
    let evil = find(&json["accounts"], "email", "evil@contractor.example");
    assert!(evil["display_name"].as_str().unwrap().contains("\u{202e}gnp.exe\u{1b}[2J"));

    let shown = site.must("decide --dry-run").stdout;
    assert!(!shown.contains('\u{202e}') && !shown.contains('\u{1b}'), "{shown}");
}

fn find<'a>(rows: &'a Value, field: &str, value: &str) -> &'a Value {
    let row = rows.as_array().unwrap().iter().find(|row| row[field] == value);
    row.unwrap_or_else(|| panic!("no {field} {value} in {rows}"))
}

#[test]
fn a_folder_holds_one_file_a_table() {
    let site = story();
    let refused = site.run("report --format csv");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("name the folder with --output"), "{}", refused.stderr);
    site.must("report --format csv -o out/pack");
    let folder = site.path().join("out/pack");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let heads: Vec<String> = names
        .iter()
        .map(|name| {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            format!("{name}: {}", text.lines().next().unwrap())
        })
        .collect();
    insta::assert_snapshot!(heads.join("\n"));
    site.write("file", "");
    assert_eq!(site.run("report --format csv -o file").code, 2);
    assert_eq!(site.run("report -o out").code, 2);
}

#[cfg(unix)]
#[test]
fn what_is_written_is_private_and_whole() {
    use std::os::unix::fs::PermissionsExt;
    let site = applied();
    site.must("report -o report.html");
    let path = site.path().join("report.html");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_to_string(path).unwrap().ends_with("</html>"));
    assert!(!site.path().join("report.html.part").exists());
    let failed = site.run("report -o no/such/folder/report.html");
    assert_eq!(failed.code, 1);
    assert!(failed.stderr.contains("cannot write the report"), "{}", failed.stderr);
    assert_eq!(failed.stderr.lines().count(), 1, "{}", failed.stderr);
}

#[test]
fn each_scope_says_what_it_is_about() {
    let site = story();
    let numbers = |rows: &Value| {
        let ids = rows.as_array().unwrap().iter().map(|row| row["id"].to_string());
        ids.collect::<Vec<_>>().join(" ")
    };
    let said = |line: &str| {
        let json = site.must(line).json();
        format!(
            "{line}\n  {}\n  runs {}, actions {}\n",
            json["summary"].as_str().unwrap(),
            numbers(&json["runs"]),
            json["actions"].as_array().unwrap().len(),
        )
    };
    let lines = [
        "report --format json",
        "report 1 --format json",
        "report --run 7 --format json",
        "report --run 8 --format json",
        "report --from 2026-11-20 --format json",
        "report --from 2020-01-01 --to 2020-02-01 --format json",
    ];
    insta::assert_snapshot!(lines.map(said).concat());
}

/// Each account that is still enabled, with the code and what is said of it.
fn still_enabled(site: &Site) -> String {
    let accounts = site.json("report")["accounts"].clone();
    let rows = accounts.as_array().unwrap().iter().filter(|a| !a["still_enabled"].is_null());
    let mut lines: Vec<String> = rows
        .map(|a| {
            let [email, why, detail] = ["email", "still_enabled", "still_enabled_detail"]
                .map(|field| a[field].as_str().unwrap());
            format!("{email}: {why}: {detail}")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn who_is_still_enabled_is_said_with_the_reason() {
    let site = Site::new(small());
    site.configure(
        "[[exemption]]\nemail = \"never@contractor.example\"\nreason = \"on leave\"\nowner = \"HR\"\n",
    );
    site.must("sync");
    site.must("decide");
    let mut told = vec![still_enabled(&site)];
    assert_eq!(site.run("apply --yes --max 1").code, 5);
    told.push(still_enabled(&site));
    assert_eq!(site.answering("apply", "no\n").code, 5);
    told.push(still_enabled(&site));
    site.must("apply --yes --limit 1");
    told.push(still_enabled(&site));
    site.must("apply --yes");
    told.push(still_enabled(&site));
    // One is enabled again by restore, the other by hand.
    site.must("restore evil@contractor.example --yes");
    {
        let mut world = site.portal.world();
        let id = world.account_by_email("idle@contractor.example").unwrap().id;
        world.account_mut(id).unwrap().status = sandbox::Status::Active;
    }
    site.must("sync");
    told.push(still_enabled(&site));
    insta::assert_snapshot!(told.join("\n\n"), @r"
    evil@contractor.example: not_applied: no apply run followed
    idle@contractor.example: not_applied: no apply run followed
    never@contractor.example: exempt: on leave, HR

    evil@contractor.example: braked: run 3 (--yes --max 1): 2 accounts to disable: more than max_accounts = 1
    idle@contractor.example: braked: run 3 (--yes --max 1): 2 accounts to disable: more than max_accounts = 1
    never@contractor.example: exempt: on leave, HR

    evil@contractor.example: declined: run 4: Cancelled. Nothing was changed.
    idle@contractor.example: declined: run 4: Cancelled. Nothing was changed.
    never@contractor.example: exempt: on leave, HR

    idle@contractor.example: not_reached: run 5 (--yes --limit 1): 1 disabled
    never@contractor.example: exempt: on leave, HR

    never@contractor.example: exempt: on leave, HR

    evil@contractor.example: enabled_again: by run 7 at 2026-11-24 12:00 UTC
    idle@contractor.example: enabled_again: by someone else; seen at 2026-11-24 12:00 UTC
    never@contractor.example: exempt: on leave, HR
    ");
    let page = site.must("report").stdout;
    assert_eq!(page.matches("<i class=\"again\"></i>enabled again").count(), 4);
    assert!(!page.contains("<i class=\"proven\"></i>enabled again"));
}

#[test]
fn a_population_is_described_as_what_it_was() {
    let site = Site::new(small());
    site.must("sync");
    site.must("decide");
    assert!(site.must("report").stdout.contains("<dt>Kinds</dt>"));
    site.write("hr.csv", "email\nidle@contractor.example\nleft@contractor.example\n");
    site.must("sync --contractors hr.csv");
    site.must("decide");
    let page = site.must("report").stdout;
    assert!(!page.contains("<dt>Kinds</dt>"), "the roster says who, not kinds");
    assert!(page.contains("1 row of it had no account and 0 could mean more than one."));
    let population = site.json("report")["population"].clone();
    assert_eq!((&population["source"], &population["under_review"]), (&"roster".into(), &1.into()));
}

#[test]
fn what_a_person_vouches_for_is_an_assumption() {
    let site = Site::new(small());
    site.configure(
        "[[quiet]]\nfrom = 2026-08-01\nto = 2026-08-07\nreason = \"works holidays\"\nowner = \"Ann\"\n",
    );
    site.must("sync");
    site.must("decide");
    let quiet = json!({"from": "2026-08-01", "to": "2026-08-07", "reason": "works holidays", "owner": "Ann"});
    assert_eq!(site.json("report")["assumptions"], json!([quiet]));
    let page = site.must("report").stdout;
    assert!(page.contains("<bdi>works holidays</bdi>") && page.contains("<bdi>Ann</bdi>"));
}

#[test]
fn what_is_not_there_is_said() {
    let empty = Machine::at(now()).run("report");
    assert_eq!(empty.code, 3);
    let site = Site::new(small());
    site.must("sync");
    let ran = site.run("report");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("run `dormouse decide`"), "{}", ran.stderr);
    site.must("decide");
    for (line, part) in [
        ("report 7", "there is no decision 7; the newest is 1"),
        ("report --run 7", "there is no run 7"),
        ("report --from 2026-11-02 --to 2026-11-01", "--to must be later than --from"),
    ] {
        let ran = site.run(line);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{line}");
        assert!(ran.stderr.contains(part), "{line}: {}", ran.stderr);
    }
}

#[test]
fn a_changed_record_is_on_the_first_page() {
    let site = applied();
    site.with_store(async |store| {
        for sql in [
            "DROP TRIGGER history_no_update",
            "UPDATE history SET detail = 'nothing happened' WHERE seq = 2",
            "DROP TRIGGER verdicts_no_update",
            "UPDATE verdicts SET idle_days = 1 WHERE verdict = 'active'",
        ] {
            sqlx::query(sql).execute(store.conn()).await.unwrap();
        }
    });
    let ran = site.must("report --format json");
    let warnings = ran.json()["warnings"].to_string();
    assert!(warnings.contains("The history does not verify"), "{warnings}");
    assert!(warnings.contains("no longer gives the digest"), "{warnings}");
    assert!(ran.stderr.contains("warning: The history does not verify"), "{}", ran.stderr);
    assert!(site.must("report").stdout.contains("does not verify"));
}

/// Opens the page as a person would. Skipped where there is no browser.
#[test]
fn a_browser_has_nothing_to_complain_of() {
    let site = story();
    site.must("report --from 2026-11-20 -o report.html");
    let page = site.path().join("report.html");
    let browser = std::process::Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"])
        .args(["--virtual-time-budget=2000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", site.path().join("browser").display()))
        .arg(format!("file://{}", page.display()))
        .output();
    let Ok(browser) = browser else { return };
    let log = String::from_utf8_lossy(&browser.stderr);
    assert!(!log.contains("CONSOLE"), "{log}");
    let dom = String::from_utf8_lossy(&browser.stdout);
    // The script ran: it counted the rows and made the tools appear.
    assert!(dom.contains("63 of 63"), "{dom}");
    assert!(!dom.contains("<div class=\"tools\" hidden"));
}
