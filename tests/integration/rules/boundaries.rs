//! Exact boundaries: whole days to the millisecond, zones and clock changes, odd dates and codes.

use chrono::{NaiveDate, TimeDelta};
use dormouse::{
    domain::{
        coverage::Coverage,
        evidence::{Activity, Evidence, Restart, RestartCause, Source},
        login::{EventClass, class_of},
        policy::{Exemption, ExemptionSubject, Policy, Signals},
        trail::TrailProof,
        verdict::{Reason, idle_since, judge},
    },
    time::days,
};

use super::support::{
    account, activity, ago, at, event, evidence, exemption, now, policy, reason, seen,
};

const MS: TimeDelta = TimeDelta::milliseconds(1);

#[test]
fn a_threshold_is_reached_to_the_millisecond_in_every_zone_and_over_every_clock_change() {
    // (last activity, moment decided, whole days, inactive under 30 days)
    let rows = [
        // Exactly 30 days, and a millisecond less.
        ("2026-10-25T12:00:00.000Z", "2026-11-24T12:00:00.000Z", 30, true),
        ("2026-10-25T12:00:00.001Z", "2026-11-24T12:00:00.000Z", 29, false),
        // Finer than a millisecond is cut, as the store does.
        ("2026-10-25T12:00:00.0009999Z", "2026-11-24T12:00:00.000Z", 30, true),
        // 29 February is a day like any other.
        ("2028-02-10T00:00:00Z", "2028-03-11T00:00:00Z", 30, true),
        ("2028-02-10T00:00:00Z", "2028-03-10T23:59:59.999Z", 29, false),
        ("2027-02-10T00:00:00Z", "2027-03-12T00:00:00Z", 30, true),
        // Berlin, spring: the wall clock shows an hour more than 30 days when they are over.
        ("2026-03-15T08:00:00+01:00", "2026-04-14T09:00:00+02:00", 30, true),
        ("2026-03-15T08:00:00+01:00", "2026-04-14T08:59:59.999+02:00", 29, false),
        // Berlin, autumn: an hour less; both passes of the doubled hour are distinct moments.
        ("2026-10-20T08:00:00+02:00", "2026-11-19T07:00:00+01:00", 30, true),
        ("2026-10-25T02:30:00+02:00", "2026-11-24T01:30:00+01:00", 30, true),
        ("2026-10-25T02:30:00+01:00", "2026-11-24T01:30:00+01:00", 29, false),
        // Los Angeles, spring and autumn.
        ("2026-03-01T20:00:00-08:00", "2026-03-31T21:00:00-07:00", 30, true),
        ("2026-03-01T20:00:00-08:00", "2026-03-31T20:00:00-07:00", 29, false),
        ("2026-10-15T20:00:00-07:00", "2026-11-14T19:00:00-08:00", 30, true),
        // The ends of the earth: the local dates are 31 and 29 days apart, the days elapsed 30.
        ("2026-10-25T00:30:00+14:00", "2026-11-23T10:30:00Z", 30, true),
        ("2026-10-25T00:30:00+14:00", "2026-11-23T10:29:59.999Z", 29, false),
        ("2026-10-24T23:30:00-11:00", "2026-11-24T10:30:00Z", 30, true),
        ("2026-10-24T23:30:00-11:00", "2026-11-24T10:29:59.999Z", 29, false),
    ];
    for (last, as_of, expected, inactive) in rows {
        let (last, as_of) = (at(last), at(as_of));
        let evidence = Evidence {
            trail: TrailProof::NotProbed,
            last_activity: seen(last, Source::Login),
            checked_at: Some(as_of),
            coverage: Some(Coverage { from: as_of - days(100), to: as_of }),
            account: dormouse::domain::account::Account {
                registered_at: Some(as_of - days(300)),
                ..account(1)
            },
            ..evidence()
        };
        let decided = judge(&policy(), &evidence, as_of);
        let wanted = if inactive { Reason::Idle } else { Reason::RecentActivity };
        assert_eq!(
            (as_of.whole_days_since(last), decided),
            (expected, wanted),
            "{last} to {as_of}"
        );
    }
}

#[test]
fn the_grace_is_reached_to_the_millisecond() {
    for (grace, age, expected) in [
        (30, days(30), Reason::NeverLoggedIn),
        (30, days(30) - MS, Reason::WithinGrace),
        (7, days(7), Reason::NeverLoggedIn),
        (7, days(7) - MS, Reason::WithinGrace),
        (60, days(60), Reason::NeverLoggedIn),
        (60, days(60) - MS, Reason::WithinGrace),
        (0, TimeDelta::zero(), Reason::NeverLoggedIn),
        (0, -MS, Reason::WithinGrace),
    ] {
        let mut evidence = evidence();
        evidence.account.registered_at = Some(now() - age);
        let policy = Policy { grace_days: grace, ..policy() };
        assert_eq!(judge(&policy, &evidence, now()), expected, "grace {grace}, age {age}");
    }
}

