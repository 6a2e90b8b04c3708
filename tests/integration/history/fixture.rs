//! Rows of every kind, and the store that they go into.

use std::sync::LazyLock;

use chrono::TimeDelta;
use dormouse::{
    domain::{
        account::{Account, AccountId, Kind, Management, Status},
        decision::Finding,
        history::{Action, Draft, Outcome, Phase, sha256},
        verdict::Reason,
    },
    store::{
        Mode, Store,
        accounts::{AccountKeys, Listing, record_listing},
        decisions::{self, Currency, DecisionHead},
        runs::{self, Command, NewRun},
    },
    time::Timestamp,
};
use uuid::Uuid;

use crate::harness::block;

/// Runs of the store, in order.
pub(crate) const APPLY: i64 = 3;
pub(crate) const RESTORE: i64 = 4;
/// Its one decision.
pub(crate) const DECISION: i64 = 1;
/// Rows of its history.
pub(crate) const ROWS: i64 = 10;
/// The account whose key was used.
pub(crate) const KEY: u128 = 255;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<Timestamp>().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

pub(crate) fn id(number: u128) -> AccountId {
    Uuid::from_u128(number).into()
}

pub(crate) fn digest() -> String {
    format!("sha256:{}", sha256(b"the decision"))
}

/// An intent to disable an account, at a second of the hour.
pub(crate) fn intent(account: u128, second: i64) -> Draft {
    Draft {
        at: now() + TimeDelta::seconds(second),
        run_id: APPLY,
        decision_id: Some(DECISION),
        account_id: id(account),
        email: format!("guest{account}@contractor.example"),
        action: Action::Disable,
        phase: Phase::Intent,
        outcome: None,
        detail: format!("decision {DECISION} {}", digest()),
        actor: id(KEY).to_string(),
        status_before: Some(Status::Active),
        status_after: None,
        http_status: None,
        portal_event_id: None,
    }
}

/// An intent to enable one.
pub(crate) fn restoring(account: u128, second: i64) -> Draft {
    Draft {
        run_id: RESTORE,
        decision_id: None,
        action: Action::Enable,
        detail: "undoes run 3".into(),
        status_before: Some(Status::Disabled),
        ..intent(account, second)
    }
}

/// How an intent ended, a second later.
pub(crate) fn outcome(intent: Draft, outcome: Outcome) -> Draft {
    let shown = match (outcome, intent.action) {
        (Outcome::Applied, Action::Disable) => Status::Disabled,
        (Outcome::Failed, Action::Enable) => Status::Disabled,
        _ => Status::Active,
    };
    Draft {
        at: intent.at + TimeDelta::seconds(1),
        phase: Phase::Outcome,
        outcome: Some(outcome),
        detail: "Zoë said \"=1+1\" \u{1f600} \u{202e}\u{7}".into(),
        status_after: Some(shown),
        http_status: Some(200),
        ..intent
    }
}

/// The portal's own event for it.
pub(crate) fn corroboration(intent: Draft, event: i64) -> Draft {
    Draft {
        phase: Phase::Corroboration,
        detail: "the portal's audit trail shows the change".into(),
        status_before: None,
        portal_event_id: Some(event),
        ..intent
    }
}

/// One row of each kind: applied and corroborated, failed and late after all, skipped before a call,
/// refused, enabled again.
pub(crate) fn rows() -> Vec<Draft> {
    vec![
        intent(1, 0),
        outcome(intent(1, 0), Outcome::Applied),
        intent(2, 1),
        outcome(intent(2, 1), Outcome::Failed),
        corroboration(intent(1, 0), 900),
        outcome(intent(3, 2), Outcome::Skipped),
        outcome(intent(2, 60), Outcome::Applied),
        restoring(1, 120),
        outcome(restoring(1, 120), Outcome::Applied),
        outcome(intent(4, 3), Outcome::Skipped),
    ]
}

/// The store without its history.
pub(crate) static TEMPLATE: LazyLock<Vec<u8>> =
    LazyLock::new(|| std::thread::spawn(|| block(template())).join().unwrap());

async fn template() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dormouse.db");
    let mut store = Store::open(&path, Mode::Create).await.unwrap();
    let conn = store.conn();
    for command in [Command::Sync, Command::Decide, Command::Apply, Command::Restore] {
        let actor = "ann@host".to_owned();
        let run = NewRun { command, started_at: now(), actor, overrides: String::new() };
        runs::start(conn, &run).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO sync_runs (id, run_id, started_at, status, reason, events_added, accounts_seen, \
         contractors_seen, requests, retries) VALUES (1, 1, '', 'running', '', 0, 0, 0, 0, 0)",
    )
    .execute(&mut *conn)
    .await
    .unwrap();
    let accounts: Vec<Account> = (1..=6).map(account).collect();
    let mut keys = AccountKeys::load(conn).await.unwrap();
    record_listing(conn, &mut keys, 1, now(), &accounts, Listing::Complete).await.unwrap();
    let head = DecisionHead {
        decided_at: now(),
        as_of: now(),
        currency: Currency::Current,
        inactivity_days: 30,
        policy: "{}".into(),
        policy_sha256: sha256(b"{}"),
        digest: digest(),
        sync_run_id: 1,
        history_seq: 0,
        coverage: None,
    };
    // All inactive but the last one.
    let findings: Vec<Finding> = accounts.into_iter().map(finding).collect();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(decisions::add_verdicts(&mut tx, &findings).await.unwrap(), DECISION);
    decisions::seal(&mut tx, DECISION, &head).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    std::fs::read(path).unwrap()
}

fn account(number: u128) -> Account {
    Account {
        id: id(number),
        email: format!("guest{number}@contractor.example"),
        display_name: format!("Guest {number}"),
        kind: Kind::Guest,
        status: Status::Active,
        registered_at: None,
        management: Management::Portal,
        groups: Vec::new(),
        invited_by: None,
    }
}

fn finding(account: Account) -> Finding {
    let active = account.id == id(6);
    Finding {
        account_id: account.id,
        email: account.email,
        display_name: account.display_name,
        kind: account.kind,
        registered_at: None,
        reason: if active { Reason::RecentActivity } else { Reason::Idle },
        last_activity: None,
        idle_days: Some(40),
    }
}
