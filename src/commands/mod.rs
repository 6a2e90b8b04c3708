//! One file a command; the only code that sees portal, store and report together. A command gets a
//! [`Context`] and its own flags and returns an [`Exit`]. Commands never use each other.

pub mod accounts;
pub mod apply;
pub mod backtest;
pub(crate) mod backup;
pub mod completions;
pub mod config;
pub mod decide;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod init;
pub mod man;
pub(crate) mod notify;
pub mod policy;
pub(crate) mod progress;
pub(crate) mod report;
pub mod restore;
pub mod status;
pub mod sync;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    cli::{Command, Global},
    commands::progress::Bars,
    config::{ConfigError, DEFAULT_NAME, Env, Overrides, SECRET_FILES, Settings},
    engine::{self, Engine, Notes, Progress, status_change::ChangeReport},
    exit::{Exit, Failure},
    lock,
    output::{Format, Output, files::Protected, outcomes},
    portal::Connection,
    prompt::Input,
    store::{Mode, Store, StoreError},
    time::Clock,
};

/// What a command may use.
pub struct Context {
    pub settings: Settings,
    pub clock: Arc<dyn Clock>,
    pub out: Output,
    /// Stdin and the person there.
    pub input: Input,
    /// The working directory; relative paths of flags start here.
    pub cwd: PathBuf,
    /// Flags that every command takes.
    pub globals: Global,
    env: Env,
    overrides: Overrides,
}

impl Context {
    pub(crate) fn engine(&mut self) -> Engine<'_> {
        Engine {
            settings: &self.settings,
            clock: &self.clock,
            operator: self.env.operator(),
            notes: &mut self.out,
        }
    }

    /// What no file may be written over.
    pub(crate) fn protected(&self) -> Protected {
        let store = &self.settings.database;
        let real = store.canonicalize().unwrap_or_else(|_| store.clone());
        let beside = [store, &real].map(|store| {
            ["", "-wal", "-shm", "-journal", ".lock"].map(|suffix| {
                let mut name = store.clone().into_os_string();
                name.push(suffix);
                PathBuf::from(name)
            })
        });
        let config = self.settings.file.as_deref().unwrap_or(Path::new(DEFAULT_NAME));
        let config = self.cwd.join(config);
        let settings = self.settings.origins.iter();
        let secrets: Vec<_> = settings.filter(|s| SECRET_FILES.contains(&s.name)).collect();
        // A relative name counts from where it is given: the working directory or the file's folder.
        let folders = [Some(self.cwd.as_path()), config.parent()].into_iter().flatten();
        let keys: Vec<PathBuf> =
            secrets.iter().flat_map(|s| folders.clone().map(|f| f.join(&s.value))).collect();
        let others = [self.cwd.join(".env"), self.cwd.join(DEFAULT_NAME), config.clone()];
        Protected::new(beside.into_iter().flatten().chain(others).chain(keys))
    }

    /// How to reach the portal.
    pub(crate) fn connection(&self) -> anyhow::Result<Connection> {
        engine::connection(&self.settings)
    }

    /// Opens the store.
    pub(crate) async fn open(&self, mode: Mode) -> Result<Store, StoreError> {
        let path = &self.settings.database;
        if let Some(problem) = lock::other_name(path) {
            tracing::warn!(
                "the store {} {problem}, or read a copy; what another program has just written by \
                 another name is not seen",
                path.display()
            );
        }
        Store::open(path, mode).await
    }

    /// Reads the settings again: an exemption written while a prompt waits counts.
    pub(crate) fn reload_settings(&mut self) -> Result<(), ConfigError> {
        let today = self.clock.now().date_naive();
        self.settings = Settings::load(&self.globals, self.overrides, &self.env, &self.cwd, today)?;
        Ok(())
    }
}

impl Notes for Output {
    fn note(&mut self, text: &dyn Display) {
        Self::note(self, text);
    }

    fn warn(&mut self, text: &dyn Display) {
        Self::warn(self, text);
    }

    fn milestone(&mut self, text: &dyn Display) {
        if !self.shows_progress() {
            Self::note(self, text);
        }
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Bars::new(self))
    }
}

