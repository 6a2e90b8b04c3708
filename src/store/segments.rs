//! Intervals for which our copy of the login history is proven complete, and the holes between.

use serde_json::json;
use sqlx::SqliteConnection;

use crate::store::{
    StoreError,
    types::{Millis, json_column},
};
use crate::{
    domain::coverage::{Segment, SegmentEnd},
    time::Timestamp,
};

/// A stretch of the history that could not be read or proven, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hole {
    pub from: Timestamp,
    pub to: Timestamp,
    pub reason: String,
}

/// All segments, newest first.
pub async fn load(conn: &mut SqliteConnection) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT from_ms AS "from: Millis", to_ms AS "to: Millis", oldest_ms AS "oldest: Millis", tail,
                  reaches AS "below: SegmentEnd"
           FROM segments ORDER BY from_ms DESC"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Segment {
                from: r.from.0,
                to: r.to.0,
                oldest: r.oldest.0,
                tail: json_column("segments.tail", &r.tail)?,
                below: r.below,
            })
        })
        .collect()
}

/// Replaces all segments, in the transaction of the pages that prove them.
pub async fn replace(conn: &mut SqliteConnection, segments: &[Segment]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM segments").execute(&mut *conn).await?;
    for Segment { from, to, oldest, tail, below } in segments {
        let (from, to, oldest) = (Millis(*from), Millis(*to), Millis(*oldest));
        let tail = json!(tail).to_string();
        sqlx::query!(
            "INSERT INTO segments (from_ms, to_ms, oldest_ms, tail, reaches) VALUES (?, ?, ?, ?, ?)",
            from,
            to,
            oldest,
            tail,
            below
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// All holes, newest first.
pub async fn holes(conn: &mut SqliteConnection) -> Result<Vec<Hole>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT from_ms AS "from: Millis", to_ms AS "to: Millis", reason FROM holes
           ORDER BY from_ms DESC"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| Hole { from: r.from.0, to: r.to.0, reason: r.reason }).collect())
}

/// Adds a hole, or names a new reason for a known one.
pub async fn add_hole(
    conn: &mut SqliteConnection,
    hole: &Hole,
    sync_run: i64,
) -> Result<(), StoreError> {
    let (from, to) = (Millis(hole.from), Millis(hole.to));
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
pub async fn close_holes(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), StoreError> {
    let (from, to) = (Millis(from), Millis(to));
    sqlx::query!("DELETE FROM holes WHERE from_ms >= ? AND to_ms <= ?", from, to)
        .execute(conn)
        .await?;
    Ok(())
}
