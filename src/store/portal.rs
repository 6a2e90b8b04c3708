//! The one portal that the store belongs to.

use sqlx::SqliteConnection;

use crate::store::StoreError;
use crate::{domain::account::AccountId, time::Timestamp};

/// A portal as the store knows it. Known by tenant id and owner, not by host name: portals are
/// renamed, and a restore from backup changes every id.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KnownPortal {
    /// Base address, for messages only.
    pub url: String,
    pub tenant_id: i64,
    /// Account of the owner.
    pub owner_id: AccountId,
}

/// What to do when the owner is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerChange {
    /// Stop: it may be another portal.
    Refuse,
    /// The administrator says that ownership was transferred.
    Accept,
}

/// Binds a new store to `found`, or checks that it is bound to it already. Where it belongs to another
/// portal or owner nothing is written; nor is a new address or owner before a run has shown that the
/// portal's history is ours, see [`adopt`].
///
/// # Errors
/// Another portal, or another owner that is not accepted.
pub async fn bind(
    conn: &mut SqliteConnection,
    found: &KnownPortal,
    owner: OwnerChange,
    now: Timestamp,
) -> Result<Binding, StoreError> {
    let Some(stored) = known(conn).await? else {
        sqlx::query!(
            "INSERT INTO portal (id, tenant_id, owner_id, url, first_seen_at) VALUES (1, ?, ?, ?, ?)",
            found.tenant_id,
            found.owner_id,
            found.url,
            now
        )
        .execute(conn)
        .await?;
        return Ok(Binding::SameAddress);
    };
    if stored.tenant_id != found.tenant_id {
        return Err(StoreError::OtherPortal {
            stored: stored.tenant_id,
            found: found.tenant_id,
            url: found.url.clone(),
        });
    }
    if stored.owner_id != found.owner_id {
        let (stored, found) = (stored.owner_id.to_string(), found.owner_id.to_string());
        match owner {
            OwnerChange::Refuse => return Err(StoreError::OtherOwner { stored, found }),
            OwnerChange::Accept if !is_account(conn, &found).await? => {
                return Err(StoreError::UnknownOwner { found });
            }
            OwnerChange::Accept => {}
        }
    }
    Ok(match stored.url == found.url {
        true => Binding::SameAddress,
        false => Binding::Moved { from: stored.url },
    })
}

/// How a portal's address compares with the one used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    SameAddress,
    Moved { from: String },
}

impl Binding {
    /// What to say of a portal that is reached at `url` now; nothing where it was before.
    #[must_use]
    pub fn note(&self, url: &str) -> Option<String> {
        match self {
            Self::SameAddress => None,
            Self::Moved { from } => {
                Some(format!("the portal's address was {from} and is now {url}"))
            }
        }
    }
}

async fn is_account(conn: &mut SqliteConnection, id: &str) -> Result<bool, StoreError> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM accounts WHERE account_id = ?) AS "known!: bool""#,
        id
    );
    Ok(known.fetch_one(conn).await?)
}

/// Keeps the address and the owner of a portal that has shown to be ours.
pub async fn adopt(conn: &mut SqliteConnection, found: &KnownPortal) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE portal SET owner_id = ?1, url = ?2 WHERE owner_id <> ?1 OR url <> ?2",
        found.owner_id,
        found.url
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The portal that the store is bound to, if any.
pub async fn known(conn: &mut SqliteConnection) -> Result<Option<KnownPortal>, StoreError> {
    Ok(sqlx::query_as!(
        KnownPortal,
        r#"SELECT tenant_id, owner_id AS "owner_id: AccountId", url FROM portal"#
    )
    .fetch_optional(conn)
    .await?)
}
