//! Rosters as they were given, whole, and the population at the last sync.

use serde_json::json;
use sqlx::SqliteConnection;

use super::{StoreError, accounts::AccountKeys, codec::Column};
use crate::domain::{
    account::AccountId,
    policy::PopulationSource,
    population::RosterRow,
    time::{Instant, format},
};

/// A roster as it was given to `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// When, by the portal's clock.
    pub at: Instant,
    /// Its rows, in order.
    pub rows: Vec<RosterRow>,
}

/// A row, and the columns that dormouse does not use.
pub type Row = (RosterRow, serde_json::Map<String, serde_json::Value>);

/// Stores a roster as the newest one.
///
/// # Errors
/// The store cannot be written.
pub async fn add_roster(
    conn: &mut SqliteConnection,
    sync_run: i64,
    at: Instant,
    sha256: &str,
    rows: &[Row],
) -> Result<(), StoreError> {
    let at = format(at);
    sqlx::query!(
        "INSERT INTO rosters (sync_run_id, at, sha256) VALUES (?, ?, ?)",
        sync_run,
        at,
        sha256
    )
    .execute(&mut *conn)
    .await?;
    let rows: Vec<_> = rows
        .iter()
        .map(|(r, extra)| {
            json!([
                r.file,
                r.line,
                r.id,
                r.email,
                r.display_name,
                r.contract_end.map(|d| d.to_string()),
                serde_json::Value::Object(extra.clone()).to_string(),
            ])
        })
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    sqlx::query!(
        "INSERT INTO roster_rows (sync_run_id, place, file, line, id, email, display_name, contract_end, extra)
         SELECT ?, key, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6
         FROM json_each(?)",
        sync_run,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The roster that counts at `dated_to` for what was known after sync run `run`: the newest one
/// given by then, otherwise the earliest known.
///
/// # Errors
/// The store cannot be read.
pub async fn roster(
    conn: &mut SqliteConnection,
    run: i64,
    dated_to: &str,
) -> Result<Option<Roster>, StoreError> {
    let head = sqlx::query!(
        "SELECT sync_run_id, at FROM rosters WHERE sync_run_id <= ?1
         ORDER BY at <= ?2 DESC, CASE WHEN at <= ?2 THEN -sync_run_id ELSE sync_run_id END LIMIT 1",
        run,
        dated_to
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let rows = sqlx::query!(
        "SELECT file, line, id, email, display_name, contract_end FROM roster_rows
         WHERE sync_run_id = ? ORDER BY place",
        head.sync_run_id
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("roster_rows", name);
    let rows = rows
        .into_iter()
        .map(|r| {
            Ok(RosterRow {
                file: r.file,
                line: column("line").number(r.line)?,
                id: r.id,
                email: r.email,
                display_name: r.display_name,
                contract_end: column("contract_end").date_opt(r.contract_end.as_deref())?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Some(Roster { at: Column("rosters", "at").time(&head.at)?, rows }))
}

/// How many rows the newest roster has.
///
/// # Errors
/// The store cannot be read.
pub async fn newest_size(conn: &mut SqliteConnection) -> Result<Option<u64>, StoreError> {
    let n = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM roster_rows r WHERE r.sync_run_id = x.sync_run_id) AS "n!: i64"
           FROM rosters x ORDER BY x.sync_run_id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(n.map(|n| u64::try_from(n).unwrap_or_default()))
}

/// Replaces the population.
///
/// # Errors
/// The store cannot be written.
pub async fn replace(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    source: PopulationSource,
    members: &[AccountId],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM population").execute(&mut *conn).await?;
    let source = match source {
        PopulationSource::Roster => "roster",
        PopulationSource::Portal => "portal",
    };
    let pks = json!(members.iter().filter_map(|id| keys.get(*id)).collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "INSERT INTO population (account_pk, source) SELECT value, ? FROM json_each(?)",
        source,
        pks
    )
    .execute(conn)
    .await?;
    Ok(())
}
