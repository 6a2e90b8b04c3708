//! Rosters as they were given, whole, and the population at the last sync.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use crate::store::{StoreError, accounts::AccountKeys, as_of::AsOfBound, roster, types::Date};
use crate::{
    domain::{
        account::{AccountId, email_key},
        policy::PopulationSource,
        population::{Roster, RosterRow},
    },
    time::Timestamp,
};

/// A roster as it was given to `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenRoster {
    /// The portal's clock when it was given.
    pub at: Timestamp,
    /// Its rows, in order, with what is known about the people in them.
    pub roster: Roster,
}

/// A roster without its rows.
#[derive(Debug, Clone)]
pub struct RosterHead {
    /// The portal's clock when it was given.
    pub at: Timestamp,
    /// Of the files as given.
    pub sha256: String,
    /// Files and the numbers of their rows, in the order in which they were given.
    pub files: Vec<(String, i64)>,
}

impl RosterHead {
    /// Rows of all files.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|(_, rows)| rows.unsigned_abs()).sum()
    }
}

/// A row, and the columns that dormouse does not use.
pub type FullRow = (RosterRow, Map<String, Value>);

/// Stores a roster as the newest one.
pub async fn add_roster(
    conn: &mut SqliteConnection,
    sync_run: i64,
    at: Timestamp,
    sha256: &str,
    rows: &[FullRow],
) -> Result<(), StoreError> {
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
            let contract_end = r.contract_end.map(|date| date.to_string());
            let extra = json!(extra).to_string();
            json!([r.file, r.line, r.id, r.email, r.display_name, contract_end, extra])
        })
        .collect();
    let rows = json!(rows).to_string();
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

struct InForce {
    sync_run: i64,
    at: Timestamp,
}

/// Which roster counts for what was known after sync run `run`: the newest one given by the bound,
/// otherwise the earliest known.
async fn in_force(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
) -> Result<Option<InForce>, StoreError> {
    let bound = bound.text();
    Ok(sqlx::query_as!(
        InForce,
        r#"SELECT sync_run_id AS sync_run, at AS "at: Timestamp" FROM rosters WHERE sync_run_id <= ?1
           ORDER BY at <= ?2 DESC, CASE WHEN at <= ?2 THEN -sync_run_id ELSE sync_run_id END LIMIT 1"#,
        run,
        bound
    )
    .fetch_optional(conn)
    .await?)
}

/// The roster that counts for what was known after sync run `run`.
pub async fn roster(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
) -> Result<Option<GivenRoster>, StoreError> {
    let Some(given) = in_force(conn, run, bound).await? else { return Ok(None) };
    let rows = sqlx::query_as!(
        StoredRow,
        r#"SELECT place, file, line AS "line: u32", id, email, display_name,
                  contract_end AS "contract_end: Date"
           FROM roster_rows WHERE sync_run_id = ? ORDER BY place"#,
        given.sync_run
    )
    .fetch_all(&mut *conn)
    .await?;
    let rows = rows.into_iter().map(StoredRow::row).collect();
    let roster = roster::known(conn, run, given.sync_run, rows).await?;
    Ok(Some(GivenRoster { at: given.at, roster }))
}

/// The part of that roster that names an account by its id or by one of these addresses, and the
/// rows that share an address with one of those: all that its match can depend on.
pub async fn roster_about(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    id: AccountId,
    emails: &[String],
) -> Result<Option<GivenRoster>, StoreError> {
    let Some(given) = in_force(conn, run, bound).await? else { return Ok(None) };
    let mut found = BTreeMap::new();
    for stored in by_id(conn, given.sync_run, id).await? {
        found.insert(stored.place, stored.row());
    }
    let mut keys: BTreeSet<String> = emails.iter().map(|e| email_key(e)).collect();
    keys.extend(found.values().filter_map(|row| row.email.as_deref()).map(email_key));
    for key in keys {
        for stored in by_email(conn, given.sync_run, &key).await? {
            found.insert(stored.place, stored.row());
        }
    }
    let rows = found.into_values().collect();
    let ids = ids(conn, given.sync_run).await?.into_iter();
    let roster = Roster {
        rows,
        ids: roster::meaning_of_ids(conn, run, ids).await?,
        past_addresses: roster::past_addresses(conn, run).await?,
        // Which accounts are missing from the roster is a question about everybody.
        named_before: BTreeSet::new(),
    };
    Ok(Some(GivenRoster { at: given.at, roster }))
}

/// Every GUID in the id column.
async fn ids(conn: &mut SqliteConnection, given: i64) -> Result<Vec<AccountId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM roster_rows WHERE sync_run_id = ? AND id IS NOT NULL"#,
        given
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.iter().filter_map(|id| id.trim().parse().ok()).collect())
}

/// Every form in which a roster may write an id, less its case.
async fn by_id(
    conn: &mut SqliteConnection,
    given: i64,
    id: AccountId,
) -> Result<Vec<StoredRow>, StoreError> {
    let hyphened = id.to_string();
    let (bare, braced) = (hyphened.replace('-', ""), format!("{{{hyphened}}}"));
    let urn = format!("urn:uuid:{hyphened}");
    Ok(sqlx::query_as!(
        StoredRow,
        r#"SELECT place AS "place!", file AS "file!", line AS "line!: u32", id, email, display_name,
                  contract_end AS "contract_end: Date"
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
) -> Result<Vec<StoredRow>, StoreError> {
    let mut rows = sqlx::query_as!(
        StoredRow,
        r#"SELECT place AS "place!", file AS "file!", line AS "line!: u32", id, email, display_name,
                  contract_end AS "contract_end: Date"
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

struct StoredRow {
    place: i64,
    file: String,
    line: u32,
    id: Option<String>,
    email: Option<String>,
    display_name: Option<String>,
    contract_end: Option<Date>,
}

impl StoredRow {
    fn row(self) -> RosterRow {
        let Self { place: _, file, line, id, email, display_name, contract_end } = self;
        let contract_end = contract_end.map(|Date(date)| date);
        RosterRow { file, line, id, email, display_name, contract_end }
    }
}

/// The newest roster given by pull `sync_run`, if one was.
pub async fn roster_head(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Option<RosterHead>, StoreError> {
    let head = sqlx::query!(
        r#"SELECT sync_run_id, at AS "at: Timestamp", sha256 FROM rosters WHERE sync_run_id <= ?
           ORDER BY sync_run_id DESC LIMIT 1"#,
        sync_run
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let files = sqlx::query!(
        r#"SELECT file AS "file!", count(*) AS "rows!: i64" FROM roster_rows WHERE sync_run_id = ?
           GROUP BY file ORDER BY min(place)"#,
        head.sync_run_id
    )
    .fetch_all(conn)
    .await?;
    let files = files.into_iter().map(|f| (f.file, f.rows)).collect();
    Ok(Some(RosterHead { at: head.at, sha256: head.sha256, files }))
}

/// How many rows the newest roster has; none where no roster was ever given.
pub async fn newest_size(conn: &mut SqliteConnection) -> Result<Option<u64>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM roster_rows r WHERE r.sync_run_id = x.sync_run_id) AS "n!: u64"
           FROM rosters x ORDER BY x.sync_run_id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?)
}

/// Replaces the population.
pub async fn replace(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    source: PopulationSource,
    members: &[AccountId],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM population").execute(&mut *conn).await?;
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
