//! Opening the file. A reader never changes it, and never takes an older truth for the newest: what
//! cannot be read in place is read through a private copy, or not at all. A writer changes only a
//! file that is ours.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sqlx::{
    ConnectOptions, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::TempDir;

use crate::store::{
    MIGRATOR, Mode, Store, StoreError,
    error::{CANTOPEN, CORRUPT, NOTADB, READONLY, primary_code},
};

/// What marks a store in the header of its file: `dorm`. Set by a migration.
const APPLICATION_ID: i64 = 0x646f_726d;

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Ours(Schema),
    /// A database of another program.
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schema {
    Older,
    Known,
    /// Its newest migration.
    Newer(i64),
}

/// For [`Mode::Create`] and [`Mode::Record`].
pub(super) async fn for_writing(path: &Path, mode: Mode) -> Result<Store, StoreError> {
    let content = match look(path).await {
        Err(StoreError::Missing(_)) if mode == Mode::Create => {
            create_private(path)?;
            Content::Nothing
        }
        looked => looked?,
    };
    let migrates = match (content, mode) {
        (Content::Ours(Schema::Known), _) => false,
        (Content::Nothing | Content::Ours(Schema::Older), Mode::Create) => true,
        (other, _) => return Err(unreadable(path, other)),
    };
    let options = options(path).journal_mode(SqliteJournalMode::Wal);
    let options = match mode {
        Mode::Create => options
            // A lost last commit is fetched again.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("wal_autocheckpoint", "16384")
            // Building the index takes as much once more.
            .pragma("cache_size", "-32768"),
        Mode::Record | Mode::Read => {
            options.synchronous(SqliteSynchronous::Full).pragma("cache_size", "-65536")
        }
    };
    let conn = options.connect().await.map_err(|e| unusable(path, e))?;
    let mut store = Store { conn, path: path.to_owned(), _private: None };
    if migrates {
        migrate(&mut store).await?;
    }
    Ok(store)
}

/// For [`Mode::Read`]. A store of an older schema is read through a copy that is brought up to date.
pub(super) async fn for_reading(path: &Path) -> Result<Store, StoreError> {
    match look(path).await? {
        Content::Ours(Schema::Known) => as_found(path).await,
        Content::Ours(Schema::Older) => upgraded_copy(as_found(path).await?).await,
        other => Err(unreadable(path, other)),
    }
}

/// A private copy of a store of an older schema, brought up to date, on which a change can be tried
/// out. None where the store needs no upgrade, or is not there.
pub(super) async fn rehearsal(path: &Path) -> Result<Option<Store>, StoreError> {
    match look(path).await {
        Ok(Content::Ours(Schema::Older)) => {
            let mut store = upgraded_copy(as_found(path).await?).await?;
            sqlx::query("PRAGMA query_only = OFF").execute(&mut store.conn).await?;
            Ok(Some(store))
        }
        Ok(_) | Err(StoreError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// For a copy of a store as it is, also of an older schema.
pub(super) async fn in_its_own_schema(path: &Path) -> Result<Store, StoreError> {
    match look(path).await? {
        Content::Ours(Schema::Known | Schema::Older) => as_found(path).await,
        other => Err(unreadable(path, other)),
    }
}

async fn as_found(path: &Path) -> Result<Store, StoreError> {
    let options = options(path).read_only(true).pragma("cache_size", "-65536");
    match connect(path, options.clone()).await {
        // SQLite cannot keep its -shm file beside the store, or read the one that is there.
        Err(Unreadable(CANTOPEN | READONLY, _)) if has_everything(path) => {
            connect(path, options.immutable(true)).await.map_err(|e| e.1)
        }
        Err(Unreadable(CANTOPEN | READONLY, _)) => copied(path).await,
        connected => connected.map_err(|e| e.1),
    }
}

/// An error with SQLite's primary result code.
struct Unreadable(i32, StoreError);

async fn connect(path: &Path, options: SqliteConnectOptions) -> Result<Store, Unreadable> {
    let unreadable = |e: sqlx::Error| Unreadable(primary_code(&e).unwrap_or(0), unusable(path, e));
    let mut conn = options.connect().await.map_err(unreadable)?;
    // Only reading shows whether the file can be read.
    content(&mut conn).await.map_err(unreadable)?;
    Ok(Store { conn, path: path.to_owned(), _private: None })
}

/// Whether nothing of the store is in its -wal.
fn has_everything(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).map_or(true, |wal| wal.len() == 0)
}

/// Changes nothing, nor anything beside the file.
async fn look(path: &Path) -> Result<Content, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing(path.to_owned()));
    }
    // SQLite would make -wal and -shm, and leave them beside a file that may not be ours.
    let immutable = options(path).read_only(true).immutable(true);
    let mut store = match has_everything(path) {
        true => connect(path, immutable).await.map_err(|e| e.1)?,
        false => as_found(path).await?,
    };
    let content = content(&mut store.conn).await.map_err(|e| unusable(path, e))?;
    store.close().await?;
    Ok(content)
}

