//! Short keys of accounts: a GUID as text in every row would double the store. A key, once given, stays.

use std::collections::HashMap;

use serde_json::json;
use sqlx::SqliteConnection;

use crate::{domain::account::AccountId, store::StoreError};

/// Accounts that one statement is about, by short key, both ends included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
}

impl Span {
    /// Accounts of one statement: enough for their number not to count, few enough for their rows
    /// to be a text of moderate size.
    const WIDTH: i64 = 2000;

    /// One account; nothing where it has no key.
    pub(super) fn one(pk: Option<i64>) -> Self {
        Self { first: pk, last: pk }
    }

    /// All accounts, part by part.
    pub(super) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Self>, StoreError> {
        let newest =
            sqlx::query_scalar!("SELECT max(pk) FROM account_keys").fetch_one(conn).await?;
        let Some(newest) = newest else { return Ok(Vec::new()) };
        let parts = 0..=newest.div_euclid(Self::WIDTH);
        Ok(parts
            .map(|n| Self { first: Some(n * Self::WIDTH), last: Some((n + 1) * Self::WIDTH - 1) })
            .collect())
    }
}

/// Short keys of all account ids ever seen. New ids get one on first use.
#[derive(Debug, Default)]
pub struct AccountKeys {
    by_id: HashMap<AccountId, i64>,
    newest: i64,
}

impl AccountKeys {
    /// Reads all keys.
    pub async fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT pk AS "pk!", account_id AS "account_id: AccountId" FROM account_keys"#
        )
        .fetch_all(conn)
        .await?;
        let newest = rows.iter().map(|r| r.pk).max().unwrap_or(0);
        Ok(Self { by_id: rows.into_iter().map(|r| (r.account_id, r.pk)).collect(), newest })
    }

    /// Makes sure that each of `ids` has a key. After an error the keys in memory are of no use.
    pub async fn add(
        &mut self,
        conn: &mut SqliteConnection,
        ids: impl Iterator<Item = AccountId>,
    ) -> Result<(), StoreError> {
        let mut fresh = Vec::new();
        for id in ids {
            self.by_id.entry(id).or_insert_with(|| {
                self.newest += 1;
                fresh.push((self.newest, id));
                self.newest
            });
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let rows = json!(fresh).to_string();
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
