//! Verdicts and actions against the truth of the generator.

use std::collections::{BTreeSet, HashMap};

use dormouse::time::{Clock, SystemClock};
use sandbox::{
    Status,
    scenarios::{self, Rhythm, TruthRow},
};
use serde_json::Value;

use crate::harness::{Site, at};

const DAYS: i64 = 30;

fn ids<'a>(rows: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    rows.map(|v| v["account_id"].as_str().unwrap().to_owned()).collect()
}

/// Everybody who should be disabled, and the decision that must name just those.
fn decide_agrees(site: &mut Site, truth: &[TruthRow]) -> BTreeSet<String> {
    assert_eq!(site.run("sync").code, 0);
    site.portal.shut_down();
    let decision = site.must("decide --format json").json();
    site.portal.restart().unwrap();
    let as_of = SystemClock.now();
    let wanted: BTreeSet<String> = truth
        .iter()
        .filter(|row| row.should_be_disabled(as_of.into(), DAYS))
        .map(|row| row.account_id.to_string())
        .collect();
    let verdicts = decision["verdicts"].as_array().unwrap();
    let inactive = ids(verdicts.iter().filter(|v| v["verdict"] == "inactive"));
    assert_eq!(inactive, wanted);
    let by_id: HashMap<String, &TruthRow> =
        truth.iter().map(|row| (row.account_id.to_string(), row)).collect();
    for verdict in verdicts {
        let row = by_id[verdict["account_id"].as_str().unwrap()];
        assert_eq!(
            verdict["verdict"] == "disabled",
            row.status == Status::Terminated,
            "{verdict} {row:?}"
        );
    }
    inactive
}

#[test]
fn on_a_busy_portal_every_verdict_agrees_with_the_truth_and_just_those_are_disabled() {
    let (portal, truth) = scenarios::busy(SystemClock.now().into(), 11, 2000, 300_000);
    let mut site = Site::fast(portal);
    let inactive = decide_agrees(&mut site, &truth);
    assert!(inactive.len() > 100, "the scenario has idle accounts: {}", inactive.len());

    // A first clean-up of this size is what the brakes are for.
    let braked = site.run("apply --yes");
    assert_eq!(braked.code, 5, "{}", braked.stderr);
    assert!(site.portal.journal().writes().is_empty());
    let done = site.must("apply --yes --max 2000 --max-percent 100 --format json").json();
    assert_eq!(ids(done["outcomes"].as_array().unwrap().iter()), inactive);
    assert_eq!(done["counts"]["applied"], inactive.len());

    let disabled: BTreeSet<String> = site
        .portal
        .world()
        .accounts()
        .iter()
        .filter(|a| a.status == Status::Terminated)
        .map(|a| a.id.to_string())
        .collect();
    let before = truth.iter().filter(|r| r.status == Status::Terminated);
    let expected: BTreeSet<String> =
        before.map(|r| r.account_id.to_string()).chain(inactive.iter().cloned()).collect();
    assert_eq!(disabled, expected);

    let calls = site.portal.journal().writes().len();
    assert_eq!(calls, inactive.len(), "one call an account");
    // One intent and one outcome for each account called, and a chain that holds.
    let rows = |phase: &str| {
        let of_phase = format!("SELECT account_id FROM history WHERE phase = '{phase}' ORDER BY 1");
        site.sql(&of_phase)
    };
    let called: Vec<String> = inactive.iter().cloned().collect();
    assert_eq!(rows("intent"), called);
    assert_eq!(rows("outcome"), called);
    let verified = site.run("history verify");
    assert_eq!(verified.code, 0, "{}", verified.stdout);

    let again = site.must("apply --yes --format json").json();
    assert_eq!(again["outcomes"].as_array().unwrap().len(), 0);
    assert_eq!(site.portal.journal().writes().len(), calls, "a second apply changes nothing");
}

#[test]
fn the_same_holds_for_every_kind_of_case_in_the_demo() {
    let (portal, truth) = scenarios::demo(SystemClock.now().into(), 7);
    let mut site = Site::fast(portal);
    let inactive = decide_agrees(&mut site, &truth);
    let done = site.must("apply --yes --format json").json();
    assert_eq!(ids(done["outcomes"].as_array().unwrap().iter()), inactive);
    let restored = site.must("restore --run 3 --yes --format json").json();
    assert_eq!(restored["counts"]["applied"], inactive.len());
    let statuses: HashMap<_, _> =
        site.portal.world().accounts().iter().map(|a| (a.id, a.status)).collect();
    for row in &truth {
        assert_eq!(statuses[&row.account_id], row.status, "as it was before: {row:?}");
    }
}

/// Verdicts at a threshold, and who should have which.
struct Held {
    inactive: BTreeSet<String>,
    wanted: BTreeSet<String>,
    /// Reasons of those who are undetermined.
    undetermined: BTreeSet<String>,
}

fn hold(site: &Site, truth: &[TruthRow], days: i64) -> Held {
    site.must(&format!("sync --inactivity-days {days}"));
    let decision = site.json(&format!("decide --inactivity-days {days}"));
    let as_of = at(decision["decision"]["as_of"].as_str().unwrap());
    let wanted = truth.iter().filter(|row| row.should_be_disabled(as_of, days));
    let verdicts = decision["verdicts"].as_array().unwrap();
    let of = |verdict: &'static str| verdicts.iter().filter(move |v| v["verdict"] == verdict);
    Held {
        inactive: ids(of("inactive")),
        wanted: wanted.map(|row| row.account_id.to_string()).collect(),
        undetermined: of("undetermined").map(|v| v["reason"].to_string()).collect(),
    }
}

#[test]
fn portals_that_are_quiet_by_nature_are_decided_without_a_word_from_anybody() {
    // Two weeks after Easter, and in June.
    for now in [at("2026-04-20T09:00:00Z"), at("2026-06-15T09:00:00Z")] {
        for (rhythm, seed) in
            [(Rhythm::ThreeAWeek, 1), (Rhythm::ThreeAWeek, 2), (Rhythm::WorkingDays, 3)]
        {
            let (portal, truth) = scenarios::quiet(now, seed, rhythm);
            let held = hold(&Site::fast(portal), &truth, DAYS);
            assert!(!held.wanted.is_empty(), "{rhythm:?} {seed}");
            assert_eq!(held.inactive, held.wanted, "{rhythm:?} {seed} {now}");
            assert_eq!(held.undetermined, BTreeSet::new(), "{rhythm:?} {seed} {now}");
        }
    }
}

#[test]
fn four_working_days_without_a_record_decide_nothing_that_needs_them() {
    let (portal, truth) = scenarios::quiet(at("2026-06-15T09:00:00Z"), 3, Rhythm::Unrecorded);
    let site = Site::fast(portal);
    // Since then everything was recorded.
    let held = hold(&site, &truth, 10);
    assert_eq!(held.inactive, held.wanted);
    assert_eq!(held.undetermined, BTreeSet::new());
    let held = hold(&site, &truth, DAYS);
    assert!(!held.wanted.is_empty());
    assert_eq!(held.inactive, BTreeSet::new());
    assert_eq!(held.undetermined, BTreeSet::from(["\"insufficient_coverage\"".to_owned()]));
}
