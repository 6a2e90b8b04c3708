//! Use cases that more than one command needs. They know portal and store, and no terminal: what
//! people read goes out through [`Notes`], which commands implement.

pub(crate) mod cancel;
pub(crate) mod cited;
pub(crate) mod evaluate;
pub(crate) mod find_account;
pub(crate) mod recorded_run;
pub(crate) mod status_change;
pub(crate) mod sync;
pub(crate) mod warnings;

use std::fmt::Display;

use crate::{
    config::Settings,
    engine::sync::Progress,
    lock::{LockError, WriterLock},
    portal::{Connection, Pace},
    time::Clock,
};

/// What every use case works with.
pub(crate) struct Engine<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) clock: &'a dyn Clock,
    /// Operating system user and host, for the record.
    pub(crate) operator: &'a str,
    pub(crate) notes: &'a mut dyn Notes,
}

/// Where a use case says what is no result.
pub(crate) trait Notes {
    fn note(&mut self, text: &dyn Display);
    /// Says what should not be so.
    fn warn(&mut self, text: &dyn Display);
    /// Shows how far a pull has come.
    fn progress(&self) -> Box<dyn Progress>;
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
    Ok(Connection { url, key, pace })
}
