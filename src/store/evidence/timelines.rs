//! What happened to the status of each account: the versions that listings showed, our own outcomes,
//! and the portal's audit trail.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::store::{
    StoreError,
    accounts::{AccountVersion, Presence, Span, versions},
    evidence::AsOfBound,
};
use crate::{
    domain::{
        account::{Account, AccountId, Status},
        history::{Action, Outcome},
        timeline::{Acted, ChangeCode, Changed, Shown, Timeline},
    },
    time::Timestamp,
};

/// One account as the newest version that counts has it, and its timeline.
pub(super) struct TrackedAccount {
    pub(super) pk: i64,
    pub(super) account: Account,
    pub(super) timeline: Timeline,
}

/// Our own outcomes by account, in order.
pub(in crate::store) type Outcomes = HashMap<AccountId, Vec<Acted>>;

/// Every account ever listed. The versions that count are those shown by the bound, otherwise the
/// earliest one known.
pub(super) async fn tracked(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
    outcomes: &mut Outcomes,
) -> Result<Vec<TrackedAccount>, StoreError> {
    let mut changed = changes(conn, run, bound, span).await?;
    let versions = versions(conn, run, span).await?;
    let mut tracked: Vec<TrackedAccount> = Vec::with_capacity(versions.len());
    // True from the first version of an account that was shown too late to count.
    let mut too_late = false;
    for AccountVersion { pk, at, history_seq, presence, account, .. } in versions {
        let status = match presence {
            Presence::Listed => Some(account.status),
            Presence::Gone => None,
        };
        let shown = Shown { at, history_seq, status };
        match tracked.last_mut() {
            Some(known) if known.pk == pk => {
                too_late |= !bound.admits(at);
                if !too_late {
                    known.account = account;
                    known.timeline.shown.push(shown);
                }
            }
            Some(_) | None => {
                too_late = !bound.admits(at);
                let timeline = Timeline {
                    shown: vec![shown],
                    acted: outcomes.remove(&account.id).unwrap_or_default(),
                    changed: changed.remove(&pk).unwrap_or_default(),
                };
                tracked.push(TrackedAccount { pk, account, timeline });
            }
        }
    }
    Ok(tracked)
}

pub(in crate::store) async fn changes(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
) -> Result<HashMap<i64, Vec<Changed>>, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk, at AS "at: Timestamp", action_code FROM status_changes
           WHERE account_pk BETWEEN ? AND ? AND at <= ? AND sync_run_id <= ?"#,
        span.first,
        span.last,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let mut changed: HashMap<i64, Vec<Changed>> = HashMap::new();
    for r in rows {
        let code = if r.action_code == 4020 { ChangeCode::Status } else { ChangeCode::Profile };
        changed.entry(r.account_pk).or_default().push(Changed { at: r.at, code });
    }
    Ok(changed)
}

/// Our outcomes up to row `seq`, of all accounts.
pub(in crate::store) async fn outcomes(
    conn: &mut SqliteConnection,
    seq: i64,
    bound: AsOfBound,
) -> Result<Outcomes, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query_as!(
        StoredOutcome,
        r#"SELECT seq, at AS "at: Timestamp", account_id AS "account_id: AccountId", action AS "action: Action",
                  outcome AS "outcome!: Outcome", status_after AS "status_after: Status"
           FROM history
           WHERE seq <= ? AND at <= ? AND phase = 'outcome' AND outcome IS NOT NULL AND action <> 'notify' ORDER BY seq"#,
        seq,
        bound
    )
    .fetch_all(conn)
    .await?;
    let mut outcomes = Outcomes::new();
    for row in rows {
        outcomes.entry(row.account_id).or_default().push(row.acted());
    }
    Ok(outcomes)
}

/// Our outcomes up to row `seq`, of one account.
pub(super) async fn outcomes_of(
    conn: &mut SqliteConnection,
    seq: i64,
    bound: AsOfBound,
    account: AccountId,
) -> Result<Outcomes, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query_as!(
        StoredOutcome,
        r#"SELECT seq, at AS "at: Timestamp", account_id AS "account_id: AccountId", action AS "action: Action",
                  outcome AS "outcome!: Outcome", status_after AS "status_after: Status"
           FROM history
           WHERE account_id = ? AND seq <= ? AND at <= ? AND phase = 'outcome' AND outcome IS NOT NULL
             AND action <> 'notify'
           ORDER BY seq"#,
        account,
        seq,
        bound
    )
    .fetch_all(conn)
    .await?;
    Ok(Outcomes::from([(account, rows.into_iter().map(StoredOutcome::acted).collect())]))
}

struct StoredOutcome {
    seq: i64,
    at: Timestamp,
    account_id: AccountId,
    action: Action,
    outcome: Outcome,
    status_after: Option<Status>,
}

impl StoredOutcome {
    fn acted(self) -> Acted {
        let Self { seq, at, account_id: _, action, outcome, status_after } = self;
        Acted { seq, at, action, outcome, status_after }
    }
}