/// Shows what a run of `apply` or `restore` did, also where it failed on the way.
fn show_change(cx: &mut Context, report: ChangeReport) -> anyhow::Result<Exit> {
    let ChangeReport { run_id, action, decision_id, outcomes, rest, result } = report;
    let shown = match result.is_ok() || !outcomes.is_empty() {
        true => {
            let done = outcomes::Done { run_id, action, decision_id, outcomes: &outcomes };
            outcomes::show(&mut cx.out, &done)
        }
        false => Ok(()),
    };
    let exit = result?;
    match shown {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    if let Some(rest) = rest {
        cx.out.warn(rest);
    }
    Ok(exit)
}

/// What there is before settings are read.
pub(crate) struct Start {
    pub(crate) env: Env,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) out: Output,
    pub(crate) input: Input,
    pub(crate) cwd: PathBuf,
    pub(crate) globals: Global,
}

/// Runs a command and says on stderr why it failed.
pub(crate) async fn run(start: Start, command: Command) -> Exit {
    use Command as C;
    let none = Overrides::default();
    match command {
        C::Init(args) => start.bare(|s| init::run(s, &args)),
        C::Completions(args) => start.bare(|s| completions::run(s, &args)),
        C::Man(args) => start.bare(|s| man::run(s, &args)),
        C::Config(_) => start.full(none, async |cx| config::run(cx)).await,
        C::Policy(args) => start.full(none, async |cx| policy::run(cx, args).await).await,
        C::Sync(args) => {
            let flags = args.overrides();
            start.full(flags, async |cx| sync::run(cx, args).await).await
        }
        C::Decide(args) => {
            let flags = Overrides { inactivity_days: args.inactivity_days, ..none };
            start.full(flags, async |cx| decide::run(cx, args).await).await
        }
        C::Backtest(args) => start.full(none, async |cx| backtest::run(cx, args).await).await,
        C::Accounts(args) => start.full(none, async |cx| accounts::run(cx, args).await).await,
        C::Explain(args) => start.full(none, async |cx| explain::run(cx, args).await).await,
        C::Apply(args) => start.full(none, async |cx| apply::run(cx, args).await).await,
        C::Restore(args) => start.full(none, async |cx| restore::run(cx, args).await).await,
        C::Notify(args) => start.full(none, async |cx| notify::run(cx, args).await).await,
        C::History(args) => start.full(none, async |cx| history::run(cx, args).await).await,
        C::Backup(args) => start.full(none, async |cx| backup::run(cx, &args).await).await,
        C::Report(args) => start.full(none, async |cx| report::run(cx, args).await).await,
        C::Status(args) => start.full(none, async |cx| status::run(cx, args).await).await,
        C::Doctor(args) => start.full(none, async |cx| doctor::run(cx, args).await).await,
    }
}

impl Start {
    /// Runs a command that needs no settings, and so works while they are wrong.
    fn bare(mut self, run: impl FnOnce(&mut Self) -> anyhow::Result<Exit>) -> Exit {
        let result = match self.out.format() {
            Format::Table => run(&mut self),
            Format::Csv | Format::Html | Format::Json | Format::Prometheus => {
                Err(Failure::usage("--format is for commands that show results; this one has none")
                    .into())
            }
        };
        conclude(&mut self.out, result)
    }

    /// Reads the settings and runs a command with them.
    async fn full(
        self,
        overrides: Overrides,
        run: impl AsyncFnOnce(&mut Context) -> anyhow::Result<Exit>,
    ) -> Exit {
        let Self { env, clock, mut out, input, cwd, globals } = self;
        let settings =
            match Settings::load(&globals, overrides, &env, &cwd, clock.now().date_naive()) {
                Ok(settings) => settings,
                Err(error) => return conclude(&mut out, Err(error.into())),
            };
        for warning in &settings.warnings {
            out.warn(warning);
        }
        let mut cx = Context { settings, clock, out, input, cwd, globals, env, overrides };
        let result = run(&mut cx).await;
        conclude(&mut cx.out, result)
    }
}

/// Says an error, writes out what is held back, and gives the exit code.
fn conclude(out: &mut Output, result: anyhow::Result<Exit>) -> Exit {
    let error = match (result, out.flush()) {
        (Ok(exit), Ok(())) => return exit,
        (Ok(_), Err(error)) => error.into(),
        (Err(error), _) => error,
    };
    out.error(&error);
    Exit::of(&error)
}
