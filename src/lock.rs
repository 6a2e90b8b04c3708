//! One writer at a time. The lock is the operating system's, so it ends with the process that holds
//! it, however that ends. The file beside the store says who holds it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::time::Timestamp;

/// Proof that this process may write to the store. Released when dropped.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another dormouse writes to the same store.
    #[error("another dormouse holds the store {}: {holder}; wait for it to end", store.display())]
    Held {
        /// The store.
        store: PathBuf,
        /// Process id and start of the holder.
        holder: String,
    },
    /// The lock file cannot be used.
    #[error("cannot lock the store with {}: {source}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl WriterLock {
    /// Takes the lock for the store at `store`, without waiting.
    ///
    /// # Errors
    /// Somebody else holds it, or the file beside the store cannot be written.
    pub fn take(store: &Path, now: Timestamp) -> Result<Self, LockError> {
        // A link to the store is the same store.
        let real = store.canonicalize().unwrap_or_else(|_| store.to_owned());
        let mut path = real.into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let io = |source| LockError::Io { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { store: store.to_owned(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let me = format!("process {}, since {}\n", std::process::id(), now.to_string());
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(me.as_bytes()))
            .map_err(io)?;
        Ok(Self { _file: file })
    }
}

/// Who holds it is a courtesy; that it is held is certain. A holder that has just begun has not yet
/// written who it is.
fn holder(file: &mut File) -> String {
    for _ in 0..20 {
        let mut text = String::new();
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text));
        if read.is_ok() && text.ends_with('\n') {
            return text.trim().to_owned();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    "another process".to_owned()
}
