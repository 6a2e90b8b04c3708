//! The ways in which people who had logged in were disabled, or in which a sync could be stopped for good: each
//! one run as it happened.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Login, Oddity, SEED_OWNER, Sandbox, Ties, World};
use uuid::Uuid;

use super::support::{LOGINS, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";
const REFUSED: &str = "the portal's history is not the one in this store";

fn now() -> DateTime<Utc> {
    at(NOW)
}

/// Contractors who log in every day, and some who have not come for 60 days.
fn portal(domain: &str, seed: u64) -> World {
    let mut world =
        World::builder(now()).owner(SEED_OWNER).seed(seed).ties(Ties::Shuffled(seed)).build();
    let mut ids = Vec::new();
    for n in 0..14 {
        ids.push(world.add_guest(&format!("g{n:02}@{domain}"), now() - TimeDelta::days(170)));
    }
    for day in (0..170).rev() {
        for (n, id) in ids.iter().enumerate() {
            let minutes = TimeDelta::minutes(37 * n as i64 + day % 50 + 1);
            if n < 8 || day > 60 {
                world.add_login(Login::success(*id).at(now() - TimeDelta::days(day) - minutes));
            }
        }
    }
    world
}

fn person(site: &Site, email: &str) -> Uuid {
    site.portal.world().account_by_email(email).unwrap().id
}

fn log_in(site: &Site, account: Uuid, at: DateTime<Utc>) -> i32 {
    site.portal.world().add_login(Login::success(account).at(at))
}

/// Everything in the store but that runs took place.
fn kept(site: &Site) -> String {
    let kept = |line: &&String| !line.contains("INTO runs") && !line.contains("INTO sync_runs");
    site.sql(".dump").iter().filter(kept).cloned().collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn refuses(site: &Site, line: &str) {
    let before = kept(site);
    let ran = site.run(line).ends(3);
    assert!(ran.stderr.contains(REFUSED), "{}", ran.stderr);
    assert_eq!(kept(site), before, "{line}");
}

/// Who is inactive, by address.
fn inactive(site: &Site) -> Vec<String> {
    let verdicts = site.json("decide --dry-run")["verdicts"].clone();
    let of = |v: &serde_json::Value| {
        (v["verdict"] == "inactive").then(|| v["email"].as_str().unwrap().to_owned())
    };
    let mut found: Vec<String> = verdicts.as_array().unwrap().iter().filter_map(of).collect();
    found.sort();
    found
}

/// Goes on with another portal under the same clock.
fn move_to(site: &mut Site, world: World) {
    site.portal = Sandbox::spawn(world).unwrap();
    site.machine.clock.followed = site.portal.clock().clone();
    let url = site.portal.url();
    site.machine.env.retain(|(name, _)| *name != "DOCSPACE_API_HOST");
    site.machine.env.push(("DOCSPACE_API_HOST", url));
    site.take_key();
}

#[test]
fn a_second_portal_with_the_same_ids_is_refused() {
    for line in ["sync", "sync --full", "sync --accept-owner", "sync --accept-history"] {
        let mut site = Site::fast(portal("a.example", 1));
        site.sync();
        move_to(&mut site, portal("b.example", 2));
        let before = kept(&site);
        let ran = site.run(line).ends(3);
        assert!(ran.stderr.contains("another portal"), "{}", ran.stderr);
        assert_eq!(kept(&site), before, "{line}");
    }
}

#[test]
fn a_second_portal_is_refused_by_apply_too() {
    let mut site = Site::fast(portal("a.example", 1));
    site.sync();
    site.must("decide");
    move_to(&mut site, portal("b.example", 2));
    let ran = site.run("apply --yes --max-percent 100").ends(3);
    assert!(ran.stderr.contains(REFUSED), "{}", ran.stderr);
    assert!(site.portal.journal().writes().is_empty());
}

#[test]
fn a_new_address_is_said_once_and_kept() {
    let mut site = Site::fast(portal("a.example", 1));
    site.sync();
    let (old, world) = (site.portal.url(), site.portal.world().fork());
    move_to(&mut site, world);
    let ran = site.must("sync");
    let said = format!("the portal's address was {old} and is now {}", site.portal.url());
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    assert_eq!(site.sql("SELECT url FROM portal"), [site.portal.url()]);
    assert!(!site.must("sync").stderr.contains("address was"));
}

#[test]
fn an_owner_who_is_no_account_here_is_not_accepted() {
    let site = Site::fast(portal("a.example", 1));
    site.sync();
    let before = site.dump();
    {
        let mut world = site.portal.world();
        let stranger = world.add_guest("new@owner.example", now());
        world.transfer_ownership(stranger);
    }
    let ran = site.run("sync --accept-owner").ends(3);
    assert!(ran.stderr.contains("not an account in this store"), "{}", ran.stderr);
    assert_eq!(site.dump(), before);
}

#[test]
fn hours_with_a_clone_cost_nobody_an_account() {
    let mut site = Site::fast(portal("a.example", 1));
    site.sync();
    site.pass(TimeDelta::hours(8));
    // Both go on from here; the store meets the clone first.
    let production = site.portal.world().fork();
    log_in(&site, person(&site, "g00@a.example"), now() + TimeDelta::hours(7));
    site.sync();
    move_to(&mut site, production);
    log_in(&site, person(&site, "g09@a.example"), now() + TimeDelta::hours(4));
    site.pass(TimeDelta::hours(16));
    refuses(&site, "sync");
    refuses(&site, "sync --full");
}

#[test]
fn a_login_whose_id_is_given_again_is_not_lost() {
    for line in ["sync", "sync --full"] {
        let site = Site::fast(portal("a.example", 1));
        site.sync();
        site.portal.world().roll_back(TimeDelta::days(6));
        site.pass(TimeDelta::hours(20));
        log_in(&site, person(&site, "g09@a.example"), now() + TimeDelta::hours(19));
        refuses(&site, line);
    }
}

#[test]
fn after_a_restore_the_record_begins_again() {
    let site = Site::fast(portal("a.example", 1));
    site.sync();
    site.must("decide");
    assert_eq!(inactive(&site).len(), 6);
    site.portal.world().roll_back(TimeDelta::days(6));
    site.pass(TimeDelta::hours(20));
    log_in(&site, person(&site, "g09@a.example"), now() + TimeDelta::hours(19));
    refuses(&site, "sync");
    let (decisions, history) =
        (site.sql("SELECT * FROM decisions"), site.sql("SELECT * FROM history"));
    site.must("sync --accept-history");
    site.assert_whole();
    assert_eq!(site.sql("SELECT * FROM decisions"), decisions);
    assert_eq!(site.sql("SELECT * FROM history"), history);
    assert_eq!(
        site.sql("SELECT overrides FROM runs ORDER BY id DESC LIMIT 1"),
        ["--accept-history"]
    );
    assert_ne!(site.sql("SELECT count(*) FROM void_evidence"), ["0"]);
    assert_eq!(inactive(&site), Vec::<String>::new(), "every clock starts at this run");
    let verified = site.run("decide verify 1").ends(3);
    assert!(verified.stderr.contains("void"), "{}", verified.stderr);
    // It is a portal like any other from then on.
    for _ in 0..31 {
        site.pass(TimeDelta::days(1));
        log_in(
            &site,
            person(&site, "g00@a.example"),
            site.portal.clock().now() - TimeDelta::hours(3),
        );
    }
    site.sync();
    site.assert_whole();
    assert!(inactive(&site).contains(&"g10@a.example".to_owned()));
}

#[test]
fn a_row_that_appears_ten_days_back_protects_its_account() {
    let site = Site::fast(portal("a.example", 1));
    site.sync();
    let late = person(&site, "g09@a.example");
    site.portal.world().add_late_login(Login::success(late).at(now() - TimeDelta::days(10)));
    site.pass(TimeDelta::days(1));
    site.sync();
    site.assert_whole();
    assert!(!inactive(&site).contains(&"g09@a.example".to_owned()));
    assert_eq!(inactive(&site).len(), 5);
}

#[test]
fn many_failures_in_one_second_block_nothing() {
    let site = Site::fast(portal("a.example", 1));
    let second = now() - TimeDelta::days(9);
    site.portal.world().add_login_burst(&Login::failure("x@y.example").at(second), 150);
    site.sync();
    site.assert_whole();
    assert_eq!(site.sql("SELECT count(*) FROM holes"), ["0"]);
    assert_eq!(inactive(&site).len(), 6);
}

#[test]
fn events_in_the_second_that_is_read_stop_nothing() {
    let site = Site::fast(portal("a.example", 1));
    let active = person(&site, "g00@a.example");
    site.portal.logins_with_every_request(Login::success(active), 3);
    site.sync();
    site.must("decide");
    site.pass(TimeDelta::hours(1));
    site.sync();
    site.assert_claims();
    assert_eq!(inactive(&site).len(), 6);
    let ran = site.run("apply --yes --max-percent 100").ends(0);
    assert!(ran.stdout.contains('6'), "{}", ran.stdout);
}

#[test]
fn a_row_without_a_date_stops_nothing() {
    let site = Site::fast(portal("a.example", 1));
    let odd = log_in(&site, person(&site, "g09@a.example"), now() - TimeDelta::days(3));
    site.portal.world().make_login_odd(odd, Oddity::NullDate);
    for _ in 0..3 {
        site.sync();
        assert_eq!(inactive(&site).len(), 5, "it protects the account that it names");
        site.pass(TimeDelta::days(1));
    }
    site.sync();
    site.must("decide");
    site.must("apply --yes --max-percent 100");
}

#[test]
fn a_clock_that_jumps_in_mid_run_is_refused() {
    let counted = Site::fast(portal("a.example", 1));
    counted.sync();
    let requests = counted.portal.journal().entries().len();
    for after in (1..requests).step_by(3) {
        let site = Site::fast(portal("a.example", 1));
        site.portal.after_requests(after as u64, |world| {
            world.settings.date_skew = TimeDelta::hours(24);
        });
        let ran = site.run("sync").ends(3);
        assert!(ran.stderr.contains("differ by more than 5 minutes"), "{}", ran.stderr);
        let tomorrow = "SELECT count(*) FROM checks WHERE checked_at > '2026-06-10T04'";
        if site.store().exists() {
            assert_eq!(site.sql(tomorrow), ["0"], "after {after}");
            assert_eq!(site.sql("SELECT coverage_to FROM sync_runs"), [""], "after {after}");
        }
    }
}

#[test]
fn a_portal_that_was_put_back_by_a_little_shows_in_the_audit_trail() {
    let site = Site::fast(portal("a.example", 1));
    let owner = site.portal.world().owner();
    let guest = person(&site, "g09@a.example");
    let before = site.portal.world().fork();
    // No login is lost, only a change of status.
    site.portal.world().disable(owner, guest);
    site.sync();
    site.portal.world().roll_back_to(&before);
    site.pass(TimeDelta::hours(3));
    refuses(&site, "sync");
}

#[test]
fn a_portal_that_shows_a_part_of_its_rows_costs_few_requests() {
    let site = Site::fast(portal("a.example", 1));
    site.sync();
    site.pass(TimeDelta::days(1));
    let before = site.portal.journal();
    site.sync();
    let logins = site.since(&before).iter().filter(|e| e.path == LOGINS).count();
    assert!(logins <= 5, "{logins} requests");
}
