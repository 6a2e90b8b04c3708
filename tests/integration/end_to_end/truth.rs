//! Verdicts and actions against the truth of the generator.

use std::collections::{BTreeSet, HashMap};

use dormouse::time::{Clock, SystemClock};
use sandbox::{
    Status,
    scenarios::{self, TruthRow},
};
use serde_json::Value;

use crate::harness::Site;

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
