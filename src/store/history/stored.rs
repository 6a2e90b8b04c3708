//! The history as it is stored, whatever that is: read for people, for export and for verification.
//! No value of a row is an error here.

use futures_util::{Stream, StreamExt, TryStreamExt};
use sqlx::{
    ConnectOptions, Connection, Row as _, SqliteConnection, TypeInfo, ValueRef,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use crate::store::{MIGRATOR, StoreError, codec::Column};
use crate::{
    domain::{
        account::AccountId,
        history::{COLUMNS, Checker, OwnChange, Row, Surroundings, Value, Verified},
    },
    time::Timestamp,
};

/// Which rows to read; nothing set is all of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of these accounts only.
    pub accounts: Option<Vec<AccountId>>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Of this run only.
    pub run: Option<i64>,
}

/// Rows in the order of `seq`, as they are stored.
pub fn rows<'c>(
    conn: &'c mut SqliteConnection,
    wanted: &Wanted,
) -> impl Stream<Item = Result<Row, StoreError>> + 'c {
    let accounts = wanted.accounts.as_ref().map(|ids| serde_json::json!(ids).to_string());
    // Not checked at build time: that would fix the types of the columns, and whoever changed the
    // file need not have kept to them. `Row` has the columns in this order.
    let rows = sqlx::query(
        "SELECT seq, at, run_id, decision_id, account_id, email, action, phase, outcome, detail, actor,
                status_before, status_after, http_status, portal_event_id, prev_hash, hash
         FROM history
         WHERE (?1 IS NULL OR account_id IN (SELECT value FROM json_each(?1)))
           AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR run_id = ?3)
         ORDER BY seq",
    )
    .bind(accounts)
    .bind(wanted.since.map(|at| at.to_string()))
    .bind(wanted.run)
    .fetch(conn);
    rows.map(|row| as_stored(&row?))
}

fn as_stored(row: &SqliteRow) -> Result<Row, StoreError> {
    let mut values = [const { Value::Null }; COLUMNS.len()];
    for (place, value) in values.iter_mut().enumerate() {
        let raw = row.try_get_raw(place)?;
        if raw.is_null() {
            continue;
        }
        *value = match raw.type_info().name() {
            "INTEGER" => Value::Integer(row.try_get_unchecked(place)?),
            "TEXT" => match String::from_utf8(row.try_get_unchecked(place)?) {
                Ok(text) => Value::Text(text),
                Err(bytes) => {
                    Value::Foreign(String::from_utf8_lossy(bytes.as_bytes()).into_owned())
                }
            },
            "BLOB" => {
                let bytes: Vec<u8> = row.try_get_unchecked(place)?;
                Value::Foreign(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => Value::Foreign(row.try_get_unchecked::<f64, _>(place)?.to_string()),
        };
    }
    Ok(Row(values))
}

/// Checks the whole history, in one view of the store; `kept` is a head that was kept elsewhere.
///
/// # Errors
/// The store cannot be read. What is wrong in the history is no error but a finding.
pub async fn verify(
    conn: &mut SqliteConnection,
    kept: Option<(i64, String)>,
) -> Result<Verified, StoreError> {
    let mut view = conn.begin().await?;
    let mut checker = Checker::new(surroundings(&mut view).await?, kept);
    let mut rows = rows(&mut view, &Wanted::default());
    while let Some(row) = rows.try_next().await? {
        checker.row(&row);
    }
    Ok(checker.finish())
}

async fn surroundings(conn: &mut SqliteConnection) -> Result<Surroundings, StoreError> {
    let runs = sqlx::query!("SELECT id, command FROM runs").fetch_all(&mut *conn).await?;
    let decisions = sqlx::query!("SELECT id, digest FROM decisions").fetch_all(&mut *conn).await?;
    let unjudged = sqlx::query_scalar!(
        "SELECT seq FROM history h
         WHERE phase = 'intent' AND action = 'disable' AND NOT EXISTS (
             SELECT 1 FROM verdicts v
             WHERE v.decision_id = h.decision_id AND v.account_id = h.account_id
               AND v.verdict = 'inactive')"
    )
    .fetch_all(&mut *conn)
    .await?;
    // One account an event: dormouse never changes several at once.
    let changes = sqlx::query!(
        "SELECT c.event_id, c.at, k.account_id, c.actor_id
         FROM status_changes c JOIN account_keys k ON k.pk = c.account_pk
         WHERE c.action_code = 4020 AND c.targets = 1 AND c.actor_id IN (SELECT actor FROM history)
         ORDER BY c.at, c.event_id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let changes = changes.into_iter().map(|c| {
        Ok(OwnChange {
            event_id: c.event_id,
            at: Column("status_changes", "at").time(&c.at)?,
            account_id: Column("account_keys", "account_id").named(&c.account_id)?,
            actor: c.actor_id,
        })
    });
    Ok(Surroundings {
        runs: runs.into_iter().map(|r| (r.id, r.command)).collect(),
        digests: decisions.into_iter().map(|d| (d.id, d.digest)).collect(),
        unjudged: unjudged.into_iter().collect(),
        changes: changes.collect::<Result<_, StoreError>>()?,
        schema: schema_changes(conn).await?,
    })
}

/// What is not as the migrations leave it: tables and views that are changed or missing, and every
/// trigger, also one too many, for a trigger can undo what another program writes.
async fn schema_changes(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let mut fresh = SqliteConnectOptions::new().in_memory(true).connect().await?;
    MIGRATOR.run(&mut fresh).await.map_err(|e| sqlx::Error::Protocol(e.to_string()))?;
    let (ours, stored) = (schema(&mut fresh).await?, schema(conn).await?);
    let mut faults = Vec::new();
    for (name, (kind, text)) in &ours {
        match stored.get(name) {
            None => faults.push(format!("the {kind} {name} is missing")),
            Some((_, found)) if found != text => {
                faults.push(format!("the {kind} {name} was changed"));
            }
            Some(_) => {}
        }
    }
    let strange =
        stored.iter().filter(|(name, (kind, _))| kind == "trigger" && !ours.contains_key(*name));
    faults.extend(strange.map(|(name, _)| format!("the trigger {name} is not of dormouse")));
    Ok(faults)
}

/// Kind and text of tables, views and triggers, by name.
async fn schema(
    conn: &mut SqliteConnection,
) -> Result<std::collections::BTreeMap<String, (String, String)>, StoreError> {
    // Not checked at build time: it also runs on a database in memory.
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT name, type, sql FROM sqlite_schema
         WHERE type IN ('table', 'view', 'trigger') AND sql IS NOT NULL
           AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(name, kind, sql)| (name, (kind, sql))).collect())
}

/// An account that the store has heard of, with one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The portal's id.
    pub account_id: AccountId,
    /// An address it has or had; empty where none was ever shown.
    pub email: String,
}

/// Every account, once for each address.
///
/// # Errors
/// The store cannot be read.
pub async fn known_accounts(conn: &mut SqliteConnection) -> Result<Vec<Known>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT k.account_id AS "account_id!", coalesce(v.email, '') AS "email!: String"
           FROM account_keys k LEFT JOIN account_versions v ON v.account_pk = k.pk
           UNION SELECT account_id, email FROM history ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    // An id that is none was put there by somebody else; `verify` names its row.
    let known = rows
        .into_iter()
        .filter_map(|r| Some(Known { account_id: r.account_id.parse().ok()?, email: r.email }));
    Ok(known.collect())
}
