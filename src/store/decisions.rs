//! Decisions and their verdicts: written once, in one transaction, then sealed by triggers.

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::store::StoreError;
use crate::{
    domain::{
        account::{AccountId, Kind},
        coverage::Coverage,
        decision::Finding,
        evidence::{Activity, Source},
        verdict::{Reason, Verdict},
    },
    time::Timestamp,
};

/// Rows of one statement, as one JSON text: sqlx pays for each value that is bound.
const ROWS: usize = 10_000;

/// A decision without its verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionHead {
    /// This machine's clock.
    pub decided_at: Timestamp,
    /// The moment decided.
    pub as_of: Timestamp,
    pub currency: Currency,
    /// Threshold in days.
    pub inactivity_days: u32,
    /// Effective policy, canonical JSON.
    pub policy: String,
    pub policy_sha256: String,
    /// Digest over what was decided.
    pub digest: String,
    /// Newest evidence used.
    pub sync_run_id: i64,
    /// Newest history row used.
    pub history_seq: i64,
    pub coverage: Option<Coverage>,
}

/// Whether a decision speaks of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// Decided at the end of coverage of the newest sync run: can be applied.
    Current,
    /// Decided for another moment: shown, never applied.
    Historical,
}

/// A decision in a list.
#[derive(Debug, Clone)]
pub struct DecisionLine {
    pub id: i64,
    /// How many accounts it found inactive.
    pub inactive: i64,
}

/// Stores the verdicts of the next decision and returns its number. The transaction does not commit
/// before that decision is sealed.
pub async fn add_verdicts(
    conn: &mut SqliteConnection,
    findings: &[Finding],
) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "id!: i64" FROM decisions"#)
        .fetch_one(&mut *conn)
        .await?;
    for chunk in findings.chunks(ROWS) {
        let rows: Vec<_> = chunk.iter().map(columns).collect();
        let rows = serde_json::to_string(&rows).map_err(|e| sqlx::Error::Encode(e.into()))?;
        sqlx::query!(
            "INSERT INTO verdicts (decision_id, account_id, email, display_name, kind, registered_at,
                                   verdict, reason, last_activity_at, last_activity_source,
                                   last_event_id, idle_days)
             SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                    value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10
             FROM jsonb_each(?)",
            id,
            rows
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(id)
}

/// A verdict in the order of the columns.
fn columns(f: &Finding) -> impl Serialize + '_ {
    (
        f.account_id,
        &f.email,
        &f.display_name,
        f.kind,
        f.registered_at,
        f.reason.verdict(),
        f.reason,
        f.last_activity.map(|a| a.at),
        f.last_activity.map(|a| a.source),
        f.last_activity.and_then(|a| a.event_id),
        f.idle_days,
    )
}

/// Stores the decision to which these verdicts belong; nothing can be added to it afterwards.
pub async fn seal(
    conn: &mut SqliteConnection,
    id: i64,
    head: &DecisionHead,
) -> Result<(), StoreError> {
    let current = head.currency == Currency::Current;
    let (from, to) = (head.coverage.map(|c| c.from), head.coverage.map(|c| c.to));
    sqlx::query!(
        "INSERT INTO decisions (id, decided_at, as_of, current, inactivity_days, policy, policy_sha256,
                                digest, sync_run_id, history_seq, coverage_from, coverage_to)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        head.decided_at,
        head.as_of,
        current,
        head.inactivity_days,
        head.policy,
        head.policy_sha256,
        head.digest,
        head.sync_run_id,
        head.history_seq,
        from,
        to
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One decision.
pub async fn get(conn: &mut SqliteConnection, id: i64) -> Result<Option<DecisionHead>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT decided_at AS "decided_at: Timestamp", as_of AS "as_of: Timestamp", current AS "current: bool",
                  inactivity_days AS "inactivity_days: u32", policy, policy_sha256, digest, sync_run_id,
                  history_seq, coverage_from AS "from: Timestamp", coverage_to AS "to: Timestamp"
           FROM decisions WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| DecisionHead {
        decided_at: r.decided_at,
        as_of: r.as_of,
        currency: if r.current { Currency::Current } else { Currency::Historical },
        inactivity_days: r.inactivity_days,
        policy: r.policy,
        policy_sha256: r.policy_sha256,
        digest: r.digest,
        sync_run_id: r.sync_run_id,
        history_seq: r.history_seq,
        coverage: r.from.zip(r.to).map(|(from, to)| Coverage { from, to }),
    }))
}

