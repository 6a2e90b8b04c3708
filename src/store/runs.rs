//! Who ran what. A row is written at its start and finished once.

use sqlx::SqliteConnection;

use crate::store::{StoreError, types::text_columns};
use crate::{domain::account::named, time::Timestamp};

named! {
    /// A command that changes the store.
    Command {
        Sync = "sync",
        Decide = "decide",
        Apply = "apply",
        Restore = "restore",
        Notify = "notify",
        Acknowledge = "acknowledge",
    }
}

text_columns! { Command as "command" }

/// A run as it starts.
#[derive(Debug, Clone)]
pub struct NewRun {
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
    pub id: i64,
    pub command: Command,
    /// This machine's clock.
    pub started_at: Timestamp,
    /// None while it runs, or where it was killed.
    pub finished_at: Option<Timestamp>,
    /// None as above.
    pub exit_code: Option<u8>,
    /// The decision made or acted on.
    pub decision_id: Option<i64>,
    /// Operating system user and host.
    pub actor: String,
    /// One-shot flags, as typed.
    pub overrides: String,
    /// What came of it, in words.
    pub detail: String,
}

/// The runs of one command, summed up.
#[derive(Debug, Clone)]
pub struct CommandRuns {
    pub command: Command,
    /// This machine's clock. Inactive accounts found by `decide --check` are a success.
    pub succeeded_at: Option<Timestamp>,
    /// Of the newest run that ended.
    pub exit_code: Option<u8>,
}

/// Writes the row of a run that starts. Returns its number.
pub async fn start(conn: &mut SqliteConnection, run: &NewRun) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO runs (id, command, started_at, actor, overrides, detail)
           SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, '' FROM runs
           RETURNING id AS "id!""#,
        run.command,
        run.started_at,
        run.actor,
        run.overrides
    )
    .fetch_one(conn)
    .await?)
}

/// Finishes it; a finished run is never changed again.
pub async fn finish(conn: &mut SqliteConnection, id: i64, end: &RunEnd) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE runs SET finished_at = ?, exit_code = ?, decision_id = ?, detail = ? WHERE id = ?",
        end.finished_at,
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
pub async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<RunRow>, StoreError> {
    Ok(sqlx::query_as!(
        RunRow,
        r#"SELECT id, command AS "command: Command", started_at AS "started_at: Timestamp",
                  finished_at AS "finished_at: Timestamp", exit_code AS "exit_code: u8", decision_id,
                  actor, overrides, detail
           FROM runs ORDER BY id DESC LIMIT ?"#,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// How each command that was ever run last ended.
pub async fn by_command(conn: &mut SqliteConnection) -> Result<Vec<CommandRuns>, StoreError> {
    Ok(sqlx::query_as!(
        CommandRuns,
        r#"SELECT r.command AS "command: Command",
                  max(r.finished_at) FILTER (WHERE r.exit_code IN (0, 10)) AS "succeeded_at: Timestamp",
                  (SELECT n.exit_code FROM runs n
                   WHERE n.command = r.command AND n.exit_code IS NOT NULL
                   ORDER BY n.id DESC LIMIT 1) AS "exit_code: u8"
           FROM runs r GROUP BY r.command ORDER BY r.command"#
    )
    .fetch_all(conn)
    .await?)
}

/// Runs that started in `[from, to)` or concern decision `decision`, in order; those of a decision
/// also where they started earlier or later.
pub async fn of_period(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
    decision: Option<i64>,
) -> Result<Vec<RunRow>, StoreError> {
    Ok(sqlx::query_as!(
        RunRow,
        r#"SELECT id, command AS "command: Command", started_at AS "started_at: Timestamp",
                  finished_at AS "finished_at: Timestamp", exit_code AS "exit_code: u8", decision_id,
                  actor, overrides, detail
           FROM runs WHERE (started_at >= ? AND started_at < ?) OR decision_id = ? ORDER BY id"#,
        from,
        to,
        decision
    )
    .fetch_all(conn)
    .await?)
}
