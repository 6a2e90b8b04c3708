//! Accounts as listings showed them: a version for each change, never changed itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use serde_json::json;
use sqlx::SqliteConnection;

pub use crate::store::account_keys::AccountKeys;
pub(super) use crate::store::account_keys::Span;
use crate::store::{
    StoreError, history,
    types::{json_rows, text_columns},
};
use crate::{
    domain::account::{Account, AccountId, Group, Kind, Management, Status, named},
    time::Timestamp,
};

named! {
    /// Whether a complete listing showed the account.
    Presence { Listed = "listed", Gone = "gone" }
}

text_columns! { Presence as "presence" }

/// Whether a listing is known to hold every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Its total and its distinct ids agree: accounts that are not in it are gone.
    Complete,
    /// Something changed while it was read: it says nothing about accounts that are not in it.
    Partial,
}

/// An account as a listing showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountVersion {
    /// The store's short key.
    pub pk: i64,
    /// The sync run that listed.
    pub sync_run: i64,
    /// The portal's clock when it was shown.
    pub at: Timestamp,
    /// Newest history row at that time.
    pub history_seq: i64,
    pub presence: Presence,
    /// What was shown; of a gone account, what was shown last.
    pub account: Account,
}

/// Every version learned up to sync run `run`, by account and age.
pub(super) async fn versions(
    conn: &mut SqliteConnection,
    run: i64,
    span: Span,
) -> Result<Vec<AccountVersion>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        pk: i64,
        sync_run: i64,
        history_seq: i64,
        id: AccountId,
        at: Timestamp,
        presence: Presence,
        email: String,
        display_name: String,
        kind: Kind,
        status: Status,
        registered_at: Option<Timestamp>,
        management: Management,
        groups: Vec<(String, String)>,
        invited_by: Option<AccountId>,
    }
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(
                      v.account_pk, v.sync_run_id, v.history_seq, k.account_id, v.at, v.presence, v.email,
                      v.display_name, v.kind, v.status, v.registered_at, v.management,
                      json(v.groups), v.invited_by)) AS "rows!: String"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.account_pk BETWEEN ? AND ? AND v.sync_run_id <= ?"#,
        span.first,
        span.last,
        run
    )
    .fetch_one(conn)
    .await?;
    let mut rows: Vec<Row> = json_rows("account_versions", &rows)?;
    rows.sort_by_key(|r| (r.pk, r.sync_run));
    let version = |r: Row| AccountVersion {
        pk: r.pk,
        sync_run: r.sync_run,
        at: r.at,
        history_seq: r.history_seq,
        presence: r.presence,
        account: Account {
            id: r.id,
            email: r.email,
            display_name: r.display_name,
            kind: r.kind,
            status: r.status,
            registered_at: r.registered_at,
            management: r.management,
            groups: r.groups.into_iter().map(|(id, name)| Group { id, name }).collect(),
            invited_by: r.invited_by,
        },
    };
    Ok(rows.into_iter().map(version).collect())
}

/// The status that the newest listing showed; none where it did not have the account.
pub async fn listed_status(
    conn: &mut SqliteConnection,
    id: AccountId,
) -> Result<Option<Status>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT status AS "status: Status" FROM accounts
           WHERE account_id = ? AND presence = 'listed'"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// Accounts that sync run `run` shows enabled and that the version before, if it came after dormouse had
/// disabled them, did not.
pub async fn shown_enabled(
    conn: &mut SqliteConnection,
    run: i64,
) -> Result<Vec<AccountId>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT k.account_id AS "id: AccountId"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.sync_run_id = ? AND v.presence = 'listed' AND v.status IN ('active', 'pending')
             AND NOT EXISTS (
               SELECT 1 FROM account_versions b
               WHERE b.account_pk = v.account_pk
                 AND b.sync_run_id = (SELECT max(sync_run_id) FROM account_versions
                                      WHERE account_pk = v.account_pk AND sync_run_id < v.sync_run_id)
                 AND b.presence = 'listed' AND b.status IN ('active', 'pending')
                 AND b.history_seq >= (SELECT coalesce(max(h.seq), 0) FROM history h
                                       WHERE h.account_id = k.account_id AND h.action = 'disable'))
           ORDER BY v.account_pk"#,
        run
    )
    .fetch_all(conn)
    .await?)
}

