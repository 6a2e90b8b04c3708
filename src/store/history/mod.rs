//! The append-only record of every action. Rows are only added to the end of the chain.

mod stored;

use std::collections::HashMap;

use sqlx::SqliteConnection;

pub use crate::store::history::stored::{Known, Wanted, known_accounts, rows, verify};
use crate::store::{StoreError, accounts::Acted, codec::Column};
use crate::{
    domain::{
        account::AccountId,
        history::{Draft, Entry, GENESIS, Outcome, Phase},
    },
    time::Timestamp,
};

/// Place and hash of the newest row; place 0 and [`GENESIS`] where there is none.
///
/// # Errors
/// The store cannot be read.
pub async fn head(conn: &mut SqliteConnection) -> Result<(i64, String), StoreError> {
    let row = sqlx::query!("SELECT seq, hash FROM history ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or_else(|| (0, GENESIS.to_owned()), |r| (r.seq, r.hash)))
}

/// Place of the newest row; 0 where there is none.
///
/// # Errors
/// The store cannot be read.
pub async fn last_seq(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(head(conn).await?.0)
}

/// Appends a row.
///
/// # Errors
/// The store cannot be written; nothing was appended.
pub async fn append(conn: &mut SqliteConnection, draft: Draft) -> Result<Entry, StoreError> {
    let (seq, prev_hash) = head(conn).await?;
    let entry = Entry::seal(seq + 1, draft, prev_hash);
    let d = &entry.draft;
    let (at, account_id) = (d.at.to_string(), d.account_id.to_string());
    let (action, phase) = (d.action.as_str(), d.phase.as_str());
    let outcome = d.outcome.map(|o| o.as_str());
    let (before, after) = (d.status_before.map(|s| s.as_str()), d.status_after.map(|s| s.as_str()));
    sqlx::query!(
        "INSERT INTO history (seq, at, run_id, decision_id, account_id, email, action, phase, outcome,
                              detail, actor, status_before, status_after, http_status,
                              portal_event_id, prev_hash, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.seq,
        at,
        d.run_id,
        d.decision_id,
        account_id,
        d.email,
        action,
        phase,
        outcome,
        d.detail,
        d.actor,
        before,
        after,
        d.http_status,
        d.portal_event_id,
        entry.prev_hash,
        entry.hash
    )
    .execute(conn)
    .await?;
    Ok(entry)
}

/// All rows up to place `seq`, in order.
///
/// # Errors
/// The store cannot be read, or a row holds what our code never writes.
pub async fn up_to(conn: &mut SqliteConnection, seq: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query!(
        "SELECT seq, at, run_id, decision_id, account_id, email, action, phase, outcome, detail, actor,
                status_before, status_after, http_status, portal_event_id, prev_hash, hash
         FROM history WHERE seq <= ? ORDER BY seq",
        seq
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("history", name);
    rows.into_iter()
        .map(|r| {
            Ok(Entry {
                seq: r.seq,
                draft: Draft {
                    at: column("at").time(&r.at)?,
                    run_id: r.run_id,
                    decision_id: r.decision_id,
                    account_id: column("account_id").named(&r.account_id)?,
                    email: r.email,
                    action: column("action").named(&r.action)?,
                    phase: column("phase").named(&r.phase)?,
                    outcome: column("outcome").named_opt(r.outcome.as_deref())?,
                    detail: r.detail,
                    actor: r.actor,
                    status_before: column("status_before").named_opt(r.status_before.as_deref())?,
                    status_after: column("status_after").named_opt(r.status_after.as_deref())?,
                    http_status: r
                        .http_status
                        .map(|n| column("http_status").number(n))
                        .transpose()?,
                    portal_event_id: r.portal_event_id,
                },
                prev_hash: r.prev_hash,
                hash: r.hash,
            })
        })
        .collect()
}

/// Every row.
///
/// # Errors
/// As [`up_to`].
pub async fn all(conn: &mut SqliteConnection) -> Result<Vec<Entry>, StoreError> {
    up_to(conn, i64::MAX).await
}

/// The status that our newest action showed, with its place, by account.
///
/// # Errors
/// The store cannot be read.
pub async fn last_shown(conn: &mut SqliteConnection) -> Result<Acted, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT account_id AS "account_id!", max(seq) AS "seq!: i64", status_after AS "status!" FROM history
           WHERE status_after IS NOT NULL GROUP BY account_id"#
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("history", name);
    let mut shown: HashMap<AccountId, _> = HashMap::new();
    for r in rows {
        let id = column("account_id").named(&r.account_id)?;
        shown.insert(id, (r.seq, column("status_after").named(&r.status)?));
    }
    Ok(shown)
}

/// Accounts that dormouse disabled since `since`.
///
/// # Errors
/// The store cannot be read.
pub async fn disabled_since(
    conn: &mut SqliteConnection,
    since: Timestamp,
) -> Result<u32, StoreError> {
    let since = since.to_string();
    let n = sqlx::query_scalar!(
        "SELECT count(DISTINCT account_id) FROM history
         WHERE action = 'disable' AND outcome = 'applied' AND at >= ?",
        since
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// An intent with what came of it. They belong together by run, account and action.
#[derive(Debug, Clone)]
pub struct Pair {
    /// What was to be done.
    pub intent: Draft,
    /// How it ended, in the order of writing; none while it is open. A later run may add to them.
    pub outcomes: Vec<Draft>,
    /// Whether the portal's audit trail was found to show it.
    pub corroboration: Option<Draft>,
}

impl Pair {
    /// How it stands.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcomes.last().and_then(|o| o.outcome)
    }
}

/// All intents, in order.
///
/// # Errors
/// As [`up_to`].
pub async fn pairs(conn: &mut SqliteConnection) -> Result<Vec<Pair>, StoreError> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut places = HashMap::new();
    for Entry { draft, .. } in all(conn).await? {
        let key = (draft.run_id, draft.account_id, draft.action);
        match draft.phase {
            Phase::Intent => {
                places.insert(key, pairs.len());
                pairs.push(Pair { intent: draft, outcomes: Vec::new(), corroboration: None });
            }
            Phase::Outcome => {
                if let Some(place) = places.get(&key) {
                    pairs[*place].outcomes.push(draft);
                }
            }
            Phase::Corroboration => {
                if let Some(place) = places.get(&key) {
                    pairs[*place].corroboration = Some(draft);
                }
            }
        }
    }
    Ok(pairs)
}
