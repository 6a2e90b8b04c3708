//! Generated pasts of one account, judged day by day from everything that there is.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use dormouse::{
    domain::{
        account::{Account, AccountId, Kind, Management, Status},
        backtest::{
            AccountPast, AccountVersion, Basis, CoveredTime, Day, Days, Idleness, Tally, Trial,
            WouldBeDisable, recommended,
        },
        coverage::Coverage,
        evidence::{Activity, Evidence, KeyOwner, Match, RestartCause, Source},
        history::{Action, Outcome},
        policy::{Exemption, ExemptionSubject, Policy, Population, Signals},
        recorded::LowerBound,
        timeline::{Acted, ChangeCode, Changed, Shown, Timeline},
        trail::TrailProof,
        verdict::{Verdict, judge},
    },
    time::Timestamp,
};
use proptest::{
    collection::vec, option, prelude::*, sample::select, strategy::ValueTree,
    test_runner::TestRunner,
};
use uuid::Uuid;

use crate::harness::generated;

/// Days that the record may span.
const SPAN: i64 = 120;

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn id() -> AccountId {
    AccountId::from(Uuid::from_u128(7))
}

/// Everything that there is to know.
#[derive(Debug, Clone)]
struct Case {
    past: AccountPast,
    activities: Vec<Timestamp>,
    covered: Vec<Coverage>,
    policy: Policy,
    thresholds: Vec<u32>,
    days: Days,
}

/// Moments at, or a little beside, the start of a day.
fn moments() -> impl Strategy<Value = Timestamp> {
    (-40..SPAN, select(vec![-1, 0, 1, 3_600_000, 50_000_000]))
        .prop_map(|(day, millis)| start() + TimeDelta::days(day) + TimeDelta::milliseconds(millis))
}

fn versions() -> impl Strategy<Value = Vec<AccountVersion>> {
    let statuses =
        prop_oneof![6 => Just(Some(Status::Active)), 1 => option::of(select(Status::ALL))];
    let kinds = prop_oneof![12 => Just(Kind::Guest), 1 => select(Kind::ALL)];
    let emails = select(vec!["ann@x.example", "ann@y.example"]);
    let registered = option::weighted(0.9, moments());
    vec((moments(), statuses, kinds, emails, registered), 1..4).prop_map(|mut versions| {
        versions.sort_by_key(|version| version.0);
        let version =
            |(at, status, kind, email, registered_at): (Timestamp, Option<Status>, _, &str, _)| {
                let account = Account {
                    id: id(),
                    email: email.into(),
                    display_name: "Ann".into(),
                    kind,
                    status: status.unwrap_or(Status::Active),
                    registered_at,
                    management: Management::Portal,
                    invited_by: None,
                    groups: Vec::new(),
                };
                AccountVersion { shown: Shown { at, history_seq: 0, status }, account }
            };
        versions.into_iter().map(version).collect()
    })
}