/// Number of the newest current decision.
pub async fn newest_current(conn: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let id = sqlx::query_scalar!("SELECT max(id) FROM decisions WHERE current = 1");
    Ok(id.fetch_one(conn).await?)
}

/// Number of the newest decision of any kind.
pub async fn newest(conn: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT max(id) FROM decisions").fetch_one(conn).await?)
}

/// When the current decision after `id` was made, if one was.
pub async fn next_current(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT min(decided_at) AS "at: Timestamp" FROM decisions WHERE current = 1 AND id > ?"#,
        id
    )
    .fetch_one(conn)
    .await?)
}

/// Decisions made in `[from, to)`, in order.
pub async fn of_period(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<DecisionLine>, StoreError> {
    Ok(sqlx::query_as!(
        DecisionLine,
        r#"SELECT d.id AS "id!",
                  (SELECT count(*) FROM verdicts v
                   WHERE v.decision_id = d.id AND v.verdict = 'inactive') AS "inactive!: i64"
           FROM decisions d WHERE d.decided_at >= ? AND d.decided_at < ? ORDER BY d.id"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?)
}

/// The verdicts of a decision as they are stored, by account id.
pub async fn verdicts(conn: &mut SqliteConnection, id: i64) -> Result<Vec<Finding>, StoreError> {
    let rows = sqlx::query_as!(
        StoredVerdict,
        r#"SELECT account_id AS "account_id: AccountId", email, display_name, kind AS "kind: Kind",
                  registered_at AS "registered_at: Timestamp", verdict AS "verdict: Verdict",
                  reason AS "reason: Reason", last_activity_at AS "last_activity_at: Timestamp",
                  last_activity_source AS "last_activity_source: Source", last_event_id,
                  idle_days AS "idle_days: u32"
           FROM verdicts WHERE decision_id = ? ORDER BY account_id"#,
        id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(StoredVerdict::finding).collect()
}

/// The verdict of a decision on one account as it is stored.
pub async fn verdict(
    conn: &mut SqliteConnection,
    id: i64,
    account: AccountId,
) -> Result<Option<Finding>, StoreError> {
    let row = sqlx::query_as!(
        StoredVerdict,
        r#"SELECT account_id AS "account_id: AccountId", email, display_name, kind AS "kind: Kind",
                  registered_at AS "registered_at: Timestamp", verdict AS "verdict: Verdict",
                  reason AS "reason: Reason", last_activity_at AS "last_activity_at: Timestamp",
                  last_activity_source AS "last_activity_source: Source", last_event_id,
                  idle_days AS "idle_days: u32"
           FROM verdicts WHERE decision_id = ? AND account_id = ?"#,
        id,
        account
    )
    .fetch_optional(conn)
    .await?;
    row.map(StoredVerdict::finding).transpose()
}

struct StoredVerdict {
    account_id: AccountId,
    email: String,
    display_name: String,
    kind: Kind,
    registered_at: Option<Timestamp>,
    verdict: Verdict,
    reason: Reason,
    last_activity_at: Option<Timestamp>,
    last_activity_source: Option<Source>,
    last_event_id: Option<i64>,
    idle_days: Option<u32>,
}

impl StoredVerdict {
    fn finding(self) -> Result<Finding, StoreError> {
        let Self { reason, verdict, last_event_id: event_id, .. } = self;
        if reason.verdict() != verdict {
            return Err(StoreError::Inconsistent {
                place: "verdicts.verdict".to_owned(),
                value: format!("\"{verdict}\" with the reason {reason}"),
            });
        }
        let activity = self.last_activity_at.zip(self.last_activity_source);
        Ok(Finding {
            account_id: self.account_id,
            email: self.email,
            display_name: self.display_name,
            kind: self.kind,
            registered_at: self.registered_at,
            reason,
            last_activity: activity.map(|(at, source)| Activity { at, source, event_id }),
            idle_days: self.idle_days,
        })
    }
}
