//! Portals that stopped recording, and portals that were simply quiet. The first must never make anybody
//! inactive; the second need no explanation.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use sandbox::{AuditEvent, Login, World};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Site, at, check};

/// A Friday.
const NOW: &str = "2026-06-12T16:00:00Z";

/// A portal with a busy colleague, who logs in `a_day` times on each day on which `open` holds, and a guest
/// who was last recorded 100 days ago.
fn portal(a_day: i64, open: impl Fn(DateTime<Utc>) -> bool) -> (World, Uuid) {
    acting(a_day, open, |_| true)
}

/// The same, where others leave a trace in the audit trail on the days on which `acted` holds.
fn acting(
    a_day: i64,
    open: impl Fn(DateTime<Utc>) -> bool,
    acted: impl Fn(DateTime<Utc>) -> bool,
) -> (World, Uuid) {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    let colleague = world.add_guest("busy@contractor.example", now - TimeDelta::days(300));
    let guest = world.add_guest("idle@contractor.example", now - TimeDelta::days(300));
    for day in 0..170 {
        let day = now - TimeDelta::days(day);
        if open(day) {
            for n in 0..a_day {
                let at = day - TimeDelta::hours(1) - TimeDelta::minutes(25 * n);
                world.add_login(Login::success(colleague).at(at));
            }
        }
    }
    world.add_login(Login::success(guest).at(now - TimeDelta::days(100)));
    for day in (1..170).map(|day| now - TimeDelta::days(day)).filter(|day| acted(*day)) {
        world.add_audit(AuditEvent::new(colleague, 5054, day));
    }
    (world, guest)
}

fn working(day: DateTime<Utc>) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The verdict on the guest.
fn verdict(site: &Site, guest: Uuid) -> Value {
    site.must("sync");
    let decision = site.json("decide");
    let verdicts = decision["verdicts"].as_array().unwrap();
    verdicts.iter().find(|v| v["account_id"] == guest.to_string()).unwrap().clone()
}

#[test]
fn days_without_records_make_nobody_inactive_whenever_recording_came_back() {
    for days in [4, 10, 31] {
        let now = at(NOW);
        // Back since Monday this week; the days before are missing.
        let resumed = now - TimeDelta::days(4);
        let stopped = resumed - TimeDelta::days(days + 2);
        let (world, guest) = portal(20, |day| working(day) && !(stopped < day && day < resumed));
        let site = Site::fast(world);
        let found = verdict(&site, guest);
        assert_eq!(found["reason"], "insufficient_coverage", "{days} days: {found}");
    }
}

#[test]
fn a_named_person_can_vouch_for_the_days_that_brought_nothing() {
    let stopped = |day: DateTime<Utc>| (1..=4).contains(&day.day()) && day.month() == 6;
    let quiet =
        "[[quiet]]\nfrom = 2026-06-01\nto = 2026-06-04\nreason = \"works outing\"\nowner = \"Ann\"";
    let at_home = |day: DateTime<Utc>| {
        ("2026-05-29".."2026-06-05").contains(&day.date_naive().to_string().as_str())
    };
    let (world, guest) = acting(20, |day| working(day) && !stopped(day), |day| !at_home(day));
    let site = Site::fast(world);
    let synced = site.run("sync").ends(0);
    // Friday the 29th to Friday the 5th.
    let lines = "[[quiet]]\nfrom = 2026-05-30\nto = 2026-06-04\nreason = \"\"\nowner = \"\"\n";
    for ran in [synced, site.run("decide").ends(0), site.run("explain idle@contractor.example")] {
        assert!(ran.stderr.contains("no login event from 2026-05-29 15:00 UTC"), "{ran:?}");
        assert!(ran.stderr.contains("shows nobody at work in that time"), "{ran:?}");
        assert!(ran.stderr.contains("`dormouse status` shows the lines"), "{ran:?}");
    }
    assert!(site.run("status").stdout.contains(lines));
    assert_eq!(site.json("status")["silences"][0]["quiet_to"], "2026-06-04");
    assert!(site.run("doctor").stdout.contains("no login event from 2026-05-29"));
    assert_eq!(verdict(&site, guest)["reason"], "insufficient_coverage");
    let report = site.json("report");
    assert_eq!(report["coverage"]["silences"][0]["from"], "2026-05-29T15:00:00.000Z");
    assert_eq!(report["coverage"]["silences"][0]["trail_actions"], 0);
    assert!(site.must("report").stdout.contains("Rows expected"));
    site.configure(&format!("[portal]\nrequests_per_minute = 1000000\n{quiet}\n"));
    // Coverage is derived from what is stored; who would be inactive now was not checked yet.
    let decided = site.json("decide --dry-run")["verdicts"].to_string();
    assert!(decided.contains("no_activity_check"), "{decided}");
    assert_eq!(verdict(&site, guest)["reason"], "idle");
    for line in ["status", "doctor", "explain idle@contractor.example"] {
        let shown = site.run(line).stdout;
        assert!(shown.contains("2026-06-01 to 2026-06-04, Ann: works outing"), "{shown}");
    }
    // Taken back before the call: what was decided on it is not done.
    site.configure("[portal]\nrequests_per_minute = 1000000\n");
    site.run("apply --yes --max-percent 100").ends(0);
    assert!(site.portal.journal().writes().is_empty());
}

