//! Who ran what, and every pull of evidence. A row is written at its start and finished once.

use sqlx::SqliteConnection;

use crate::store::{StoreError, codec::Column};
use crate::{domain::account::named, time::Timestamp};

named! {
    /// A command that changes the store.
    Command { Sync = "sync", Decide = "decide", Apply = "apply", Restore = "restore" }
}

/// A run as it starts.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What was asked for.
    pub command: Command,
    /// This machine's clock.
    pub started_at: Timestamp,
    /// Operating system user and host.
    pub actor: String,
    /// One-shot flags, as typed.
    pub overrides: String,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// This machine's clock.
    pub finished_at: Timestamp,
    /// What the process will exit with.
    pub exit_code: u8,
    /// The decision made or acted on.
    pub decision_id: Option<i64>,
    /// What came of it, in words.
    pub detail: String,
}

/// A run as it is shown.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RunRow {
    /// Number.
    pub id: i64,
    /// What was asked for.
    pub command: Command,
    /// Start, by this machine's clock.
    pub started_at: Timestamp,
    /// End; none while it runs, or where it was killed.
    pub finished_at: Option<Timestamp>,
    /// Exit code; none as above.
    pub exit_code: Option<u8>,
    /// The decision made or acted on.
    pub decision_id: Option<i64>,
    /// Operating system user and host.
    pub actor: String,
    /// One-shot flags.
    pub overrides: String,
    /// What came of it.
    pub detail: String,
}

/// Writes the row of a run that starts.
///
/// # Errors
/// The store cannot be written.
pub async fn start(conn: &mut SqliteConnection, run: &NewRun) -> Result<i64, StoreError> {
    let (command, started_at) = (run.command.as_str(), run.started_at.to_string());
    let row = sqlx::query!(
        r#"INSERT INTO runs (id, command, started_at, actor, overrides, detail)
           SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, '' FROM runs
           RETURNING id AS "id!""#,
        command,
        started_at,
        run.actor,
        run.overrides
    )
    .fetch_one(conn)
    .await?;
    Ok(row.id)
}

/// Finishes it; a finished run is never changed again.
///
/// # Errors
/// The store cannot be written.
pub async fn finish(conn: &mut SqliteConnection, id: i64, end: &RunEnd) -> Result<(), StoreError> {
    let finished_at = end.finished_at.to_string();
    sqlx::query!(
        "UPDATE runs SET finished_at = ?, exit_code = ?, decision_id = ?, detail = ? WHERE id = ?",
        finished_at,
        end.exit_code,
        end.decision_id,
        end.detail,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest runs, newest first.
///
/// # Errors
/// The store cannot be read.
pub async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<RunRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, command, started_at, finished_at, exit_code, decision_id, actor, overrides, detail
         FROM runs ORDER BY id DESC LIMIT ?",
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(RunRow {
                id: r.id,
                command: Column("runs", "command").named(&r.command)?,
                started_at: Column("runs", "started_at").time(&r.started_at)?,
                finished_at: Column("runs", "finished_at").time_opt(r.finished_at.as_deref())?,
                exit_code: r
                    .exit_code
                    .map(|c| Column("runs", "exit_code").number(c))
                    .transpose()?,
                decision_id: r.decision_id,
                actor: r.actor,
                overrides: r.overrides,
                detail: r.detail,
            })
        })
        .collect()
}
