//! Faults that pass: the run takes longer and ends as if nothing had been.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sandbox::{Fault, Framing, Login, Outcome, Rule, World};

use super::support::{AUDIT, LOGINS, PEOPLE, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";

/// A portal with 450 events and two contractors, one of them idle.
pub(crate) fn portal() -> World {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(170));
    let bob = world.add_guest("bob@contractor.example", now - TimeDelta::days(170));
    world.add_login(Login::success(bob).at(now - TimeDelta::days(90)));
    for n in 0..450 {
        world.add_login(Login::success(ann).at(now - TimeDelta::hours(7 * n)));
    }
    world
}

fn survives(rules: impl IntoIterator<Item = Rule>) -> (Site, Duration) {
    let site = Site::with(portal(), "timeout_seconds = 2");
    for rule in rules {
        site.portal.faults().push(rule);
    }
    let start = Instant::now();
    let summary = site.sync();
    let took = start.elapsed();
    site.assert_whole();
    assert_eq!(summary["events_added"], 451);
    assert_eq!(summary["activity_checks"], 1);
    assert!(summary["retries"].as_u64().unwrap() > 0);
    (site, took)
}

#[test]
fn passing_faults_of_the_server_are_repeated() {
    for fault in [
        Fault::status(500),
        Fault::html(502),
        Fault::html(503),
        Fault::Reset,
        Fault::LoseAnswer,
        Fault::Truncate { keep: 300, framing: Framing::ContentLength },
        Fault::Truncate { keep: 300, framing: Framing::Chunked },
        // ≤3.1 streams lists: an error half-way is a 200 that breaks off in good order.
        Fault::json(200, "{\"response\":[{\"id\":7,\"date\":\"2026-"),
    ] {
        survives([LOGINS, PEOPLE, AUDIT].map(|path| Rule::get(path, fault.clone()).nth(1)));
        survives([Rule::get(LOGINS, fault).nth(4)]);
    }
}

#[test]
fn a_slow_body_is_read_to_its_end() {
    let site = Site::with(portal(), "timeout_seconds = 5");
    let slow = Fault::Trickle { piece: 4000, pause: Duration::from_millis(20) };
    site.portal.faults().push(Rule::get(LOGINS, slow).nth(3));
    assert_eq!(site.sync()["retries"], 0);
    site.assert_whole();
}

#[test]
fn silence_is_not_waited_for_for_ever() {
    let (_, took) = survives([Rule::get(LOGINS, Fault::Hang).nth(3)]);
    assert!(took < Duration::from_secs(20), "{took:?}");
    // A body that never ends in time counts as none.
    let drip = Fault::Trickle { piece: 1, pause: Duration::from_millis(50) };
    survives([Rule::get(LOGINS, drip).nth(3)]);
}

#[test]
fn the_portals_limit_is_obeyed() {
    for (retry_after, least) in [(Some(2), 2000), (Some(0), 1000), (None, 5000)] {
        let (site, took) = survives([Rule::get(LOGINS, Fault::too_many(retry_after)).nth(2)]);
        assert!(took >= Duration::from_millis(least), "{retry_after:?}: {took:?}");
        let journal = site.portal.journal();
        let limited = |e: &&sandbox::Entry| e.outcome == Outcome::Answered(429);
        let refused = journal.entries().iter().find(limited).unwrap();
        let pause = Duration::from_millis(least - 100);
        let asked = |e: &&sandbox::Entry| e.number > refused.number;
        for later in journal.entries().iter().filter(asked) {
            let waited = later.started - refused.started;
            // What was under way already may still come in.
            let under_way = waited < Duration::from_millis(300);
            assert!(under_way || waited >= pause, "{retry_after:?}: {waited:?}");
        }
    }
}

#[test]
fn a_limit_for_a_day_is_reported_and_not_slept() {
    let site = Site::fast(portal());
    site.portal.faults().push(Rule::get(LOGINS, Fault::too_many(Some(86_000))).after(3));
    let start = Instant::now();
    let ran = site.run("sync");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("used up for 1434 minutes (429)"), "{}", ran.stderr);
    assert!(start.elapsed() < Duration::from_secs(10));
    site.assert_claims();
    assert!(!site.stored().is_empty(), "what was read is kept");
    site.portal.faults().clear();
    site.sync();
    site.assert_whole();
}

/// Rows at these places, counted from the newest, cannot be shown.
fn each_row_is_a_hole_of_its_own(poison: &[usize]) {
    let ids: Vec<i32> = portal().logins().iter().rev().map(|row| row.id).collect();
    let site = Site::fast(portal());
    for place in poison {
        site.portal.world().poison_event(ids[*place]);
    }
    let summary = site.sync();
    site.assert_claims();
    let missing: Vec<_> = site.present().difference(&site.stored()).copied().collect();
    let mut expected: Vec<_> = poison.iter().map(|place| i64::from(ids[*place])).collect();
    expected.sort_unstable();
    assert_eq!(missing, expected);
    let holes = summary["holes"].as_array().unwrap();
    if poison != [450] {
        assert_eq!(holes.len(), 1, "{poison:?}: {holes:?}");
        assert!(holes[0]["reason"].as_str().unwrap().contains("cannot show"), "{holes:?}");
    }
    let rows = site.portal.world().logins().len();
    for place in poison {
        let date = site.portal.world().logins()[rows - 1 - *place].at();
        let from = at(summary["coverage"]["from"].as_str().unwrap());
        let to = at(summary["coverage"]["to"].as_str().unwrap());
        assert!(date < from || date > to, "{date} is covered by {from} to {to}");
    }
    // Once it lies below the end of coverage, nobody asks for it again.
    site.portal.advance(TimeDelta::days(1));
    site.sync();
    let before = site.portal.journal();
    site.sync();
    site.assert_claims();
    let faults = site.since(&before).iter().filter(|e| e.status() == Some(500)).count();
    if poison[0] > 100 {
        assert_eq!(faults, 0);
    }
}

#[test]
fn the_newest_row_that_the_portal_cannot_show_is_a_hole_of_one_row() {
    each_row_is_a_hole_of_its_own(&[0]);
}

#[test]
fn a_row_in_a_page_that_the_portal_cannot_show_is_a_hole_of_one_row() {
    each_row_is_a_hole_of_its_own(&[137]);
}

#[test]
fn two_rows_side_by_side_that_the_portal_cannot_show_are_one_hole() {
    each_row_is_a_hole_of_its_own(&[250, 251]);
}

#[test]
fn the_oldest_row_that_the_portal_cannot_show_is_a_hole_of_one_row() {
    each_row_is_a_hole_of_its_own(&[450]);
}

#[test]
fn a_window_used_up_by_others_only_slows_down() {
    let site = Site::fast(portal());
    let limits = sandbox::Limits {
        per_window: 12,
        window: Duration::from_secs(2),
        concurrent_reads: 3,
        ..sandbox::Limits::SHIPPED
    };
    site.portal.world().set_limits(Some(limits));
    let summary = site.sync();
    site.assert_whole();
    let journal = site.portal.journal();
    let refused = journal.entries().iter().filter(|e| e.status() == Some(429)).count();
    assert_eq!(summary["retries"], refused);
    assert!(0 < refused && refused < journal.entries().len() / 2, "{refused} times refused");
}
