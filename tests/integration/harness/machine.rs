//! A machine that dormouse runs on: a working directory of its own, a clock, and the way to a portal
//! where there is one.

use std::{
    io::{BufRead, Cursor},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use dormouse::store::{Mode, Store};
use serde_json::Value;

use super::{
    block,
    keys::{self, Folder},
    program::{self, Ran, Surroundings, TestClock},
};

/// A clone is the same machine.
#[derive(Clone)]
pub(crate) struct Machine {
    dir: Arc<Folder>,
    store: &'static str,
    pub(crate) clock: TestClock,
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) stdin: String,
    /// Width of its terminal; `None` where output goes to a file.
    pub(crate) columns: Option<u16>,
}

impl Machine {
    /// Without a portal; its clock stands still at `now`.
    pub(crate) fn at(now: impl Into<DateTime<Utc>>) -> Self {
        Self {
            dir: Arc::new(Folder::new()),
            store: "dormouse.db",
            clock: TestClock {
                followed: sandbox::Clock::frozen(now.into()),
                skew: TimeDelta::zero(),
            },
            env: Vec::new(),
            stdin: String::new(),
            columns: None,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path().join(self.store)
    }

    /// Goes on with another store, which is not there yet.
    pub(crate) fn use_store(&mut self, name: &'static str) {
        self.store = name;
        self.env.push(("DATABASE_URL", format!("sqlite://{name}")));
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
        keys::learn(&self.env);
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
        self.run(line).ends(0)
    }

    /// The JSON of a command that must end well.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        self.must(&format!("--format json {line}")).json()
    }

    /// Without an address and a key of the portal.
    pub(crate) fn run_alone(&self, line: &str) -> Ran {
        Self { env: Vec::new(), ..self.clone() }.run(line)
    }

    /// The real program as a process of its own, ready to start.
    pub(crate) fn process(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
        self.surround(&mut command).args(line.split_whitespace());
        command
    }

    /// The same without output.
    pub(crate) fn quiet_process(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
        self.silent(&mut command).args(line.split_whitespace());
        command
    }

    /// In the machine's surroundings and without output.
    pub(super) fn silent<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        self.surround(command).stdout(Stdio::null()).stderr(Stdio::null())
    }

    /// A script that finds the program as `$0`.
    pub(crate) fn shell(&self, script: &str) -> Ran {
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_dormouse");
        self.surround(&mut command).args(["-c", script, program]).output().unwrap().into()
    }

    fn surround<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        keys::learn(&self.env);
        command
            .env_clear()
            .envs(self.env.iter().cloned())
            .current_dir(self.path())
            .stdin(Stdio::null())
    }

    /// Works on the store as a command would.
    pub(crate) fn with_store<T>(&self, work: impl AsyncFnOnce(&mut Store) -> T) -> T {
        self.stored(Mode::Record, work)
    }

    /// Reads the store, also while others write.
    pub(crate) fn reading<T>(&self, ask: impl AsyncFnOnce(&mut Store) -> T) -> T {
        self.stored(Mode::Read, ask)
    }

    fn stored<T>(&self, mode: Mode, work: impl AsyncFnOnce(&mut Store) -> T) -> T {
        block(async {
            let mut store = Store::open(&self.store(), mode).await.unwrap();
            let result = work(&mut store).await;
            store.close().await.unwrap();
            result
        })
    }

    /// Rows of a query, or the effect of a statement, by another program; columns separated by `|`.
    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        // A run that failed drops its connection, which may take a moment longer than the run.
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-cmd", ".timeout 5000"]).arg(self.store()).arg(sql);
        let ran: Ran = sqlite.output().unwrap().into();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{sql}");
        ran.stdout.lines().map(str::to_owned).collect()
    }

    /// Everything in the store, as text.
    pub(crate) fn dump(&self) -> String {
        self.sql(".dump").join("\n")
    }
}
