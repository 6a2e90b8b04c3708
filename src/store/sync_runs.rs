//! Every pull of evidence from the portal. Only a complete one grants coverage; one that failed or
//! was killed carries what the run before it had.

use sqlx::SqliteConnection;

use crate::store::{StoreError, codec::Column};
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
    /// What is covered after it.
    pub coverage: Option<Coverage>,
}

/// What the portal says of itself, for reports and advice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalFacts {
    /// Version text.
    pub server_version: Option<String>,
    /// Days for which login events are kept.
    pub retention_days: Option<u32>,
    /// Minutes that a session can live.
    pub session_minutes: Option<u32>,
}

/// A pull as it is known now.
#[derive(Debug, Clone)]
pub struct SyncRow {
    /// Number.
    pub id: i64,
    /// The run that made it.
    pub run_id: i64,
    /// Start, by this machine's clock.
    pub started_at: Timestamp,
    /// End; none while running.
    pub finished_at: Option<Timestamp>,
    /// How far it has come.
    pub status: SyncStatus,
    /// Why it did not complete.
    pub reason: String,
    /// New login events.
    pub events_added: i64,
    /// Accounts in the population.
    pub contractors_seen: i64,
    /// Requests sent.
    pub requests: i64,
    /// What is covered after it.
    pub coverage: Option<Coverage>,
    /// The portal's clock at its start.
    pub portal_time: Option<Timestamp>,
    /// Account of the key used.
    pub key_account: Option<AccountId>,
    /// What the portal said of itself.
    pub facts: PortalFacts,
}

/// Writes the row of a pull that starts. Rows that a killed process left running are closed first,
/// with the coverage of the run before them.
///
/// # Errors
/// The store cannot be written.
pub async fn start(
    conn: &mut SqliteConnection,
    run_id: i64,
    at: Timestamp,
) -> Result<i64, StoreError> {
    close_killed(conn, at).await?;
    let at = at.to_string();
    let row = sqlx::query!(
        r#"INSERT INTO sync_runs (run_id, started_at, status, reason, events_added, accounts_seen,
                                  contractors_seen, requests, retries)
           VALUES (?, ?, 'running', '', 0, 0, 0, 0, 0) RETURNING id AS "id!""#,
        run_id,
        at
    )
    .fetch_one(conn)
    .await?;
    Ok(row.id)
}

/// Writes the row of a pull that could not even start; it has what the one before it had.
///
/// # Errors
/// The store cannot be written.
pub async fn refused(
    conn: &mut SqliteConnection,
    run_id: i64,
    at: Timestamp,
    reason: &str,
) -> Result<(), StoreError> {
    let id = start(conn, run_id, at).await?;
    let at = at.to_string();
    sqlx::query!(
        "UPDATE sync_runs AS s
         SET status = 'failed', finished_at = ?, reason = ?,
             (coverage_from, coverage_to, key_account_id, server_version, retention_days, session_minutes) =
                 (SELECT p.coverage_from, p.coverage_to, p.key_account_id, p.server_version,
                         p.retention_days, p.session_minutes
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
///
/// # Errors
/// The store cannot be written.
pub async fn close_killed(conn: &mut SqliteConnection, at: Timestamp) -> Result<(), StoreError> {
    let at = at.to_string();
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
///
/// # Errors
/// The store cannot be written.
pub async fn describe(
    conn: &mut SqliteConnection,
    id: i64,
    portal_time: Timestamp,
    key_account: AccountId,
    facts: &PortalFacts,
) -> Result<(), StoreError> {
    let (portal_time, key_account) = (portal_time.to_string(), key_account.to_string());
    sqlx::query!(
        "UPDATE sync_runs SET portal_time = ?, key_account_id = ?, server_version = ?,
                retention_days = ?, session_minutes = ? WHERE id = ?",
        portal_time,
        key_account,
        facts.server_version,
        facts.retention_days,
        facts.session_minutes,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a pull.
///
/// # Errors
/// The store cannot be written.
pub async fn finish(conn: &mut SqliteConnection, id: i64, end: &SyncEnd) -> Result<(), StoreError> {
    let finished_at = end.finished_at.to_string();
    let status = end.status.as_str();
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (events, accounts, contractors, requests, retries) = (
        count(end.events_added),
        count(end.accounts_seen),
        count(end.contractors_seen),
        count(end.requests),
        count(end.retries),
    );
    let from = end.coverage.map(|c| c.from.to_string());
    let to = end.coverage.map(|c| c.to.to_string());
    sqlx::query!(
        "UPDATE sync_runs SET finished_at = ?, status = ?, reason = ?, events_added = ?,
                accounts_seen = ?, contractors_seen = ?, requests = ?, retries = ?,
                coverage_from = ?, coverage_to = ?
         WHERE id = ?",
        finished_at,
        status,
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
///
/// # Errors
/// The store cannot be read.
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
///
/// # Errors
/// The store cannot be read.
pub async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<SyncRow>, StoreError> {
    let ids = sqlx::query_scalar!("SELECT id FROM sync_runs ORDER BY id DESC LIMIT ?", limit)
        .fetch_all(&mut *conn)
        .await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(get(conn, id).await?);
    }
    Ok(rows)
}

/// One pull.
///
/// # Errors
/// The store cannot be read.
pub async fn get(conn: &mut SqliteConnection, id: i64) -> Result<Option<SyncRow>, StoreError> {
    let row = sqlx::query!(
        "SELECT id, run_id, started_at, finished_at, status, reason, events_added, contractors_seen,
                requests, coverage_from, coverage_to, portal_time, key_account_id, server_version,
                retention_days, session_minutes
         FROM sync_runs WHERE id = ?",
        id
    )
    .fetch_optional(conn)
    .await?;
    let column = |name| Column("sync_runs", name);
    row.map(|r| {
        let from = column("coverage_from").time_opt(r.coverage_from.as_deref())?;
        let to = column("coverage_to").time_opt(r.coverage_to.as_deref())?;
        Ok(SyncRow {
            id: r.id,
            run_id: r.run_id,
            started_at: column("started_at").time(&r.started_at)?,
            finished_at: column("finished_at").time_opt(r.finished_at.as_deref())?,
            status: column("status").named(&r.status)?,
            reason: r.reason,
            events_added: r.events_added,
            contractors_seen: r.contractors_seen,
            requests: r.requests,
            coverage: from.zip(to).map(|(from, to)| Coverage { from, to }),
            portal_time: column("portal_time").time_opt(r.portal_time.as_deref())?,
            key_account: column("key_account_id").named_opt(r.key_account_id.as_deref())?,
            facts: PortalFacts {
                server_version: r.server_version,
                retention_days: r
                    .retention_days
                    .map(|n| column("retention_days").number(n))
                    .transpose()?,
                session_minutes: r
                    .session_minutes
                    .map(|n| column("session_minutes").number(n))
                    .transpose()?,
            },
        })
    })
    .transpose()
}
