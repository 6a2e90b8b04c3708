//! The words of each verdict, and the way to it.

use chrono::{NaiveDate, TimeDelta};
use dormouse::{
    domain::{
        account::{Kind, Management, Status},
        coverage::Coverage,
        evidence::{Evidence, KeyOwner, Match, Restart, RestartCause, Source},
        explain::{explain, message, not_on_portal},
        policy::{Exemption, ExemptionSubject, Policy},
        population::RosterRow,
        verdict::{Reason, judge},
    },
    time::{Timestamp, days},
};

use super::support::{account, ago, evidence, exemption, now, policy, seen};

/// The message of the verdict, after testing that the verdict is the one meant.
fn said(reason: Reason, evidence: &Evidence) -> String {
    said_under(reason, &policy(), evidence, now())
}

fn said_under(reason: Reason, policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    assert_eq!(judge(policy, evidence, as_of), reason);
    message(reason, policy, evidence, as_of)
}

fn changed(change: impl FnOnce(&mut Evidence)) -> Evidence {
    let mut evidence = evidence();
    change(&mut evidence);
    evidence
}

#[test]
fn too_little_history_says_how_much_there_is_and_when_it_suffices() {
    let known_for =
        |count| changed(|e| e.coverage = Some(Coverage { from: ago(count), to: now() }));
    assert_eq!(
        said(Reason::InsufficientCoverage, &known_for(21)),
        "needs 30 days without activity, history covers 21; can be decided from 2026-12-03"
    );
    // The date said is the date on which it holds.
    let from = ago(21);
    let first = from + days(30);
    let later = changed(|e| {
        e.coverage = Some(Coverage { from, to: first });
        e.checked_at = Some(first);
    });
    assert_eq!(judge(&policy(), &later, first), Reason::Idle);
    assert_eq!(first.date_naive(), NaiveDate::from_ymd_opt(2026, 12, 3).expect("a date"));

    assert_eq!(
        said(Reason::InsufficientCoverage, &changed(|e| e.coverage = None)),
        "needs 30 days without activity, history covers none; run `dormouse sync`"
    );
    let stopped = changed(|e| e.coverage = Some(Coverage { from: ago(90), to: ago(2) }));
    assert_eq!(
        said(Reason::InsufficientCoverage, &stopped),
        "needs 30 days without activity up to 2026-11-24 12:00 UTC, history ends \
         2026-11-22 12:00 UTC; run `dormouse sync`"
    );
}

#[test]
fn a_missing_check_names_the_command_to_run() {
    assert_eq!(
        said_under(
            Reason::NoActivityCheck,
            &Policy { inactivity_days: 45, ..policy() },
            &changed(|e| e.checked_at = None),
            now()
        ),
        "the audit trail was not checked for this account at 2026-11-24 12:00 UTC or later; run \
         `dormouse sync --inactivity-days 45`"
    );
}

#[test]
fn a_check_missing_on_a_past_day_sends_nobody_to_sync() {
    let past = now() - TimeDelta::days(5);
    assert_eq!(
        said_under(
            Reason::NoActivityCheck,
            &policy(),
            &changed(|e| e.checked_at = Some(past - TimeDelta::hours(1))),
            past
        ),
        "no check of the audit trail covers 2026-11-19 12:00 UTC, and a sync cannot make up for it: it \
         checks accounts that look inactive on its own day; `dormouse backtest` judges past days by logins"
    );
}

#[test]
fn inactivity_shows_its_arithmetic() {
    assert_eq!(
        said(Reason::Idle, &changed(|e| e.last_activity = seen(ago(44), Source::Login))),
        "last activity 2026-10-11 12:00 UTC by login (event 7), 44 days ago; inactive after 30 \
         days"
    );
    assert_eq!(
        said(Reason::Idle, &changed(|e| e.coverage = Some(Coverage { from: ago(44), to: now() }))),
        "no activity for at least 44 days: the record starts 2026-10-11; inactive after 30 days"
    );
    let restarted = changed(|e| {
        e.last_activity = seen(ago(100), Source::ApiKey);
        e.restart = Some(Restart { at: ago(40), cause: RestartCause::Enabled });
    });
    assert_eq!(
        said(Reason::Idle, &restarted),
        "last activity 2026-08-16 12:00 UTC by use of an API key (event 7), 100 days ago; 40 \
         days since its clock started 2026-10-15; inactive after 30 days"
    );
    let restarted_unseen = Evidence { last_activity: None, ..restarted };
    let restarted_unseen =
        Evidence { coverage: Some(Coverage { from: ago(60), to: now() }), ..restarted_unseen };
    assert_eq!(
        said(Reason::Idle, &restarted_unseen),
        "no activity for at least 40 days: its clock started 2026-10-15; inactive after 30 days"
    );
    let never = changed(|e| e.account.registered_at = Some(ago(60)));
    assert_eq!(
        said(Reason::NeverLoggedIn, &never),
        "registered 60 days ago, never active since, grace 30 days; the record starts 2026-05-28"
    );
}

