//! The store: one SQLite file for one portal. Every fact names the run that learned it; what is
//! written together commits together; history, decisions and verdicts are only ever appended.

pub mod accounts;
pub(crate) mod backup;
mod codec;
pub mod decisions;
mod error;
pub mod events;
pub mod evidence;
pub mod health;
pub mod history;
pub mod population;
pub mod portal;
pub mod report;
pub mod runs;
pub mod segments;
pub mod signals;
pub mod sync_runs;

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

pub use crate::store::error::StoreError;

/// The schema, forward only.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// How a command wants to use the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `sync`: creates what is missing. A lost last commit is fetched again.
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
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at `path`.
    ///
    /// # Errors
    /// The file is missing (except for [`Mode::Create`]), cannot be opened, is damaged, or has
    /// another schema than this program.
    pub async fn open(path: &Path, mode: Mode) -> Result<Self, StoreError> {
        if mode == Mode::Create {
            create_private(path)?;
        } else if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let options = match mode {
            Mode::Create => options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .pragma("wal_autocheckpoint", "16384")
                // Building the index takes as much once more.
                .pragma("cache_size", "-32768"),
            Mode::Record => options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-65536"),
            Mode::Read => options.read_only(true).pragma("cache_size", "-65536"),
        };
        let opened = Self::connect(path, options.clone(), mode).await;
        match opened {
            // Where SQLite cannot keep its -shm file beside the store, nobody else can be writing
            // either, and the file may be read as it is.
            Err(StoreError::Open { .. }) if mode == Mode::Read => {
                Self::connect(path, options.immutable(true), mode).await
            }
            opened => opened,
        }
    }

    async fn connect(
        path: &Path,
        options: SqliteConnectOptions,
        mode: Mode,
    ) -> Result<Self, StoreError> {
        let conn = options.connect().await.map_err(|e| unusable(path, e))?;
        let mut store = Self { conn, path: path.to_owned() };
        store.bring_up_to_date(mode).await?;
        Ok(store)
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

    /// A transaction that holds the write lock from its start.
    ///
    /// # Errors
    /// Another program holds it.
    pub async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        Ok(self.conn.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction in which everything read belongs to one moment, whoever writes meanwhile.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn snapshot(&mut self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        Ok(self.conn.begin().await?)
    }

    /// Closes the file in good order. Dropping a store loses nothing either.
    ///
    /// # Errors
    /// SQLite could not finish.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.conn.close().await?)
    }

    async fn bring_up_to_date(&mut self, mode: Mode) -> Result<(), StoreError> {
        let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
        let found = self.schema_version().await.map_err(|e| unusable(&self.path, e))?;
        if found > known {
            return Err(StoreError::NewerSchema { path: self.path.clone(), found, known });
        }
        if found == known {
            return Ok(());
        }
        if mode == Mode::Read {
            return Err(StoreError::OlderSchema(self.path.clone()));
        }
        MIGRATOR
            .run(&mut self.conn)
            .await
            .map_err(|e| StoreError::Corrupt { path: self.path.clone(), reason: e.to_string() })
    }

    /// The newest migration in the file; 0 for a new file.
    async fn schema_version(&mut self) -> Result<i64, sqlx::Error> {
        // Not checked at build time: the table is made by the migrator itself.
        let tables: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        )
        .fetch_one(&mut self.conn)
        .await?;
        if tables == 0 {
            return Ok(0);
        }
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut self.conn)
            .await
    }
}

/// An SQLite error while opening, told as what it means for the file.
fn unusable(path: &Path, error: sqlx::Error) -> StoreError {
    const CANTOPEN: i32 = 14;
    match (error::primary_code(&error), &error) {
        (Some(CANTOPEN), _) => StoreError::Open {
            path: path.to_owned(),
            source: std::io::Error::other("no permission, or a directory that cannot be written"),
        },
        (Some(11 | 26), _) => {
            StoreError::Corrupt { path: path.to_owned(), reason: error.to_string() }
        }
        _ => error.into(),
    }
}

/// Creates the file readable by its owner only; SQLite gives `-wal` and `-shm` the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::Open { path: path.to_owned(), source }),
    }
}
