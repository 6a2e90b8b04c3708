//! Every pull of evidence from the portal. Only a complete one grants coverage; one that failed or
//! was killed carries what the run before it had.

use sqlx::SqliteConnection;

use crate::store::{StoreError, types::text_columns};
use crate::{
    domain::{
        account::{AccountId, named},
        coverage::Coverage,
    },
    time::Timestamp,
};

named! {
    /// How far a pull has come.
    SyncStatus {
        Running = "running",
        Complete = "complete",
        Failed = "failed",
        /// Stopped by the user, or killed.
        Interrupted = "interrupted",
    }
}

text_columns! { SyncStatus as "status of a sync run" }

/// What a pull did, as it ends.
#[derive(Debug, Clone)]
pub struct SyncEnd {
    /// This machine's clock.
    pub finished_at: Timestamp,
    /// Never [`SyncStatus::Running`].
    pub status: SyncStatus,
    /// Why it did not complete; empty otherwise.
    pub reason: String,
    /// New login events.
    pub events_added: u64,
    /// Distinct accounts listed.
    pub accounts_seen: u64,
    /// Accounts in the population.
    pub contractors_seen: u64,
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Repeats among them.
    pub retries: u64,
    pub coverage: Option<Coverage>,
}

/// What the portal says of itself, for reports and advice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalFacts {
    pub server_version: Option<String>,
    /// Days for which login events are kept.
    pub retention_days: Option<u32>,
    /// Minutes that a session can live.
    pub session_minutes: Option<u32>,
    /// When the key in use ends.
    pub key_expires_at: Option<Timestamp>,
}

/// A pull as it is known now.
#[derive(Debug, Clone)]
pub struct SyncRow {
    pub id: i64,
    /// The run that made it.
    pub run_id: i64,
    /// This machine's clock.
    pub started_at: Timestamp,
    /// None while running.
    pub finished_at: Option<Timestamp>,
    pub status: SyncStatus,
    /// Why it did not complete.
    pub reason: String,
    /// New login events.
    pub events_added: i64,
    /// Distinct accounts listed.
    pub accounts_seen: i64,
    /// Accounts in the population.
    pub contractors_seen: i64,
    /// Requests sent.
    pub requests: i64,
    pub coverage: Option<Coverage>,
    /// The portal's clock at its start.
    pub portal_time: Option<Timestamp>,
    /// Account of the key used.
    pub key_account: Option<AccountId>,
    pub facts: PortalFacts,
}

/// Writes the row of a pull that starts. Rows that a killed process left running are closed first,
/// with the coverage of the run before them.
pub async fn start(
    conn: &mut SqliteConnection,
    run_id: i64,
    at: Timestamp,
) -> Result<i64, StoreError> {
    close_killed(conn, at).await?;
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO sync_runs (run_id, started_at, status, reason, events_added, accounts_seen,
                                  contractors_seen, requests, retries)
           VALUES (?, ?, 'running', '', 0, 0, 0, 0, 0) RETURNING id AS "id!""#,
        run_id,
        at
    )
    .fetch_one(conn)
    .await?)
}

