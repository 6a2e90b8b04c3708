//! The walk over what portals are and do: small and silent ones, crowded seconds, retention, runs cut
//! short, and what is covered after it.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{AuditEvent, Fault, Login, Recording, Rule, Ties, World};
use serde_json::Value;

use super::support::{LOGINS, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";

/// A portal with these events, each so many minutes old.
fn portal(minutes: impl IntoIterator<Item = i64>) -> World {
    let now = at(NOW);
    let mut world = World::builder(now).ties(Ties::Shuffled(5)).build();
    world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
    add(&mut world, minutes);
    world
}

fn add(world: &mut World, minutes: impl IntoIterator<Item = i64>) {
    let ann = world.account_by_email("ann@contractor.example").unwrap().id;
    let now = world.clock().now();
    for age in minutes {
        world.add_login(Login::success(ann).at(now - TimeDelta::minutes(age)));
    }
}

fn covered(summary: &Value) -> (DateTime<Utc>, DateTime<Utc>) {
    let moment = |name| at(summary["coverage"][name].as_str().unwrap());
    (moment("from"), moment("to"))
}

#[test]
fn portals_of_every_size_are_read_to_the_end() {
    for events in [1, 2, 98, 99, 100, 101, 197, 198, 199, 200, 2500] {
        let site = Site::fast(portal((2..events + 2).map(|n| 90 * n)));
        assert_eq!(site.sync()["events_added"], events);
        site.assert_whole();
        assert_eq!(site.sql("SELECT reaches FROM segments"), ["end"]);
    }
    let empty = Site::fast(portal([]));
    let summary = empty.sync();
    assert_eq!(summary["coverage"], Value::Null, "an empty history proves nothing");
}

#[test]
fn a_second_that_fills_a_page_is_counted() {
    for tied in [99, 100, 101, 350, 3000] {
        let mut world = portal((0..300).map(|n| 60 * n));
        add(&mut world, std::iter::repeat_n(60 * 150, tied));
        let site = Site::fast(world);
        let summary = site.sync();
        site.assert_claims();
        let second = at(NOW) - TimeDelta::minutes(60 * 150);
        let (from, _) = covered(&summary);
        assert!(from < second, "{tied}");
        assert!(summary["holes"].as_array().unwrap().is_empty(), "{tied}");
        site.assert_whole();
        site.portal.advance(TimeDelta::days(1));
        add(&mut site.portal.world(), (0..40).map(|n| 30 * n));
        let next = site.sync();
        assert_eq!(next["events_added"], 40);
        assert_eq!(covered(&next).0, from);
    }
}

#[test]
fn our_copy_outlives_the_portals_retention_and_gaps_are_no_coverage() {
    let site = Site::fast(portal((0..400).map(|n| 60 * n)));
    let first = covered(&site.sync());
    // Every night: the portal forgets, we do not.
    site.portal.advance(TimeDelta::days(1));
    add(&mut site.portal.world(), (0..20).map(|n| 60 * n));
    site.portal.world().set_retention(5, 180);
    site.portal.world().purge();
    let second = covered(&site.sync());
    assert_eq!(second.0, first.0);
    assert!(second.1 > first.1);
    // Weeks without a sync, and retention took what lies between.
    site.portal.advance(TimeDelta::days(30));
    add(&mut site.portal.world(), (0..900).map(|n| 30 * n));
    site.portal.world().purge();
    let third = site.sync();
    site.assert_claims();
    let oldest = site.portal.world().logins()[0].at();
    assert_eq!(covered(&third).0, oldest, "only what the portal still had");
    assert_eq!(site.sql("SELECT count(*) FROM coverage"), ["2"], "both parts are shown");
    // Weeks without a sync, and the portal still has everything.
    site.portal.world().set_retention(180, 180);
    site.portal.advance(TimeDelta::days(30));
    add(&mut site.portal.world(), (0..1400).map(|n| 30 * n));
    assert_eq!(covered(&site.json("sync --inactivity-days 90")).0, oldest);
    site.assert_whole();
}

#[test]
fn a_portal_that_stopped_recording_is_not_covered() {
    let site = Site::fast(portal((0..400).map(|n| 60 * n)));
    site.sync();
    site.portal.world().settings.recording = Recording::Off;
    site.portal.advance(TimeDelta::days(20));
    let newest = at(NOW);
    assert_eq!(covered(&site.sync()).1, newest + TimeDelta::hours(72));
    // An event from the future says nothing about today.
    add(&mut site.portal.world(), [-60 * 24 * 400]);
    assert_eq!(covered(&site.sync()).1, newest + TimeDelta::hours(72));
    // Nor does an audited action: the trail may go on while logins are not recorded.
    let mut action = AuditEvent::new(site.portal.world().owner(), 5054, newest);
    action.at = site.portal.clock().now() - TimeDelta::hours(1);
    site.portal.world().add_audit(action);
    assert_eq!(covered(&site.sync()).1, newest + TimeDelta::hours(72));
    site.assert_whole();
}

#[test]
fn a_run_cut_short_is_gone_on_with_below_what_is_known() {
    let site = Site::fast(portal((0..3000).map(|n| 60 * n)));
    site.portal.faults().push(Rule::get(LOGINS, Fault::status(403)).after(17));
    assert_eq!(site.run("sync").code, 3);
    site.assert_claims();
    assert_eq!(site.sql("SELECT reaches FROM segments"), ["open"]);
    assert_eq!(site.sql("SELECT status, coverage_from FROM sync_runs"), ["failed|"]);
    let known = site.stored().len();
    assert!(known > 1000, "{known} events");
    site.portal.faults().clear();
    site.portal.advance(TimeDelta::days(2));
    add(&mut site.portal.world(), (0..150).map(|n| 15 * n));
    let before = site.portal.journal();
    site.sync();
    site.assert_whole();
    assert_eq!(site.sql("SELECT reaches FROM segments"), ["end"]);
    let pages = site.since(&before).iter().filter(|e| e.path == LOGINS).count();
    let left = (3000 - known).div_ceil(98);
    // The walk ahead of the end of the history asks for some pages that are empty.
    assert!(pages <= 2 * left + 8, "{pages} requests for {left} pages");
}

#[test]
fn the_place_is_found_where_the_count_is_wrong_by_thousands() {
    let mut world = portal((0..600).map(|n| 60 * n));
    // Most of these are never shown, so our copy does not count them.
    add(&mut world, std::iter::repeat_n(60 * 100, 9000));
    let last = world.logins()[250].id;
    let site = Site::fast(world);
    site.portal.faults().push(Rule::get(LOGINS, Fault::status(403)).containing(last));
    assert_eq!(site.run("sync").code, 3);
    let rows = site.sql("SELECT count(*) FROM segments WHERE reaches = 'open'");
    assert_eq!(rows, ["1"]);
    site.portal.faults().clear();
    let before = site.portal.journal();
    site.sync();
    site.assert_claims();
    assert_eq!(site.sql("SELECT count(*) FROM segments WHERE reaches = 'open'"), ["0"]);
    let tie = (at(NOW) - TimeDelta::hours(100)).timestamp_millis();
    let below = format!("SELECT count(*) FROM events WHERE at_ms < {tie}");
    assert_eq!(site.sql(&below), ["499"]);
    let pages = site.since(&before).iter().filter(|e| e.path == LOGINS).count();
    assert!(pages < 40, "{pages} requests");
}

#[test]
fn retention_may_take_the_place_where_reading_stopped() {
    let site = Site::fast(portal((0..3000).map(|n| 60 * n)));
    site.portal.faults().push(Rule::get(LOGINS, Fault::status(403)).after(25));
    assert_eq!(site.run("sync").code, 3);
    site.portal.faults().clear();
    for keep in [60, 3] {
        site.portal.world().set_retention(keep, 180);
        site.portal.world().purge();
    }
    let summary = site.sync();
    site.assert_whole();
    assert_eq!(site.sql("SELECT reaches FROM segments"), ["end"]);
    assert!(covered(&summary).0 < at(NOW) - TimeDelta::days(30), "what was read is kept");
}

#[test]
fn the_first_read_is_bounded_and_full_is_not() {
    let site = Site::fast(portal((0..400).map(|n| 600 * n)));
    let bounded = covered(&site.json("sync --lookback-days 30")).0;
    let bound = at(NOW) - TimeDelta::days(30);
    assert!(bounded > bound - TimeDelta::days(30) && bounded < bound + TimeDelta::days(1));
    let read = site.stored().len();
    assert!(read < 300, "{read} events");
    assert_eq!(
        covered(&site.json("sync --lookback-days 30 --full")).0,
        at(NOW) - TimeDelta::minutes(399 * 600)
    );
    site.assert_whole();
}

#[test]
fn what_came_much_too_late_is_found() {
    for line in ["sync", "sync --full"] {
        let site = Site::fast(portal((0..400).map(|n| 60 * n)));
        site.sync();
        add(&mut site.portal.world(), [60 * 24 * 14]);
        assert_eq!(site.json(line)["events_added"], 1);
        site.assert_whole();
    }
}

#[test]
fn the_schema_is_that_of_the_migrations_however_a_first_run_ended() {
    let schema =
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'events' AND sql IS NOT NULL ORDER BY 1";
    let fresh = tempfile::tempdir().unwrap();
    let store = fresh.path().join("fresh.db");
    let migrate = async {
        let mode = dormouse::store::Mode::Create;
        dormouse::store::Store::open(&store, mode).await.unwrap().close().await.unwrap();
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(migrate);
    let ran = std::process::Command::new("sqlite3").arg(&store).arg(schema).output().unwrap();
    let expected = String::from_utf8(ran.stdout).unwrap();
    assert!(expected.contains("events_of_account") && expected.contains("events_as_listed"));
    for fault in [None, Some(Rule::get(LOGINS, Fault::status(403)).after(9))] {
        let site = Site::fast(portal((0..1500).map(|n| 60 * n)));
        site.portal.faults().push(fault.unwrap_or_else(|| Rule::put("/", Fault::Reset)));
        site.run("sync");
        assert_eq!(site.sql(schema).join("\n"), expected.trim_end());
    }
}
