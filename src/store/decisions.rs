//! Decisions and their verdicts: written once, in one transaction, then sealed by triggers.

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::store::{StoreError, codec::Column};
use crate::{
    domain::{
        account::AccountId, coverage::Coverage, decision::Finding, evidence::Activity,
        verdict::Reason,
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
    /// Whether `as_of` was the end of coverage of the newest sync run.
    pub currency: Currency,
    /// Threshold in days.
    pub inactivity_days: u32,
    /// Effective policy, canonical JSON.
    pub policy: String,
    /// Its SHA-256.
    pub policy_sha256: String,
    /// Digest over what was decided.
    pub digest: String,
    /// Newest evidence used.
    pub sync_run_id: i64,
    /// Newest history row used.
    pub history_seq: i64,
    /// The interval known complete.
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

/// Stores a decision and seals it. Returns its number.
///
/// # Errors
/// The store cannot be written.
pub async fn save(
    conn: &mut SqliteConnection,
    head: &DecisionHead,
    findings: &[Finding],
) -> Result<i64, StoreError> {
    let id = add_verdicts(conn, findings).await?;
    seal(conn, id, head).await?;
    Ok(id)
}

/// Stores the verdicts of the next decision and returns its number. The transaction does not commit
/// before that decision is sealed.
///
/// # Errors
/// The store cannot be written.
pub async fn add_verdicts(
    conn: &mut SqliteConnection,
    findings: &[Finding],
) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "id!: i64" FROM decisions"#)
        .fetch_one(&mut *conn)
        .await?;
    for chunk in findings.chunks(ROWS) {
        let rows: Vec<_> = chunk.iter().map(packed).collect();
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

/// Stores the decision to which these verdicts belong; nothing can be added to it afterwards.
///
/// # Errors
/// The store cannot be written.
pub async fn seal(
    conn: &mut SqliteConnection,
    id: i64,
    head: &DecisionHead,
) -> Result<(), StoreError> {
    let (decided_at, as_of) = (head.decided_at.to_string(), head.as_of.to_string());
    let current = head.currency == Currency::Current;
    let from = head.coverage.map(|c| c.from.to_string());
    let to = head.coverage.map(|c| c.to.to_string());
    sqlx::query!(
        "INSERT INTO decisions (id, decided_at, as_of, current, inactivity_days, policy, policy_sha256,
                                digest, sync_run_id, history_seq, coverage_from, coverage_to)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        decided_at,
        as_of,
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

/// A verdict in the order of the columns.
fn packed(f: &Finding) -> impl Serialize + '_ {
    (
        f.account_id,
        &f.email,
        &f.display_name,
        f.kind,
        f.registered_at.map(|at| at.to_string()),
        f.reason.verdict(),
        f.reason,
        f.last_activity.map(|a| a.at.to_string()),
        f.last_activity.map(|a| a.source),
        f.last_activity.and_then(|a| a.event_id),
        f.idle_days,
    )
}

/// One decision.
///
/// # Errors
/// The store cannot be read.
pub async fn get(conn: &mut SqliteConnection, id: i64) -> Result<Option<DecisionHead>, StoreError> {
    let row = sqlx::query!(
        "SELECT decided_at, as_of, current, inactivity_days, policy, policy_sha256, digest, sync_run_id,
                history_seq, coverage_from, coverage_to
         FROM decisions WHERE id = ?",
        id
    )
    .fetch_optional(conn)
    .await?;
    let column = |name| Column("decisions", name);
    row.map(|r| {
        let from = column("coverage_from").time_opt(r.coverage_from.as_deref())?;
        let to = column("coverage_to").time_opt(r.coverage_to.as_deref())?;
        Ok(DecisionHead {
            decided_at: column("decided_at").time(&r.decided_at)?,
            as_of: column("as_of").time(&r.as_of)?,
            currency: if r.current == 1 { Currency::Current } else { Currency::Historical },
            inactivity_days: column("inactivity_days").number(r.inactivity_days)?,
            policy: r.policy,
            policy_sha256: r.policy_sha256,
            digest: r.digest,
            sync_run_id: r.sync_run_id,
            history_seq: r.history_seq,
            coverage: from.zip(to).map(|(from, to)| Coverage { from, to }),
        })
    })
    .transpose()
}

/// Number of the newest current decision.
///
/// # Errors
/// The store cannot be read.
pub async fn newest_current(conn: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT max(id) FROM decisions WHERE current = 1")
        .fetch_one(conn)
        .await?)
}

/// Number of the newest decision of any kind.
///
/// # Errors
/// The store cannot be read.
pub async fn newest(conn: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT max(id) FROM decisions").fetch_one(conn).await?)
}

/// The verdicts of a decision as they are stored, by account id.
///
/// # Errors
/// The store cannot be read, or a row holds what our code never writes.
pub async fn verdicts(conn: &mut SqliteConnection, id: i64) -> Result<Vec<Finding>, StoreError> {
    let rows = sqlx::query_as!(
        Stored,
        "SELECT account_id, email, display_name, kind, registered_at, verdict, reason,
                last_activity_at, last_activity_source, last_event_id, idle_days
         FROM verdicts WHERE decision_id = ? ORDER BY account_id",
        id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stored::finding).collect()
}

/// The verdict of a decision on one account as it is stored.
///
/// # Errors
/// As [`verdicts`].
pub async fn verdict(
    conn: &mut SqliteConnection,
    id: i64,
    account: AccountId,
) -> Result<Option<Finding>, StoreError> {
    let account = account.to_string();
    let row = sqlx::query_as!(
        Stored,
        "SELECT account_id, email, display_name, kind, registered_at, verdict, reason,
                last_activity_at, last_activity_source, last_event_id, idle_days
         FROM verdicts WHERE decision_id = ? AND account_id = ?",
        id,
        account
    )
    .fetch_optional(conn)
    .await?;
    row.map(Stored::finding).transpose()
}

struct Stored {
    account_id: String,
    email: String,
    display_name: String,
    kind: String,
    registered_at: Option<String>,
    verdict: String,
    reason: String,
    last_activity_at: Option<String>,
    last_activity_source: Option<String>,
    last_event_id: Option<i64>,
    idle_days: Option<i64>,
}

impl Stored {
    fn finding(self) -> Result<Finding, StoreError> {
        let column = |name| Column("verdicts", name);
        let reason: Reason = column("reason").named(&self.reason)?;
        if reason.verdict().as_str() != self.verdict {
            return Err(StoreError::Inconsistent {
                table: "verdicts",
                column: "verdict",
                value: self.verdict,
            });
        }
        let at = column("last_activity_at").time_opt(self.last_activity_at.as_deref())?;
        let source =
            column("last_activity_source").named_opt(self.last_activity_source.as_deref())?;
        let event_id = self.last_event_id;
        Ok(Finding {
            account_id: column("account_id").named(&self.account_id)?,
            email: self.email,
            display_name: self.display_name,
            kind: column("kind").named(&self.kind)?,
            registered_at: column("registered_at").time_opt(self.registered_at.as_deref())?,
            reason,
            last_activity: at.zip(source).map(|(at, source)| Activity { at, source, event_id }),
            idle_days: self.idle_days.map(|n| column("idle_days").number(n)).transpose()?,
        })
    }
}
