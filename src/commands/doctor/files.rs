//! The files around a run: who may read them, who holds the store, and how much room is left. The lock
//! itself is never taken: a sync that starts now would fail because of us.

use std::path::{Path, PathBuf};

use crate::{
    commands::{Context, doctor::check::Check},
    config::{Origin, SECRET_FILES},
    output::when::thousands,
};

pub(super) fn examine(cx: &Context) -> Vec<Check> {
    let store = &cx.settings.database;
    vec![modes(cx), lock(store), disk(store)]
}

/// Files that hold personal data or the key.
fn private_files(cx: &Context) -> Vec<PathBuf> {
    let store = &cx.settings.database;
    let beside = |ending: &str| {
        let mut path = store.as_os_str().to_owned();
        path.push(ending);
        PathBuf::from(path)
    };
    let mut files = vec![store.clone(), beside("-wal"), beside("-shm")];
    for setting in &cx.settings.origins {
        match (setting.name, &setting.origin) {
            ("portal.api_key", Origin::DotEnv(_)) => files.push(cx.cwd.join(".env")),
            // A path in the configuration file starts there, any other in the working directory.
            ("portal.api_key_file", Origin::File { path, .. }) => {
                let base = path.parent().unwrap_or(Path::new(""));
                files.push(cx.cwd.join(base).join(&setting.value));
            }
            (name, _) if SECRET_FILES.contains(&name) => files.push(cx.cwd.join(&setting.value)),
            _ => {}
        }
    }
    files.retain(|file| file.exists());
    files
}

#[cfg(unix)]
fn modes(cx: &Context) -> Check {
    use std::os::unix::fs::PermissionsExt;
    const NAME: &str = "file modes";
    let open: Vec<String> = private_files(cx)
        .into_iter()
        .filter_map(|file| {
            let mode = file.metadata().ok()?.permissions().mode() & 0o777;
            (mode & 0o077 != 0).then(|| format!("{} ({mode:03o})", file.display()))
        })
        .collect();
    if open.is_empty() {
        return Check::ok(NAME, "only their owner can read store and key");
    }
    let detail = format!("other users can read {}", open.join(", "));
    Check::warning(NAME, detail, "chmod 600 each of them: they hold the key or personal data")
}

#[cfg(not(unix))]
fn modes(cx: &Context) -> Check {
    let files = private_files(cx).len();
    Check::skipped("file modes", format!("{files} files; this system has no file modes"))
}

/// Who holds the store, as the system's own list of locks has it. The lock is on the store itself; the
/// file beside it only says who took it.
fn lock(store: &Path) -> Check {
    const NAME: &str = "lock";
    if !store.exists() {
        return Check::ok(NAME, "free");
    }
    match is_locked(store) {
        Some(false) => Check::ok(NAME, "free"),
        Some(true) => {
            let mut beside = store.as_os_str().to_owned();
            beside.push(".lock");
            let holder = std::fs::read_to_string(PathBuf::from(beside)).unwrap_or_default();
            Check::ok(NAME, format!("in use: {}", holder.trim()))
        }
        None => Check::skipped(NAME, "this system does not list its locks"),
    }
}

#[cfg(target_os = "linux")]
fn is_locked(path: &Path) -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", path.metadata().ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    // For example `1: FLOCK  ADVISORY  WRITE 708 08:01:2621 0 EOF`.
    Some(locks.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        fields.next() == Some("FLOCK") && fields.nth(3).is_some_and(|id| id.ends_with(&inode))
    }))
}

#[cfg(not(target_os = "linux"))]
fn is_locked(_: &Path) -> Option<bool> {
    None
}

/// Below this a sync may not finish.
const LITTLE: u64 = 200 << 20;
/// Below this nothing can be written down any more.
const NOTHING: u64 = 16 << 20;

fn disk(store: &Path) -> Check {
    const NAME: &str = "free disk";
    let folder = store.parent().filter(|p| p.exists()).unwrap_or(Path::new("."));
    let Some(free) = free(folder) else {
        return Check::skipped(NAME, "this system does not say");
    };
    let detail = format!("{} MB where the store is", thousands(free >> 20));
    // A first sync, a migration and a VACUUM need room beside the file.
    let size = store.metadata().map_or(0, |m| m.len());
    let advice = "make room: a run that cannot write down what it does stops";
    if free < NOTHING {
        Check::problem(NAME, detail, advice)
    } else if free < LITTLE.max(size) {
        Check::warning(NAME, detail, advice)
    } else {
        Check::ok(NAME, detail)
    }
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}
