//! One writer at a time. The lock is the operating system's and is taken on the store file itself, so
//! it holds under every name of the store and ends with its process. A file beside the store tells
//! who the holder is; nothing depends on it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{domain::human::minute, time::Timestamp};

/// How the file that names the holder begins.
const HOLDER: &str = "process ";

/// Proof that this process may write to the store. Keep it until the store is closed: closing any
/// handle of a file gives up the locks that SQLite holds on it in the same process.
#[derive(Debug)]
pub struct WriterLock {
    store: PathBuf,
    file: File,
    creation: Creation,
}

/// Whether taking the lock made the store's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Creation {
    Created,
    Existed,
}

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another dormouse holds the store {}: {holder}; wait for it to end", store.display())]
    Held {
        store: PathBuf,
        /// Process id and start.
        holder: String,
    },
    #[error(
        "the store {} {problem}: two programs could write to it without seeing each other; nothing \
         was done", store.display()
    )]
    Shared { store: PathBuf, problem: String },
    #[error("cannot lock the store {}: {source}", store.display())]
    Io { store: PathBuf, source: std::io::Error },
}

impl WriterLock {
    /// Takes the lock for the store at `store`, without waiting. Makes an empty file where there is
    /// none.
    pub fn take(store: &Path, now: Timestamp) -> Result<Self, LockError> {
        let io = |source| LockError::Io { store: store.to_owned(), source };
        loop {
            let creation = create_private(store).map_err(io)?;
            let mut options = OpenOptions::new();
            options.read(true);
            let file = match options.open(store) {
                // The run that had made it took it away again, unused.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                opened => opened.map_err(io)?,
            };
            lock(&file, store)?;
            if !is_at(&file, store) {
                continue;
            }
            refuse_shared(store)?;
            tell_holder(store, now);
            return Ok(Self { store: store.to_owned(), file, creation });
        }
    }

    /// Lets others write while a person is asked.
    pub(crate) fn release(&self) -> Result<(), LockError> {
        forget_holder(&self.store);
        self.file.unlock().map_err(|source| LockError::Io { store: self.store.clone(), source })
    }

    /// Takes it again.
    pub(crate) fn retake(&self, now: Timestamp) -> Result<(), LockError> {
        lock(&self.file, &self.store)?;
        refuse_shared(&self.store)?;
        tell_holder(&self.store, now);
        Ok(())
    }
}

impl Drop for WriterLock {
    /// A store that nothing was written to is none.
    fn drop(&mut self) {
        forget_holder(&self.store);
        let is_empty = || self.file.metadata().is_ok_and(|m| m.len() == 0);
        if self.creation == Creation::Created && is_empty() && is_at(&self.file, &self.store) {
            let _ = std::fs::remove_file(&self.store);
        }
        // Closing alone does not release it where a child process has inherited the handle.
        let _ = self.file.unlock();
    }
}

/// Readable by its owner only; SQLite gives `-wal` and `-shm` the same mode.
fn create_private(store: &Path) -> std::io::Result<Creation> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(store) {
        Ok(_) => Ok(Creation::Created),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(Creation::Existed),
        Err(error) => Err(error),
    }
}

fn lock(file: &File, store: &Path) -> Result<(), LockError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            LockError::Held { store: store.to_owned(), holder: holder(store) }
        }
        TryLockError::Error(source) => LockError::Io { store: store.to_owned(), source },
    })
}

/// Refuses a store that has another name by which its write-ahead log is not found.
fn refuse_shared(store: &Path) -> Result<(), LockError> {
    match other_name(store) {
        None => Ok(()),
        Some(problem) => Err(LockError::Shared { store: store.to_owned(), problem }),
    }
}

/// How else the file can be reached, and what to do about it. Rows in the write-ahead log beside another
/// name are not found.
#[cfg(unix)]
pub(crate) fn other_name(store: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let links = std::fs::metadata(store).ok()?.nlink();
    if links > 1 {
        return Some(format!(
            "has {links} names (hard links; `find -samefile` shows them): remove the others"
        ));
    }
    is_mount(store).then(|| "is mounted as a single file: mount its folder".to_owned())
}

#[cfg(not(unix))]
pub(crate) fn other_name(_: &Path) -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
fn is_mount(store: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let stat = statx(CWD, store, AtFlags::empty(), StatxFlags::empty());
    stat.is_ok_and(|stat| stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_mount(_: &Path) -> bool {
    false
}

/// Whether the path still leads to this file.
#[cfg(unix)]
fn is_at(file: &File, store: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(store)) {
        (Ok(held), Ok(found)) => (held.dev(), held.ino()) == (found.dev(), found.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, store: &Path) -> bool {
    store.exists()
}

fn holder_file(store: &Path) -> PathBuf {
    // A link to the store is the same store.
    let mut path = store.canonicalize().unwrap_or_else(|_| store.to_owned()).into_os_string();
    path.push(".lock");
    path.into()
}

/// A courtesy: where it cannot be written, others only learn that the store is held. A file that is
/// not ours is left alone, and nothing is written through a link.
fn tell_holder(store: &Path, now: Timestamp) {
    forget_holder(store);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let me = format!("{HOLDER}{}, since {}\n", std::process::id(), minute(now));
    if let Err(error) =
        options.open(holder_file(store)).and_then(|mut file| file.write_all(me.as_bytes()))
    {
        tracing::debug!(%error, "cannot tell others who holds the store");
    }
}

fn forget_holder(store: &Path) {
    let path = holder_file(store);
    let is_ours = std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_file())
        && std::fs::read_to_string(&path).is_ok_and(|t| t.is_empty() || t.starts_with(HOLDER));
    if is_ours {
        let _ = std::fs::remove_file(&path);
    }
}

/// A holder that has just begun has not told yet.
fn holder(store: &Path) -> String {
    let path = holder_file(store);
    for _ in 0..20 {
        let mut text = String::new();
        let read = File::open(&path).and_then(|file| file.take(200).read_to_string(&mut text));
        if read.is_ok() && text.starts_with(HOLDER) && text.ends_with('\n') {
            return text.trim().to_owned();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    "another process".to_owned()
}
