//! Use cases that more than one command needs. They know portal and store, and no terminal: what
//! people read goes out through [`Notes`], which commands implement.

pub(crate) mod backtest;
pub(crate) mod cancel;
pub(crate) mod cited;
pub(crate) mod due;
pub(crate) mod evaluate;
pub(crate) mod find_account;
pub(crate) mod notify;
pub(crate) mod own_actions;
pub(crate) mod recorded_run;
pub(crate) mod silences;
pub(crate) mod status_change;
pub(crate) mod sync;
pub(crate) mod warnings;

use std::{fmt::Display, sync::Arc};

use crate::{
    config::Settings,
    lock::{LockError, WriterLock},
    portal::{Connection, Pace, Proxy, Route, is_this_machine},
    time::{Clock, Timestamp},
};

/// What every use case works with.
pub(crate) struct Engine<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) clock: &'a Arc<dyn Clock>,
    /// Operating system user and host, for the record.
    pub(crate) operator: &'a str,
    pub(crate) notes: &'a mut dyn Notes,
}

/// Where a use case says what is no result.
pub(crate) trait Notes {
    fn note(&mut self, text: &dyn Display);
    /// Says what should not be so.
    fn warn(&mut self, text: &dyn Display);
    /// Says how far long work has come, where no bar shows it.
    fn milestone(&mut self, text: &dyn Display);
    /// Shows how far the work has come.
    fn progress(&self) -> Box<dyn Progress>;
}

/// Told how far long work has come.
pub(crate) trait Progress {
    /// A pull has listed all accounts.
    fn accounts(&mut self, listed: usize);
    /// The login history is going to be read from `top` down to `bottom`.
    fn history(&mut self, top: Timestamp, bottom: Timestamp);
    /// So many events of it were read, the last of them dated `oldest`.
    fn events(&mut self, read: usize, oldest: Option<Timestamp>);
    /// So many accounts are going to be checked in the audit trail.
    fn checks(&mut self, wanted: usize);
    /// So many of them were checked.
    fn checked(&mut self, accounts: usize);
    /// So many accounts are going to be changed.
    fn changes(&mut self, wanted: usize);
    /// So many of them were called.
    fn changed(&mut self, accounts: usize);
    /// So many messages are going to be sent.
    fn notices(&mut self, wanted: usize);
    /// One of them was.
    fn sent(&mut self);
}

impl Engine<'_> {
    pub(crate) fn lock(&self) -> Result<WriterLock, LockError> {
        WriterLock::take(&self.settings.database, self.clock.now())
    }
}

/// How to reach the portal.
pub(crate) fn connection(settings: &Settings) -> anyhow::Result<Connection> {
    let (url, key) = settings.portal_required()?;
    let portal = &settings.portal;
    let pace = Pace {
        timeout: portal.timeout,
        concurrency: portal.concurrency,
        requests_per_minute: portal.requests_per_minute,
    };
    let Route { proxy, ca_file, system_ca_file } = route(settings);
    let proxy = proxy.filter(|_| !is_this_machine(&url));
    Ok(Connection { url, key, route: Route { proxy, ca_file, system_ca_file }, pace })
}

/// Proxy and certificate authorities, to the portal and elsewhere.
fn route(settings: &Settings) -> Route {
    let network = &settings.network;
    let proxy = network.proxy.as_ref().map(|(url, variable)| Proxy {
        url: url.clone(),
        variable,
        exceptions: network.no_proxy.clone(),
    });
    Route { proxy, ca_file: network.ca_file.clone(), system_ca_file: network.ssl_cert_file.clone() }
}