fn pasts() -> impl Strategy<Value = AccountPast> {
    let acted =
        (moments(), select(vec![Action::Disable, Action::Enable]), option::of(select(Status::ALL)));
    let changed = (moments(), select(vec![ChangeCode::Status, ChangeCode::Profile]));
    (versions(), vec(acted, 0..2), vec(changed, 0..2)).prop_map(
        |(mut versions, mut acted, changed)| {
            acted.sort_by_key(|acted| acted.0);
            let acted: Vec<Acted> = (1..)
                .zip(acted)
                .map(|(seq, (at, action, status_after))| Acted {
                    seq,
                    at,
                    action,
                    outcome: Outcome::Applied,
                    status_after,
                })
                .collect();
            for version in &mut versions {
                let before = acted.iter().filter(|a| a.at <= version.shown.at);
                version.shown.history_seq = before.map(|a| a.seq).max().unwrap_or(0);
            }
            let changed = changed.into_iter().map(|(at, code)| Changed { at, code }).collect();
            AccountPast { versions, acted, changed }
        },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    let subject =
        select(vec![ExemptionSubject::Domain("y.example".into()), ExemptionSubject::Account(id())]);
    let exemption =
        (subject, option::weighted(0.8, 0..SPAN)).prop_map(|(subject, day)| Exemption {
            subject,
            reason: "leave".into(),
            owner: None,
            expires: day.map(|day| (start() + TimeDelta::days(day)).date_naive()),
        });
    (select(vec![10, 20]), select(vec![0, 10, 20, 40]), vec(exemption, 0..2)).prop_map(
        |(inactivity_days, grace_days, exemptions)| Policy {
            inactivity_days,
            grace_days,
            signals: Signals::LoginsAndAudit,
            population: Population {
                source: None,
                kinds: vec![Kind::Guest],
                groups: Vec::new(),
                email_domains: Vec::new(),
            },
            exemptions,
            silence: None,
        },
    )
}

fn cases() -> impl Strategy<Value = Case> {
    let stretch = (moments(), 10..160_i64)
        .prop_map(|(from, days)| Coverage { from, to: from + TimeDelta::days(days) });
    let days = (-20..60_i64, 30..SPAN).prop_map(|(first, count)| Days {
        first: Day::starting_from(start() + TimeDelta::days(first)),
        end: Day::starting_from(start() + TimeDelta::days(first + count)),
    });
    let thresholds = vec(select(vec![1, 5, 10, 15, 20, 40]), 1..4);
    (pasts(), vec(moments(), 0..12), vec(stretch, 1..3), policies(), thresholds, days).prop_map(
        |(past, activities, covered, policy, thresholds, days)| Case {
            past,
            activities,
            covered,
            policy,
            thresholds,
            days,
        },
    )
}

fn fast(case: &Case) -> Vec<WouldBeDisable> {
    let covered = CoveredTime::of(case.covered.clone());
    let trial = Trial::new(&case.policy, &case.thresholds, &covered, case.days);
    let mut idleness = Idleness::default();
    case.activities.iter().for_each(|at| idleness.seen(*at, trial.shortest()));
    let under_review = |account: &Account| (account.kind == Kind::Guest).then_some(Match::Unique);
    let mut past = case.past.reviewed(under_review, KeyOwner::Other, None).unwrap();
    let mut found = Vec::new();
    trial.account(&mut past, &idleness, |disable| found.push(disable));
    found.sort_by_key(|d| (d.inactivity_days, d.at));
    found
}

/// What a historical decision as of `at` would know of the account.
fn known_at(past: &AccountPast, at: Timestamp) -> (&AccountVersion, Timeline) {
    let mut shown = vec![past.versions[0].shown];
    let mut newest = &past.versions[0];
    for version in &past.versions[1..] {
        if version.shown.at > at {
            break;
        }
        shown.push(version.shown);
        newest = version;
    }
    let acted = past.acted.iter().filter(|a| a.at <= at).copied().collect();
    let changed = past.changed.iter().filter(|c| c.at <= at).copied().collect();
    (newest, Timeline { shown, acted, changed })
}

/// The first moment after `at` at which the account is known not to be enabled, or enabled again.
fn interrupted(past: &AccountPast, at: Timestamp) -> Option<Timestamp> {
    let shown = past.versions[1..].iter().map(|v| v.shown.at);
    let moments =
        shown.chain(past.acted.iter().map(|a| a.at)).chain(past.changed.iter().map(|c| c.at));
    let is_interruption = |moment: &Timestamp| {
        let timeline = known_at(past, *moment).1;
        let enabled = matches!(timeline.status(), Some(Status::Active | Status::Pending));
        let again = timeline
            .restart()
            .is_some_and(|r| r.cause == RestartCause::StatusChange && r.at == *moment);
        !enabled || again
    };
    moments.filter(|moment| *moment > at).filter(is_interruption).min()
}

/// Each day by itself.
fn slow(case: &Case) -> Vec<WouldBeDisable> {
    let Case { past, activities, policy, days, .. } = case;
    let mut found = Vec::new();
    let thresholds: BTreeSet<u32> = case.thresholds.iter().copied().collect();
    for threshold in thresholds {
        let grace_days =
            if policy.grace_days == policy.inactivity_days { threshold } else { policy.grace_days };
        let policy = Policy {
            inactivity_days: threshold,
            grace_days,
            signals: Signals::Logins,
            ..policy.clone()
        };
        let mut counted = BTreeSet::new();
        let mut at = days.first.start();
        while at < days.end.start() {
            let day = at;
            at += TimeDelta::days(1);
            let from = day - TimeDelta::days(threshold.into());
            // Joined where they touch, as they are for whoever reads them minute by minute.
            let mut coverage: Option<Coverage> = None;
            for _ in &case.covered {
                for stretch in &case.covered {
                    let known = coverage.unwrap_or(Coverage { from: day, to: day });
                    if stretch.from <= known.to && known.from <= stretch.to {
                        coverage = Some(Coverage {
                            from: known.from.min(stretch.from),
                            to: known.to.max(stretch.to),
                        });
                    }
                }
            }
            let Some(coverage) = coverage.filter(|c| c.from <= from && day <= c.to) else {
                continue;
            };
            let (version, timeline) = known_at(past, day);
            let Some(status) = timeline.status() else { continue };
            if version.account.kind != Kind::Guest {
                continue;
            }
            let last = activities.iter().filter(|activity| **activity <= day).max();
            let evidence = Evidence {
                account: Account { status, ..version.account.clone() },
                matched: Match::Unique,
                key_owner: KeyOwner::Other,
                last_activity: last.map(|at| Activity {
                    at: *at,
                    source: Source::Login,
                    event_id: None,
                }),
                restart: timeline.restart(),
                checked_at: None,
                trail: TrailProof::NotProbed,
                coverage: Some(coverage),
                bound: LowerBound::Record,
            };
            if judge(&policy, &evidence, day).verdict() != Verdict::Inactive {
                continue;
            }
            let stretch = last.copied().max(evidence.clock_start());
            if counted.insert(stretch) {
                let returned_at = activities.iter().filter(|activity| **activity > day).min();
                let interrupted = interrupted(past, day).unwrap_or(coverage.to);
                found.push(WouldBeDisable {
                    account_id: id(),
                    inactivity_days: threshold,
                    at: day,
                    basis: match day < past.versions[0].shown.at {
                        true => Basis::EarliestKnown,
                        false => Basis::ThatDay,
                    },
                    returned_at: returned_at.copied(),
                    followed_until: coverage.to.min(interrupted),
                });
            }
        }
    }
    found
}

fn tallied(threshold: u32, disables: &[WouldBeDisable]) -> Tally {
    let mut tally = Tally::new(threshold, 0, 0);
    disables.iter().filter(|d| d.inactivity_days == threshold).for_each(|d| tally.add(d));
    tally
}

proptest! {
    #![proptest_config(generated(2000))]

    #[test]
    fn each_day_by_itself_finds_the_same(case in cases()) {
        prop_assert_eq!(fast(&case), slow(&case));
    }

    #[test]
    fn order_and_repetition_of_activities_never_show(case in cases()) {
        let mut other = case.clone();
        other.activities.reverse();
        other.activities.extend(case.activities.clone());
        prop_assert_eq!(fast(&other), fast(&case));
    }

    #[test]
    fn numerators_are_part_of_denominators_and_nothing_is_lost(case in cases()) {
        let found = fast(&case);
        for threshold in &case.thresholds {
            let tally = tallied(*threshold, &found);
            let [first, .., last] = tally.followed_up;
            for f in tally.followed_up {
                prop_assert!(f.returned <= f.measurable);
                prop_assert_eq!(f.measurable + f.too_recent, tally.would_be_disables);
            }
            prop_assert!(first.measurable >= last.measurable, "what is followed longer is less");
            prop_assert!(tally.by_earliest_version <= tally.would_be_disables);
            prop_assert!(tally.exposure >= TimeDelta::zero());
        }
        for disable in &found {
            prop_assert!(disable.returned_at.is_none_or(|at| at > disable.at));
            prop_assert!(disable.followed_until >= disable.at);
        }
    }

    /// Who never comes back is disabled once, and no earlier by a longer threshold.
    #[test]
    fn a_longer_threshold_never_disables_earlier(mut case in cases()) {
        case.activities.truncate(1);
        case.past.versions.truncate(1);
        case.past.acted.clear();
        case.past.changed.clear();
        case.policy.grace_days = case.policy.inactivity_days;
        case.policy.exemptions.clear();
        let found = fast(&case);
        let stretches = found.iter().map(|d| (d.inactivity_days, d.returned_at));
        prop_assert_eq!(stretches.collect::<BTreeSet<_>>().len(), found.len());
        for (shorter, longer) in found.iter().zip(found.iter().skip(1)) {
            if shorter.returned_at == longer.returned_at {
                prop_assert!(shorter.at <= longer.at, "{shorter:?} {longer:?}");
            }
        }
    }

    #[test]
    fn less_coverage_never_judges_more_days(case in cases(), cut in (moments(), 0..9_i64)) {
        let covered = CoveredTime::of(case.covered.clone());
        let less = covered.clone().without(cut.0, cut.0 + TimeDelta::days(cut.1));
        let judged = |covered: &CoveredTime| -> Vec<_> {
            Trial::new(&case.policy, &case.thresholds, covered, case.days).thresholds().collect()
        };
        for (less, more) in judged(&less).into_iter().zip(judged(&covered)) {
            prop_assert!(less.1 <= more.1);
        }
    }
}

/// The cases are worth their time: most sorts of would-be disables are among them.
#[test]
fn the_cases_hold_what_they_are_meant_to_test() {
    let mut runner = TestRunner::deterministic();
    let cases = (0..3000).map(|_| cases().new_tree(&mut runner).unwrap().current());
    let found: Vec<Vec<WouldBeDisable>> = cases.map(|case| fast(&case)).collect();
    let all = || found.iter().flatten();
    let counts = [
        found.iter().filter(|disables| disables.is_empty()).count(),
        all().count(),
        all().filter(|d| d.basis == Basis::ThatDay).count(),
        all().filter(|d| d.returned_at.is_some()).count(),
        all().filter(|d| d.returned_at.is_some_and(|at| at > d.followed_until)).count(),
        found.iter().filter(|disables| disables.len() > 4).count(),
    ];
    assert!(counts.iter().all(|count| *count >= 50), "{counts:?}");
}

#[test]
fn no_recommendation_rests_on_fewer_than_twenty() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let at = Timestamp::from(day.and_utc());
    let disable = |inactivity_days, returned: bool| WouldBeDisable {
        account_id: id(),
        inactivity_days,
        at,
        basis: Basis::ThatDay,
        returned_at: returned.then(|| at + TimeDelta::days(30)),
        followed_until: at + TimeDelta::days(60),
    };
    let tally = |days, count, returned| {
        let disables: Vec<_> = (0..count).map(|n| disable(days, n < returned)).collect();
        tallied(days, &disables)
    };
    assert_eq!(recommended(&[tally(30, 19, 0)]), None);
    let (bad, good, better) = (tally(30, 40, 3), tally(45, 20, 1), tally(60, 30, 0));
    assert_eq!(recommended(std::slice::from_ref(&bad)), None);
    assert_eq!(recommended(&[bad.clone(), good.clone(), better]), Some(&good));
    assert_eq!(bad.followed_up.map(|f| (f.returned, f.measurable)), [(3, 40), (3, 40), (0, 0)]);
    assert_eq!(bad.followed_up[0].permille(), Some(75));
    // Three were back after 30 days, 37 could be followed for 60.
    assert_eq!(bad.exposure, TimeDelta::days(3 * 30 + 37 * 60));
}
