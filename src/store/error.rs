//! What can go wrong with a store. Each message names the file or the value, and what to do.

use std::path::PathBuf;

/// A failure of the store. Nothing was written unless the message says so.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Only `sync` creates a store.
    #[error(
        "there is no store at {}; run `dormouse sync` first, or name another with --db",
        .0.display()
    )]
    Missing(PathBuf),
    #[error("cannot open the store {}: {source}", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    #[error("the store {} is damaged or no dormouse store: {reason}; restore it from a backup", path.display())]
    Corrupt { path: PathBuf, reason: String },
    /// Neither read nor changed.
    #[error(
        "{} is a database of another program, not a store of dormouse; it was not changed; name the \
         store with --db or DATABASE_URL", .0.display()
    )]
    Foreign(PathBuf),
    /// What is in it is newer than the store's file alone.
    #[error(
        "the newest rows of the store are in {}, which cannot be read: {source}; read it as the user \
         who runs `dormouse sync`, or read a copy made with `dormouse backup`", path.display()
    )]
    Wal { path: PathBuf, source: std::io::Error },
    /// A newer dormouse has changed the schema. Versions are those of the newest migration.
    #[error(
        "the store {} was written by a newer dormouse (schema {found}, this one knows {known}); \
         upgrade dormouse", path.display()
    )]
    NewerSchema { path: PathBuf, found: i64, known: i64 },
    /// An older dormouse wrote it, and this command may not change it.
    #[error("the store {} has an older schema; run `dormouse sync` once to upgrade it", .0.display())]
    OlderSchema(PathBuf),
    /// Tenant ids differ.
    #[error(
        "the store belongs to portal {stored} and {url} is portal {found}: another portal, or this one \
         restored from a backup, which gives every account a new id; nothing was written; use \
         another store with --db"
    )]
    OtherPortal { stored: i64, found: i64, url: String },
    #[error(
        "the portal's owner was {stored} and is now {found}; nothing was written; if ownership was \
         transferred, run once with --accept-owner"
    )]
    OtherOwner { stored: String, found: String },
    #[error(
        "the portal's new owner {found} is not an account in this store, so it may be another portal; \
         nothing was written; use another store with --db"
    )]
    UnknownOwner { found: String },
    /// Another program writes to the file.
    #[error("the store is locked by another program; close it and try again")]
    Busy,
    /// `0` is SQLite's code.
    #[error(
        "the disk with the store is full or failed; free some space and run it again; what was stored \
         before is still there (SQLite error {0})"
    )]
    Disk(i32),
    /// A value that our own code never writes. `place` is a table, a column or the number of a column.
    #[error("the store is inconsistent: {place} holds {value}")]
    Inconsistent { place: String, value: String },
    #[error("the store cannot be used: {0}")]
    Sql(sqlx::Error),
}

const BUSY: i32 = 5;
const IOERR: i32 = 10;
const FULL: i32 = 13;
pub(super) const READONLY: i32 = 8;
pub(super) const CORRUPT: i32 = 11;
pub(super) const CANTOPEN: i32 = 14;
pub(super) const NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => Self::Inconsistent {
                place: format!("column {index} of a row"),
                value: source.to_string(),
            },
            error => match primary_code(&error) {
                Some(BUSY) => Self::Busy,
                Some(code @ (IOERR | FULL)) => Self::Disk(code),
                Some(_) | None => Self::Sql(error),
            },
        }
    }
}

/// SQLite's primary result code, without the extension.
pub(super) fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
