//! Intervals for which our copy of the login history is proven complete, and the holes between.

use sqlx::SqliteConnection;

use crate::store::{StoreError, codec::Column};
use crate::{
    domain::coverage::{Reach, Segment},
    time::Timestamp,
};

/// A stretch of the history that could not be read or proven.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hole {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
    /// Why.
    pub reason: String,
}

/// All segments, newest first.
///
/// # Errors
/// The store cannot be read.
pub async fn load(conn: &mut SqliteConnection) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query!(
        "SELECT from_ms, to_ms, oldest_ms, tail, reaches FROM segments ORDER BY from_ms DESC"
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("segments", name);
    rows.into_iter()
        .map(|r| {
            let tail = serde_json::from_str(&r.tail).map_err(|_| StoreError::Inconsistent {
                table: "segments",
                column: "tail",
                value: r.tail.clone(),
            })?;
            Ok(Segment {
                from: column("from_ms").millis(r.from_ms)?,
                to: column("to_ms").millis(r.to_ms)?,
                oldest: column("oldest_ms").millis(r.oldest_ms)?,
                tail,
                reach: column("reaches").named::<Reach>(&r.reaches)?,
            })
        })
        .collect()
}

/// Replaces all segments, in the transaction of the pages that prove them.
///
/// # Errors
/// The store cannot be written.
pub async fn replace(conn: &mut SqliteConnection, segments: &[Segment]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM segments").execute(&mut *conn).await?;
    for s in segments {
        let (from, to, oldest) =
            (s.from.timestamp_millis(), s.to.timestamp_millis(), s.oldest.timestamp_millis());
        let (tail, reach) = (serde_json::json!(s.tail).to_string(), s.reach.as_str());
        sqlx::query!(
            "INSERT INTO segments (from_ms, to_ms, oldest_ms, tail, reaches) VALUES (?, ?, ?, ?, ?)",
            from,
            to,
            oldest,
            tail,
            reach
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// All holes, newest first.
///
/// # Errors
/// The store cannot be read.
pub async fn holes(conn: &mut SqliteConnection) -> Result<Vec<Hole>, StoreError> {
    let rows = sqlx::query!("SELECT from_ms, to_ms, reason FROM holes ORDER BY from_ms DESC")
        .fetch_all(conn)
        .await?;
    let column = |name| Column("holes", name);
    rows.into_iter()
        .map(|r| {
            Ok(Hole {
                from: column("from_ms").millis(r.from_ms)?,
                to: column("to_ms").millis(r.to_ms)?,
                reason: r.reason,
            })
        })
        .collect()
}

/// Adds a hole, or names a new reason for a known one.
///
/// # Errors
/// The store cannot be written.
pub async fn add_hole(
    conn: &mut SqliteConnection,
    hole: &Hole,
    sync_run: i64,
) -> Result<(), StoreError> {
    let (from, to) = (hole.from.timestamp_millis(), hole.to.timestamp_millis());
    sqlx::query!(
        "INSERT INTO holes (from_ms, to_ms, reason, sync_run_id) VALUES (?, ?, ?, ?)
         ON CONFLICT (from_ms, to_ms) DO UPDATE SET reason = excluded.reason, sync_run_id = excluded.sync_run_id",
        from,
        to,
        hole.reason,
        sync_run
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the holes that a proven interval has closed.
///
/// # Errors
/// The store cannot be written.
pub async fn close_holes(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), StoreError> {
    let (from, to) = (from.timestamp_millis(), to.timestamp_millis());
    sqlx::query!("DELETE FROM holes WHERE from_ms >= ? AND to_ms <= ?", from, to)
        .execute(conn)
        .await?;
    Ok(())
}
