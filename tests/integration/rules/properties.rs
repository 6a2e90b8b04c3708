//! What must hold for all evidence, over generated evidence of every sort.

use std::collections::BTreeSet;

use chrono::{FixedOffset, TimeDelta};
use dormouse::{
    domain::{
        account::Account,
        coverage::Coverage,
        decision::{Facts, decide},
        evidence::{Activity, Evidence, Restart},
        explain::{StepOutcome, explain},
        login::{EventClass, class_of},
        policy::{Exemption, ExemptionSubject, Policy, Signals},
        population::resolve,
        trail::TrailProof,
        verdict::{RULES, Reason, first_inactive, idle_since, judge},
    },
    time::{Timestamp, days},
};
use proptest::{
    collection::vec, prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner,
};

use super::support::{
    account, activities, activity, coverages, event, events, evidences, exemption, exemptions,
    instants, is_inactive, now, policies,
};
use crate::harness::generated;

/// Otherwise the properties below could be true of nothing.
#[test]
fn the_generators_reach_every_reason_often_enough() {
    let mut runner = TestRunner::deterministic();
    let cases = (policies(), evidences());
    let mut reached = std::collections::BTreeMap::<Reason, u32>::new();
    for _ in 0..4000 {
        let (policy, evidence) = cases.new_tree(&mut runner).expect("a case").current();
        *reached.entry(judge(&policy, &evidence, now())).or_default() += 1;
    }
    for rule in RULES {
        let count = reached.get(&rule).copied().unwrap_or_default();
        assert!(count >= 20, "{rule}: {count} of 4000 cases");
    }
}