#[test]
fn being_active_shows_its_arithmetic() {
    assert_eq!(
        said(Reason::RecentActivity, &changed(|e| e.last_activity = seen(ago(1), Source::Audit))),
        "last activity 2026-11-23 12:00 UTC by an audited action (event 7), 1 day ago; inactive \
         after 30 days"
    );
    let later = now() + TimeDelta::minutes(30);
    assert_eq!(
        said(Reason::RecentActivity, &changed(|e| e.last_activity = seen(later, Source::Presence))),
        "last activity 2026-11-24 12:30 UTC by logout or session (event 7), after the moment \
         decided; inactive after 30 days"
    );
    let enabled = Some(Restart { at: ago(2), cause: RestartCause::StatusChange });
    assert_eq!(
        said(Reason::RecentlyEnabled, &changed(|e| e.restart = enabled)),
        "clock restarted 2026-11-22 12:00 UTC, 2 days ago: a change of status in the audit \
         trail; inactive after 30 days"
    );
    let young = changed(|e| e.account.registered_at = Some(ago(3)));
    assert_eq!(
        said_under(Reason::WithinGrace, &Policy { grace_days: 29, ..policy() }, &young, now()),
        "registered 3 days ago, grace 29 days, ends 2026-12-20"
    );
}

#[test]
fn an_exemption_says_why_who_and_until_when() {
    let subject = ExemptionSubject::Domain("contractor.example".into());
    let short = Exemption {
        owner: Some("hr@company.example".into()),
        expires: NaiveDate::from_ymd_opt(2026, 12, 31),
        ..exemption(subject.clone())
    };
    let mut policy = Policy { exemptions: vec![short], ..policy() };
    assert_eq!(
        said_under(Reason::Exemption, &policy, &evidence(), now()),
        "exemption of domain contractor.example: on parental leave, owner hr@company.example, until \
         the end of 2026-12-31"
    );
    policy.exemptions.push(exemption(subject));
    assert_eq!(
        said_under(Reason::Exemption, &policy, &evidence(), now()),
        "exemption of domain contractor.example: on parental leave, no end",
        "of several the one that holds longest"
    );
}

#[test]
fn what_nobody_may_touch_and_what_nobody_knows_is_said_in_a_few_words() {
    for (reason, change, expected) in [
        (
            Reason::AlreadyDisabled,
            (|e| e.account.status = Status::Disabled) as fn(&mut Evidence),
            "already disabled on the portal",
        ),
        (Reason::Owner, |e| e.account.kind = Kind::Owner, "owner of the portal, never disabled"),
        (Reason::Admin, |e| e.account.kind = Kind::DocspaceAdmin, "DocSpace admin, never disabled"),
        (
            Reason::Own,
            |e| e.key_owner = KeyOwner::Own,
            "owner of the API key in use, never disabled",
        ),
        (
            Reason::DirectoryManaged,
            |e| e.account.management = Management::Directory,
            "managed by an LDAP directory",
        ),
        (
            Reason::AmbiguousMatch,
            |e| e.matched = Match::Ambiguous,
            "the roster could mean several accounts",
        ),
        (
            Reason::UnknownKind,
            |e| e.account.kind = Kind::Unknown,
            "kind unknown, status active: nothing to rely on",
        ),
        (
            Reason::UnknownRegistration,
            |e| e.account.registered_at = None,
            "the portal gives no registration date, so the account's age is unknown",
        ),
    ] {
        assert_eq!(said(reason, &changed(change)), expected);
    }
    let row = RosterRow {
        file: "hr.csv".into(),
        line: 12,
        id: Some("00000000-0000-0000-0000-000000000009".into()),
        email: None,
        display_name: None,
        contract_end: None,
    };
    assert_eq!(
        not_on_portal(&row),
        "hr.csv line 12 names id 00000000-0000-0000-0000-000000000009, which is not an account on \
         this portal"
    );
}

#[test]
fn an_explanation_walks_all_rules_up_to_the_one_that_decides() {
    let ended = Exemption {
        expires: NaiveDate::from_ymd_opt(2026, 10, 31),
        ..exemption(ExemptionSubject::Account(account(1).id))
    };
    let policy = Policy { exemptions: vec![ended], ..policy() };
    let evidence = changed(|e| {
        e.last_activity = seen(ago(44), Source::Login);
        e.restart = Some(Restart { at: ago(100), cause: RestartCause::SeenActive });
        e.checked_at = Some(now() + TimeDelta::hours(2));
    });
    let explanation = explain(&policy, &evidence, now());
    let steps: Vec<String> = explanation
        .steps
        .iter()
        .map(|s| format!("{} {}: {}", s.outcome, s.rule, s.sentence))
        .collect();
    assert_eq!(
        steps,
        [
            "passed already_disabled: status active",
            "passed owner: kind guest",
            "passed admin: kind guest",
            "passed self: the key in use belongs to another account",
            "passed directory_managed: managed on the portal",
            "passed exemption: the exemption of account 00000000-0000-0000-0000-000000000001 ended \
             with 2026-10-31",
            "passed recent_activity: last activity 2026-10-11 12:00 UTC by login (event 7), 44 \
             days ago",
            "passed recently_enabled: clock restarted 2026-08-16 12:00 UTC, 100 days ago: \
             became active again",
            "passed within_grace: registered 365 days ago, grace 30 days",
            "passed ambiguous_match: matched to exactly one account",
            "passed unknown_kind: kind guest, status active",
            "passed unknown_registration: registered 365 days ago",
            "passed insufficient_coverage: needs the history from 2026-10-25 12:00 UTC, known \
             from 2026-05-28 12:00 UTC to 2026-11-24 12:00 UTC",
            "passed no_activity_check: the audit trail was checked at 2026-11-24 14:00 UTC",
            "passed never_logged_in: activity is on record",
            "decides idle: last activity 2026-10-11 12:00 UTC by login (event 7), 44 days ago; \
             inactive after 30 days",
        ]
    );
    assert_eq!(explanation.first_inactive, Some(ago(14)));
}