#[test]
fn a_grace_above_the_threshold_does_not_punish_an_early_login() {
    let policy = Policy { grace_days: 60, ..policy() };
    let mut evidence = evidence();
    evidence.account.registered_at = Some(ago(50));
    assert_eq!(judge(&policy, &evidence, now()), Reason::WithinGrace);
    evidence.last_activity = seen(ago(49), Source::Login);
    assert_eq!(judge(&policy, &evidence, now()), Reason::WithinGrace);
    evidence.account.registered_at = Some(ago(60));
    assert_eq!(judge(&policy, &evidence, now()), Reason::Idle);
}

#[test]
fn a_grace_below_the_threshold_is_for_those_never_seen_only() {
    let policy = Policy { grace_days: 7, ..policy() };
    let mut evidence = evidence();
    evidence.account.registered_at = Some(ago(10));
    assert_eq!(judge(&policy, &evidence, now()), Reason::NeverLoggedIn);
    // Never seen, but nobody looked before: it may have been active.
    evidence.coverage = Some(Coverage { from: ago(10) + MS, to: now() });
    assert_eq!(judge(&policy, &evidence, now()), Reason::InsufficientCoverage);
    // Activity older than the registration, as imported accounts have it.
    evidence.coverage = Some(Coverage { from: ago(100), to: now() });
    evidence.last_activity = seen(ago(90), Source::Audit);
    assert_eq!(judge(&policy, &evidence, now()), Reason::WithinGrace);
    evidence.account.registered_at = Some(ago(30));
    assert_eq!(judge(&policy, &evidence, now()), Reason::Idle);
    assert_eq!(idle_since(&evidence), Some(ago(30)));
}

#[test]
fn coverage_must_hold_the_whole_window_to_the_millisecond() {
    for (from, to, expected) in [
        (ago(30), now(), Reason::Idle),
        (ago(30) + MS, now(), Reason::InsufficientCoverage),
        (ago(30), now() - MS, Reason::InsufficientCoverage),
    ] {
        let evidence = Evidence { coverage: Some(Coverage { from, to }), ..evidence() };
        assert_eq!(reason(&evidence), expected, "{from} to {to}");
    }
    assert_eq!(reason(&Evidence { coverage: None, ..evidence() }), Reason::InsufficientCoverage);
}

#[test]
fn never_is_said_only_where_the_record_reaches_back_to_the_registration() {
    let mut evidence = evidence();
    evidence.account.registered_at = Some(ago(90));
    evidence.coverage = Some(Coverage { from: ago(90), to: now() });
    assert_eq!(reason(&evidence), Reason::NeverLoggedIn);
    evidence.coverage = Some(Coverage { from: ago(90) + MS, to: now() });
    assert_eq!(reason(&evidence), Reason::Idle);
    // The idle time is a lower bound from the start of the record.
    evidence.coverage = Some(Coverage { from: ago(44), to: now() });
    assert_eq!(idle_since(&evidence), Some(ago(44)));
}

#[test]
fn the_clock_starts_again_with_a_restart_later_than_the_activity() {
    let restart = |at| Some(Restart { at, cause: RestartCause::StatusChange });
    let mut evidence = evidence();
    evidence.last_activity = seen(ago(100), Source::Login);
    evidence.restart = restart(ago(30) + MS);
    assert_eq!(reason(&evidence), Reason::RecentlyEnabled);
    evidence.restart = restart(ago(30));
    assert_eq!(reason(&evidence), Reason::Idle);
    assert_eq!(idle_since(&evidence), Some(ago(30)));
    // One older than the activity says nothing.
    evidence.restart = restart(ago(120));
    assert_eq!(idle_since(&evidence), Some(ago(100)));
}

#[test]
fn a_check_counts_from_the_moment_decided_on_and_only_where_the_policy_asks_for_it() {
    let logins = Policy { signals: Signals::Logins, ..policy() };
    for (checked_at, expected) in [
        (Some(now()), Reason::Idle),
        (Some(now() + days(1)), Reason::Idle),
        (Some(now() - MS), Reason::NoActivityCheck),
        (None, Reason::NoActivityCheck),
    ] {
        let evidence = Evidence { checked_at, ..evidence() };
        assert_eq!(reason(&evidence), expected, "{checked_at:?}");
        assert_eq!(judge(&logins, &evidence, now()), Reason::Idle);
    }
    // Activity from the audit trail protects also where no check is asked for.
    let at_work = Evidence { last_activity: seen(ago(1), Source::Audit), ..evidence() };
    assert_eq!(judge(&logins, &at_work, now()), Reason::RecentActivity);
}

