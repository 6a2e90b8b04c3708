//! The REST client of one portal. Reading and writing are two types over one transport, so that a
//! command which is given a reader cannot change anything. Portal words stay in here.

mod accounts;
mod answer;
mod audit;
mod error;
mod facts;
mod http;
mod logins;
mod pacing;
mod route;
mod wire;
mod writer;

use std::{sync::Arc, time::Duration};

use reqwest::Url;
use secrecy::SecretString;

pub use crate::portal::{
    accounts::AccountPage,
    answer::Answer,
    audit::{Actions, Audited},
    error::{Decline, PortalError},
    facts::{ApiKey, Identity, KeyUsed, KeyUses, NobodysKey, SessionLifetime, State},
    logins::LoginPage,
    route::{Proxy, Route},
    writer::{PortalWriter, SetStatus},
};
use crate::{portal::http::Transport, time::Clock};

pub(crate) use crate::portal::{
    audit::{ActedRow, Below},
    route::is_this_machine,
};

/// How to reach a portal.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Base address, without path.
    pub url: Url,
    pub key: SecretString,
    pub route: Route,
    pub pace: Pace,
}

/// How fast, and how patient.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// Requests at the same time.
    pub concurrency: usize,
    /// Requests a minute.
    pub requests_per_minute: u32,
}

/// Requests sent by this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    pub requests: u64,
    /// Those that repeated an earlier one.
    pub retries: u64,
}

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
        Ok(Self { transport: Arc::new(Transport::new(connection, None)?) })
    }

    /// The same, where each answer's `Date` must agree with this machine's clock.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn in_step(connection: &Connection, clock: &Arc<dyn Clock>) -> Result<Self, PortalError> {
        Ok(Self { transport: Arc::new(Transport::new(connection, Some(Arc::clone(clock)))?) })
    }

    /// The writer over the same connection, limits and window.
    #[must_use]
    pub fn writer(&self) -> PortalWriter {
        PortalWriter::new(Arc::clone(&self.transport))
    }

    /// Waits until so many requests can follow each other without waiting for the limits.
    pub async fn room_for(&self, requests: usize) {
        self.transport.room_for(requests).await;
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
