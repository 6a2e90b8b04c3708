//! The store: one SQLite file for one portal. Every fact names the run that learned it; what is
//! written together commits together; history, decisions and verdicts are only ever appended.

mod account_keys;
pub mod account_record;
pub mod accounts;
mod as_of;
pub(crate) mod backtest;
pub(crate) mod backup;
pub mod decisions;
mod error;
pub mod events;
pub mod evidence;
pub mod history;
pub mod notices;
mod open;
pub mod population;
pub mod portal;
pub(crate) mod recognition;
pub mod recording;
pub mod roster;
pub mod runs;
pub mod segments;
pub mod signals;
pub mod sync_runs;
mod types;
pub mod verification;
pub(crate) mod void;

use std::path::{Path, PathBuf};

use sqlx::{Connection, Sqlite, SqliteConnection, Transaction, migrate::Migrator};
use tempfile::TempDir;

pub use crate::store::error::StoreError;

/// The schema, forward only.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// How a command wants to use the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `sync`: creates a store, and upgrades one of an older schema.
    Create,
    /// Commands that record decisions and actions: on disk before anything goes on.
    Record,
    /// Everything else: cannot change the file.
    Read,
}

/// An open store.
pub struct Store {
    conn: SqliteConnection,
    path: PathBuf,
    /// Where the file that is read really is, when it is a copy; deleted with the store's last use.
    _private: Option<TempDir>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at `path`.
    pub async fn open(path: &Path, mode: Mode) -> Result<Self, StoreError> {
        match mode {
            Mode::Create | Mode::Record => open::for_writing(path, mode).await,
            Mode::Read => open::for_reading(path).await,
        }
    }

    /// Opens the store for reading in the schema that it has.
    pub(crate) async fn open_as_found(path: &Path) -> Result<Self, StoreError> {
        open::in_its_own_schema(path).await
    }

    /// A private, upgraded copy of a store that has an older schema, to try out what must not be done
    /// to the store itself yet. None where the store needs no upgrade.
    pub(crate) async fn rehearsal(path: &Path) -> Result<Option<Self>, StoreError> {
        open::rehearsal(path).await
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for the functions of this module.
    pub fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }

    /// From here on every commit is on disk before anything goes on, as for [`Mode::Record`].
    pub(crate) async fn sync_commits(&mut self) -> Result<(), StoreError> {
        // Not checked at build time: macros know no PRAGMA.
        sqlx::query("PRAGMA synchronous = FULL").execute(&mut self.conn).await?;
        Ok(())
    }

    /// A transaction that holds the write lock from its start.
    pub async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        Ok(self.conn.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction in which everything read belongs to one moment, whoever writes meanwhile.
    pub async fn snapshot(&mut self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        Ok(self.conn.begin().await?)
    }

    /// Closes the file in good order. Dropping a store loses nothing either.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.conn.close().await?)
    }
}
