//! An account as the portal shows it now: what came of a call is taken from nothing else.

use crate::{
    domain::account::{AccountId, Status},
    portal::{PortalError, PortalReader},
};

/// What a fresh read shows.
pub(crate) enum Read {
    Status(Status),
    Deleted,
    Failed(PortalError),
}

pub(crate) async fn read(reader: &PortalReader, id: AccountId) -> Read {
    match reader.account(id).await {
        Ok(answer) => answer.value.map_or(Read::Deleted, |a| Read::Status(a.status)),
        Err(error) => Read::Failed(error),
    }
}
