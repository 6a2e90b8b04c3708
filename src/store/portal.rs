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

/// Binds the store to `found`, or checks that it is bound to it already. Nothing is written where it
/// belongs to another portal or owner.
pub async fn bind(
    conn: &mut SqliteConnection,
    found: &KnownPortal,
    owner: OwnerChange,
    now: Timestamp,
) -> Result<(), StoreError> {
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
        return Ok(());
    };
    if stored.tenant_id != found.tenant_id {
        return Err(StoreError::OtherPortal {
            stored: stored.tenant_id,
            found: found.tenant_id,
            url: found.url.clone(),
        });
    }
    if stored.owner_id != found.owner_id && owner == OwnerChange::Refuse {
        return Err(StoreError::OtherOwner {
            stored: stored.owner_id.to_string(),
            found: found.owner_id.to_string(),
        });
    }
    if stored != *found {
        sqlx::query!("UPDATE portal SET owner_id = ?, url = ?", found.owner_id, found.url)
            .execute(conn)
            .await?;
    }
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
