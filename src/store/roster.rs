//! What the store knows about the people in a roster, and how its rows were matched. All of it as known
//! after one sync run: the same run and roster give the same answer later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sqlx::SqliteConnection;

use crate::{
    domain::{
        account::{AccountId, email_key},
        population::{MatchCounts, Roster, RosterIds, RosterRow},
    },
    store::StoreError,
};

/// A roster with what is known after sync run `run` about the people in it. `given` is the run that
/// brought the roster.
pub async fn known(
    conn: &mut SqliteConnection,
    run: i64,
    given: i64,
    rows: Vec<RosterRow>,
) -> Result<Roster, StoreError> {
    let ids = meaning_of_ids(conn, run, rows.iter().filter_map(RosterRow::account_id)).await?;
    let past_addresses = past_addresses(conn, run).await?;
    let named_before = named_before(conn, run, given).await?;
    Ok(Roster { rows, ids, past_addresses, named_before })
}

/// What the GUIDs in the id column of a roster are. A roster without any names no account by id.
pub(super) async fn meaning_of_ids(
    conn: &mut SqliteConnection,
    run: i64,
    ids: impl Iterator<Item = AccountId>,
) -> Result<RosterIds, StoreError> {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    let (is_empty, ids) = (ids.is_empty(), json!(ids).to_string());
    let has_account = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM json_each(?1) j
                          JOIN account_keys k ON k.account_id = j.value
                          JOIN account_versions v ON v.account_pk = k.pk AND v.sync_run_id <= ?2)
           AS "exists!: bool""#,
        ids,
        run
    )
    .fetch_one(conn)
    .await?;
    Ok(if has_account || is_empty { RosterIds::Accounts } else { RosterIds::References })
}

/// Accounts whose address changed, by every address that they had.
pub(super) async fn past_addresses(
    conn: &mut SqliteConnection,
    run: i64,
) -> Result<BTreeMap<String, BTreeSet<AccountId>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT k.account_id AS "id!: AccountId", v.email
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.sync_run_id <= ?1 AND v.account_pk IN
                 (SELECT account_pk FROM account_versions WHERE sync_run_id <= ?1
                  GROUP BY account_pk HAVING min(email) <> max(email))"#,
        run
    )
    .fetch_all(conn)
    .await?;
    let mut accounts: BTreeMap<String, BTreeSet<AccountId>> = BTreeMap::new();
    for row in rows {
        accounts.entry(email_key(&row.email)).or_default().insert(row.id);
    }
    Ok(accounts)
}

/// Accounts that a roster older than the one of run `given` names, by id or by any of their addresses.
async fn named_before(
    conn: &mut SqliteConnection,
    run: i64,
    given: i64,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT k.account_id AS "id!: AccountId"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.sync_run_id <= ?1 AND v.email <> '' AND EXISTS
                 (SELECT 1 FROM roster_rows r
                  WHERE lower(r.email) = lower(v.email) AND r.sync_run_id < ?2)
           UNION
           SELECT k.account_id FROM account_keys k
           WHERE EXISTS (SELECT 1 FROM roster_rows r
                         WHERE lower(r.id) = k.account_id AND r.sync_run_id < ?2)"#,
        run,
        given
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().collect())
}

/// Stores how the roster that counts was matched by sync run `run`.
pub async fn record_match(
    conn: &mut SqliteConnection,
    run: i64,
    counts: MatchCounts,
) -> Result<(), StoreError> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let MatchCounts { matched, without_account, ambiguous } = counts;
    let (matched, without, ambiguous) =
        (number(matched), number(without_account), number(ambiguous));
    sqlx::query!(
        "INSERT INTO roster_matches (sync_run_id, roster_id, matched, without_account, ambiguous)
         SELECT ?1, max(sync_run_id), ?2, ?3, ?4 FROM rosters WHERE sync_run_id <= ?1",
        run,
        matched,
        without,
        ambiguous
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How the roster was matched by the newest sync run that matched one.
pub async fn newest_match(conn: &mut SqliteConnection) -> Result<Option<MatchCounts>, StoreError> {
    Ok(sqlx::query_as!(
        MatchCounts,
        r#"SELECT matched AS "matched: u64", without_account AS "without_account: u64",
                  ambiguous AS "ambiguous: u64"
           FROM roster_matches ORDER BY sync_run_id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?)
}