// None of this is checked at build time: the tables are made by the migrator, or are not ours.
async fn content(conn: &mut SqliteConnection) -> Result<Content, sqlx::Error> {
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *conn).await?;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *conn).await?;
    let migrated: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut *conn)
            .await?;
    if migrated == 0 {
        return Ok(if tables == 0 && id == 0 { Content::Nothing } else { Content::Foreign });
    }
    let (first, last): (i64, i64) = sqlx::query_as(
        "SELECT coalesce(min(version), 0), coalesce(max(version), 0) FROM _sqlx_migrations WHERE success",
    )
    .fetch_one(conn)
    .await?;
    let versions = || MIGRATOR.iter().map(|m| m.version);
    // Stores of the first schemas have no mark yet.
    if id != APPLICATION_ID && (id != 0 || Some(first) != versions().min()) {
        return Ok(Content::Foreign);
    }
    let known = versions().max().unwrap_or(0);
    Ok(Content::Ours(match last.cmp(&known) {
        std::cmp::Ordering::Less => Schema::Older,
        std::cmp::Ordering::Equal => Schema::Known,
        std::cmp::Ordering::Greater => Schema::Newer(last),
    }))
}

/// All pending migrations or none.
async fn migrate(store: &mut Store) -> Result<(), StoreError> {
    let path = store.path.clone();
    let mut transaction = store.begin().await?;
    MIGRATOR
        .run(&mut *transaction)
        .await
        .map_err(|e| StoreError::Corrupt { path, reason: e.to_string() })?;
    Ok(transaction.commit().await?)
}

async fn upgraded_copy(mut found: Store) -> Result<Store, StoreError> {
    tracing::info!(
        "the store has an older schema; it is read through an upgraded copy, and `dormouse sync` \
         upgrades the store itself"
    );
    let path = found.path.clone();
    let private = private_folder(&path)?;
    let copy = private.path().join("store.db");
    crate::store::backup::copy(&mut found, &copy).await?;
    found.close().await?;
    let conn = options(&copy).connect().await.map_err(|e| unusable(&path, e))?;
    let mut store = Store { conn, path, _private: Some(private) };
    migrate(&mut store).await?;
    sqlx::query("PRAGMA query_only = ON").execute(&mut store.conn).await?;
    Ok(store)
}

/// A copy of the file with its -wal, for where SQLite cannot read them in place.
async fn copied(path: &Path) -> Result<Store, StoreError> {
    const TRIES: usize = 3;
    let wal = beside(path, "-wal");
    let private = private_folder(path)?;
    let copy = private.path().join("store.db");
    let open = |source| StoreError::Open { path: path.to_owned(), source };
    for _ in 0..TRIES {
        let before = (stamp(path), stamp(&wal));
        fs::copy(path, &copy).map_err(open)?;
        fs::copy(&wal, beside(&copy, "-wal"))
            .map_err(|source| StoreError::Wal { path: wal.clone(), source })?;
        // A file that changed meanwhile may have been copied in halves.
        if before == (stamp(path), stamp(&wal)) {
            let options = options(&copy).pragma("query_only", "ON").pragma("cache_size", "-65536");
            let conn = options.connect().await.map_err(|e| unusable(path, e))?;
            return Ok(Store { conn, path: path.to_owned(), _private: Some(private) });
        }
    }
    Err(open(io::Error::other(
        "another program keeps writing to it, and its -shm file cannot be read",
    )))
}

fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let found = fs::metadata(path).ok()?;
    Some((found.len(), found.modified().ok()?))
}

fn private_folder(path: &Path) -> Result<TempDir, StoreError> {
    tempfile::Builder::new().prefix("dormouse-").tempdir().map_err(|source| StoreError::Open {
        path: path.to_owned(),
        source: io::Error::new(
            source.kind(),
            format!("no room for a private copy of it: {source}"),
        ),
    })
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Why a command cannot go on with what is in the file.
fn unreadable(path: &Path, content: Content) -> StoreError {
    let path = path.to_owned();
    match content {
        Content::Nothing => StoreError::Missing(path),
        Content::Foreign => StoreError::Foreign(path),
        Content::Ours(Schema::Older | Schema::Known) => StoreError::OlderSchema(path),
        Content::Ours(Schema::Newer(found)) => {
            let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
            StoreError::NewerSchema { path, found, known }
        }
    }
}

/// An SQLite error while opening, told as what it means for the file.
fn unusable(path: &Path, error: sqlx::Error) -> StoreError {
    let open = |problem: &str| StoreError::Open {
        path: path.to_owned(),
        source: io::Error::other(format!("{problem} ({error})")),
    };
    match primary_code(&error) {
        Some(CANTOPEN) => open("no permission, or a folder that cannot be written"),
        Some(READONLY) => open("the file or its folder is read-only"),
        Some(CORRUPT | NOTADB) => {
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
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::Open { path: path.to_owned(), source }),
    }
}