/// Rule 13 in its own words, written apart from the code that applies it.
fn is_proven(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> bool {
    let Some(registered) = evidence.account.registered_at else { return false };
    let Some(coverage) = evidence.coverage else { return false };
    let clock_start = evidence.restart.map_or(registered, |r| r.at.max(registered));
    let idle_from = evidence.last_activity.map_or(clock_start, |a| a.at.max(clock_start));
    let never = evidence.last_activity.is_none() && coverage.from <= registered;
    let long_enough = if never {
        as_of.whole_days_since(registered) >= policy.grace_days
            && evidence
                .restart
                .is_none_or(|r| as_of.whole_days_since(r.at) >= policy.inactivity_days)
    } else {
        as_of.whole_days_since(idle_from) >= policy.inactivity_days
    };
    let window =
        as_of.checked_sub_signed(days(policy.inactivity_days)).unwrap_or(Timestamp::MIN.into());
    let needed_from = clock_start.max(window.into());
    let covered = coverage.from <= needed_from && as_of <= coverage.to;
    let checked = policy.signals == Signals::Logins || evidence.checked_at >= Some(as_of);
    long_enough && covered && checked && clock_start <= as_of
}

/// The same moment as it reads in a zone.
fn in_zone(at: Timestamp, offset_minutes: i32) -> Timestamp {
    let zone = FixedOffset::east_opt(offset_minutes * 60).expect("a possible zone");
    let text = at.with_timezone(&zone).to_rfc3339();
    text.parse::<Timestamp>().expect("a valid time")
}

proptest! {
    #![proptest_config(generated(2000))]

    #[test]
    fn nobody_is_inactive_whose_inactivity_is_not_proven(policy in policies(), evidence in evidences()) {
        if is_inactive(&policy, &evidence, now()) {
            prop_assert!(is_proven(&policy, &evidence, now()));
            prop_assert!(idle_since(&evidence).is_some_and(|since| since <= now()));
        }
    }

    #[test]
    fn what_is_dated_after_the_moment_decided_is_never_inactive(
        policy in policies(),
        evidence in evidences(),
        later in 1..200_000_000_i64,
        which in 0..3_u8,
    ) {
        let mut evidence = evidence;
        let at = now() + TimeDelta::milliseconds(later);
        match which {
            0 => evidence.last_activity = super::support::seen(at, dormouse::domain::evidence::Source::Login),
            1 => evidence.account.registered_at = Some(at),
            _ => evidence.restart = Some(Restart { at, cause: dormouse::domain::evidence::RestartCause::Enabled }),
        }
        prop_assert!(!is_inactive(&policy, &evidence, now()));
    }

    #[test]
    fn adding_activity_never_makes_an_account_inactive(
        policy in policies(),
        evidence in evidences(),
        added in activities(),
    ) {
        let more = Evidence {
            last_activity: Some(evidence.last_activity.map_or(added, |a| a.newer(added))),
            ..evidence.clone()
        };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&policy, &more, now()));
    }

    #[test]
    fn adding_failures_changes_nothing(
        policy in policies(),
        evidence in evidences(),
        events in events(),
        failures in vec((0..50_i64, select((999..1031).filter(|c| class_of(*c) == EventClass::Failure).collect::<Vec<_>>()), instants()), 1..8),
    ) {
        let before = Evidence { last_activity: activity(&events), ..evidence };
        let mut events = events;
        events.extend(failures.into_iter().map(|(id, code, at)| event(id, code, at)));
        let after = Evidence { last_activity: activity(&events), ..before.clone() };
        prop_assert_eq!(explain(&policy, &before, now()), explain(&policy, &after, now()));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn order_and_duplicates_of_events_are_irrelevant(
        (events, shuffled) in events().prop_flat_map(|events| {
            let doubled = [events.clone(), events.clone()].concat();
            (Just(events), Just(doubled).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(activity(&events), activity(&shuffled));
    }

    #[test]
    fn the_newer_of_two_activities_does_not_depend_on_their_order(a in activities(), b in activities()) {
        prop_assert_eq!(a.newer(b), b.newer(a));
        prop_assert_eq!(a.newer(b).at, a.at.max(b.at));
    }

    #[test]
    fn the_order_of_accounts_is_irrelevant_to_a_decision(
        policy in policies(),
        (evidence, shuffled) in vec(evidences(), 1..6).prop_map(|evidence| {
            evidence.into_iter().enumerate().map(|(number, e)| {
                let Account { id, email, .. } = account(number as u128 + 1);
                let account = Account { id, email, ..e.account.clone() };
                Evidence { account, ..e }
            }).collect::<Vec<_>>()
        }).prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle())),
    ) {
        let decided = |evidence: Vec<Evidence>| {
            let facts = Facts { evidence, coverage: None };
            let accounts: Vec<Account> = facts.accounts().cloned().collect();
            let population = resolve(&policy.population, None, &accounts, now());
            decide(&policy, &facts, &population, now())
        };
        let findings = decided(evidence);
        prop_assert!(findings.is_sorted_by_key(|f| f.account_id.to_string()));
        prop_assert_eq!(findings, decided(shuffled));
    }

    #[test]
    fn less_coverage_never_yields_more_inactive(
        policy in policies(),
        evidence in evidences(),
        cut in coverages(),
    ) {
        let coverage = evidence.coverage.map(|c| Coverage { from: c.from.max(cut.from), to: c.to.min(cut.to) });
        let less = Evidence { coverage: coverage.filter(|c| c.from <= c.to), ..evidence.clone() };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&policy, &less, now()));
    }

    #[test]
    fn a_longer_threshold_never_yields_more_inactive(
        policy in policies(),
        evidence in evidences(),
        longer in 1..60_u32,
    ) {
        // With the grace as it is, and with the grace that follows the threshold by default.
        let long = Policy { inactivity_days: policy.inactivity_days + longer, ..policy.clone() };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&long, &evidence, now()));
        let short = Policy { grace_days: policy.inactivity_days, ..policy };
        let long = Policy { grace_days: long.inactivity_days, ..long };
        prop_assert!(is_inactive(&short, &evidence, now()) || !is_inactive(&long, &evidence, now()));
    }

    #[test]
    fn a_longer_grace_never_yields_more_inactive(
        policy in policies(),
        evidence in evidences(),
        longer in 1..60_u32,
    ) {
        let long = Policy { grace_days: policy.grace_days + longer, ..policy.clone() };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&long, &evidence, now()));
    }

    #[test]
    fn a_missing_check_never_yields_more_inactive(policy in policies(), evidence in evidences()) {
        let unchecked = Evidence { checked_at: None, ..evidence.clone() };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&policy, &unchecked, now()));
    }

    #[test]
    fn a_trail_that_proves_less_never_yields_more_inactive(
        policy in policies(),
        evidence in evidences(),
        later in instants(),
    ) {
        let from = evidence.trail.from().map_or(later, |from| from.max(later));
        let less = Evidence { trail: TrailProof::Since { from }, ..evidence.clone() };
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&policy, &less, now()));
    }

    #[test]
    fn an_exemption_never_yields_any(policy in policies(), evidence in evidences(), added in exemptions()) {
        let mut more = policy.clone();
        more.exemptions.push(added);
        prop_assert!(is_inactive(&policy, &evidence, now()) || !is_inactive(&more, &evidence, now()));
        more.exemptions.push(exemption(ExemptionSubject::Account(evidence.account.id)));
        prop_assert!(!is_inactive(&more, &evidence, now()));
        prop_assert_eq!(first_inactive(&more, &evidence), None);
    }

    #[test]
    fn the_order_of_exemptions_is_irrelevant(
        policy in policies(),
        evidence in evidences(),
        (list, shuffled) in vec(exemptions(), 0..5).prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
    ) {
        let with = |exemptions: Vec<Exemption>| {
            explain(&Policy { exemptions, ..policy.clone() }, &evidence, now()).message
        };
        prop_assert_eq!(with(list), with(shuffled));
    }

    #[test]
    fn zones_change_nothing(
        policy in policies(),
        evidence in evidences(),
        offsets in vec(-12 * 60..=14 * 60_i32, 7),
    ) {
        let mut elsewhere = evidence.clone();
        elsewhere.account.registered_at = evidence.account.registered_at.map(|at| in_zone(at, offsets[0]));
        elsewhere.last_activity = evidence.last_activity.map(|a| Activity { at: in_zone(a.at, offsets[1]), ..a });
        elsewhere.restart = evidence.restart.map(|r| Restart { at: in_zone(r.at, offsets[2]), ..r });
        elsewhere.checked_at = evidence.checked_at.map(|at| in_zone(at, offsets[3]));
        elsewhere.coverage = evidence.coverage.map(|c| Coverage {
            from: in_zone(c.from, offsets[4]),
            to: in_zone(c.to, offsets[5]),
        });
        let as_of = in_zone(now(), offsets[6]);
        prop_assert_eq!(explain(&policy, &evidence, now()), explain(&policy, &elsewhere, as_of));
    }

    #[test]
    fn the_first_inactive_moment_is_exact(policy in policies(), evidence in evidences()) {
        let extended = |to: Timestamp| Evidence {
            coverage: evidence.coverage.map(|c| Coverage { from: c.from, to }),
            checked_at: Some(to),
            ..evidence.clone()
        };
        match first_inactive(&policy, &evidence) {
            Some(at) => {
                prop_assert!(is_inactive(&policy, &extended(at), at));
                let before = at - TimeDelta::milliseconds(1);
                prop_assert!(!is_inactive(&policy, &extended(before), before));
            }
            None => {
                let distant = now() + days(1000);
                prop_assert!(!is_inactive(&policy, &extended(distant), distant));
            }
        }
        if is_inactive(&policy, &evidence, now()) {
            prop_assert!(first_inactive(&policy, &evidence).is_some_and(|at| at <= now()));
        }
    }

    #[test]
    fn an_explanation_is_the_verdict_step_by_step(policy in policies(), evidence in evidences()) {
        let explanation = explain(&policy, &evidence, now());
        prop_assert_eq!(explanation.reason, judge(&policy, &evidence, now()));
        let rules: Vec<Reason> = explanation.steps.iter().map(|s| s.rule).collect();
        prop_assert_eq!(&rules[..], &RULES[..rules.len()]);
        let (last, passed) = explanation.steps.split_last().expect("a step that decides");
        prop_assert_eq!(last.outcome, StepOutcome::Decides);
        prop_assert_eq!(last.rule, explanation.reason);
        prop_assert!(passed.iter().all(|s| s.outcome == StepOutcome::Passed));
        let sentences: BTreeSet<bool> = explanation.steps.iter().map(|s| s.sentence.is_empty()).collect();
        prop_assert!(!sentences.contains(&true));
    }

    #[test]
    fn any_threshold_is_survived(evidence in evidences(), inactivity_days in any::<u32>(), grace_days in any::<u32>()) {
        let policy = Policy { inactivity_days: inactivity_days.max(1), grace_days, ..super::support::policy() };
        if is_inactive(&policy, &evidence, now()) {
            prop_assert!(is_proven(&policy, &evidence, now()));
        }
        prop_assert!(first_inactive(&policy, &evidence).is_none_or(|at| at >= evidence.account.registered_at.expect("registered")));
    }
}
