//! A prepared portal and store, copied for each run of the real process. Their clocks are the real one.

use std::process::{Command, Stdio};

use chrono::TimeDelta;
use dormouse::time::{Clock as _, SystemClock};
use sandbox::{Clock, World};
use uuid::Uuid;

use crate::support::*;

/// Guests who left two months before now, the real now.
pub(crate) fn present(guests: usize) -> (World, Vec<Uuid>) {
    world_at(SystemClock.now().into(), guests)
}

pub(crate) struct Template {
    world: World,
    store: Vec<u8>,
}

impl Template {
    /// A sync and a decision are made.
    pub(crate) fn decided(world: World) -> Self {
        Self::of(&Bench::decided(world))
    }

    /// One more run is made.
    pub(crate) fn after(&self, line: &str) -> Self {
        let bench = self.bench();
        bench.run(line).ends(0);
        Self::of(&bench)
    }

    fn of(bench: &Bench) -> Self {
        let wal = bench.dir.path().join("dormouse.db-wal");
        assert!(!wal.exists(), "a store that was closed is one file");
        let world = bench.portal.world().clone();
        Self { world, store: std::fs::read(bench.store_path()).unwrap() }
    }

    pub(crate) fn bench(&self) -> Bench {
        let mut world = self.world.clone();
        world.set_clock(Clock::running_from(SystemClock.now().into()));
        let bench = Bench::new(world);
        std::fs::write(bench.store_path(), &self.store).unwrap();
        bench
    }
}

impl Bench {
    /// Both clocks show so much more than the real one.
    pub(crate) fn later(&self, by: TimeDelta) {
        let now = SystemClock.now() + by;
        self.portal.clock().run_from(now.into());
        self.machine.clock.set(now);
    }
}

impl Machine {
    /// The real process, with nothing of this one's environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
        self.surround(&mut command).args(args).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// A script that finds the program as `$0`.
    pub(crate) fn shell(&self, script: &str) -> Ran {
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_dormouse");
        let output = self.surround(&mut command).args(["-c", script, program]).output().unwrap();
        Ran {
            code: output.status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(255),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn surround<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env_clear()
            .env("DOCSPACE_API_HOST", &self.url)
            .env("DOCSPACE_API_KEY", &self.key)
            .current_dir(&self.dir)
            .stdin(Stdio::null())
    }
}
