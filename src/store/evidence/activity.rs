//! Signs of life and how recently they were looked for.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::store::evidence::{Dated, Generation, Span, packed::unpack};
use crate::{
    domain::{
        evidence::{Activity, Source},
        login::{EventClass, class_of},
    },
    store::{StoreError, codec::Column},
    time::Timestamp,
};

/// Where the newest login event of an account is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Logins {
    /// In the table kept for this: nothing newer was learned, and no bound is set.
    Kept,
    /// By the index, back from the bound.
    Indexed,
}

impl Logins {
    pub(super) async fn of(
        conn: &mut SqliteConnection,
        generation: &Generation,
        dated: Dated,
    ) -> Result<Self, StoreError> {
        let newest =
            sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "id!: i64" FROM sync_runs"#)
                .fetch_one(conn)
                .await?;
        let is_newest = newest == generation.sync_run.id;
        Ok(if dated == Dated::Any && is_newest { Self::Kept } else { Self::Indexed })
    }
}

/// The newest activity of each account from any source.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
    logins: Logins,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let mut activity = match logins {
        Logins::Kept => kept_logins(conn, span).await?,
        Logins::Indexed => indexed_logins(conn, run, dated, span).await?,
    };
    let mut note = |pk: i64, seen: Activity| {
        activity.entry(pk).and_modify(|known| *known = known.newer(seen)).or_insert(seen);
    };
    for (pk, seen) in audited(conn, run, dated, span).await? {
        note(pk, seen);
    }
    for (pk, seen) in key_uses(conn, run, dated, span).await? {
        note(pk, seen);
    }
    Ok(activity)
}

async fn kept_logins(
    conn: &mut SqliteConnection,
    span: Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    #[derive(Deserialize)]
    struct Kept<'a>(i64, &'a str, i64, i64, #[expect(dead_code, reason = "chose the row")] i64);
    // Ordered as in Activity::newer: the newest, of two at the same moment the stronger source. The
    // other columns are those of the row that has the maximum.
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, class, at_ms, event_id, newest)) AS "rows!: String"
           FROM (SELECT account_pk, class, at_ms, event_id,
                        max(at_ms * 4 + CASE class WHEN 'login' THEN 2 WHEN 'presence' THEN 1 ELSE 0 END) AS newest
                 FROM last_events WHERE account_pk BETWEEN ? AND ? GROUP BY account_pk)"#,
        span.0,
        span.1
    )
    .fetch_one(conn)
    .await?;
    let column = |name| Column("last_events", name);
    let rows: Vec<Kept<'_>> = unpack("last_events", &rows)?;
    let mut activity = HashMap::with_capacity(rows.len());
    for Kept(pk, class, at_ms, event_id, _) in rows {
        let class: EventClass = column("class").named(class)?;
        let at = column("at_ms").millis(at_ms)?;
        if let Some(source) = Source::of(class) {
            activity.insert(pk, Activity { at, source, event_id: Some(event_id) });
        }
    }
    Ok(activity)
}

async fn indexed_logins(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let bound = dated.millis();
    // The condition on action_code is that of the partial index, word for word. Ties are broken as
    // in Activity::newer: the stronger source, then the higher id.
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(e.account_pk, e.event_id, e.at_ms, e.action_code)) AS "rows!: String"
           FROM account_keys k JOIN events e ON e.event_id = (
               SELECT x.event_id FROM events x
               WHERE x.account_pk = k.pk
                 AND action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026)
                 AND x.at_ms <= ? AND x.sync_run_id <= ?
               ORDER BY x.at_ms DESC,
                        CASE WHEN x.action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 0
                             WHEN x.action_code IN (1006, 1016, 1017) THEN 1 ELSE 2 END,
                        x.event_id DESC
               LIMIT 1)
           WHERE k.first_seen_at IS NOT NULL AND k.pk BETWEEN ? AND ?"#,
        bound,
        run,
        span.0,
        span.1
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<(i64, i64, i64, i64)> = unpack("events", &rows)?;
    let mut activity = HashMap::with_capacity(rows.len());
    for (pk, event_id, at_ms, code) in rows {
        let at = Column("events", "at_ms").millis(at_ms)?;
        if let Some(source) = Source::of(class_of(code)) {
            activity.insert(pk, Activity { at, source, event_id: Some(event_id) });
        }
    }
    Ok(activity)
}

async fn audited(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    #[derive(Deserialize)]
    struct Audited<'a>(i64, &'a str, i64, #[expect(dead_code, reason = "chose the row")] &'a str);
    let bound = dated.text();
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, event_at, event_id, newest)) AS "rows!: String"
           FROM (SELECT account_pk, event_at, event_id,
                        max(event_at || '/' || printf('%020d', event_id)) AS newest
                 FROM checks
                 WHERE account_pk BETWEEN ? AND ? AND event_at <= ? AND sync_run_id <= ?
                 GROUP BY account_pk)"#,
        span.0,
        span.1,
        bound,
        run
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<Audited<'_>> = unpack("checks", &rows)?;
    rows.into_iter()
        .map(|Audited(pk, at, event_id, _)| {
            let at = Column("checks", "event_at").time(at)?;
            Ok((pk, Activity { at, source: Source::Audit, event_id: Some(event_id) }))
        })
        .collect()
}

async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(used_at) AS "used_at!: String" FROM key_uses
           WHERE account_pk BETWEEN ? AND ? AND used_at <= ? AND sync_run_id <= ?
           GROUP BY account_pk"#,
        span.0,
        span.1,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let at = Column("key_uses", "used_at").time(&r.used_at)?;
            Ok((r.account_pk, Activity { at, source: Source::ApiKey, event_id: None }))
        })
        .collect()
}

/// When the audit trail was last asked about each account. A check whose newest action is later than
/// the bound says nothing about the time up to it.
pub(super) async fn checked(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
) -> Result<HashMap<i64, Timestamp>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, checked_at)) AS "rows!: String"
           FROM (SELECT account_pk, max(checked_at) AS checked_at FROM checks
                 WHERE account_pk BETWEEN ? AND ? AND (event_at IS NULL OR event_at <= ?)
                   AND sync_run_id <= ?
                 GROUP BY account_pk)"#,
        span.0,
        span.1,
        bound,
        run
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<(i64, &str)> = unpack("checks", &rows)?;
    rows.into_iter().map(|(pk, at)| Ok((pk, Column("checks", "checked_at").time(at)?))).collect()
}
