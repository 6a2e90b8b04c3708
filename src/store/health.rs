//! Is the file whole? SQLite's own checks, read only.

use sqlx::SqliteConnection;

use crate::store::StoreError;

/// What `PRAGMA integrity_check` finds; empty where the file is whole.
///
/// # Errors
/// The file cannot be read at all.
pub async fn integrity(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    // Not checked at build time: macros know no PRAGMA.
    let said: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(conn).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

/// How many rows refer to rows that are not there.
///
/// # Errors
/// The file cannot be read.
pub async fn dangling(conn: &mut SqliteConnection) -> Result<usize, StoreError> {
    let rows = sqlx::query("PRAGMA foreign_key_check").fetch_all(conn).await?;
    Ok(rows.len())
}
