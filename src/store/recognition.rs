//! Our copy as the portal lists it: what a sync needs to know again what it knew.

use serde_json::json;
use sqlx::SqliteConnection;

use crate::{
    domain::account::{AccountId, Status},
    store::{StoreError, types::Millis},
    time::Timestamp,
};

/// Ids of one question.
const IDS: usize = 5000;

/// A stored row, as far as the portal must show it unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedRow {
    pub(crate) id: i64,
    /// Key of its account in the store.
    pub(crate) account: i64,
    pub(crate) code: i64,
    pub(crate) at: Timestamp,
}

/// Those of `ids` that are stored.
pub(crate) async fn stored(
    conn: &mut SqliteConnection,
    ids: &[i64],
) -> Result<Vec<ListedRow>, StoreError> {
    let mut found = Vec::new();
    for ids in ids.chunks(IDS) {
        let ids = json!(ids).to_string();
        let rows = sqlx::query!(
            r#"SELECT event_id, account_pk, action_code, coalesce(listed_ms, at_ms) AS "at!: Millis"
               FROM events WHERE event_id IN (SELECT value FROM json_each(?))"#,
            ids
        )
        .fetch_all(&mut *conn)
        .await?;
        for row in rows {
            found.push(ListedRow {
                id: row.event_id,
                account: row.account_pk,
                code: row.action_code,
                at: row.at.0,
            });
        }
    }
    Ok(found)
}

/// Ids and places of the rows listed between two moments, both excluded, newest first.
pub(crate) async fn between(
    conn: &mut SqliteConnection,
    after: Timestamp,
    before: Timestamp,
) -> Result<Vec<(i64, Timestamp)>, StoreError> {
    let (after, before) = (Millis(after), Millis(before));
    let rows = sqlx::query!(
        r#"SELECT event_id, coalesce(listed_ms, at_ms) AS "at!: Millis" FROM events
           WHERE coalesce(listed_ms, at_ms) > ? AND coalesce(listed_ms, at_ms) < ?
           ORDER BY 2 DESC"#,
        after,
        before
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.event_id, row.at.0)).collect())
}

/// Place of the newest row that is not listed after `until`.
pub(crate) async fn newest_until(
    conn: &mut SqliteConnection,
    until: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let until = Millis(until);
    let found = sqlx::query_scalar!(
        r#"SELECT max(coalesce(listed_ms, at_ms)) AS "at: Millis" FROM events
           WHERE coalesce(listed_ms, at_ms) <= ?"#,
        until
    )
    .fetch_one(conn)
    .await?;
    Ok(found.map(|at| at.0))
}

/// Place of the oldest row that is not listed before `from`.
pub(crate) async fn oldest_since(
    conn: &mut SqliteConnection,
    from: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let from = Millis(from);
    let found = sqlx::query_scalar!(
        r#"SELECT min(coalesce(listed_ms, at_ms)) AS "at: Millis" FROM events
           WHERE coalesce(listed_ms, at_ms) >= ?"#,
        from
    )
    .fetch_one(conn)
    .await?;
    Ok(found.map(|at| at.0))
}

/// How many rows are not listed before `from`.
pub(crate) async fn count_since(
    conn: &mut SqliteConnection,
    from: Timestamp,
) -> Result<u64, StoreError> {
    let from = Millis(from);
    let count = sqlx::query_scalar!(
        "SELECT count(*) FROM events WHERE coalesce(listed_ms, at_ms) >= ?",
        from
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Accounts that the newest listing shows, with their status.
pub(crate) async fn present(
    conn: &mut SqliteConnection,
) -> Result<Vec<(AccountId, Status)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT account_id AS "id!: AccountId", status AS "status!: Status" FROM accounts
           WHERE presence = 'listed'"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.status)).collect())
}
