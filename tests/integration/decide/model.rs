//! Stores of every sort, small enough to shrink: what each sync learns, in order, written by the
//! functions that sync itself uses.

use std::sync::OnceLock;

use chrono::{NaiveDate, TimeDelta};
use dormouse::{
    domain::{
        account::{Account, AccountId, Group, Kind, Management, Status},
        coverage::Coverage,
        history::{Action, Draft, Outcome, Phase},
        login::LoginEvent,
        policy::{Exemption, ExemptionSubject, Policy, Population, PopulationSource, Signals},
        population::RosterRow,
    },
    store::{
        Mode, Store,
        accounts::{self, AccountKeys, Listing},
        events,
        evidence::Snapshot,
        history, population,
        runs::{self, Command, NewRun},
        signals::{self, ActivityCheck, AuditedAction, KeyUse, StatusChange},
        sync_runs::{self, PortalFacts, SyncEnd, SyncStatus},
    },
    time::{Timestamp, days},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// The moment at which the last sync ends.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T12:00:00.000Z".parse::<Timestamp>().unwrap()
}

pub(crate) fn id(number: usize) -> AccountId {
    // Letters in it, so that case matters.
    AccountId::from(Uuid::from_u128(0xabcd_ef00_0000_0000_0000_0000_0000_0000 + number as u128))
}

/// Addresses: some differ in case alone, some in a way that SQLite does not fold.
pub(crate) const PLAIN: [&str; 5] =
    ["a@x.example", "A@x.example", "b@x.example", "c@y.example", "d@y.example"];
pub(crate) const ODD: [&str; 6] = [
    "a@x.example",
    "k@x.example",
    "\u{212a}@x.example",
    "жанна@x.example",
    "ЖАННА@x.example",
    " b@y.example",
];

/// What one sync learns.
#[derive(Debug, Clone)]
pub(crate) struct Sync {
    pub(crate) accounts: Vec<Account>,
    pub(crate) listing: Listing,
    pub(crate) events: Vec<LoginEvent>,
    pub(crate) checks: Vec<ActivityCheck>,
    pub(crate) key_uses: Vec<KeyUse>,
    pub(crate) changes: Vec<StatusChange>,
    pub(crate) roster: Option<Vec<RosterRow>>,
    pub(crate) key_account: AccountId,
    pub(crate) coverage: Option<Coverage>,
    /// What dormouse did after it.
    pub(crate) acted: Vec<(usize, Action, Outcome, Option<Status>)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) syncs: Vec<Sync>,
    pub(crate) policy: Policy,
    /// Days before the end of coverage; none for a current decision.
    pub(crate) back: Option<i64>,
}

/// When sync `number` of `count` takes place: ten days apart, the last one now.
pub(crate) fn time_of(number: usize, count: usize) -> Timestamp {
    now() - days(10) * i32::try_from(count - 1 - number).unwrap()
}

/// Whole numbers of days before now, or a millisecond beside one.
fn instants() -> impl Strategy<Value = Timestamp> {
    (prop_oneof![-60..3_i64, select(vec![-30, -20, -10, 0])], -1..=1_i64)
        .prop_map(|(d, ms)| now() + TimeDelta::days(d) + TimeDelta::milliseconds(ms))
}

fn accounts_of(emails: &'static [&'static str]) -> impl Strategy<Value = Account> {
    let kinds = prop_oneof![6 => Just(Kind::Guest), 3 => select(Kind::ALL)];
    let statuses = prop_oneof![5 => Just(Status::Active), 3 => select(Status::ALL)];
    let group = (select(vec!["g1", "g2"]), select(vec!["Externals", "Ж \"q\""]))
        .prop_map(|(id, name)| Group { id: id.into(), name: name.into() });
    (
        1..6_usize,
        select(emails),
        kinds,
        statuses,
        option::weighted(0.9, instants()),
        prop_oneof![8 => Just(Management::Portal), 1 => Just(Management::Directory)],
        prop_oneof![2 => Just(Vec::new()), 1 => vec(group, 1..3)],
    )
        .prop_map(|(number, email, kind, status, registered_at, management, groups)| Account {
            id: id(number),
            email: email.into(),
            display_name: format!("Person {number}"),
            kind,
            status,
            registered_at,
            management,
            groups,
            invited_by: None,
        })
}

fn events() -> impl Strategy<Value = LoginEvent> {
    let codes = select(vec![1000, 1006, 1013, 1016, 1029, 1031, 1022, 5000]);
    (0..40_i64, 0..7_usize, instants(), codes).prop_map(|(event, number, at, code)| LoginEvent {
        id: event,
        account: id(number),
        at,
        listed_at: None,
        code,
        ip: None,
        country: None,
        city: None,
        browser: None,
        platform: None,
    })
}