/// What a listing showed of an account.
#[derive(Debug, Clone, Copy)]
pub struct StatusSeen {
    /// The portal's clock.
    pub at: Timestamp,
    /// Newest history row at that time.
    pub history_seq: i64,
    pub status: Status,
}

/// The newest version of each account that was learned after history row `seq` and before `until`.
pub async fn seen_since(
    conn: &mut SqliteConnection,
    seq: i64,
    until: Timestamp,
) -> Result<HashMap<AccountId, StatusSeen>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT k.account_id AS "id: AccountId", v.at AS "at: Timestamp", v.history_seq,
                  v.status AS "status: Status"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.history_seq > ? AND v.at < ? ORDER BY v.sync_run_id"#,
        seq,
        until
    )
    .fetch_all(conn)
    .await?;
    let seen = |at, history_seq, status| StatusSeen { at, history_seq, status };
    Ok(rows.into_iter().map(|r| (r.id, seen(r.at, r.history_seq, r.status))).collect())
}

/// Addresses of these accounts as last seen, by id.
pub async fn emails(
    conn: &mut SqliteConnection,
    ids: impl Iterator<Item = &String>,
) -> Result<HashMap<String, String>, StoreError> {
    let ids = json!(ids.collect::<BTreeSet<_>>()).to_string();
    let rows = sqlx::query!(
        "SELECT account_id, email FROM accounts WHERE account_id IN (SELECT value FROM json_each(?))",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.account_id, r.email)).collect())
}

/// Stores what a listing showed at `at`: a version for each account that is new, changed, or shown
/// otherwise than our own history left it, and, for a complete listing, for each that is gone.
/// Returns the number of versions.
pub async fn record_listing(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    at: Timestamp,
    accounts: &[Account],
    listing: Listing,
) -> Result<usize, StoreError> {
    keys.add(conn, accounts.iter().map(|a| a.id)).await?;
    let history_seq = history::last_seq(conn).await?;
    let acted = history::last_shown(conn).await?;
    let mut latest: BTreeMap<AccountId, AccountVersion> = BTreeMap::new();
    for span in Span::all(conn).await? {
        latest.extend(versions(conn, sync_run, span).await?.into_iter().map(|v| (v.account.id, v)));
    }

    let is_known = |account: &Account| {
        latest.get(&account.id).is_some_and(|v| {
            let same = v.presence == Presence::Listed && v.account == *account;
            let undisturbed = acted
                .get(&account.id)
                .is_none_or(|a| a.seq <= v.history_seq || a.status == account.status);
            same && undisturbed
        })
    };
    let shown: HashSet<AccountId> = accounts.iter().map(|a| a.id).collect();
    let is_gone = |v: &&AccountVersion| {
        listing == Listing::Complete
            && v.presence == Presence::Listed
            && !shown.contains(&v.account.id)
    };
    let news = accounts.iter().filter(|a| !is_known(a)).map(|a| row(keys, a, Presence::Listed));
    let gone = latest.values().filter(is_gone).map(|v| row(keys, &v.account, Presence::Gone));
    let rows: Vec<_> = news.chain(gone).collect();
    let versions = rows.len();
    let rows = serde_json::Value::Array(rows).to_string();
    sqlx::query!(
        "INSERT INTO account_versions (account_pk, sync_run_id, at, history_seq, presence, email,
                                       display_name, kind, status, registered_at, management, groups,
                                       invited_by)
         SELECT value ->> 0, ?, ?, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8, value ->> 9
         FROM json_each(?)",
        sync_run,
        at,
        history_seq,
        rows
    )
    .execute(&mut *conn)
    .await?;
    let ids = json!(accounts.iter().map(|a| keys.get(a.id)).collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "UPDATE account_keys SET first_seen_at = coalesce(first_seen_at, ?1), last_seen_at = ?1
         WHERE pk IN (SELECT value FROM json_each(?2))",
        at,
        ids
    )
    .execute(conn)
    .await?;
    Ok(versions)
}

fn row(keys: &AccountKeys, account: &Account, presence: Presence) -> serde_json::Value {
    let groups: Vec<_> = account.groups.iter().map(|g| (&g.id, &g.name)).collect();
    json!([
        keys.get(account.id),
        presence,
        account.email,
        account.display_name,
        account.kind,
        account.status,
        account.registered_at,
        account.management,
        json!(groups).to_string(),
        account.invited_by,
    ])
}
