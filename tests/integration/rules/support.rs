//! Evidence to start from, and generators of evidence of every sort.

use chrono::TimeDelta;
use dormouse::{
    domain::{
        account::{Account, AccountId, Group, Kind, Management, Status},
        coverage::Coverage,
        evidence::{Activity, Evidence, KeyOwner, Match, Restart, RestartCause, Source, newest},
        login::LoginEvent,
        policy::{Exemption, ExemptionSubject, Policy, Population, Signals},
        recorded::LowerBound,
        silence::Silence,
        trail::TrailProof,
        verdict::{Reason, Verdict, judge},
    },
    time::Timestamp,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<Timestamp>().expect("a valid time")
}

/// The moment decided, unless a test says otherwise.
pub(crate) fn now() -> Timestamp {
    at("2026-11-24T12:00:00.000Z")
}

pub(crate) fn ago(days: u32) -> Timestamp {
    now().days_before(days)
}

pub(crate) fn id(number: u128) -> AccountId {
    AccountId::from(Uuid::from_u128(number))
}

/// An active guest of the year before.
pub(crate) fn account(number: u128) -> Account {
    Account {
        id: id(number),
        email: format!("guest{number}@contractor.example"),
        display_name: format!("Guest {number}"),
        kind: Kind::Guest,
        status: Status::Active,
        registered_at: Some(at("2025-11-24T12:00:00Z")),
        management: Management::Portal,
        groups: Vec::new(),
        invited_by: None,
    }
}

/// Nothing seen of a guest, although all was looked at for half a year.
pub(crate) fn evidence() -> Evidence {
    Evidence {
        account: account(1),
        matched: Match::Unique,
        key_owner: KeyOwner::Other,
        last_activity: None,
        restart: None,
        checked_at: Some(now()),
        trail: TrailProof::Since { from: ago(180) },
        coverage: Some(Coverage { from: ago(180), to: now() }),
        bound: LowerBound::Record,
    }
}

pub(crate) fn seen(at: Timestamp, source: Source) -> Option<Activity> {
    Some(Activity { at, source, event_id: Some(7) })
}

pub(crate) fn policy() -> Policy {
    Policy {
        inactivity_days: 30,
        grace_days: 30,
        signals: Signals::LoginsAndAudit,
        population: Population {
            source: None,
            kinds: vec![Kind::Guest],
            groups: Vec::new(),
            email_domains: Vec::new(),
        },
        exemptions: Vec::new(),
        silence: None,
    }
}

pub(crate) fn exemption(subject: ExemptionSubject) -> Exemption {
    Exemption { subject, reason: "on parental leave".into(), owner: None, expires: None }
}

pub(crate) fn event(number: i64, code: i64, at: Timestamp) -> LoginEvent {
    LoginEvent {
        id: number,
        account: id(1),
        at,
        listed_at: None,
        code,
        ip: None,
        country: None,
        city: None,
        browser: None,
        platform: None,
    }
}

/// The newest activity that login events prove.
pub(crate) fn activity(events: &[LoginEvent]) -> Option<Activity> {
    newest(events.iter().filter_map(Activity::of))
}

