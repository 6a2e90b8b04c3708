//! Which accounts and roster rows the verdict on one account can depend on. Judged on these alone it
//! is the same as among all.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;

use crate::domain::{
    account::{AccountId, email_key},
    policy::Population,
};
use crate::store::{
    StoreError,
    evidence::{AsOfBound, Gathered, Key, Snapshot, facts_of},
    population,
    types::json_column,
};

/// Gathers what the verdict on one account can depend on: its own facts, the roster rows that name
/// it or share an address with one that does, and the accounts that these rows, or the names of
/// its groups, could mean instead.
pub async fn gather_about(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    bound: AsOfBound,
    population: &Population,
    about: Key,
) -> Result<Gathered, StoreError> {
    let run = snapshot.sync_run.id;
    let mut accounts = BTreeSet::from([about]);
    let emails = emails(conn, run, about).await?;
    let roster = population::roster_about(conn, run, bound, about.id, &emails).await?;
    for row in roster.iter().flat_map(|r| &r.roster.rows) {
        if let Some(id) = row.account_id() {
            accounts.extend(by_id(conn, id).await?);
        }
        if let Some(email) = &row.email {
            accounts.extend(by_email(conn, run, email).await?);
        }
    }
    for name in &population.groups {
        accounts.extend(in_same_named_groups(conn, run, about, name).await?);
    }
    let accounts: Vec<Key> = accounts.into_iter().collect();
    let facts = facts_of(conn, snapshot, bound, &accounts).await?;
    Ok(Gathered { facts, roster })
}

/// The account of this id, if it was ever seen.
pub async fn by_id(conn: &mut SqliteConnection, id: AccountId) -> Result<Option<Key>, StoreError> {
    let pk =
        sqlx::query_scalar!(r#"SELECT pk AS "pk!" FROM account_keys WHERE account_id = ?"#, id)
            .fetch_optional(conn)
            .await?;
    Ok(pk.map(|pk| Key { id, pk: Some(pk) }))
}

/// Every account that ever had this address, as known after sync run `run`.
pub async fn by_email(
    conn: &mut SqliteConnection,
    run: i64,
    email: &str,
) -> Result<Vec<Key>, StoreError> {
    let key = email_key(email);
    let rows = sqlx::query!(
        r#"SELECT k.pk AS "pk!", k.account_id AS "id!: AccountId", v.email AS "email!"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE lower(v.email) = ?1 AND v.sync_run_id <= ?2
           UNION
           SELECT k.pk, k.account_id, v.email
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.email GLOB '*[^!-~]*' AND v.sync_run_id <= ?2
           ORDER BY 1"#,
        key,
        run
    )
    .fetch_all(conn)
    .await?;
    let same = rows.into_iter().filter(|r| email_key(&r.email) == key);
    let mut found: Vec<Key> = same.map(|r| Key { id: r.id, pk: Some(r.pk) }).collect();
    found.dedup();
    Ok(found)
}

async fn emails(conn: &mut SqliteConnection, run: i64, of: Key) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT email FROM account_versions WHERE account_pk = ? AND sync_run_id <= ?",
        of.pk,
        run
    )
    .fetch_all(conn)
    .await?)
}

/// Accounts ever shown in a group of this name, where `about` was in one: its members alone say how
/// many groups bear the name.
async fn in_same_named_groups(
    conn: &mut SqliteConnection,
    run: i64,
    about: Key,
    name: &str,
) -> Result<Vec<Key>, StoreError> {
    let text = serde_json::Value::from(name).to_string();
    let rows = sqlx::query!(
        r#"SELECT k.pk, k.account_id AS "id: AccountId", v.groups
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.sync_run_id <= ?1 AND instr(v.groups, ?2) > 0
             AND EXISTS (SELECT 1 FROM account_versions
                         WHERE account_pk = ?3 AND sync_run_id <= ?1 AND instr(groups, ?2) > 0)"#,
        run,
        text,
        about.pk
    )
    .fetch_all(conn)
    .await?;
    let mut found = Vec::new();
    for r in rows {
        let groups: Vec<(String, String)> = json_column("account_versions.groups", &r.groups)?;
        if groups.iter().any(|(_, n)| n == name) {
            found.push(Key { id: r.id, pk: Some(r.pk) });
        }
    }
    Ok(found)
}
