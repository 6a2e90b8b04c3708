//! Rosters as they were given, whole, and the population at the last sync.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sqlx::SqliteConnection;

use crate::store::{StoreError, accounts::AccountKeys, codec::Column, evidence::Dated};
use crate::{
    domain::{
        account::{AccountId, email_key},
        policy::PopulationSource,
        population::RosterRow,
    },
    time::Timestamp,
};

/// A roster as it was given to `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// When, by the portal's clock.
    pub at: Timestamp,
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
    at: Timestamp,
    sha256: &str,
    rows: &[Row],
) -> Result<(), StoreError> {
    let at = at.to_string();
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

/// Which roster counts for what was known after sync run `run`, and when it was given:
/// the newest one given by then, otherwise the earliest known.
async fn in_force(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<Option<(i64, Timestamp)>, StoreError> {
    let dated_to = dated.text();
    let head = sqlx::query!(
        "SELECT sync_run_id, at FROM rosters WHERE sync_run_id <= ?1
         ORDER BY at <= ?2 DESC, CASE WHEN at <= ?2 THEN -sync_run_id ELSE sync_run_id END LIMIT 1",
        run,
        dated_to
    )
    .fetch_optional(conn)
    .await?;
    head.map(|r| Ok((r.sync_run_id, Column("rosters", "at").time(&r.at)?))).transpose()
}

/// The roster that counts for what was known after sync run `run`.
///
/// # Errors
/// The store cannot be read.
pub async fn roster(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<Option<Roster>, StoreError> {
    let Some((given, at)) = in_force(conn, run, dated).await? else { return Ok(None) };
    let rows = sqlx::query_as!(
        Stored,
        "SELECT place, file, line, id, email, display_name, contract_end FROM roster_rows
         WHERE sync_run_id = ? ORDER BY place",
        given
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(Stored::row).collect::<Result<_, _>>()?;
    Ok(Some(Roster { at, rows }))
}

/// The part of that roster that names an account by its id or by one of these addresses, and the
/// rows that share an address with one of those: all that its match can depend on.
///
/// # Errors
/// The store cannot be read.
pub async fn roster_about(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    id: AccountId,
    emails: &[String],
) -> Result<Option<Roster>, StoreError> {
    let Some((given, at)) = in_force(conn, run, dated).await? else { return Ok(None) };
    let mut found = BTreeMap::new();
    for stored in by_id(conn, given, id).await? {
        found.insert(stored.place, stored.row()?);
    }
    let mut keys: BTreeSet<String> = emails.iter().map(|e| email_key(e)).collect();
    keys.extend(found.values().filter_map(|row| row.email.as_deref()).map(email_key));
    for key in keys {
        for stored in by_email(conn, given, &key).await? {
            found.insert(stored.place, stored.row()?);
        }
    }
    Ok(Some(Roster { at, rows: found.into_values().collect() }))
}

/// Every form in which a roster may write an id, less its case.
async fn by_id(
    conn: &mut SqliteConnection,
    given: i64,
    id: AccountId,
) -> Result<Vec<Stored>, StoreError> {
    let hyphened = id.to_string();
    let (bare, braced) = (hyphened.replace('-', ""), format!("{{{hyphened}}}"));
    let urn = format!("urn:uuid:{hyphened}");
    Ok(sqlx::query_as!(
        Stored,
        r#"SELECT place AS "place!", file AS "file!", line AS "line!", id, email, display_name, contract_end
           FROM roster_rows WHERE sync_run_id = ? AND lower(id) IN (?, ?, ?, ?)"#,
        given,
        hyphened,
        bare,
        braced,
        urn
    )
    .fetch_all(conn)
    .await?)
}

async fn by_email(
    conn: &mut SqliteConnection,
    given: i64,
    key: &str,
) -> Result<Vec<Stored>, StoreError> {
    let mut rows = sqlx::query_as!(
        Stored,
        r#"SELECT place AS "place!", file AS "file!", line AS "line!", id, email, display_name, contract_end
           FROM roster_rows WHERE sync_run_id = ?1 AND lower(email) = ?2
           UNION
           SELECT place, file, line, id, email, display_name, contract_end
           FROM roster_rows WHERE sync_run_id = ?1 AND email GLOB '*[^!-~]*'"#,
        given,
        key
    )
    .fetch_all(conn)
    .await?;
    rows.retain(|r| r.email.as_deref().is_some_and(|email| email_key(email) == key));
    Ok(rows)
}

struct Stored {
    place: i64,
    file: String,
    line: i64,
    id: Option<String>,
    email: Option<String>,
    display_name: Option<String>,
    contract_end: Option<String>,
}

impl Stored {
    fn row(self) -> Result<RosterRow, StoreError> {
        let column = |name| Column("roster_rows", name);
        Ok(RosterRow {
            file: self.file,
            line: column("line").number(self.line)?,
            id: self.id,
            email: self.email,
            display_name: self.display_name,
            contract_end: column("contract_end").date_opt(self.contract_end.as_deref())?,
        })
    }
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
