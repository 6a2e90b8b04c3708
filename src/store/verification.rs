//! Whether the store is whole: the file, its schema, and the history against the rest. Reads only.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::store::{
    MIGRATOR, StoreError,
    history::{RowFilter, rows},
};
use crate::{
    domain::{
        account::AccountId,
        history::{Checker, OwnChange, Surroundings, Verified},
    },
    time::Timestamp,
};

/// What `PRAGMA integrity_check` finds; empty where the file is whole.
pub async fn integrity(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    // Not checked at build time: macros know no PRAGMA.
    let said: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(conn).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

/// How many rows refer to rows that are not there.
pub async fn dangling(conn: &mut SqliteConnection) -> Result<usize, StoreError> {
    let rows = sqlx::query("PRAGMA foreign_key_check").fetch_all(conn).await?;
    Ok(rows.len())
}

/// Checks the whole history, in one view of the store; `kept` is a head that was kept elsewhere.
/// What is wrong in the history is not an error but a finding.
pub async fn verify(
    conn: &mut SqliteConnection,
    kept: Option<(i64, String)>,
) -> Result<Verified, StoreError> {
    let mut view = conn.begin().await?;
    let mut checker = Checker::new(surroundings(&mut view).await?, kept);
    let mut rows = rows(&mut view, &RowFilter::default());
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
    let changes = sqlx::query_as!(
        OwnChange,
        r#"SELECT c.event_id, c.at AS "at: Timestamp", k.account_id AS "account_id: AccountId",
                  coalesce((SELECT email FROM accounts a WHERE a.account_id = k.account_id), k.account_id)
                      AS "email!: String",
                  c.actor_id AS actor,
                  coalesce((SELECT email FROM accounts a WHERE a.account_id = c.actor_id), c.actor_id)
                      AS "actor_email!: String",
                  c.targets
           FROM status_changes c JOIN account_keys k ON k.pk = c.account_pk
           WHERE c.action_code = 4020 AND c.actor_id IN (SELECT actor FROM history WHERE action <> 'notify')
           ORDER BY c.at, c.event_id, k.account_id"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let trail_read_to = sqlx::query_scalar!(
        r#"SELECT max(portal_time) AS "at: Timestamp" FROM sync_runs WHERE status = 'complete'"#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(Surroundings {
        runs: runs.into_iter().map(|r| (r.id, r.command)).collect(),
        digests: decisions.into_iter().map(|d| (d.id, d.digest)).collect(),
        unjudged: unjudged.into_iter().collect(),
        changes,
        trail_read_to,
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
) -> Result<BTreeMap<String, (String, String)>, StoreError> {
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
