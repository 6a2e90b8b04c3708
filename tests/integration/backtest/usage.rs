//! How `backtest` is asked, and what it leaves alone.

use std::fs;

use sandbox::scenarios::{self, Rhythm};

use crate::harness::{Site, at};

fn synced() -> Site {
    let (world, _) = scenarios::demo(at("2026-11-24T12:00:00Z"), 7);
    let site = Site::fast(world);
    site.must("sync");
    site
}

#[test]
fn nothing_is_stored_and_the_store_may_be_read_only_and_locked() {
    let site = synced();
    let lock = dormouse::lock::WriterLock::take(&site.store(), site.clock.followed.now().into());
    let before = (fs::read(site.store()).unwrap(), site.dump());
    for line in ["backtest", "backtest --details --format csv", "backtest --format json"] {
        site.must(line);
    }
    assert_eq!((fs::read(site.store()).unwrap(), site.dump()), before);
    drop(lock);
    let mut permissions = fs::metadata(site.store()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(site.store(), permissions).unwrap();
    site.must("backtest");
}

#[test]
fn a_period_is_given_in_days_and_days_without_coverage_are_counted() {
    let site = synced();
    let all = site.json("backtest");
    assert_eq!(all["schema"], "dormouse.backtest/1");
    let thirty = &all["thresholds"][0];
    let judged = thirty["days_judged"].as_u64().unwrap();
    assert_eq!(judged + thirty["days_not_judged"].as_u64().unwrap(), all["days"]);
    assert!(thirty["days_not_judged"].as_u64().unwrap() >= 30);

    let june = site.json("backtest --from 2026-09-01 --to 2026-09-30 --thresholds 90,30,30");
    assert_eq!(june["days"], 30);
    assert_eq!(june["to"], "2026-10-01T00:00:00.000Z");
    let days: Vec<_> =
        june["thresholds"].as_array().unwrap().iter().map(|t| &t["inactivity_days"]).collect();
    assert_eq!(days, [30, 90], "in order, each once");

    // Years before and after the record.
    let wide = site.json("backtest --from 2020-01-01 --to 2030-12-31");
    assert_eq!(wide["thresholds"][0]["days_judged"], judged);
    assert_eq!(wide["thresholds"][0]["would_be_disables"], thirty["would_be_disables"]);
    let before = site.json("backtest --to 2020-12-31");
    assert_eq!(
        (&before["days"], &before["thresholds"][0]["would_be_disables"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn what_cannot_be_asked_is_said() {
    let site = synced();
    for line in [
        "backtest --thresholds 0",
        "backtest --thresholds x",
        "backtest --from 2026-09-30 --to 2026-09-01",
        "backtest --from yesterday",
    ] {
        assert_eq!(site.run(line).code, 2, "{line}");
    }
    let late = site.run("backtest --from 2027-01-01");
    assert_eq!(late.code, 3, "{}", late.stderr);
    assert!(late.stderr.contains("after the end of coverage"), "{}", late.stderr);
    let (world, _) = scenarios::demo(at("2026-11-24T12:00:00Z"), 7);
    let fresh = Site::fast(world);
    assert_eq!(fresh.run("backtest").code, 3, "no store");
}

#[test]
fn a_silence_or_a_hole_is_not_judged_across() {
    let site = synced();
    let all = site.json("backtest --thresholds 30");
    let hole = "INSERT INTO holes VALUES (1788220800000, 1788307200000, 'a test', 1)";
    site.sql(hole);
    let split = site.json("backtest --thresholds 30");
    assert_eq!(split["coverage"].as_array().unwrap().len(), 2);
    let judged = |backtest: &serde_json::Value| backtest["thresholds"][0]["days_judged"].as_u64();
    // The day itself, and the thirty after it.
    assert!(judged(&split).unwrap() + 29 <= judged(&all).unwrap(), "{split} {all}");
}

#[test]
fn days_that_the_portal_did_not_record_are_not_covered() {
    let now = at("2026-11-24T12:00:00Z");
    let (world, _) = scenarios::quiet(now, 3, Rhythm::Unrecorded);
    let site = Site::fast(world);
    site.must("sync");
    let backtest = site.json("backtest");
    let stretches = backtest["coverage"].as_array().unwrap();
    assert_eq!(stretches.len(), 2, "{stretches:?}");
    let gap = scenarios::unrecorded_days(now);
    let end = |place: usize, name: &str| at(stretches[place][name].as_str().unwrap());
    assert!(end(0, "to") <= gap.start && gap.end <= end(1, "from"), "{stretches:?} {gap:?}");
}
