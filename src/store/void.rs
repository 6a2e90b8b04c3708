//! A new record for a portal that has lost a part of its past: what was learned of logins and the audit trail
//! is kept aside and proves nothing any more. Accounts, decisions and the history stay.

use sqlx::SqliteConnection;

use crate::{store::StoreError, time::Timestamp};

/// Takes login and audit evidence out of use, in the name of `sync_run`, which begins a new record.
pub(crate) async fn void_evidence(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO void_evidence (voided_by, source, content)
         SELECT ?1, 'events', json_object('event_id', event_id, 'account_pk', account_pk, 'at_ms', at_ms,
             'listed_ms', listed_ms, 'action_code', action_code, 'sync_run_id', sync_run_id, 'ip', ip,
             'country', country, 'city', city, 'browser', browser, 'platform', platform) FROM events
         UNION ALL
         SELECT ?1, 'checks', json_object('account_pk', account_pk, 'checked_at', checked_at,
             'event_id', event_id, 'event_at', event_at, 'action_code', action_code,
             'sync_run_id', sync_run_id) FROM checks
         UNION ALL
         SELECT ?1, 'key_uses', json_object('account_pk', account_pk, 'used_at', used_at,
             'sync_run_id', sync_run_id) FROM key_uses
         UNION ALL
         SELECT ?1, 'status_changes', json_object('event_id', event_id, 'account_pk', account_pk, 'at', at,
             'action_code', action_code, 'actor_id', actor_id, 'targets', targets,
             'sync_run_id', sync_run_id) FROM status_changes",
        sync_run
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM events").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM last_events").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM segments").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM holes").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM login_hours").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM trail_points").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM checks").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM key_uses").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM status_changes").execute(&mut *conn).await?;
    sqlx::query!("UPDATE sync_runs SET history_accepted = 1 WHERE id = ?", sync_run)
        .execute(conn)
        .await?;
    Ok(())
}

/// The run, not after `sync_run`, that began the record which counts then, and when.
pub(crate) async fn record_began(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Option<(i64, Timestamp)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!", coalesce(portal_time, started_at) AS "at!: Timestamp" FROM sync_runs
           WHERE history_accepted = 1 AND id <= ? ORDER BY id DESC LIMIT 1"#,
        sync_run
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.at)))
}
