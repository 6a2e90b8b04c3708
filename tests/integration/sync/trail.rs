//! Portals whose audit trail stopped while logins went on: absence from it then proves nothing.

use chrono::TimeDelta;
use sandbox::{AuditEvent, Login, World};
use uuid::Uuid;

use crate::harness::{Site, at, paths::AUDIT};

/// A Friday.
const NOW: &str = "2026-06-12T16:00:00Z";

/// A portal where people log in every hour of the last 120 days and act `a_day` times a day, but for the days,
/// counted back from now, that `stopped` names; and a guest who was last recorded 100 days ago.
fn portal(a_day: i64, stopped: &[i64]) -> (World, Uuid) {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    let colleague = world.add_guest("busy@contractor.example", now - TimeDelta::days(300));
    let guest = world.add_guest("idle@contractor.example", now - TimeDelta::days(300));
    for hour in 1..120 * 24 {
        world.add_login(Login::success(colleague).at(now - TimeDelta::hours(hour)));
    }
    world.add_login(Login::success(guest).at(now - TimeDelta::days(100)));
    for day in (0..120).filter(|day| !stopped.contains(day)) {
        for n in 0..a_day {
            let at = now - TimeDelta::days(day) - TimeDelta::minutes(60 + n * 480 / a_day);
            world.add_audit(AuditEvent::new(colleague, 5054, at));
        }
    }
    (world, guest)
}

fn reason(site: &Site, guest: Uuid) -> String {
    let decision = site.json("decide");
    let verdicts = decision["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|v| v["account_id"] == guest.to_string()).unwrap();
    found["reason"].as_str().unwrap().to_owned()
}

/// Requests for pages of the trail by everybody.
fn looks(site: &Site) -> usize {
    let journal = site.portal.journal();
    let entries = journal.entries().iter();
    entries.filter(|e| e.path == AUDIT && e.param("to").is_some()).count()
}

#[test]
fn a_trail_that_was_written_all_the_time_costs_one_request_a_night() {
    // A hundred and twenty days: by pages of a hundred rows, or by steps of three days.
    for (a_day, first) in [(8, 10), (200, 41)] {
        let (world, guest) = portal(a_day, &[]);
        let site = Site::fast(world);
        site.must("sync");
        assert_eq!(reason(&site, guest), "idle");
        assert_eq!(looks(&site), first, "{a_day} a day");
        let colleague = site.portal.world().account_by_email("busy@contractor.example").unwrap().id;
        for _ in 0..24 {
            site.portal.advance(TimeDelta::hours(1));
            for _ in 0..a_day / 8 {
                site.portal.world().act(colleague, 5054).unwrap();
            }
        }
        site.must("sync");
        assert_eq!(looks(&site), first + 1, "{a_day} a day");
    }
}

#[test]
fn a_trail_that_stopped_proves_nothing_until_somebody_vouches_for_that_time() {
    for (a_day, stopped, told) in [
        // Recording came back.
        (8, 10..15, "from 2026-05-28 15:00 UTC to 2026-06-03 08:00 UTC"),
        (200, 10..15, "from 2026-05-28 15:00 UTC to 2026-06-03 "),
        // It did not.
        (8, 0..5, "since 2026-06-07 15:00 UTC"),
        (200, 0..5, "since 2026-06-07 15:00 UTC"),
    ] {
        let (world, guest) = portal(a_day, &stopped.collect::<Vec<_>>());
        let site = Site::fast(world);
        let ran = site.run("sync").ends(0);
        assert!(ran.stderr.contains("no action by anybody but the key's account"), "{ran:?}");
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
        assert_eq!(reason(&site, guest), "no_activity_check", "{told}");
        let explained = site.run("explain idle@contractor.example").stdout;
        assert!(explained.contains("may not have recorded what this account did"), "{explained}");
        assert!(!site.run("decide").stdout.contains("dormouse sync"));
        for line in ["status", "doctor"] {
            let shown = site.run(line).stdout;
            assert!(shown.contains("in the audit trail"), "{line}: {shown}");
        }
        let silences = site.json("status")["silences"].clone();
        assert_eq!(silences[0]["record"], "audit_trail", "{silences}");
        site.run("apply --yes --max-percent 100").ends(0);
        assert!(site.portal.journal().writes().is_empty());
    }
}

#[test]
fn quiet_days_count_for_the_trail_too() {
    let (world, guest) = portal(8, &[10, 11, 12, 13, 14]);
    let site = Site::fast(world);
    site.must("sync");
    assert_eq!(reason(&site, guest), "no_activity_check");
    let silence = site.json("status")["silences"][0].clone();
    let (from, to) =
        (silence["quiet_from"].as_str().unwrap(), silence["quiet_to"].as_str().unwrap());
    site.configure(&format!(
        "[portal]\nrequests_per_minute = 1000000\n[[quiet]]\nfrom = {from}\nto = {to}\n\
         reason = \"moved house\"\nowner = \"Ann\"\n"
    ));
    site.must("sync");
    let explained = site.run("explain idle@contractor.example");
    assert_eq!(reason(&site, guest), "idle", "{explained:?}");
}

#[test]
fn rows_of_the_keys_own_account_prove_nothing_about_others() {
    let (mut world, guest) = portal(8, &[0, 1, 2, 3, 4, 5]);
    let own = world.owner();
    for n in 1..300 {
        world.add_audit(AuditEvent::new(own, 5054, at(NOW) - TimeDelta::minutes(20 * n)));
    }
    let site = Site::fast(world);
    site.must("sync");
    assert_eq!(reason(&site, guest), "no_activity_check");
}
