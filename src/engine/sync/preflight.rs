//! Before anything is read or written: is this a portal that shows everything, to a key that may see
//! it, on a machine that knows the time? What only looks complete is refused.

use crate::{
    domain::account::{Account, AccountId, Kind},
    exit::Failure,
    portal::{ApiKey, Decline, PortalError, PortalReader},
    store::{portal::KnownPortal, sync_runs::PortalFacts},
    time::Timestamp,
};

/// Rows that the portal cannot show, before it counts as ill.
const UNREADABLE: u64 = 5;

/// What the key is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading evidence.
    Read,
    /// Changing the status of accounts too.
    Write,
}

/// A portal that passed.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) known: KnownPortal,
    /// Its clock.
    pub(crate) time: Timestamp,
    /// The account that the key acts as.
    pub(crate) key_account: AccountId,
    /// What the portal says of itself.
    pub(crate) facts: PortalFacts,
    /// Its time zone (IANA), in which its weekends fall.
    pub(crate) timezone: Option<String>,
}

/// Asks the portal.
///
/// # Errors
/// It cannot be reached or refuses the key; the key's owner is neither the portal's owner nor a
/// DocSpace admin, who alone see everybody; a permission is missing.
pub(crate) async fn preflight(reader: &PortalReader, purpose: Purpose) -> anyhow::Result<Portal> {
    match ask(reader, purpose).await {
        Err(error) => Err(explained(reader, error).await),
        passed => passed,
    }
}

async fn ask(reader: &PortalReader, purpose: Purpose) -> anyhow::Result<Portal> {
    let identity = reader.identity().await?;
    let owner = sees_everybody(reader).await?;
    let key = reader.key().await?;
    permitted(&key, purpose)?;
    let owner_id = identity.value.owner_id.ok_or_else(|| {
        Failure::refused(
            "the portal does not name its owner; use a key of its owner or of a DocSpace admin",
        )
    })?;
    shows_history(reader).await?;
    Ok(Portal {
        known: KnownPortal {
            tenant_id: identity.value.tenant_id,
            owner_id,
            url: reader.base().to_owned(),
        },
        time: identity.at,
        key_account: owner.id,
        timezone: identity.value.timezone,
        facts: facts(reader, &key).await,
    })
}

/// The key's owner, who must see all accounts.
async fn sees_everybody(reader: &PortalReader) -> anyhow::Result<Account> {
    let owner = reader.key_owner().await?;
    match owner.kind {
        Kind::Owner | Kind::DocspaceAdmin => Ok(owner),
        Kind::RoomAdmin | Kind::User | Kind::Guest | Kind::Unknown => {
            Err(Failure::refused(format!(
                "the API key acts as {}, a {}, who cannot see all accounts; use a key of the portal's \
                 owner or of a DocSpace admin",
                owner.email, owner.kind
            ))
            .into())
        }
    }
}

/// Asks again what must not have changed while a run worked: role, permissions, plan.
pub(crate) async fn still_passes(reader: &PortalReader, portal: &Portal) -> anyhow::Result<()> {
    match ask_again(reader, portal).await {
        Err(error) => Err(explained(reader, error).await),
        passed => passed,
    }
}

async fn ask_again(reader: &PortalReader, portal: &Portal) -> anyhow::Result<()> {
    let owner = sees_everybody(reader).await?;
    if owner.id != portal.key_account {
        return Err(Failure::refused("the API key has got another owner during this run").into());
    }
    permitted(&reader.key().await?, Purpose::Read)?;
    Ok(shows_history(reader).await?)
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
async fn facts(reader: &PortalReader, key: &ApiKey) -> PortalFacts {
    let session = reader.session_lifetime().await;
    PortalFacts {
        server_version: reader.server_version().await.ok().flatten(),
        retention_days: reader.retention_days().await.ok(),
        session_minutes: session.ok().map(|s| s.minutes),
        key_expires_at: key.expires_at,
    }
}

/// Asks for one row of each history: a portal that hides them answers with more (rule of the plan).
async fn shows_history(reader: &PortalReader) -> Result<(), PortalError> {
    newest_login(reader).await?;
    reader.newest_action().await?;
    Ok(())
}

/// Where the portal lists its newest login row that it can show.
///
/// # Errors
/// More came than asked for: the portal hides its history.
pub(crate) async fn newest_login(reader: &PortalReader) -> Result<Option<Timestamp>, PortalError> {
    let mut offset = 0;
    loop {
        match reader.login_page(offset, 1).await {
            Ok(answer) => return Ok(answer.value.rows.first().map(|row| row.at)),
            Err(error) if error.is_server_fault() && offset < UNREADABLE => offset += 1,
            Err(error) => return Err(error),
        }
    }
}