fn checks() -> impl Strategy<Value = ActivityCheck> {
    let action = (instants(), 0..40_i64);
    let asked = prop_oneof![3 => Just(now()), 2 => instants()];
    (1..6_usize, asked, option::of(action)).prop_map(|(number, checked_at, newest)| ActivityCheck {
        account: id(number),
        checked_at,
        newest: newest.map(|(at, event_id)| AuditedAction { event_id, at, code: 5054 }),
    })
}

fn changes() -> impl Strategy<Value = StatusChange> {
    (0..40_i64, instants(), select(vec![4020, 4006]), vec(1..6_usize, 1..3)).prop_map(
        |(event_id, at, code, targets)| StatusChange {
            action: AuditedAction { event_id, at, code },
            actor: id(1),
            targets: targets.into_iter().map(id).collect(),
        },
    )
}

fn rows(emails: &'static [&'static str]) -> impl Strategy<Value = RosterRow> {
    let reference = prop_oneof![
        2 => Just(None),
        3 => (1..8_usize).prop_map(|n| Some(id(n).to_string())),
        1 => (1..8_usize).prop_map(|n| Some(id(n).to_string().to_uppercase())),
        1 => Just(Some("HR-4711".to_owned())),
    ];
    (reference, option::weighted(0.7, select(emails)), option::of(0..40_u64))
        .prop_filter("names somebody", |(id, email, _)| id.is_some() || email.is_some())
        .prop_map(|(id, email, end)| RosterRow {
            file: "hr.csv".into(),
            line: 1,
            id,
            email: email.map(|e| e.trim().to_owned()),
            display_name: None,
            contract_end: end
                .map(|n| NaiveDate::from_ymd_opt(2026, 10, 25).unwrap() + chrono::Days::new(n)),
        })
}

fn acted() -> impl Strategy<Value = (usize, Action, Outcome, Option<Status>)> {
    (
        1..6_usize,
        select(vec![Action::Disable, Action::Enable]),
        select(vec![Outcome::Applied, Outcome::Skipped, Outcome::Refused, Outcome::Failed]),
        option::weighted(0.8, select(Status::ALL)),
    )
}

fn syncs(emails: &'static [&'static str]) -> impl Strategy<Value = Vec<Sync>> {
    let coverage = (instants(), instants());
    let sync = (
        vec(accounts_of(emails), 0..6),
        prop_oneof![2 => Just(Listing::Complete), 1 => Just(Listing::Partial)],
        vec(events(), 0..6),
        vec(checks(), 0..5),
        vec((1..6_usize, instants()), 0..2),
        vec(changes(), 0..3),
        option::weighted(0.3, vec(rows(emails), 0..5)),
        (0..9_usize, option::weighted(0.95, coverage), any::<bool>()),
        vec(acted(), 0..3),
    );
    vec(sync, 1..4).prop_map(|syncs| {
        let count = syncs.len();
        let numbered = syncs.into_iter().enumerate();
        numbered
            .map(|(number, sync)| {
                let (accounts, listing, events, checks, uses, changes, roster, own, acted) = sync;
                let (key, coverage, whole) = own;
                let end = time_of(number, count);
                // Of several with one id the last one is shown: a listing has each once.
                let mut listed: Vec<Account> = Vec::new();
                for account in accounts {
                    listed.retain(|a| a.id != account.id);
                    listed.push(account);
                }
                Sync {
                    accounts: listed,
                    listing,
                    events,
                    checks,
                    key_uses: uses
                        .into_iter()
                        .map(|(n, used_at)| KeyUse { account: id(n), used_at })
                        .collect(),
                    changes,
                    roster,
                    key_account: id(key),
                    coverage: coverage.map(|(a, b)| match whole {
                        true => Coverage { from: end - days(50), to: end },
                        false => Coverage { from: a.min(b), to: a.max(b) },
                    }),
                    acted,
                }
            })
            .collect()
    })
}

fn policies() -> impl Strategy<Value = Policy> {
    let subject = prop_oneof![
        (1..6_usize).prop_map(|n| ExemptionSubject::Account(id(n))),
        Just(ExemptionSubject::Email("B@x.example".into())),
        Just(ExemptionSubject::Domain("y.example".into())),
        Just(ExemptionSubject::Group("Externals".into())),
    ];
    let exemption = (subject, option::of(instants())).prop_map(|(subject, end)| Exemption {
        subject,
        reason: "leave".into(),
        owner: None,
        expires: end.map(|at| at.date_naive()),
    });
    (
        select(vec![1, 10, 20, 30]),
        select(vec![0, 10, 30, 60]),
        select(Signals::ALL),
        option::of(select(vec![PopulationSource::Portal, PopulationSource::Roster])),
        vec(exemption, 0..2),
        select(vec![vec![Kind::Guest], vec![], vec![Kind::Guest, Kind::User]]),
        select(vec![vec![], vec!["Externals"], vec!["Externals", "Ж \"q\""]]),
        select(vec![vec![], vec!["y.example"]]),
    )
        .prop_map(
            |(inactivity_days, grace_days, signals, source, exemptions, kinds, groups, domains)| {
                let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
                Policy {
                    inactivity_days,
                    grace_days,
                    signals,
                    exemptions,
                    silence: None,
                    population: Population {
                        source,
                        kinds,
                        groups: owned(groups),
                        email_domains: owned(domains),
                    },
                }
            },
        )
}

