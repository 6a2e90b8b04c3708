//! What a report asks beyond the other files: lists of a period, counts, the roster's files. Reads only.

use std::collections::{BTreeSet, HashMap};

use sqlx::SqliteConnection;

use crate::store::{
    StoreError,
    codec::Column,
    runs::RunRow,
    sync_runs::{self, SyncRow},
};
use crate::time::Timestamp;

/// A decision in a list.
#[derive(Debug, Clone)]
pub struct DecisionLine {
    /// Number.
    pub id: i64,
    /// How many accounts it found inactive.
    pub inactive: i64,
}

/// Decisions made in `[from, to)`, in order.
///
/// # Errors
/// The store cannot be read.
pub async fn decisions(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<DecisionLine>, StoreError> {
    let (from, to) = (from.to_string(), to.to_string());
    let rows = sqlx::query_as!(
        DecisionLine,
        r#"SELECT d.id AS "id!",
                  (SELECT count(*) FROM verdicts v
                   WHERE v.decision_id = d.id AND v.verdict = 'inactive') AS "inactive!: i64"
           FROM decisions d WHERE d.decided_at >= ? AND d.decided_at < ? ORDER BY d.id"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// When the current decision after `id` was made, if one was.
///
/// # Errors
/// The store cannot be read.
pub async fn next_current(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Option<Timestamp>, StoreError> {
    let at = sqlx::query_scalar!(
        r#"SELECT min(decided_at) AS "at: String" FROM decisions WHERE current = 1 AND id > ?"#,
        id
    )
    .fetch_one(conn)
    .await?;
    Column("decisions", "decided_at").time_opt(at.as_deref())
}

/// Runs that started in `[from, to)` or concern decision `decision`, in order; those of a decision
/// also where they started earlier or later.
///
/// # Errors
/// The store cannot be read.
pub async fn runs(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
    decision: Option<i64>,
) -> Result<Vec<RunRow>, StoreError> {
    let (from, to) = (from.to_string(), to.to_string());
    let rows = sqlx::query!(
        "SELECT id, command, started_at, finished_at, exit_code, decision_id, actor, overrides, detail
         FROM runs WHERE (started_at >= ? AND started_at < ?) OR decision_id = ? ORDER BY id",
        from,
        to,
        decision
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("runs", name);
    rows.into_iter()
        .map(|r| {
            Ok(RunRow {
                id: r.id,
                command: column("command").named(&r.command)?,
                started_at: column("started_at").time(&r.started_at)?,
                finished_at: column("finished_at").time_opt(r.finished_at.as_deref())?,
                exit_code: r.exit_code.map(|c| column("exit_code").number(c)).transpose()?,
                decision_id: r.decision_id,
                actor: r.actor,
                overrides: r.overrides,
                detail: r.detail,
            })
        })
        .collect()
}

/// A pull with the count that [`SyncRow`] leaves out.
#[derive(Debug, Clone)]
pub struct Pull {
    /// The pull.
    pub row: SyncRow,
    /// Distinct accounts listed.
    pub accounts_seen: i64,
}

/// Pulls that started in `[from, to)`, and pull `also`, in order.
///
/// # Errors
/// The store cannot be read.
pub async fn pulls(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
    also: Option<i64>,
) -> Result<Vec<Pull>, StoreError> {
    let (from, to) = (from.to_string(), to.to_string());
    let heads = sqlx::query!(
        r#"SELECT id AS "id!", accounts_seen FROM sync_runs
           WHERE (started_at >= ? AND started_at < ?) OR id = ? ORDER BY id"#,
        from,
        to,
        also
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut pulls = Vec::with_capacity(heads.len());
    for head in heads {
        if let Some(row) = sync_runs::get(conn, head.id).await? {
            pulls.push(Pull { row, accounts_seen: head.accounts_seen });
        }
    }
    Ok(pulls)
}

/// Login events stored in `[from, to]`.
///
/// # Errors
/// The store cannot be read.
pub async fn events_between(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<i64, StoreError> {
    let (from, to) = (from.timestamp_millis(), to.timestamp_millis());
    let n =
        sqlx::query_scalar!("SELECT count(*) FROM events WHERE at_ms BETWEEN ? AND ?", from, to)
            .fetch_one(conn)
            .await?;
    Ok(n)
}

/// The roster that counted for a pull.
#[derive(Debug, Clone)]
pub struct RosterHead {
    /// When it was given.
    pub at: Timestamp,
    /// Of the files as given.
    pub sha256: String,
    /// Files and their rows, in the order in which they were given.
    pub files: Vec<(String, i64)>,
}

/// The newest roster given by pull `sync_run`, if one was.
///
/// # Errors
/// The store cannot be read.
pub async fn roster(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Option<RosterHead>, StoreError> {
    let head = sqlx::query!(
        "SELECT sync_run_id, at, sha256 FROM rosters WHERE sync_run_id <= ? ORDER BY sync_run_id DESC
         LIMIT 1",
        sync_run
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let files = sqlx::query!(
        r#"SELECT file AS "file!", count(*) AS "rows!: i64" FROM roster_rows WHERE sync_run_id = ?
           GROUP BY file ORDER BY min(place)"#,
        head.sync_run_id
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(RosterHead {
        at: Column("rosters", "at").time(&head.at)?,
        sha256: head.sha256,
        files: files.into_iter().map(|f| (f.file, f.rows)).collect(),
    }))
}

/// Addresses of these accounts as last seen.
///
/// # Errors
/// The store cannot be read.
pub async fn emails(
    conn: &mut SqliteConnection,
    ids: impl Iterator<Item = &String>,
) -> Result<HashMap<String, String>, StoreError> {
    let ids: BTreeSet<&String> = ids.collect();
    let ids = serde_json::json!(ids).to_string();
    let rows = sqlx::query!(
        "SELECT account_id, email FROM accounts WHERE account_id IN (SELECT value FROM json_each(?))",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.account_id, r.email)).collect())
}