/// Writes the row of a pull that could not even start; it has what the one before it had.
pub async fn refused(
    conn: &mut SqliteConnection,
    run_id: i64,
    at: Timestamp,
    reason: &str,
) -> Result<(), StoreError> {
    let id = start(conn, run_id, at).await?;
    sqlx::query!(
        "UPDATE sync_runs AS s
         SET status = 'failed', finished_at = ?, reason = ?,
             (coverage_from, coverage_to, key_account_id, server_version, retention_days, session_minutes,
              key_expires_at) =
                 (SELECT p.coverage_from, p.coverage_to, p.key_account_id, p.server_version,
                         p.retention_days, p.session_minutes, p.key_expires_at
                  FROM sync_runs p WHERE p.id < s.id ORDER BY p.id DESC LIMIT 1)
         WHERE id = ?",
        at,
        reason,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes rows whose process is gone. Only the holder of the writer's lock may call it.
pub async fn close_killed(conn: &mut SqliteConnection, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sync_runs AS s
         SET status = 'interrupted', finished_at = ?, reason = 'the process was killed',
             (coverage_from, coverage_to, key_account_id) =
                 (SELECT p.coverage_from, p.coverage_to, coalesce(s.key_account_id, p.key_account_id)
                  FROM sync_runs p WHERE p.id < s.id AND p.status <> 'running'
                  ORDER BY p.id DESC LIMIT 1)
         WHERE status = 'running'",
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes what the portal said of itself and whose key is used.
pub async fn describe(
    conn: &mut SqliteConnection,
    id: i64,
    portal_time: Timestamp,
    key_account: AccountId,
    facts: &PortalFacts,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sync_runs SET portal_time = ?, key_account_id = ?, server_version = ?,
                retention_days = ?, session_minutes = ?, key_expires_at = ? WHERE id = ?",
        portal_time,
        key_account,
        facts.server_version,
        facts.retention_days,
        facts.session_minutes,
        facts.key_expires_at,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a pull.
pub async fn finish(conn: &mut SqliteConnection, id: i64, end: &SyncEnd) -> Result<(), StoreError> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (events, accounts, contractors, requests, retries) = (
        count(end.events_added),
        count(end.accounts_seen),
        count(end.contractors_seen),
        count(end.requests),
        count(end.retries),
    );
    let (from, to) = (end.coverage.map(|c| c.from), end.coverage.map(|c| c.to));
    sqlx::query!(
        "UPDATE sync_runs SET finished_at = ?, status = ?, reason = ?, events_added = ?,
                accounts_seen = ?, contractors_seen = ?, requests = ?, retries = ?,
                coverage_from = ?, coverage_to = ?
         WHERE id = ?",
        end.finished_at,
        end.status,
        end.reason,
        events,
        accounts,
        contractors,
        requests,
        retries,
        from,
        to,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest pull that has ended; evidence of one that still runs is not complete.
pub async fn newest_ended(conn: &mut SqliteConnection) -> Result<Option<SyncRow>, StoreError> {
    let id = sqlx::query_scalar!("SELECT max(id) FROM sync_runs WHERE status <> 'running'")
        .fetch_one(&mut *conn)
        .await?;
    match id {
        Some(id) => get(conn, id).await,
        None => Ok(None),
    }
}

/// The newest pulls, newest first, also one that runs.
pub async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<SyncRow>, StoreError> {
    let ids = sqlx::query_scalar!("SELECT id FROM sync_runs ORDER BY id DESC LIMIT ?", limit)
        .fetch_all(&mut *conn)
        .await?;
    each(conn, ids).await
}

/// Pulls that started in `[from, to)`, and pull `also`, in order.
pub async fn of_period(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
    also: Option<i64>,
) -> Result<Vec<SyncRow>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM sync_runs
           WHERE (started_at >= ? AND started_at < ?) OR id = ? ORDER BY id"#,
        from,
        to,
        also
    )
    .fetch_all(&mut *conn)
    .await?;
    each(conn, ids).await
}

async fn each(conn: &mut SqliteConnection, ids: Vec<i64>) -> Result<Vec<SyncRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(get(conn, id).await?);
    }
    Ok(rows)
}

/// One pull.
pub async fn get(conn: &mut SqliteConnection, id: i64) -> Result<Option<SyncRow>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id, run_id, started_at AS "started_at: Timestamp", finished_at AS "finished_at: Timestamp",
                  status AS "status: SyncStatus", reason, events_added, accounts_seen, contractors_seen,
                  requests, coverage_from AS "from: Timestamp", coverage_to AS "to: Timestamp",
                  portal_time AS "portal_time: Timestamp", key_account_id AS "key_account: AccountId",
                  server_version, retention_days AS "retention_days: u32",
                  session_minutes AS "session_minutes: u32",
                  key_expires_at AS "key_expires_at: Timestamp"
           FROM sync_runs WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| SyncRow {
        id: r.id,
        run_id: r.run_id,
        started_at: r.started_at,
        finished_at: r.finished_at,
        status: r.status,
        reason: r.reason,
        events_added: r.events_added,
        accounts_seen: r.accounts_seen,
        contractors_seen: r.contractors_seen,
        requests: r.requests,
        coverage: r.from.zip(r.to).map(|(from, to)| Coverage { from, to }),
        portal_time: r.portal_time,
        key_account: r.key_account,
        facts: PortalFacts {
            server_version: r.server_version,
            retention_days: r.retention_days,
            session_minutes: r.session_minutes,
            key_expires_at: r.key_expires_at,
        },
    }))
}
