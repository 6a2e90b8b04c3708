//! Before anything is read or written: is this a portal that shows everything, to a key that may see
//! it, on a machine that knows the time? What only looks complete is refused.

use crate::engine::sync::activity::newest_of_any_kind;
use crate::{
    domain::account::{AccountId, Kind},
    exit::Failure,
    portal::{ApiKey, Decline, PortalError, PortalReader},
    store::{portal::KnownPortal, sync_runs::PortalFacts},
    time::{MAX_CLOCK_SKEW, Timestamp},
};

/// What the key is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Reading evidence.
    Read,
    /// Changing the status of accounts too.
    Write,
}

/// A portal that passed.
#[derive(Debug, Clone)]
pub struct Portal {
    /// Which one.
    pub known: KnownPortal,
    /// Its clock.
    pub time: Timestamp,
    /// The account that the key acts as.
    pub key_account: AccountId,
    /// What the portal says of itself.
    pub facts: PortalFacts,
    /// The newest event of any kind; none where nothing was ever recorded.
    pub newest: Option<Timestamp>,
}

/// Asks the portal.
///
/// # Errors
/// It cannot be reached or refuses the key; the key's owner is neither the portal's owner nor a
/// DocSpace admin, who alone see everybody; a permission is missing; the clocks differ.
pub async fn preflight(
    reader: &PortalReader,
    now: Timestamp,
    purpose: Purpose,
) -> anyhow::Result<Portal> {
    match ask(reader, now, purpose).await {
        Err(error) => Err(explained(reader, error).await),
        passed => passed,
    }
}

async fn ask(reader: &PortalReader, now: Timestamp, purpose: Purpose) -> anyhow::Result<Portal> {
    let identity = reader.identity().await?;
    let skew = identity.at - now;
    if skew.abs() > MAX_CLOCK_SKEW {
        return Err(Failure::refused(format!(
            "this machine's clock ({}) and the portal's ({}) differ by more than {} minutes; set the \
             clock: decisions and the history depend on it",
            now.to_string(),
            identity.at.to_string(),
            MAX_CLOCK_SKEW.num_minutes()
        ))
        .into());
    }
    let owner = reader.key_owner().await?;
    match owner.kind {
        Kind::Owner | Kind::DocspaceAdmin => {}
        Kind::RoomAdmin | Kind::User | Kind::Guest | Kind::Unknown => {
            return Err(Failure::refused(format!(
                "the API key acts as {}, a {} of the portal, who does not see everybody; use a key of \
                 the portal's owner or of a DocSpace admin",
                owner.email, owner.kind
            ))
            .into());
        }
    }
    permitted(&reader.key().await?, purpose)?;
    let owner_id = identity.value.owner_id.ok_or_else(|| {
        Failure::refused("the portal does not say who owns it; use a key of its owner or an admin")
    })?;
    Ok(Portal {
        known: KnownPortal {
            tenant_id: identity.value.tenant_id,
            owner_id,
            url: reader.base().to_owned(),
        },
        time: identity.at,
        key_account: owner.id,
        newest: newest_of_any_kind(reader, identity.at).await?,
        facts: facts(reader).await,
    })
}

/// A portal that is suspended or being moved declines most requests without saying why; its settings
/// do.
async fn explained(reader: &PortalReader, error: anyhow::Error) -> anyhow::Error {
    let declined = matches!(
        error.downcast_ref(),
        Some(PortalError::NotFound(_) | PortalError::Forbidden { decline: Decline::Other(_), .. })
    );
    if !declined {
        return error;
    }
    match reader.state().await {
        Ok(Some(state)) => error.context(state.to_string()),
        _ => error,
    }
}

fn permitted(key: &ApiKey, purpose: Purpose) -> Result<(), Failure> {
    let missing = match purpose {
        _ if !key.can_read() => "*:read",
        Purpose::Write if !key.can_write_accounts() => "accounts:write",
        Purpose::Read | Purpose::Write => return Ok(()),
    };
    Err(Failure::refused(format!(
        "the API key lacks the permission {missing}; create one with [\"*:read\",\"accounts:write\"] \
         ([\"*:read\"] is enough for sync and decide)"
    )))
}

/// For reports and advice only: what cannot be read is left out.
async fn facts(reader: &PortalReader) -> PortalFacts {
    let session = reader.session_lifetime().await;
    PortalFacts {
        server_version: reader.server_version().await.ok().flatten(),
        retention_days: reader.retention_days().await.ok(),
        session_minutes: session.ok().map(|s| s.minutes),
    }
}
