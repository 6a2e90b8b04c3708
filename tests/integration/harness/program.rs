//! The program in process, as `main` runs it, with streams that a test reads afterwards.

use std::{
    io::{self, BufRead, Write},
    path::PathBuf,
    process::Output,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use dormouse::{
    app::{self, World},
    config::Env,
    output::{Streams, Terminal},
    prompt::{Input, Prompt},
    time::{Clock, Timestamp},
};
use serde_json::Value;

use super::keys;

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// One check of a `doctor` report.
pub(crate) fn check<'r>(report: &'r Value, name: &str) -> &'r Value {
    let check = report["checks"].as_array().unwrap().iter().find(|c| c["name"] == name);
    check.unwrap_or_else(|| panic!("no check {name}: {report}"))
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends(self, code: u8) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The error alone, without warnings and notes.
    pub(crate) fn error(&self) -> &str {
        self.stderr.split_once("error: ").map_or("", |(_, error)| error.trim_end())
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let ran = Self {
            code: output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        keys::assert_absent(&ran);
        ran
    }
}

/// What one run of the program finds around it.
pub(crate) struct Surroundings {
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) cwd: PathBuf,
    pub(crate) clock: TestClock,
    /// `None` where nobody is there to ask, and stdin is empty.
    pub(crate) answers: Option<Box<dyn BufRead + Send>>,
    /// What is piped into it; answers win.
    pub(crate) stdin: String,
    /// Width of stdout where it is a terminal.
    pub(crate) columns: Option<u16>,
}

/// Runs a command line, which is split at white space.
pub(crate) fn run(line: &str, around: Surroundings) -> Ran {
    let (stdout, stderr) = (Buffer::default(), Buffer::default());
    let prompt = if around.answers.is_some() { Prompt::Scripted } else { Prompt::Nobody };
    let reader = around.answers.unwrap_or_else(|| Box::new(io::Cursor::new(around.stdin)));
    let mut world = World {
        env: around.env.into_iter().collect::<Env>(),
        cwd: around.cwd,
        clock: Arc::new(around.clock),
        input: Input { reader, prompt },
        streams: Streams {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            stdout_is: around.columns.map_or(Terminal::None, Terminal::Columns),
            stderr_is: Terminal::None,
        },
    };
    let args = std::iter::once("dormouse").chain(line.split_whitespace());
    let exit = app::parse(args, &mut world).map_or_else(|exit| exit, |cli| app::run(cli, world));
    let ran = Ran { code: exit.code(), stdout: stdout.text(), stderr: stderr.text() };
    keys::assert_absent(&ran);
    ran
}

/// Follows the portal's clock, or one of a test's own, with a difference.
#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    pub(crate) followed: sandbox::Clock,
    pub(crate) skew: TimeDelta,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        (self.followed.now() + self.skew).into()
    }
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
