//! Files that dormouse writes for people: reports, backups, a first configuration. A protected file is
//! never touched, a file that exists is replaced only where the caller allows it, and a file is there
//! whole or not at all.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The file must not be written; nothing was changed.
    #[error("{} {problem}", path.display())]
    Refused { path: PathBuf, problem: &'static str },
    #[error("cannot write {}: there is no folder {}", path.display(), folder.display())]
    NoFolder { path: PathBuf, folder: PathBuf },
    #[error("cannot write {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Files that nothing may be written over: the store and what lies beside it, the key, `.env`, the
/// configuration.
#[derive(Debug, Default)]
pub(crate) struct Protected(Vec<PathBuf>);

impl Protected {
    pub(crate) fn new(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(files.into_iter().collect())
    }

    /// By name, whether the file exists or not, and by identity, whatever its name.
    fn covers(&self, path: &Path, found: Option<&Metadata>) -> bool {
        let is_found = |file| found.is_some_and(|found| is_same(file, found));
        self.0.iter().any(|file| place(file) == place(path) || is_found(file))
    }
}

/// What may be done to a file that exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

impl Existing {
    /// A file of our own is replaced, known by a mark near its beginning; any other is kept.
    pub(crate) fn replace_marked(path: &Path, marks: &[&str]) -> Self {
        // Opening a pipe would wait for somebody to write into it.
        if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return Self::Keep;
        }
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head));
        let head = String::from_utf8_lossy(&head);
        match read.is_ok() && marks.iter().any(|mark| head.contains(mark)) {
            true => Self::Replace,
            false => Self::Keep,
        }
    }
}

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    Owner,
    /// As far as the umask allows.
    Everyone,
    /// Everyone, whatever the umask: the file is for a program of another user.
    Collector,
}

/// A place that may be written to.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    Replaced,
    /// A device or a pipe, which is written into.
    Stream,
}

impl Target {
    /// Says whether `path` may be written to, and changes nothing.
    pub(crate) fn find(
        path: &Path,
        existing: Existing,
        protected: &Protected,
    ) -> Result<Self, FileError> {
        let refused = |problem| Err(FileError::Refused { path: path.to_owned(), problem });
        let found = match fs::symlink_metadata(path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(FileError::Io { path: path.to_owned(), source }),
        };
        let target = |kind| Ok(Self { path: path.to_owned(), kind });
        match found {
            Some(link) if link.is_symlink() => match fs::metadata(path) {
                Ok(found) if is_stream(&found) => target(Kind::Stream),
                _ => refused("is a symbolic link; name the file itself"),
            },
            Some(found) if found.is_dir() => refused("is a folder; name a file in it"),
            Some(found) if is_stream(&found) => target(Kind::Stream),
            found if protected.covers(path, found.as_ref()) => refused(
                "belongs to dormouse's own files (store, key or configuration); name another file",
            ),
            None => target(Kind::New),
            Some(found) if !found.is_file() => refused("is not a file that can be written"),
            Some(_) => match existing {
                Existing::Keep => refused("exists already; name another file"),
                Existing::Replace => target(Kind::Replaced),
            },
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the whole file.
    pub(crate) fn write(&self, bytes: &[u8], readers: Readers) -> Result<(), FileError> {
        let mut temporary = self.temporary(readers)?;
        temporary.write_all(bytes).map_err(|source| self.error(source))?;
        self.finish(temporary)
    }

    /// An empty file to fill, on the same file system as the target.
    pub(crate) fn temporary(&self, readers: Readers) -> Result<NamedTempFile, FileError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".dormouse-").suffix(".part");
        let mode = mode(readers);
        if let Some(mode) = &mode {
            builder.permissions(mode.clone());
        }
        let temporary = match self.kind {
            Kind::Stream => builder.tempfile(),
            Kind::New | Kind::Replaced => builder.tempfile_in(folder(&self.path)),
        };
        let temporary = temporary.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => FileError::NoFolder {
                path: self.path.clone(),
                folder: folder(&self.path).to_owned(),
            },
            _ => self.error(source),
        })?;
        if let (Readers::Collector, Some(mode)) = (readers, mode) {
            temporary.as_file().set_permissions(mode).map_err(|source| self.error(source))?;
        }
        Ok(temporary)
    }

    /// Gives what was written its name. A file that appeared meanwhile is left alone.
    pub(crate) fn finish(&self, temporary: NamedTempFile) -> Result<(), FileError> {
        let result = match self.kind {
            Kind::Stream => copy(temporary.path(), &self.path),
            Kind::New => persist(temporary, |t| t.persist_noclobber(&self.path)),
            Kind::Replaced => persist(temporary, |t| t.persist(&self.path)),
        };
        result.map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> FileError {
        FileError::Io { path: self.path.clone(), source }
    }
}

#[cfg(unix)]
fn mode(readers: Readers) -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(match readers {
        Readers::Owner => 0o600,
        Readers::Everyone | Readers::Collector => 0o644,
    }))
}

/// Without file modes, the folder's rules hold.
#[cfg(not(unix))]
fn mode(_: Readers) -> Option<fs::Permissions> {
    None
}

fn persist(
    temporary: NamedTempFile,
    rename: impl FnOnce(NamedTempFile) -> Result<File, tempfile::PersistError>,
) -> io::Result<()> {
    temporary.as_file().sync_all()?;
    rename(temporary)?;
    Ok(())
}

fn copy(from: &Path, into: &Path) -> io::Result<()> {
    let mut stream = OpenOptions::new().write(true).open(into)?;
    io::copy(&mut File::open(from)?, &mut stream)?;
    stream.flush()
}

/// A folder as it really is, and a name in it.
fn place(path: &Path) -> (PathBuf, Option<&std::ffi::OsStr>) {
    let folder = folder(path);
    (folder.canonicalize().unwrap_or_else(|_| folder.to_owned()), path.file_name())
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn is_same(file: &Path, found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(file).is_ok_and(|f| (f.dev(), f.ino()) == (found.dev(), found.ino()))
}

/// Without inodes, files are told apart by their names alone.
#[cfg(not(unix))]
fn is_same(_: &Path, _: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_stream(file: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = file.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_fifo()
}

#[cfg(not(unix))]
fn is_stream(_: &Metadata) -> bool {
    false
}
