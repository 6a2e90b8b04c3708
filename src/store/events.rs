//! Our copy of the portal's login history, and the newest sign of life of each account and class.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::domain::{
    account::AccountId,
    login::{EventClass, LoginEvent},
};
use crate::store::{StoreError, accounts::AccountKeys, types::Millis};
use crate::time::Timestamp;

/// Rows of one statement: sqlx pays per statement, SQLite takes 32,766 values at most.
const ROWS: usize = 500;

/// Stores events that are not known yet, with the newest of each account, in the transaction of the
/// caller. Returns how many were new.
pub async fn insert(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    events: &[LoginEvent],
) -> Result<u64, StoreError> {
    keys.add(conn, events.iter().map(|e| e.account)).await?;
    let mut added = 0;
    let mut stored: Vec<&LoginEvent> = Vec::with_capacity(events.len());
    for chunk in events.chunks(ROWS) {
        // The one statement not checked at build time: its length varies. Every test of `sync`
        // runs it.
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT OR IGNORE INTO events (event_id, account_pk, at_ms, listed_ms, action_code, \
             sync_run_id, ip, country, city, browser, platform) ",
        );
        insert.push_values(chunk, |mut row, e| {
            row.push_bind(e.id)
                .push_bind(keys.get(e.account))
                .push_bind(e.at.timestamp_millis())
                .push_bind(e.listed_at.map(|at| at.timestamp_millis()))
                .push_bind(e.code)
                .push_bind(sync_run)
                .push_bind(e.ip.as_deref())
                .push_bind(e.country.as_deref())
                .push_bind(e.city.as_deref())
                .push_bind(e.browser.as_deref())
                .push_bind(e.platform.as_deref());
        });
        let new = insert.build().execute(&mut *conn).await?.rows_affected();
        added += new;
        if new == chunk.len() as u64 {
            stored.extend(chunk);
        } else {
            stored.extend(as_stored(conn, keys, chunk).await?);
        }
    }
    raise_last(conn, keys, &stored).await?;
    Ok(added)
}

/// Those that are stored as they are. A known event keeps its first form: the portal may date it
/// otherwise when asked again, around a change of summer time.
async fn as_stored<'a>(
    conn: &mut SqliteConnection,
    keys: &AccountKeys,
    events: &'a [LoginEvent],
) -> Result<Vec<&'a LoginEvent>, StoreError> {
    let ids = json!(events.iter().map(|e| e.id).collect::<Vec<_>>()).to_string();
    let rows = sqlx::query!(
        "SELECT event_id, account_pk, at_ms, action_code FROM events
         WHERE event_id IN (SELECT value FROM json_each(?))",
        ids
    )
    .fetch_all(conn)
    .await?;
    let stored: HashSet<_> = rows
        .into_iter()
        .map(|r| (r.event_id, Some(r.account_pk), r.at_ms, r.action_code))
        .collect();
    let is_stored = |e: &&LoginEvent| {
        stored.contains(&(e.id, keys.get(e.account), e.at.timestamp_millis(), e.code))
    };
    Ok(events.iter().filter(is_stored).collect())
}

async fn raise_last(
    conn: &mut SqliteConnection,
    keys: &AccountKeys,
    events: &[&LoginEvent],
) -> Result<(), StoreError> {
    let mut newest: HashMap<(i64, EventClass), (i64, i64)> = HashMap::new();
    for e in events {
        let (class, seen) = (e.class(), (e.at.timestamp_millis(), e.id));
        if let (Some(pk), false) = (keys.get(e.account), class == EventClass::Failure) {
            newest.entry((pk, class)).and_modify(|s| *s = (*s).max(seen)).or_insert(seen);
        }
    }
    let rows: Vec<_> =
        newest.into_iter().map(|((pk, class), (at, id))| json!([pk, class, at, id])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO last_events (account_pk, class, at_ms, event_id)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
         ON CONFLICT (account_pk, class) DO UPDATE SET at_ms = excluded.at_ms, event_id = excluded.event_id
         WHERE (excluded.at_ms, excluded.event_id) > (at_ms, event_id)",
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the indexes away while the first events are read: filling them row by row costs as much as all
/// the rest. Commands that read meanwhile only take longer.
pub async fn postpone_indexes(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let none = sqlx::query_scalar!(r#"SELECT NOT EXISTS (SELECT 1 FROM events) AS "none!""#)
        .fetch_one(&mut *conn)
        .await?;
    if none == 1 {
        sqlx::query!("DROP INDEX IF EXISTS events_of_account").execute(&mut *conn).await?;
        sqlx::query!("DROP INDEX IF EXISTS events_as_listed").execute(conn).await?;
    }
    Ok(())
}

/// Builds the indexes where they are missing, also after a run that was killed. The words are those of the
/// newest migrations that make them.
pub async fn complete_indexes(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query!(
        "CREATE INDEX IF NOT EXISTS events_of_account ON events (account_pk, at_ms) WHERE class <> 'failure'"
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "CREATE INDEX IF NOT EXISTS events_as_listed ON events (coalesce(listed_ms, at_ms))"
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many stored events are not older than `ms`.
pub async fn count_since(conn: &mut SqliteConnection, ms: i64) -> Result<u64, StoreError> {
    let n = sqlx::query_scalar!(r#"SELECT count(*) AS "n: u64" FROM events WHERE at_ms >= ?"#, ms);
    Ok(n.fetch_one(conn).await?)
}

/// How many events are stored.
pub async fn total(conn: &mut SqliteConnection) -> Result<u64, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "n: u64" FROM events"#).fetch_one(conn).await?)
}

/// Ids of the oldest events that are not older than `ms`, oldest first.
pub async fn oldest_since(
    conn: &mut SqliteConnection,
    ms: i64,
    limit: u32,
) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT event_id FROM events WHERE at_ms >= ? ORDER BY at_ms LIMIT ?",
        ms,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// How many events are stored with a date in `[from, to]`.
pub async fn count_between(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<i64, StoreError> {
    let (from, to) = (Millis(from), Millis(to));
    let n =
        sqlx::query_scalar!("SELECT count(*) FROM events WHERE at_ms BETWEEN ? AND ?", from, to);
    Ok(n.fetch_one(conn).await?)
}

/// A stored event by which a page of the portal is recognized.
#[derive(Debug, Clone, Copy)]
pub struct StoredEvent {
    pub id: i64,
    pub account: AccountId,
    pub code: i64,
    pub at: Timestamp,
}

/// The events that the portal recorded last.
pub async fn newest(
    conn: &mut SqliteConnection,
    limit: u32,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.event_id, k.account_id AS "account: AccountId", e.action_code, e.at_ms AS "at: Millis"
           FROM events e JOIN account_keys k ON k.pk = e.account_pk
           ORDER BY e.event_id DESC LIMIT ?"#,
        limit
    )
    .fetch_all(conn)
    .await?;
    let event = rows.into_iter().map(|r| StoredEvent {
        id: r.event_id,
        account: r.account,
        code: r.action_code,
        at: r.at.0,
    });
    Ok(event.collect())
}
