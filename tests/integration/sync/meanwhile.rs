//! What preflight found does not hold for the whole run: roles, plans, listings and clocks that change
//! while a sync works.

use chrono::TimeDelta;
use sandbox::{Fault, Kind, Login, Plan, Rule, World};

use super::support::{PEOPLE, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";

/// Twenty people who log in every day, and a key that is not the owner's.
fn portal() -> World {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    for n in 0..20 {
        let id = world.add_guest(&format!("g{n:02}@contractor.example"), now - TimeDelta::days(90));
        for days in 0..60 {
            let date = now - TimeDelta::days(days) - TimeDelta::minutes(7 * n + 5);
            world.add_login(Login::success(id).at(date));
        }
    }
    world
}

fn present(site: &Site) -> Vec<String> {
    site.sql("SELECT count(DISTINCT account_pk) FROM account_versions WHERE presence = 'listed'
              AND account_pk NOT IN (SELECT account_pk FROM account_versions WHERE presence = 'gone')")
}

#[test]
fn an_empty_list_of_accounts_makes_nobody_gone() {
    let site = Site::fast(portal());
    site.sync();
    let before = present(&site);
    let empty = r#"{"response":[],"count":0,"total":0,"status":0,"statusCode":200}"#;
    site.portal.faults().push(Rule::get(PEOPLE, Fault::json(200, empty)));
    site.pass(TimeDelta::hours(3));
    site.sync();
    assert_eq!(present(&site), before);
}

#[test]
fn a_plan_or_a_role_that_lapses_in_mid_run_changes_nothing() {
    type Change = fn(&mut World);
    let changes: [(&str, Change); 2] = [
        ("plan", |world| world.set_plan(Plan::Startup)),
        ("role", |world| {
            let owner = world.key_account();
            world.set_kind(owner, Kind::Guest);
        }),
    ];
    for (name, change) in changes {
        let counted = Site::fast(portal());
        counted.sync();
        counted.pass(TimeDelta::days(1));
        let before = counted.portal.journal();
        counted.sync();
        let requests = counted.since(&before).len();
        // By the last request everything is read.
        for after in 0..requests - 1 {
            let site = Site::fast(portal());
            site.sync();
            site.pass(TimeDelta::days(1));
            let gone = "SELECT count(*) FROM account_versions WHERE presence = 'gone'";
            let coverage = site.sql("SELECT coverage_to FROM sync_runs ORDER BY id DESC LIMIT 1");
            site.portal.after_requests(after as u64, change);
            let ran = site.run("sync");
            assert_ne!(ran.code, 0, "{name} after {after} of {requests}");
            assert_eq!(site.sql(gone), ["0"], "{name} after {after}");
            let newest = "SELECT coverage_to FROM sync_runs ORDER BY id DESC LIMIT 1";
            assert_eq!(site.sql(newest), coverage, "{name} after {after}");
        }
    }
}
