//! One run of the program, with everything it touches given from outside: environment, working
//! directory, clock, streams. The process and the tests start here alike.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    path::PathBuf,
    sync::Arc,
};

use clap::{CommandFactory, FromArgMatches, error::ErrorKind};

use crate::{
    cli::{Cli, Command, Global, parser},
    commands::{self, Start},
    config::{Env, env::NO_COLOR},
    exit::Exit,
    logging,
    output::{
        ColorMode, Format, Output, Streams, Terminal, Verbosity,
        style::Paint,
        terminal::{OutputSettings, Progress},
    },
    prompt::{Input, Prompt},
    time::{Clock, SystemClock},
};

/// What a run finds around it.
pub struct Environment {
    /// Variables. `.env` is read from `cwd` by the commands that need it.
    pub env: Env,
    /// Where relative paths start.
    pub cwd: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub input: Input,
    pub streams: Streams,
}

/// The former name.
pub type World = Environment;

impl Environment {
    /// That of this process.
    ///
    /// # Errors
    /// The working directory is gone.
    pub fn of_process() -> io::Result<Self> {
        let both = io::stdin().is_terminal() && io::stderr().is_terminal();
        Ok(Self {
            env: Env::of_process(),
            cwd: std::env::current_dir()?,
            clock: Arc::new(SystemClock),
            input: Input {
                reader: Box::new(io::BufReader::new(io::stdin())),
                prompt: if both { Prompt::Terminal } else { Prompt::Nobody },
            },
            streams: Streams {
                stdout: Box::new(io::BufWriter::new(io::stdout())),
                stderr: Box::new(io::stderr()),
                stdout_is: terminal(&console::Term::stdout()),
                stderr_is: terminal(&console::Term::stderr()),
            },
        })
    }
}

fn terminal(term: &console::Term) -> Terminal {
    match term.is_term() {
        true => Terminal::Columns(term.size().1),
        false => Terminal::None,
    }
}

/// Reads the command line. Help and usage errors are written to the streams.
///
/// # Errors
/// There is nothing to run; the process ends with this code.
pub fn parse<A: Into<OsString> + Clone>(
    args: impl IntoIterator<Item = A>,
    environment: &mut Environment,
) -> Result<Cli, Exit> {
    let parsed = parser().try_get_matches_from(args);
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    // Before the command's name the flag is the global one, which knows more than the command writes.
    let parsed = parsed.and_then(|cli| {
        let problem = match (&cli.command, cli.global.format) {
            (Command::Report(_), Some(Format::Table)) => {
                "a report is written as html, csv or json, not as a table"
            }
            (Command::Status(_), _) => return Ok(cli),
            (_, Some(Format::Prometheus)) => "only `status` is written as prometheus",
            _ => return Ok(cli),
        };
        Err(Cli::command().error(ErrorKind::ArgumentConflict, problem))
    });
    parsed.map_err(|error| {
        let Environment { env, streams, .. } = environment;
        let (stream, is, exit) = match error.exit_code() {
            0 => (&mut streams.stdout, streams.stdout_is, Exit::Done),
            _ => (&mut streams.stderr, streams.stderr_is, Exit::Usage),
        };
        let text = error.render();
        let written = match paint(ColorMode::Auto, is, env) {
            Paint::Colored => write!(stream, "{}", text.ansi()),
            Paint::Bare => write!(stream, "{text}"),
        };
        match written.and_then(|()| stream.flush()) {
            Ok(()) => exit,
            Err(_) => Exit::Failed,
        }
    })
}

/// Starts logging for the whole process; for `main` alone.
pub fn start_logging(cli: &Cli, environment: &Environment) {
    let stderr = environment.streams.stderr_is;
    logging::install(&cli.global, paint(cli.global.color, stderr, &environment.env));
}

#[must_use]
pub fn run(cli: Cli, environment: Environment) -> Exit {
    // One thread does: the waiting is for the portal, and SQLite has a thread of its own.
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run_async(cli, environment)),
        Err(error) => {
            let mut out = output(&cli.global, &cli.command, &environment.env, environment.streams);
            out.error(&anyhow::Error::new(error).context("cannot start the runtime"));
            Exit::Failed
        }
    }
}

/// The same inside a runtime that is already there.
pub async fn run_async(cli: Cli, environment: Environment) -> Exit {
    let Cli { global: globals, command } = cli;
    let Environment { env, cwd, clock, input, streams } = environment;
    let out = output(&globals, &command, &env, streams);
    commands::run(Start { env, clock, out, input, cwd, globals }, command).await
}

fn output(globals: &Global, command: &Command, env: &Env, streams: Streams) -> Output {
    let default = match command {
        Command::Report(_) => Format::Html,
        _ => Format::Table,
    };
    let verbosity = globals.verbosity();
    let on_terminal = streams.stderr_is != Terminal::None;
    let progress = match on_terminal && !globals.no_progress && verbosity >= Verbosity::Normal {
        true => Progress::Shown,
        false => Progress::Hidden,
    };
    let settings = OutputSettings {
        format: globals.format.unwrap_or(default),
        stdout: paint(globals.color, streams.stdout_is, env),
        stderr: paint(globals.color, streams.stderr_is, env),
        verbosity,
        progress,
    };
    Output::new(streams, settings)
}

fn paint(mode: ColorMode, stream: Terminal, env: &Env) -> Paint {
    match mode {
        ColorMode::Always => Paint::Colored,
        ColorMode::Auto if stream != Terminal::None && !env.has(NO_COLOR) => Paint::Colored,
        ColorMode::Auto | ColorMode::Never => Paint::Bare,
    }
}
