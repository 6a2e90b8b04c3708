//! Everything that can go wrong with a call, before and after the portal did the work. A call is made
//! once, and again only after 429; what came of it is what the account shows.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::domain::history::{
    Entry,
    Outcome::{self, *},
    Phase,
};
use sandbox::{Fault, Framing, Rule, Status};
use uuid::Uuid;

use super::support::*;

const ENVELOPE: &str = r#"{"error":{"message":"Access denied","type":"System.Security.SecurityException","stack":"   at ASC.People","hresult":-2146233078},"status":1,"statusCode":403}"#;

/// A fault of the first call for an account, with what must come of it.
struct Case {
    name: &'static str,
    fault: Fault,
    calls: usize,
    outcome: Outcome,
    http: Option<u16>,
}

fn case(name: &'static str, fault: Fault, outcome: Outcome, http: Option<u16>) -> Case {
    Case { name, fault, calls: 1, outcome, http }
}

fn cases() -> Vec<Case> {
    let cut = |framing| Fault::Truncate { keep: 40, framing };
    let late = Duration::from_millis(4500);
    vec![
        // The work was not done.
        case("reset", Fault::Reset, Failed, None),
        case("silence", Fault::Hang, Failed, None),
        case("500", Fault::status(500), Failed, Some(500)),
        case("502 of a proxy", Fault::html(502), Failed, Some(502)),
        case("200 of a proxy", Fault::html(200), Failed, Some(200)),
        case("400", Fault::json(400, "{}"), Failed, Some(400)),
        case("nonsense", Fault::json(200, "{\"response\":"), Failed, Some(200)),
        case(
            "left out",
            Fault::json(200, r#"{"response":[],"count":1,"status":0}"#),
            Refused,
            Some(200),
        ),
        case("403", Fault::json(403, ENVELOPE), Refused, Some(403)),
        case("402", Fault::status(402), Refused, Some(402)),
        // It was.
        case("lost answer", Fault::LoseAnswer, Applied, None),
        case("cut", cut(Framing::ContentLength), Applied, None),
        case("cut in chunks", cut(Framing::Chunked), Applied, None),
        case("late answer", Fault::DelayAnswer(late), Applied, None),
        case("late work", Fault::Delay(late), Applied, None),
        case(
            "slow",
            Fault::Trickle { piece: 400, pause: Duration::from_millis(5) },
            Applied,
            Some(200),
        ),
        // It is done at the second call.
        Case { calls: 2, ..case("429", Fault::too_many(Some(1)), Applied, Some(200)) },
        Case { calls: 2, ..case("429 without a time", Fault::too_many(None), Applied, Some(200)) },
        Case { calls: 2, ..case("429 for no time", Fault::too_many(Some(0)), Applied, Some(200)) },
    ]
}

/// Applies each case to the first call for one of `ids`.
fn spoil(site: &Site, ids: &[Uuid], cases: &[Case]) {
    for (id, case) in ids.iter().zip(cases) {
        let needle = id.to_string();
        let rule = Rule::put("/", case.fault.clone());
        site.portal.faults().push(rule.only_if(move |hit, _| hit.body.contains(&needle)).first(1));
    }
}

fn told_the_truth(site: &Site, ids: &[Uuid], cases: &[Case], done: Status) {
    let history = site.history();
    sound(&history);
    let called = site.called();
    for (id, case) in ids.iter().zip(cases) {
        let rows: Vec<&Entry> = history
            .iter()
            .filter(|e| e.draft.account_id == (*id).into() && e.draft.phase == Phase::Outcome)
            .collect();
        let row = &rows.last().unwrap().draft;
        assert_eq!(row.outcome, Some(case.outcome), "{}: {}", case.name, row.detail);
        assert_eq!(row.http_status, case.http, "{}: {}", case.name, row.detail);
        assert_eq!(called.iter().filter(|c| *c == id).count(), case.calls, "{}", case.name);
        let is_done = site.status(*id) == Some(done);
        assert_eq!(is_done, case.outcome == Applied, "{}: {}", case.name, row.detail);
    }
}

#[test]
fn outcomes_tell_the_truth_whatever_becomes_of_a_call() {
    let cases = cases();
    let (world, ids) = world(cases.len());
    let site = decided(world);
    spoil(&site, &ids, &cases);
    let ran = site.run("apply --yes --max-percent 100").ends(4);
    assert!(ran.stdout.contains("\n9 disabled, 3 refused, 7 failed\n"), "{ran:?}");
    told_the_truth(&site, &ids, &cases, Status::Terminated);
    // What failed is tried again by the next run, and nothing else is called.
    let before = site.called().len();
    site.pass(TimeDelta::hours(2));
    site.run("apply --yes --max-percent 100").ends(0);
    assert_eq!(site.called().len(), before + 10);
    assert!(ids.iter().all(|id| site.status(*id) == Some(Status::Terminated)));
    site.verifies();
}

#[test]
fn the_same_holds_when_accounts_are_enabled_again() {
    let wanted = ["reset", "500", "403", "402", "left out", "lost answer", "cut", "429"];
    let cases: Vec<Case> = cases().into_iter().filter(|c| wanted.contains(&c.name)).collect();
    let (world, ids) = world(cases.len());
    let site = decided(world);
    site.run("apply --yes").ends(0);
    let ids: Vec<Uuid> = ids[..].to_vec();
    let before = site.called().len();
    spoil(&site, &ids, &cases);
    site.run("restore --run 3 --yes").ends(4);
    let cases: Vec<Case> = cases.into_iter().map(|c| Case { calls: c.calls + 1, ..c }).collect();
    told_the_truth(&site, &ids, &cases, Status::Active);
    assert_eq!(site.called().len(), before + cases.len() + 1);
}

#[test]
fn a_limit_for_the_day_stops_the_run_with_the_rest_untouched() {
    let (world, ids) = world(12);
    let site = decided(world);
    site.portal.faults().push(Rule::put(DISABLE, Fault::too_many(Some(40_000))).after(5));
    let ran = site.run("apply --yes --max-percent 100").ends(4);
    assert!(ran.stdout.contains("\n5 disabled, 3 refused\n"), "{ran:?}");
    insta::assert_snapshot!(ran.stderr.lines().last().unwrap(), @"warning: 4 accounts were not touched: PUT people/status/Terminated: the portal's limit is used up for 667 minutes (429); nothing is lost, run again after that");
    assert!(site.last_run().detail.contains("4 accounts were not touched"));
    assert_eq!(site.called().len(), 8);
    site.verifies();
    for id in &ids[8..] {
        assert!(site.outcomes(*id).is_empty());
    }
    site.portal.faults().clear();
    site.run("apply --yes --max-percent 100").ends(0);
    assert!(ids.iter().all(|id| site.status(*id) == Some(Status::Terminated)));
}

#[test]
fn a_write_does_not_wait_for_longer_than_its_look_is_worth() {
    let (world, _) = world(2);
    let site = decided(world);
    // Longer than the 10 s for which a look is good.
    site.portal.faults().push(Rule::put(DISABLE, Fault::too_many(Some(11))));
    let ran = site.run("apply --yes").ends(4);
    assert!(ran.stdout.contains("\n0 disabled, 2 refused\n"), "{ran:?}");
}

#[test]
fn a_key_that_dies_on_the_way_stops_the_run() {
    let (world, ids) = world(9);
    let site = decided(world);
    site.portal.faults().push(Rule::any(Fault::status(401)).method("PUT").after(4));
    site.portal.faults().push(account_read(Fault::status(401)).after(8));
    let ran = site.run("apply --yes").ends(4);
    assert!(ran.stdout.contains("\n4 disabled, 4 refused\n"), "{ran:?}");
    assert!(ran.stderr.contains("1 account was not touched"), "{ran:?}");
    assert!(ran.stderr.contains("does not accept the API key (401)"), "{ran:?}");
    assert!(site.outcomes(ids[8]).is_empty());
    site.verifies();
}

#[test]
fn a_portal_that_fails_between_two_groups_leaves_the_rest() {
    let (world, ids) = world(9);
    let site = decided(world);
    site.portal.faults().push(account_read(Fault::json(403, "\"IP restricted\"")).after(4));
    let ran = site.run("apply --yes").ends(1);
    assert!(ran.stdout.contains("\n4 disabled\n"), "what was done is shown: {ran:?}");
    insta::assert_snapshot!(ran.error().replace(&ids[4].to_string(), "[id]"), @r#"stopped; 5 accounts were not touched
  because: GET people/[id]: the portal declined (403, "\"IP restricted\""): an IP restriction, or a portal that is being moved or restored"#);
    assert_eq!(site.called().len(), 4);
    let run = site.last_run();
    assert_eq!(run.exit_code, Some(1));
    assert!(run.detail.contains("5 accounts were not touched"), "{run:?}");
}

#[test]
fn a_portal_that_stops_showing_on_the_way_is_a_failure_not_a_refusal() {
    let (world, _) = world(6);
    let site = decided(world);
    site.portal.faults().push(account_read(Fault::status(403)).after(4));
    let ran = site.run("apply --yes").ends(1);
    assert!(ran.error().starts_with("stopped on the way"), "{ran:?}");
    assert!(ran.error().contains("lacks a permission"), "{ran:?}");
    assert!(ran.stdout.contains("\n4 disabled\n"), "{ran:?}");
}
