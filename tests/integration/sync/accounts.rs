//! Accounts and rosters: what listings show, what they do not prove, and who is under review.

use chrono::TimeDelta;
use sandbox::{Account, AuditEvent, Fault, Kind, Login, Rule, Status, World};

use super::{
    faults::portal,
    support::{PEOPLE, Site, at},
};

fn crowd(guests: usize) -> World {
    let now = at("2026-06-10T03:00:00Z");
    let mut world = World::builder(now).build();
    for n in 0..guests {
        world.add_guest(&format!("g{n:04}@contractor.example"), now - TimeDelta::days(170));
    }
    let first = world.accounts()[1].id;
    world.add_login(Login::success(first).at(now - TimeDelta::days(100)));
    world
}

#[test]
fn all_accounts_are_listed_at_one_request_a_page() {
    for guests in [0, 98, 99, 100, 197, 198, 199, 450] {
        let site = Site::fast(crowd(guests.max(1)));
        let accounts = guests.max(1) + 1;
        assert_eq!(site.sync()["accounts_seen"], accounts);
        let requests = site.portal.journal().count("GET", PEOPLE);
        assert!(requests <= accounts.div_ceil(99) + 1, "{accounts} cost {requests}");
        assert_eq!(site.sql("SELECT count(*) FROM accounts"), [accounts.to_string()]);
    }
}

#[test]
fn a_version_is_written_only_where_something_changed() {
    let site = Site::fast(crowd(20));
    site.sync();
    assert_eq!(site.sql("SELECT count(*) FROM account_versions"), ["21"]);
    site.sync();
    site.portal.advance(TimeDelta::hours(1));
    let id = site.portal.world().account_by_email("g0007@contractor.example").unwrap().id;
    site.portal.world().account_mut(id).unwrap().email = "new@contractor.example".to_owned();
    site.sync();
    let versions = "SELECT group_concat(email, ' ') FROM account_versions v
                    JOIN account_keys k ON k.pk = v.account_pk WHERE k.account_id = ";
    let emails = site.sql(&format!("{versions}'{id}'"));
    assert_eq!(emails, ["g0007@contractor.example new@contractor.example"]);
    assert_eq!(site.sql("SELECT count(*) FROM account_versions"), ["22"]);
}

#[test]
fn a_deleted_and_invited_person_is_a_new_account() {
    let site = Site::fast(crowd(5));
    site.sync();
    site.portal.advance(TimeDelta::days(1));
    let email = "g0002@contractor.example";
    let (old, new) = {
        let mut world = site.portal.world();
        let old = world.account_by_email(email).unwrap().id;
        world.delete_account(old);
        let now = world.clock().now();
        (old, world.add_guest(email, now))
    };
    assert_eq!(site.sync()["contractors_seen"], 5);
    let who = |id| format!("SELECT presence FROM accounts WHERE account_id = '{id}'");
    assert_eq!(
        (site.sql(&who(old)), site.sql(&who(new))),
        (vec!["gone".into()], vec!["listed".into()])
    );
    let decided = site.run("--format json decide --inactivity-days 30").ends(0).stdout;
    let verdicts: serde_json::Value = serde_json::from_str(&decided).unwrap();
    let rows = verdicts["verdicts"].as_array().unwrap();
    let of = |id: uuid::Uuid| rows.iter().find(|v| v["account_id"] == id.to_string());
    assert!(of(old).is_none());
    assert_eq!(of(new).unwrap()["reason"], "within_grace");
}

