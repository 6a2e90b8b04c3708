//! A working directory with a store, a portal to fill it from, and the program in process.

use crate::common;
pub(crate) use crate::common::Ran;
use std::{
    io::Cursor,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::TimeDelta;
use dormouse::{
    app::World as Surroundings,
    config::Env,
    output::{Streams, Terminal},
    prompt::{Input, Prompt},
    store::{Mode, Store, history},
    time::{FixedClock, Timestamp},
};
use sandbox::{Login, Plan, Sandbox, World};
use tempfile::TempDir;

impl Ran {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<Timestamp>().unwrap()
}

/// The moment of every test, unless it moves the clock.
pub(crate) fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

pub(crate) fn ago(days: i64) -> Timestamp {
    now() - TimeDelta::days(days)
}

/// Directory, clock and portal of one test.
pub(crate) struct Desk {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) portal: Option<Sandbox>,
    pub(crate) columns: Option<u16>,
}

impl Desk {
    /// Without a portal.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, clock: Arc::new(FixedClock::at(now())), portal: None, columns: None }
    }

    pub(crate) fn with(world: World) -> Self {
        Self { portal: Some(Sandbox::spawn(world).unwrap()), ..Self::empty() }
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

    /// Moves this machine's clock and the portal's.
    pub(crate) fn pass(&self, by: TimeDelta) {
        self.clock.advance(by);
        if let Some(portal) = &self.portal {
            portal.advance(by);
        }
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        let env = self.portal.iter().flat_map(|portal| {
            [("DOCSPACE_API_HOST", portal.url()), ("DOCSPACE_API_KEY", portal.admin_key())]
        });
        let stdout_is = self.columns.map_or(Terminal::None, Terminal::Columns);
        common::run(&format!("--color never {line}"), |streams| Surroundings {
            env: Env::from_iter(env),
            cwd: self.path().to_owned(),
            clock: self.clock.clone(),
            input: Input { reader: Box::new(Cursor::new("")), prompt: Prompt::Nobody },
            streams: Streams { stdout_is, ..streams },
        })
    }

    /// The same, and it must end well.
    pub(crate) fn must(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stderr, ran.stdout);
        ran
    }

    /// Works on the store as a command would.
    pub(crate) fn with_store<T>(&self, work: impl AsyncFnOnce(&mut Store) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut store = Store::open(&self.store(), Mode::Record).await.unwrap();
            let result = work(&mut store).await;
            store.close().await.unwrap();
            result
        })
    }

    /// What was written, with what differs from run to run replaced.
    pub(crate) fn same(&self, text: &str) -> String {
        let mut text = text.replace(&self.path().display().to_string(), "DIR");
        if let Some(portal) = &self.portal {
            text = text.replace(&portal.url(), "http://portal");
        }
        text
    }
}

/// A small portal: somebody at work, somebody idle, somebody idle soon, a name to be wary of.
pub(crate) fn small() -> World {
    let mut world = World::builder(now().into()).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at((now() - TimeDelta::hours(3)).into()));
    // The record reaches back to here.
    world.add_login(Login::success(owner).at(ago(170).into()));
    for (email, last) in [
        ("active@contractor.example", 2),
        ("idle@contractor.example", 93),
        ("soon@contractor.example", 27),
        ("later@contractor.example", 12),
    ] {
        let id = world.add_guest(email, ago(300).into());
        world.add_login(Login::success(id).at(ago(last).into()));
    }
    world.add_guest("never@contractor.example", ago(100).into());
    let hostile = world.add_guest("evil@contractor.example", ago(200).into());
    let account = world.account_mut(hostile).unwrap();
    account.first_name = "=HYPERLINK(\"http://evil.example\")<script>alert(1)</script>".to_owned();
    account.last_name = "\u{202e}gnp.exe\u{1b}[2J".to_owned();
    world
}

/// Three days of the demonstration portal: decided and applied in two portions, one account enabled
/// again, a sync that failed, and a last one that found our actions in the audit trail.
pub(crate) fn story() -> Desk {
    let (world, _) = sandbox::scenarios::demo((now() - TimeDelta::days(2)).into(), 7);
    let desk = Desk::with(world);
    desk.clock.set(now() - TimeDelta::days(2));
    desk.write("dormouse.toml", EXEMPTIONS);
    desk.must("sync");
    desk.must("decide");
    desk.must("apply --limit 4 --yes");
    desk.pass(TimeDelta::days(1));
    desk.must("sync");
    desk.must("decide");
    desk.must("apply --yes");
    let email = desk.with_store(async |store| {
        let pairs = history::pairs(store.conn()).await.unwrap();
        pairs.into_iter().next().unwrap().intent.email
    });
    desk.must(&format!("restore {email} --yes"));
    desk.pass(TimeDelta::days(1));
    let portal = desk.portal.as_ref().unwrap();
    portal.world().set_plan(Plan::Startup);
    assert_eq!(desk.run("sync").code, 3);
    portal.world().set_plan(Plan::SelfHosted);
    desk.must("sync");
    desk
}

const EXEMPTIONS: &str = "\
[[exemption]]
domain = \"kestrel.example\"
reason = \"on call, works through the telephone\"
owner = \"Facilities\"
expires = 2026-11-30

[[exemption]]
email = \"nobody@kestrel.example\"
reason = \"=HYPERLINK(\\\"http://evil.example\\\") <b>until</b> further notice\"
";
