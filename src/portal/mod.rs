//! The REST client of one portal. Reading and writing are two types over one transport, so that a
//! command which is given a reader cannot change anything. Portal words stay in here.

mod accounts;
mod answer;
mod audit;
mod connection;
mod error;
mod facts;
mod http;
mod logins;
mod pacing;
mod wire;
mod writer;

use std::sync::Arc;

use crate::portal::http::Transport;
pub use crate::portal::{
    accounts::AccountPage,
    answer::Answer,
    audit::Audited,
    connection::{Connection, Pace, Traffic},
    error::{Decline, PortalError},
    facts::{ApiKey, Identity, KeyUsed, SessionLifetime, State},
    writer::{PortalWriter, SetStatus},
};

/// Reads from the portal; has no way to change it.
#[derive(Clone)]
pub struct PortalReader {
    transport: Arc<Transport>,
}

impl PortalReader {
    /// Prepares the connection; sends nothing yet.
    ///
    /// # Errors
    /// The key cannot be sent as a header, or TLS cannot be set up.
    pub fn new(connection: &Connection) -> Result<Self, PortalError> {
        Ok(Self { transport: Arc::new(Transport::new(connection)?) })
    }

    /// The writer over the same connection, limits and window.
    #[must_use]
    pub fn writer(&self) -> PortalWriter {
        PortalWriter::new(Arc::clone(&self.transport))
    }

    /// Requests sent so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.transport.traffic()
    }

    /// Host of the portal, for messages.
    #[must_use]
    pub fn base(&self) -> &str {
        self.transport.base()
    }
}
