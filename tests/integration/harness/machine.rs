//! A machine that dormouse runs on: a working directory of its own, a clock, and the way to a portal
//! where there is one.

use std::{
    io::{BufRead, Cursor},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::program::{self, Ran, Surroundings, TestClock};

/// A clone is the same machine.
#[derive(Clone)]
pub(crate) struct Machine {
    dir: Arc<TempDir>,
    pub(crate) clock: TestClock,
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) stdin: String,
    /// Width of its terminal; `None` where output goes to a file.
    pub(crate) columns: Option<u16>,
}

impl Machine {
    /// Without a portal; its clock stands still at `now`.
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self {
            dir: Arc::new(tempfile::tempdir().unwrap()),
            clock: TestClock { followed: sandbox::Clock::frozen(now), skew: TimeDelta::zero() },
            env: Vec::new(),
            stdin: String::new(),
            columns: None,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path().join("dormouse.db")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Replaces dormouse.toml.
    pub(crate) fn configure(&self, text: &str) {
        self.write("dormouse.toml", text);
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line, None)
    }

    /// With somebody at the terminal who answers so.
    pub(crate) fn answering(&self, line: &str, answers: &str) -> Ran {
        self.run_with(line, Some(Box::new(Cursor::new(answers.to_owned()))))
    }

    pub(crate) fn run_with(&self, line: &str, answers: Option<Box<dyn BufRead + Send>>) -> Ran {
        let around = Surroundings {
            env: self.env.clone(),
            cwd: self.path().to_owned(),
            clock: self.clock.clone(),
            answers,
            stdin: self.stdin.clone(),
            columns: self.columns,
        };
        program::run(line, around)
    }

    /// A command that must end well.
    #[track_caller]
    pub(crate) fn must(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stderr, ran.stdout);
        ran
    }

    /// Rows of a query or the effect of a statement, by another program; columns separated by `|`.
    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        // A run that failed drops its connection, which may take a moment longer than the run.
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-cmd", ".timeout 5000"]).arg(self.store()).arg(sql);
        let ran = sqlite.output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}