pub(crate) fn models(emails: &'static [&'static str]) -> impl Strategy<Value = Model> {
    (syncs(emails), policies(), option::of(0..40_i64)).prop_map(|(syncs, policy, back)| Model {
        syncs,
        policy,
        back,
    })
}

/// A store being filled.
pub(crate) struct Filled {
    pub(crate) store: Store,
    keys: AccountKeys,
    _dir: TempDir,
}

impl Filled {
    pub(crate) async fn new() -> Self {
        // The schema once; each store is a copy.
        static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        if TEMPLATE.get().is_none() {
            let store = Store::open(&path, Mode::Create).await.unwrap();
            store.close().await.unwrap();
            let _ = TEMPLATE.set(std::fs::read(&path).unwrap());
        } else {
            std::fs::write(&path, TEMPLATE.get().unwrap()).unwrap();
        }
        let store = Store::open(&path, Mode::Create).await.unwrap();
        Self { store, keys: AccountKeys::default(), _dir: dir }
    }

    async fn run(&mut self, command: Command, at: Timestamp) -> i64 {
        let run =
            NewRun { command, started_at: at, actor: "test".into(), overrides: String::new() };
        runs::start(self.store.conn(), &run).await.unwrap()
    }

    /// Writes a sync as sync does, with what dormouse did after it. Returns the snapshot that a
    /// decision made before those actions cites.
    pub(crate) async fn write(&mut self, sync: &Sync, at: Timestamp) -> Snapshot {
        let run = self.run(Command::Sync, at).await;
        let conn = self.store.conn();
        let number = sync_runs::start(conn, run, at).await.unwrap();
        let facts = PortalFacts::default();
        sync_runs::describe(conn, number, at, sync.key_account, &facts).await.unwrap();
        let keys = &mut self.keys;
        accounts::record_listing(conn, keys, number, at, &sync.accounts, sync.listing)
            .await
            .unwrap();
        if let Some(rows) = &sync.roster {
            let rows: Vec<_> =
                rows.iter().map(|r| (r.clone(), serde_json::Map::default())).collect();
            population::add_roster(conn, number, at, "sha", &rows).await.unwrap();
        }
        events::insert(conn, keys, number, &sync.events).await.unwrap();
        signals::add_key_uses(conn, keys, number, &sync.key_uses).await.unwrap();
        signals::add_status_changes(conn, keys, number, &sync.changes).await.unwrap();
        signals::add_checks(conn, keys, number, &sync.checks).await.unwrap();
        let end = SyncEnd {
            finished_at: at,
            status: SyncStatus::Complete,
            reason: String::new(),
            events_added: 0,
            accounts_seen: 0,
            contractors_seen: 0,
            requests: 0,
            retries: 0,
            coverage: sync.coverage,
        };
        sync_runs::finish(conn, number, &end).await.unwrap();
        let sync_run = sync_runs::get(conn, number).await.unwrap().unwrap();
        let history_seq = history::last_seq(conn).await.unwrap();
        self.act(sync, at).await;
        Snapshot::of(sync_run, history_seq)
    }

    async fn act(&mut self, sync: &Sync, at: Timestamp) {
        for (place, (number, action, outcome, status_after)) in sync.acted.iter().enumerate() {
            let run_id = self.run(Command::Apply, at).await;
            let draft = Draft {
                at: at + TimeDelta::hours(i64::try_from(place).unwrap()),
                run_id,
                decision_id: None,
                account_id: id(*number),
                email: String::new(),
                action: *action,
                phase: Phase::Outcome,
                outcome: Some(*outcome),
                detail: String::new(),
                actor: "key".into(),
                status_before: None,
                status_after: *status_after,
                http_status: None,
                portal_event_id: None,
            };
            history::append(self.store.conn(), draft).await.unwrap();
        }
    }

    /// Starts a sync that does not end: what is known by now is no longer the newest.
    pub(crate) async fn start_another(&mut self) {
        let run = self.run(Command::Sync, now()).await;
        sync_runs::start(self.store.conn(), run, now()).await.unwrap();
    }
}

/// The policy's lists as the SQL takes them.
pub(crate) fn exemptions_json(policy: &Policy) -> String {
    let list: Vec<_> = policy
        .exemptions
        .iter()
        .map(|e| {
            let (kind, name) = match &e.subject {
                ExemptionSubject::Account(id) => ("account", id.to_string()),
                ExemptionSubject::Email(email) => ("email", email.clone()),
                ExemptionSubject::Domain(domain) => ("domain", domain.clone()),
                ExemptionSubject::Group(name) => ("group", name.clone()),
            };
            json!({"kind": kind, "name": name, "expires": e.expires.map(|d| d.to_string())})
        })
        .collect();
    json!(list).to_string()
}
