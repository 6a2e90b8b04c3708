//! Signs of life and how recently they were looked for.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::store::{
    StoreError,
    accounts::Span,
    evidence::{AsOfBound, Snapshot},
    types::{Millis, json_rows},
};
use crate::{
    domain::{
        evidence::{Activity, Source},
        login::EventClass,
    },
    time::Timestamp,
};

/// Where the newest login event of an account is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum LoginSource {
    /// In the table kept for this: nothing newer was learned, and no bound is set.
    Kept,
    /// By the index, back from the bound.
    Indexed,
}

impl LoginSource {
    pub(super) async fn of(
        conn: &mut SqliteConnection,
        snapshot: &Snapshot,
        bound: AsOfBound,
    ) -> Result<Self, StoreError> {
        let newest = sqlx::query_scalar!("SELECT max(id) FROM sync_runs").fetch_one(conn).await?;
        let is_newest = newest == Some(snapshot.sync_run.id);
        Ok(if bound == AsOfBound::None && is_newest { Self::Kept } else { Self::Indexed })
    }
}

/// The newest activity of each account from any source.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
    logins: LoginSource,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let mut activity = match logins {
        LoginSource::Kept => kept_logins(conn, span).await?,
        LoginSource::Indexed => indexed_logins(conn, run, bound, span).await?,
    };
    let audited = audited(conn, run, bound, span).await?;
    let used = key_uses(conn, run, bound, span).await?;
    for (pk, seen) in audited.into_iter().chain(used) {
        activity.entry(pk).and_modify(|known| *known = known.newer(seen)).or_insert(seen);
    }
    Ok(activity)
}

#[derive(Deserialize)]
struct NewestLogin {
    pk: i64,
    class: EventClass,
    at: Millis,
    event_id: i64,
}

fn by_account(rows: Vec<NewestLogin>) -> HashMap<i64, Activity> {
    let activity = |NewestLogin { pk, class, at, event_id }| {
        let source = Source::of(class)?;
        Some((pk, Activity { at: at.0, source, event_id: Some(event_id) }))
    };
    rows.into_iter().filter_map(activity).collect()
}

async fn kept_logins(
    conn: &mut SqliteConnection,
    span: Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    // Ordered as in Activity::newer: the newest, of two at the same moment the stronger source. The
    // other columns are those of the row that has the maximum.
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, class, at_ms, event_id)) AS "rows!: String"
           FROM (SELECT account_pk, class, at_ms, event_id,
                        max(at_ms * 4 + CASE class WHEN 'login' THEN 2 WHEN 'presence' THEN 1 ELSE 0 END)
                 FROM last_events WHERE account_pk BETWEEN ? AND ? GROUP BY account_pk)"#,
        span.first,
        span.last
    )
    .fetch_one(conn)
    .await?;
    Ok(by_account(json_rows("last_events", &rows)?))
}

async fn indexed_logins(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let bound = bound.millis();
    // The condition on class is that of the partial index, word for word. Ties are broken as in
    // Activity::newer: the stronger source, then the higher id.
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(e.account_pk, e.class, e.at_ms, e.event_id)) AS "rows!: String"
           FROM account_keys k JOIN events e ON e.event_id = (
               SELECT x.event_id FROM events x
               WHERE x.account_pk = k.pk AND x.class <> 'failure' AND x.at_ms <= ? AND x.sync_run_id <= ?
               ORDER BY x.at_ms DESC,
                        CASE x.class WHEN 'login' THEN 0 WHEN 'presence' THEN 1 ELSE 2 END,
                        x.event_id DESC
               LIMIT 1)
           WHERE k.first_seen_at IS NOT NULL AND k.pk BETWEEN ? AND ?"#,
        bound,
        run,
        span.first,
        span.last
    )
    .fetch_one(conn)
    .await?;
    Ok(by_account(json_rows("events", &rows)?))
}

async fn audited(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, event_at, event_id)) AS "rows!: String"
           FROM (SELECT account_pk, event_at, event_id, max(event_at || '/' || printf('%020d', event_id))
                 FROM checks
                 WHERE account_pk BETWEEN ? AND ? AND event_at <= ? AND sync_run_id <= ?
                 GROUP BY account_pk)"#,
        span.first,
        span.last,
        bound,
        run
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<(i64, Timestamp, i64)> = json_rows("checks", &rows)?;
    let activity = |(pk, at, id)| (pk, Activity { at, source: Source::Audit, event_id: Some(id) });
    Ok(rows.into_iter().map(activity).collect())
}

async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "pk!", max(used_at) AS "at!: Timestamp" FROM key_uses
           WHERE account_pk BETWEEN ? AND ? AND used_at <= ? AND sync_run_id <= ?
           GROUP BY account_pk"#,
        span.first,
        span.last,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let activity = |pk, at| (pk, Activity { at, source: Source::ApiKey, event_id: None });
    Ok(rows.into_iter().map(|r| activity(r.pk, r.at)).collect())
}

/// When the audit trail was last asked about each account. A check whose newest action is later than
/// the bound says nothing about the time up to it.
pub(super) async fn checked(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    span: Span,
) -> Result<HashMap<i64, Timestamp>, StoreError> {
    let bound = bound.text();
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, checked_at)) AS "rows!: String"
           FROM (SELECT account_pk, max(checked_at) AS checked_at FROM checks
                 WHERE account_pk BETWEEN ? AND ? AND (event_at IS NULL OR event_at <= ?)
                   AND sync_run_id <= ?
                 GROUP BY account_pk)"#,
        span.first,
        span.last,
        bound,
        run
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<(i64, Timestamp)> = json_rows("checks", &rows)?;
    Ok(rows.into_iter().collect())
}
