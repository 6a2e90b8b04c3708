//! Runs the program in process against a sandbox, in a directory of its own.

use crate::common;
pub(crate) use crate::common::Ran;
use std::{
    io::{self},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use dormouse::{
    app::World,
    config::Env,
    prompt::{Input, Prompt},
    time::SystemClock,
};
use sandbox::Sandbox;
use serde_json::Value;

/// A portal and the place where dormouse works on it.
pub(crate) struct Job {
    pub(crate) portal: Sandbox,
    dir: tempfile::TempDir,
    store: PathBuf,
}

impl Ran {
    /// The result as JSON of a command that must have succeeded.
    pub(crate) fn json(self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }
}

impl Job {
    pub(crate) fn on(portal: sandbox::World) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = "[portal]\nrequests_per_minute = 1000000\n";
        std::fs::write(dir.path().join("dormouse.toml"), settings).unwrap();
        let store = dir.path().join("dormouse.db");
        Self { portal: Sandbox::spawn(portal).unwrap(), dir, store }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.store.clone()
    }

    /// What the store answers, a row a line.
    pub(crate) fn query(&self, question: &str) -> String {
        self.sqlite(&[question])
    }

    /// Changes the store behind the program's back.
    pub(crate) fn sql(&self, statement: &str) {
        self.sqlite(&[statement]);
    }

    /// Everything in the store, as text.
    pub(crate) fn dump(&self) -> String {
        self.sqlite(&[".dump"])
    }

    fn sqlite(&self, args: &[&str]) -> String {
        let ran = Command::new("sqlite3").arg(&self.store).args(args).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        common::run(line, |streams| World {
            env: [
                ("DOCSPACE_API_HOST", self.portal.url()),
                ("DOCSPACE_API_KEY", self.portal.admin_key()),
                ("DATABASE_URL", format!("sqlite://{}", self.store.display())),
            ]
            .into_iter()
            .collect::<Env>(),
            cwd: self.dir.path().to_owned(),
            clock: Arc::new(SystemClock),
            input: Input { reader: Box::new(io::empty()), prompt: Prompt::Nobody },
            streams,
        })
    }
}