#[test]
fn nobody_is_gone_because_a_list_did_not_hold_still() {
    let site = Site::fast(crowd(350));
    site.sync();
    // Each time the list is read somebody leaves and somebody comes.
    let restless = Fault::before(|world: &mut World| {
        let now = world.clock().now();
        let leaver = world.accounts()[5].id;
        world.delete_account(leaver);
        let number = world.logins().len() + world.accounts().len();
        let id = world.new_guid();
        let email = format!("a{number:05}{id}@contractor.example");
        let came = Account::new(id, Kind::Guest, "New", "Guest", &email).registered(now);
        world.add_account(came);
        let extra = world.new_guid();
        let email = format!("b{extra}@contractor.example");
        world.add_account(Account::new(extra, Kind::Guest, "New", "Guest", &email));
    });
    site.portal.faults().push(Rule::get(PEOPLE, restless));
    let ran = site.run("sync").ends(0);
    assert_eq!(site.sql("SELECT count(*) FROM accounts WHERE presence = 'gone'"), ["0"], "{ran:?}");
    // One quiet listing settles it.
    site.portal.faults().clear();
    site.sync();
    let listed = "SELECT count(*) FROM accounts WHERE presence = 'listed'";
    assert_eq!(site.sql(listed), [site.portal.world().accounts().len().to_string()]);
}

#[test]
fn somebody_enabled_by_others_starts_again() {
    let site = Site::fast(portal());
    let bob = site.portal.world().account_by_email("bob@contractor.example").unwrap().id;
    let reason = || {
        let decided = site.run("--format json decide --dry-run").ends(0).stdout;
        let verdicts: serde_json::Value = serde_json::from_str(&decided).unwrap();
        let rows = verdicts["verdicts"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|v| v["account_id"] == bob.to_string());
        row.unwrap()["reason"].as_str().unwrap().to_owned()
    };
    site.sync();
    assert_eq!(reason(), "idle");
    // Disabled and enabled between two nights: no listing shows it, the audit trail does.
    site.portal.advance(TimeDelta::days(1));
    {
        let mut world = site.portal.world();
        let (owner, now) = (world.owner(), world.clock().now());
        let mut change = AuditEvent::new(owner, 4020, now - TimeDelta::hours(9));
        change.target = vec![bob.to_string()];
        world.add_audit(change);
    }
    site.sync();
    assert_eq!(reason(), "recently_enabled");
    // The listing alone shows it too, where it saw both states.
    let site = Site::fast(portal());
    let bob = site.portal.world().account_by_email("bob@contractor.example").unwrap().id;
    let set = |status| site.portal.world().account_mut(bob).unwrap().status = status;
    set(Status::Terminated);
    site.sync();
    site.portal.advance(TimeDelta::days(1));
    set(Status::Active);
    site.sync();
    let shown = site.run(&format!("explain {bob}")).ends(0).stdout;
    assert!(shown.contains("recently_enabled"), "{shown}");
}

#[test]
fn a_roster_is_taken_whole_or_not_at_all() {
    let mut site = Site::fast(crowd(20));
    let rows =
        |n: usize| (0..n).map(|i| format!("g{i:04}@contractor.example\n")).collect::<String>();
    site.stdin = format!("email\n{}", rows(10));
    let summary = site.run("--format json sync --contractors -").ends(0);
    assert!(summary.stdout.contains("\"contractors_seen\":10"), "{}", summary.stdout);
    let before = site.dump();

    site.stdin = format!("email\n{}not an address\n", rows(9));
    let bad = site.run("sync --contractors -");
    assert_eq!(bad.code, 2, "{}", bad.stderr);
    assert_eq!(site.dump(), before);
    assert_eq!(site.run("sync --contractors missing.csv").code, 2);
    assert_eq!(site.dump(), before);

    let rosters = || site.sql("SELECT count(*) FROM rosters");
    for text in ["email\n".to_owned(), format!("email\n{}", rows(4))] {
        std::fs::write(site.path().join("hr.csv"), text).unwrap();
        let shrunken = site.run("sync --contractors hr.csv");
        assert_eq!(shrunken.code, 5, "{}", shrunken.stderr);
        assert!(shrunken.stderr.contains("--accept-shrink"), "{}", shrunken.stderr);
        assert_eq!(rosters(), ["1"]);
        // It stays the review of ten.
        assert_eq!(site.sync()["contractors_seen"], 10);
    }
    let accepted = site.run("--format json sync --contractors hr.csv --accept-shrink").ends(0);
    assert!(accepted.stdout.contains("\"contractors_seen\":4"), "{}", accepted.stdout);
    assert_eq!(rosters(), ["2"]);
}
