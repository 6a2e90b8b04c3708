//! Signs of life and how recently they were looked for, of all accounts or of one.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::{Dated, Span, note};
use crate::{
    domain::{
        evidence::{Activity, Source},
        login::{EventClass, class_of},
        time::Instant,
    },
    store::{StoreError, codec::Column},
};

/// The newest activity of each account from any source.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: &Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let mut activity = last_logins(conn, run, dated, span).await?;
    for (pk, seen) in audited(conn, run, dated, span).await? {
        note(&mut activity, pk, seen);
    }
    for (pk, seen) in key_uses(conn, run, dated, span).await? {
        note(&mut activity, pk, seen);
    }
    Ok(activity)
}

/// Newest login event of each account that is no failure. Where nothing newer was learned and no
/// bound is set, the table kept for this answers at once; otherwise the index is walked.
async fn last_logins(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: &Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let newest = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "id!: i64" FROM sync_runs"#)
        .fetch_one(&mut *conn)
        .await?;
    if dated == Dated::Any && newest == run {
        kept_logins(conn, span).await
    } else {
        indexed_logins(conn, run, dated, span).await
    }
}

async fn kept_logins(
    conn: &mut SqliteConnection,
    span: &Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let rows = sqlx::query!(
        "SELECT account_pk, class, at_ms, event_id FROM last_events WHERE account_pk BETWEEN ? AND ?",
        span.pk.0,
        span.pk.1
    )
    .fetch_all(conn)
    .await?;
    let mut activity = HashMap::with_capacity(rows.len());
    for r in rows {
        let class: EventClass = Column("last_events", "class").named(&r.class)?;
        let at = Column("last_events", "at_ms").millis(r.at_ms)?;
        if let Some(source) = Source::of(class) {
            note(&mut activity, r.account_pk, Activity { at, source, event_id: Some(r.event_id) });
        }
    }
    Ok(activity)
}

async fn indexed_logins(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: &Span,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let bound = dated.millis();
    // The condition on action_code is that of the partial index, word for word. Ties are broken as
    // in Activity::newer: the stronger source, then the higher id.
    let rows = sqlx::query!(
        r#"SELECT e.account_pk, e.event_id, e.at_ms, e.action_code
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
        span.pk.0,
        span.pk.1
    )
    .fetch_all(conn)
    .await?;
    let mut activity = HashMap::with_capacity(rows.len());
    for r in rows {
        let at = Column("events", "at_ms").millis(r.at_ms)?;
        if let Some(source) = Source::of(class_of(r.action_code)) {
            note(&mut activity, r.account_pk, Activity { at, source, event_id: Some(r.event_id) });
        }
    }
    Ok(activity)
}

async fn audited(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: &Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = dated.text();
    // The other columns are those of the row that has the maximum.
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(event_at || '/' || printf('%020d', event_id)) AS "newest!: String",
                  event_at AS "event_at!", event_id AS "event_id!"
           FROM checks
           WHERE event_at <= ? AND sync_run_id <= ? AND account_pk BETWEEN ? AND ?
           GROUP BY account_pk"#,
        bound,
        run,
        span.pk.0,
        span.pk.1
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let at = Column("checks", "event_at").time(&r.event_at)?;
            Ok((r.account_pk, Activity { at, source: Source::Audit, event_id: Some(r.event_id) }))
        })
        .collect()
}

async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: &Span,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(used_at) AS "used_at!: String" FROM key_uses
           WHERE used_at <= ? AND sync_run_id <= ? AND account_pk BETWEEN ? AND ?
           GROUP BY account_pk"#,
        bound,
        run,
        span.pk.0,
        span.pk.1
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
    span: &Span,
) -> Result<HashMap<i64, Instant>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(checked_at) AS "checked_at!: String" FROM checks
           WHERE (event_at IS NULL OR event_at <= ?) AND sync_run_id <= ? AND account_pk BETWEEN ? AND ?
           GROUP BY account_pk"#,
        bound,
        run,
        span.pk.0,
        span.pk.1
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| Ok((r.account_pk, Column("checks", "checked_at").time(&r.checked_at)?)))
        .collect()
}
