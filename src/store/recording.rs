//! What a sync run proved of the login history, and how many rows the portal writes by the hour: the facts
//! that coverage is derived from, each as one run knew them.

use serde_json::json;
use sqlx::SqliteConnection;

use crate::{
    domain::{account::AccountId, coverage::Coverage, recorded::Recorded, silence::HourOfRows},
    store::{StoreError, accounts::AccountKeys, types::Millis},
    time::Timestamp,
};

/// What a run proved.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The newest stretch whose rows are all stored.
    pub proven: Coverage,
    /// How far back the portal showed it again; none where all of it was read at once.
    pub whole_from: Option<Timestamp>,
    /// The portal's time zone, as it names it.
    pub timezone: Option<String>,
    /// Since when the audit trail was looked through.
    pub trail_from: Timestamp,
}

/// Files what a run proved.
pub async fn prove(
    conn: &mut SqliteConnection,
    sync_run: i64,
    proof: &Proof,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sync_runs SET proven_from = ?, proven_to = ?, whole_from = ?, timezone = ?, trail_from = ?
         WHERE id = ?",
        proof.proven.from,
        proof.proven.to,
        proof.whole_from,
        proof.timezone,
        proof.trail_from,
        sync_run
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How far back the last run that proved something was shown whole.
pub async fn last_whole_from(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, StoreError> {
    let from = sqlx::query_scalar!(
        r#"SELECT coalesce(whole_from, proven_from) AS "from!: Timestamp" FROM sync_runs
           WHERE proven_from IS NOT NULL
             AND id >= (SELECT coalesce(max(id), 0) FROM sync_runs WHERE history_accepted = 1)
           ORDER BY id DESC LIMIT 1"#
    );
    Ok(from.fetch_optional(conn).await?)
}

/// What was known of the recording after `sync_run`: that of the newest run up to it that proved
/// something. `None` where these runs are of a release that knew coverage alone.
pub async fn recorded(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Option<Recorded>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!", proven_from AS "proven_from!: Timestamp",
                  proven_to AS "proven_to!: Timestamp", whole_from AS "whole_from: Timestamp",
                  timezone, trail_from AS "trail_from: Timestamp", portal_time AS "portal_time!: Timestamp"
           FROM sync_runs
           WHERE id <= ? AND proven_from IS NOT NULL AND proven_to IS NOT NULL AND portal_time IS NOT NULL
           ORDER BY id DESC LIMIT 1"#,
        sync_run
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Recorded {
        proven: Coverage { from: row.proven_from, to: row.proven_to },
        whole_from: row.whole_from,
        // A zone that this release does not know moves the edges of weekends by hours at most.
        zone: row.timezone.and_then(|name| name.parse().ok()).unwrap_or(chrono_tz::UTC),
        hours: hours(conn, row.id, row.portal_time).await?,
        acted: acted(conn, row.id).await?,
        trail_from: row.trail_from,
        now: row.portal_time,
    }))
}

/// Since when the audit trail was looked through by the last run that proved something in the record that
/// counts.
pub(crate) async fn last_trail_from(
    conn: &mut SqliteConnection,
) -> Result<Option<Timestamp>, StoreError> {
    let from = sqlx::query_scalar!(
        r#"SELECT trail_from AS "from: Timestamp" FROM sync_runs
           WHERE proven_from IS NOT NULL
             AND id >= (SELECT coalesce(max(id), 0) FROM sync_runs WHERE history_accepted = 1)
           ORDER BY id DESC LIMIT 1"#
    );
    Ok(from.fetch_optional(conn).await?.flatten())
}

/// A row of the audit trail that is not by the key's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TrailRow {
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: AccountId,
}

/// Stores those that no run has stored yet.
pub(crate) async fn add_trail_rows(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    rows: &[TrailRow],
) -> Result<(), StoreError> {
    keys.add(conn, rows.iter().map(|row| row.actor)).await?;
    let rows: Vec<_> =
        rows.iter().map(|row| json!([row.id, row.at, keys.get(row.actor)])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT OR IGNORE INTO trail_points (sync_run_id, event_id, at, account_pk)
         SELECT ?, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
         WHERE value ->> 0 NOT IN (SELECT event_id FROM trail_points)",
        sync_run,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What the audit trail shows of others than the key's account between two moments, as `sync_run` knew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acted {
    /// Actions that were read, not all.
    pub actions: u32,
    /// Accounts that made them.
    pub accounts: u32,
}

/// See [`Acted`].
pub async fn acted_between(
    conn: &mut SqliteConnection,
    sync_run: i64,
    from: Timestamp,
    to: Timestamp,
) -> Result<Acted, StoreError> {
    let found = sqlx::query_as!(
        Acted,
        r#"SELECT count(DISTINCT event_id) AS "actions!: u32", count(DISTINCT account_pk) AS "accounts!: u32"
           FROM (SELECT event_id, event_at AS at, account_pk, sync_run_id FROM checks WHERE event_id IS NOT NULL
                 UNION ALL SELECT event_id, at, account_pk, sync_run_id FROM trail_points)
           WHERE at > ? AND at < ? AND sync_run_id <= ?"#,
        from,
        to,
        sync_run
    );
    Ok(found.fetch_one(conn).await?)
}

/// Rows by the hour, as `sync_run` knew them. Rows dated after the portal's clock say nothing about when
/// it recorded.
async fn hours(
    conn: &mut SqliteConnection,
    sync_run: i64,
    now: Timestamp,
) -> Result<Vec<HourOfRows>, StoreError> {
    let now = Millis(now);
    let rows = sqlx::query!(
        r#"SELECT sum(rows) AS "rows!: u32", sum(failures) AS "failures!: u32",
                  min(first_ms) AS "first!: Millis", max(last_ms) AS "last!: Millis"
           FROM login_hours WHERE sync_run_id <= ? AND last_ms <= ?
           GROUP BY hour_ms ORDER BY hour_ms"#,
        sync_run,
        now
    )
    .fetch_all(conn)
    .await?;
    let hours = rows.into_iter().map(|r| HourOfRows {
        first: r.first.0,
        last: r.last.0,
        rows: r.rows,
        by_outsiders: r.failures,
    });
    Ok(hours.collect())
}

/// Moments at which the audit trail shows somebody else than the key's account, oldest first.
pub(crate) async fn acted(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Vec<Timestamp>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT at AS "at!: Timestamp"
           FROM (SELECT event_id, at FROM trail_points WHERE sync_run_id <= ?
                 UNION SELECT event_id, event_at FROM checks WHERE event_at IS NOT NULL AND sync_run_id <= ?)
           ORDER BY 1"#,
        sync_run,
        sync_run
    )
    .fetch_all(conn)
    .await?)
}