#[test]
fn what_is_dated_in_the_future_protects_and_counts_no_days() {
    let mut late = evidence();
    late.last_activity = seen(now() + days(400), Source::Login);
    assert_eq!(reason(&late), Reason::RecentActivity);
    assert_eq!(idle_since(&late).map(|since| now().whole_days_since(since)), Some(0));

    let mut invited = evidence();
    invited.account.registered_at = Some(now() + MS);
    let no_grace = Policy { grace_days: 0, ..policy() };
    assert_eq!(judge(&no_grace, &invited, now()), Reason::WithinGrace);

    let mut enabled = evidence();
    enabled.restart = Some(Restart { at: now() + days(1), cause: RestartCause::Enabled });
    assert_eq!(reason(&enabled), Reason::RecentlyEnabled);
}

#[test]
fn an_account_of_unknown_age_is_not_inactive() {
    let mut unknown = evidence();
    unknown.account.registered_at = None;
    assert_eq!(reason(&unknown), Reason::UnknownRegistration);
    assert_eq!(idle_since(&unknown), None);
    unknown.last_activity = seen(ago(100), Source::Login);
    assert_eq!(reason(&unknown), Reason::UnknownRegistration);
    // Active is tested first.
    unknown.last_activity = seen(ago(1), Source::Login);
    assert_eq!(reason(&unknown), Reason::RecentActivity);
    // A restart counts in the days shown, whatever the registration was.
    unknown.last_activity = seen(ago(100), Source::Login);
    unknown.restart = Some(Restart { at: ago(40), cause: RestartCause::SeenActive });
    assert_eq!(idle_since(&unknown), Some(ago(40)));
}

#[test]
fn an_unknown_code_protects_like_presence_and_is_not_shown_as_a_login() {
    for code in [0, 999, 1030, 1999, i64::MAX, -1] {
        assert_eq!(class_of(code), EventClass::Other);
        let newest = activity(&[event(1, 1000, ago(50)), event(2, code, ago(3))]);
        assert_eq!(newest, Some(Activity { at: ago(3), source: Source::Other, event_id: Some(2) }));
        assert_eq!(
            reason(&Evidence { last_activity: newest, ..evidence() }),
            Reason::RecentActivity
        );
    }
}

#[test]
fn of_two_records_at_one_moment_the_stronger_source_then_the_higher_id_is_cited() {
    let at = ago(5);
    let cited = |codes: &[(i64, i64)]| {
        let events: Vec<_> = codes.iter().map(|(id, code)| event(*id, *code, at)).collect();
        activity(&events).map(|a| (a.source, a.event_id))
    };
    assert_eq!(cited(&[(1, 1000), (9, 1006)]), Some((Source::Login, Some(1))));
    assert_eq!(cited(&[(9, 4711), (2, 1016)]), Some((Source::Presence, Some(2))));
    assert_eq!(cited(&[(3, 1029), (4, 1000)]), Some((Source::Login, Some(4))));
    assert_eq!(cited(&[(5, 1005), (6, 1013)]), None);
}

#[test]
fn an_exemption_holds_through_its_last_day_in_utc() {
    let last = NaiveDate::from_ymd_opt(2026, 11, 24);
    let subject = ExemptionSubject::Account(account(1).id);
    let policy =
        Policy { exemptions: vec![Exemption { expires: last, ..exemption(subject) }], ..policy() };
    for (as_of, expected) in [
        ("2026-11-24T23:59:59.999Z", Reason::Exemption),
        ("2026-11-25T00:00:00.000Z", Reason::Idle),
        // Still the last day in UTC, although not where the administrator sits.
        ("2026-11-25T13:59:59.999+14:00", Reason::Exemption),
        ("2026-11-25T14:00:00.000+14:00", Reason::Idle),
        ("2026-11-24T13:00:00.000-11:00", Reason::Idle),
    ] {
        let as_of = at(as_of);
        let evidence = Evidence {
            checked_at: Some(as_of),
            coverage: Some(Coverage { from: ago(180), to: as_of }),
            ..evidence()
        };
        assert_eq!(judge(&policy, &evidence, as_of), expected, "{as_of}");
    }
}
