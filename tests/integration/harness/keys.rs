//! In every test: the key is in no output of a process and in no file that a run leaves behind, but for
//! those that hold it on purpose.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use tempfile::TempDir;

use super::program::Ran;

/// Files of tests that hold a key by right.
const HOLDERS: [&str; 2] = [".env", "secret.key"];

/// Every key of this test run.
static KEYS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) fn learn(env: &[(&'static str, String)]) {
    const SECRETS: [&str; 3] =
        ["DOCSPACE_API_KEY", "DORMOUSE_SMTP_PASSWORD", "DORMOUSE_WEBHOOK_SECRET"];
    let keys = env.iter().filter(|(name, _)| SECRETS.contains(name)).map(|(_, key)| key);
    // Shorter ones are no keys, and are found in anything.
    let keys = keys.filter(|key| key.len() > 8).cloned();
    KEYS.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
}

fn keys() -> BTreeSet<String> {
    KEYS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[track_caller]
pub(crate) fn assert_absent(ran: &Ran) {
    for key in keys() {
        assert!(!ran.stdout.contains(&key) && !ran.stderr.contains(&key), "the key: {ran:?}");
    }
}

/// A machine's working directory, which is searched when the last one leaves it.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let keys = keys();
        // Without a pattern grep would take the folder for one, and search where it stands.
        if keys.is_empty() || std::thread::panicking() {
            return;
        }
        let mut grep = Command::new("grep");
        grep.args(["-rlaF"]).args(HOLDERS.map(|name| format!("--exclude={name}")));
        grep.args(keys.iter().flat_map(|key| ["-e", key])).arg("--").arg(self.path());
        let found = grep.output().map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned());
        let holding: Vec<PathBuf> = found.unwrap().lines().map(PathBuf::from).collect();
        assert!(holding.is_empty(), "the key is in {holding:?}");
    }
}
