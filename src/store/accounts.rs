//! Accounts as listings showed them: a version for each change, never changed itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use sqlx::SqliteConnection;

use crate::store::{StoreError, codec::Column};
use crate::{
    domain::account::{Account, AccountId, Group, Status, named},
    time::Timestamp,
};

named! {
    /// Whether a complete listing showed the account.
    Presence { Listed = "listed", Gone = "gone" }
}

/// Whether a listing is known to hold every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Total and distinct ids agree: who is not in it is gone.
    Complete,
    /// Something changed while it was read: it says nothing about who is not in it.
    Partial,
}

/// One version of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Short key.
    pub pk: i64,
    /// The portal's clock when it was shown.
    pub at: Timestamp,
    /// Newest history row at that time.
    pub history_seq: i64,
    /// Listed or gone.
    pub presence: Presence,
    /// What was shown; of a gone account, what was shown last.
    pub account: Account,
}

/// Short keys of all account ids ever seen. New ids get one on first use.
#[derive(Debug, Default)]
pub struct AccountKeys {
    by_id: HashMap<AccountId, i64>,
    last: i64,
}

impl AccountKeys {
    /// Reads all keys.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let rows = sqlx::query!("SELECT pk, account_id FROM account_keys").fetch_all(conn).await?;
        let mut keys = Self::default();
        for row in rows {
            let id = Column("account_keys", "account_id").named(&row.account_id)?;
            keys.by_id.insert(id, row.pk);
            keys.last = keys.last.max(row.pk);
        }
        Ok(keys)
    }

    /// Makes sure that each of `ids` has a key.
    ///
    /// # Errors
    /// The store cannot be written; the keys in memory are then of no use any more.
    pub async fn add(
        &mut self,
        conn: &mut SqliteConnection,
        ids: impl Iterator<Item = AccountId>,
    ) -> Result<(), StoreError> {
        let mut fresh = Vec::new();
        for id in ids {
            self.by_id.entry(id).or_insert_with(|| {
                self.last += 1;
                fresh.push(json!([self.last, id.to_string()]));
                self.last
            });
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let rows = serde_json::Value::Array(fresh).to_string();
        sqlx::query!(
            "INSERT INTO account_keys (pk, account_id)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            rows
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// The key of an id that was added before.
    #[must_use]
    pub fn get(&self, id: AccountId) -> Option<i64> {
        self.by_id.get(&id).copied()
    }
}

/// Every version learned up to sync run `run`, by account and age.
///
/// # Errors
/// The store cannot be read.
pub async fn versions(conn: &mut SqliteConnection, run: i64) -> Result<Vec<Version>, StoreError> {
    let rows = sqlx::query!(
        "SELECT v.account_pk, k.account_id, v.at, v.history_seq, v.presence, v.email,
                v.display_name, v.kind, v.status, v.registered_at, v.management, v.groups
         FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
         WHERE v.sync_run_id <= ? ORDER BY v.account_pk, v.sync_run_id",
        run
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("account_versions", name);
    rows.into_iter()
        .map(|r| {
            let groups: Vec<(String, String)> =
                serde_json::from_str(&r.groups).map_err(|_| StoreError::Inconsistent {
                    table: "account_versions",
                    column: "groups",
                    value: r.groups.clone(),
                })?;
            Ok(Version {
                pk: r.account_pk,
                at: column("at").time(&r.at)?,
                history_seq: r.history_seq,
                presence: column("presence").named(&r.presence)?,
                account: Account {
                    id: Column("account_keys", "account_id").named(&r.account_id)?,
                    email: r.email,
                    display_name: r.display_name,
                    kind: column("kind").named(&r.kind)?,
                    status: column("status").named(&r.status)?,
                    registered_at: column("registered_at").time_opt(r.registered_at.as_deref())?,
                    management: column("management").named(&r.management)?,
                    groups: groups.into_iter().map(|(id, name)| Group { id, name }).collect(),
                },
            })
        })
        .collect()
}

/// The status that the newest listing showed; none where it did not have the account.
///
/// # Errors
/// The store cannot be read.
pub async fn listed_status(
    conn: &mut SqliteConnection,
    id: AccountId,
) -> Result<Option<Status>, StoreError> {
    let id = id.to_string();
    let row = sqlx::query!("SELECT status, presence FROM accounts WHERE account_id = ?", id)
        .fetch_optional(conn)
        .await?;
    row.filter(|r| r.presence == Presence::Listed.as_str())
        .map(|r| Column("account_versions", "status").named(&r.status))
        .transpose()
}

/// Accounts of which sync run `run` was the first to show that they are enabled, or still are.
///
/// # Errors
/// The store cannot be read.
pub async fn shown_enabled(
    conn: &mut SqliteConnection,
    run: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT k.account_id FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
         WHERE v.sync_run_id = ? AND v.presence = 'listed' AND v.status IN ('active', 'pending')
         ORDER BY v.account_pk",
        run
    )
    .fetch_all(conn)
    .await?;
    ids.iter().map(|id| Column("account_keys", "account_id").named(id)).collect()
}

/// Stores what a listing showed at `at`: a version for each account that is new, changed, or shown
/// otherwise than our own history left it, and, for a complete listing, for each that is gone.
/// Returns how many versions that were.
///
/// # Errors
/// The store cannot be read or written.
pub async fn record_listing(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    at: Timestamp,
    accounts: &[Account],
    listing: Listing,
) -> Result<usize, StoreError> {
    keys.add(conn, accounts.iter().map(|a| a.id)).await?;
    let history_seq = super::history::last_seq(conn).await?;
    let latest: BTreeMap<AccountId, Version> =
        versions(conn, sync_run).await?.into_iter().map(|v| (v.account.id, v)).collect();
    let acted = super::history::last_shown(conn).await?;

    let mut rows = Vec::new();
    for account in accounts {
        let known = latest.get(&account.id).is_some_and(|v| {
            let same = v.presence == Presence::Listed && v.account == *account;
            let undisturbed = acted
                .get(&account.id)
                .is_none_or(|(seq, status)| *seq <= v.history_seq || *status == account.status);
            same && undisturbed
        });
        if !known {
            rows.push(row(keys, account, Presence::Listed));
        }
    }
    if listing == Listing::Complete {
        let shown: HashSet<AccountId> = accounts.iter().map(|a| a.id).collect();
        for v in latest.values() {
            if v.presence == Presence::Listed && !shown.contains(&v.account.id) {
                rows.push(row(keys, &v.account, Presence::Gone));
            }
        }
    }
    let at = at.to_string();
    let versions = rows.len();
    let rows = serde_json::Value::Array(rows).to_string();
    sqlx::query!(
        "INSERT INTO account_versions (account_pk, sync_run_id, at, history_seq, presence, email,
                                       display_name, kind, status, registered_at, management, groups)
         SELECT value ->> 0, ?, ?, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8
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
        presence.as_str(),
        account.email,
        account.display_name,
        account.kind.as_str(),
        account.status.as_str(),
        account.registered_at.map(|at| at.to_string()),
        account.management.as_str(),
        json!(groups).to_string(),
    ])
}

/// What is known of a status after our own action.
pub type Acted = HashMap<AccountId, (i64, Status)>;