pub(crate) fn is_inactive(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> bool {
    judge(policy, evidence, as_of).verdict() == Verdict::Inactive
}

pub(crate) fn reason(evidence: &Evidence) -> Reason {
    judge(&policy(), evidence, now())
}

/// Moments from 130 days before `now` to 5 days after, often a whole number of days away or a
/// millisecond beside it.
pub(crate) fn instants() -> impl Strategy<Value = Timestamp> {
    let day = 24 * 60 * 60 * 1000_i64;
    let exact = (-130..5_i64, -1..=1_i64).prop_map(move |(days, shift)| days * day + shift);
    prop_oneof![exact, -130 * day..5 * day]
        .prop_map(|offset| now() + TimeDelta::milliseconds(offset))
}

pub(crate) fn activities() -> impl Strategy<Value = Activity> {
    (instants(), select(Source::ALL), option::of(0..50_i64))
        .prop_map(|(at, source, event_id)| Activity { at, source, event_id })
}

/// Login events of known codes and of some that no release has.
pub(crate) fn events() -> impl Strategy<Value = Vec<LoginEvent>> {
    vec((0..50_i64, 998..1033_i64, instants()), 0..8)
        .prop_map(|rows| rows.into_iter().map(|(id, code, at)| event(id, code, at)).collect())
}

fn accounts() -> impl Strategy<Value = Account> {
    (
        prop_oneof![8 => Just(Kind::Guest), 4 => select(Kind::ALL)],
        prop_oneof![8 => Just(Status::Active), 2 => Just(Status::Pending), 2 => select(Status::ALL)],
        option::weighted(0.9, instants()),
        prop_oneof![9 => Just(Management::Portal), 1 => Just(Management::Directory)],
        prop_oneof![3 => Just(Vec::new()), 1 => Just(vec![group("g1", "Externals")])],
    )
        .prop_map(|(kind, status, registered_at, management, groups)| Account {
            kind,
            status,
            registered_at,
            management,
            groups,
            ..account(1)
        })
}

pub(crate) fn group(id: &str, name: &str) -> Group {
    Group { id: id.into(), name: name.into() }
}

pub(crate) fn coverages() -> impl Strategy<Value = Coverage> {
    let end = prop_oneof![3 => Just(now()), 1 => instants()];
    (instants(), end).prop_map(|(a, b)| Coverage { from: a.min(b), to: a.max(b) })
}

fn trails() -> impl Strategy<Value = TrailProof> {
    let since = instants().prop_map(|from| TrailProof::Since { from });
    let after = (instants(), instants()).prop_map(|(a, b)| {
        TrailProof::After(Silence { from: a.min(b), to: a.max(b), expected: 10 })
    });
    let whole = Just(TrailProof::Since { from: ago(180) });
    prop_oneof![6 => whole, 1 => Just(TrailProof::NotProbed), 1 => since, 1 => after]
}

/// Evidence of every sort, about account 1, often good enough to conclude something.
pub(crate) fn evidences() -> impl Strategy<Value = Evidence> {
    let restart =
        (instants(), select(RestartCause::ALL)).prop_map(|(at, cause)| Restart { at, cause });
    let checked = prop_oneof![3 => Just(Some(now())), 1 => option::of(instants())];
    let whole = Just(Coverage { from: ago(140), to: now() });
    (
        accounts(),
        prop_oneof![9 => Just(Match::Unique), 1 => Just(Match::Ambiguous)],
        prop_oneof![19 => Just(KeyOwner::Other), 1 => Just(KeyOwner::Own)],
        option::of(activities()),
        option::weighted(0.3, restart),
        checked,
        trails(),
        option::weighted(0.9, prop_oneof![1 => whole, 1 => coverages()]),
    )
        .prop_map(
            |(account, matched, key_owner, last_activity, restart, checked_at, trail, coverage)| {
                Evidence {
                    account,
                    matched,
                    key_owner,
                    last_activity,
                    restart,
                    checked_at,
                    trail,
                    coverage,
                    bound: LowerBound::Record,
                }
            },
        )
}

fn subjects() -> impl Strategy<Value = ExemptionSubject> {
    prop_oneof![
        (1..4_u128).prop_map(|n| ExemptionSubject::Account(id(n))),
        select(vec!["GUEST1@contractor.example", "guest2@contractor.example"])
            .prop_map(|e| ExemptionSubject::Email(e.into())),
        select(vec!["Contractor.example", "@contractor.example", "other.example"])
            .prop_map(|d| ExemptionSubject::Domain(d.into())),
        select(vec!["Externals", "externals"]).prop_map(|g| ExemptionSubject::Group(g.into())),
    ]
}

pub(crate) fn exemptions() -> impl Strategy<Value = Exemption> {
    (
        subjects(),
        select(vec!["leave", "court \"order\""]),
        option::of(select(vec!["hr", "юрист"])),
        option::of(instants().prop_map(|at| at.date_naive())),
    )
        .prop_map(|(subject, reason, owner, expires)| Exemption {
            subject,
            reason: reason.into(),
            owner: owner.map(Into::into),
            expires,
        })
}

pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    (1..60_u32, 0..90_u32, select(Signals::ALL), vec(exemptions(), 0..2)).prop_map(
        |(inactivity_days, grace_days, signals, exemptions)| Policy {
            inactivity_days,
            grace_days,
            signals,
            exemptions,
            ..policy()
        },
    )
}