#[test]
fn a_row_from_the_future_does_not_hide_that_recording_has_stopped() {
    let now = at(NOW);
    let (mut world, guest) = portal(20, |day| now - day > TimeDelta::days(40));
    let colleague = world.account_by_email("busy@contractor.example").unwrap().id;
    world.add_login(Login::success(colleague).at(now + TimeDelta::days(3)));
    let site = Site::fast(world);
    site.must("sync");
    let covered = site.sql("SELECT coverage_to FROM sync_runs");
    assert!(covered[0].as_str() < "2026-05-10", "{covered:?}");
    // What was known then is still known, and too old to act on.
    verdict(&site, guest);
    site.run("apply --yes --max-percent 100").ends(3);
    assert!(site.portal.journal().writes().is_empty());
}

#[test]
fn portals_that_are_quiet_by_nature_need_no_explanation() {
    let easter = |day: DateTime<Utc>| {
        working(day)
            && !["2026-04-03", "2026-04-06"].contains(&day.date_naive().to_string().as_str())
    };
    let three_a_week =
        |day: DateTime<Utc>| matches!(day.weekday(), Weekday::Mon | Weekday::Wed | Weekday::Fri);
    for (a_day, open) in [
        (20, &easter as &dyn Fn(DateTime<Utc>) -> bool),
        (1, &three_a_week),
        (1, &|day: DateTime<Utc>| day.weekday() == Weekday::Fri),
    ] {
        let (world, guest) = portal(a_day, open);
        let found = verdict(&Site::fast(world), guest);
        assert_eq!(found["reason"], "idle", "{found}");
    }
}

#[test]
fn one_row_with_a_wrong_date_stretches_nothing() {
    let now = at(NOW);
    let (mut world, guest) = portal(20, |day| now - day < TimeDelta::days(14));
    world.retain_logins(|row| now - row.at() < TimeDelta::days(14));
    world.set_retention(14, 180);
    world.add_login(Login::failure("clock@dead.example").at(now - TimeDelta::days(45)));
    let site = Site::fast(world);
    let retention = || check(&site.json("doctor"), "retention").clone();
    assert_eq!(retention()["finding"], "warning");
    let found = verdict(&site, guest);
    assert_eq!(found["reason"], "insufficient_coverage", "{found}");
    let covered = site.sql("SELECT from_at FROM coverage ORDER BY from_at");
    assert!(covered[0].as_str() >= "2026-05-29T16", "{covered:?}");
    assert_eq!(retention()["finding"], "warning", "{}", retention());
}

#[test]
fn nobody_vouches_for_tomorrow_and_nobody_vouches_without_a_name() {
    let site = Site::fast(portal(1, working).0);
    for (lines, told) in [
        (
            "from = 2026-06-01\nto = 2026-06-13\nreason = \"r\"\nowner = \"o\"",
            "is after today, 2026-06-12",
        ),
        (
            "from = 2026-06-04\nto = 2026-06-01\nreason = \"r\"\nowner = \"o\"",
            "ends before it begins",
        ),
        ("from = 2026-06-01\nto = 2026-06-04\nreason = \"r\"", "needs `owner`"),
        ("from = 2026-06-01\nto = 2026-06-04\nowner = \"o\"", "needs `reason`"),
        ("from = 2026-06-01\nreason = \"r\"\nowner = \"o\"", "needs `to`"),
        ("from = 2026-6-1\nto = 2026-06-04\nreason = \"r\"\nowner = \"o\"", "dormouse.toml:"),
    ] {
        site.configure(&format!("[[quiet]]\n{lines}\n"));
        let ran = site.run("decide").ends(2);
        assert!(ran.error().contains(told), "{lines}: {}", ran.error());
    }
}
