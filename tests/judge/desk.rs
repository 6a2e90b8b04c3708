//! A working directory, a portal to fill the store from, and the program in process.

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
    prompt::{Input, Prompt},
    time::{FixedClock, Timestamp},
};
use sandbox::{Login, Sandbox, World};
use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use uuid::Uuid;

use crate::model::now;

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

pub(crate) fn ago(days: i64) -> Timestamp {
    now() - TimeDelta::days(days)
}

/// Directory, clock and portal of one test.
pub(crate) struct Desk {
    dir: TempDir,
    clock: Arc<FixedClock>,
    pub(crate) portal: Sandbox,
    store: String,
}

impl Desk {
    pub(crate) fn with(world: World) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            clock: Arc::new(FixedClock::at(now())),
            portal: Sandbox::spawn(world).unwrap(),
            store: "dormouse.db".into(),
        }
    }

    /// The same portal at the same moment, and a store that is not there yet.
    pub(crate) fn second_store(&mut self) {
        self.store = "second.db".into();
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path().join(&self.store)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Moves this machine's clock and the portal's.
    pub(crate) fn pass(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.portal.advance(by);
    }

    /// The same by days, with the owner at work at the end.
    pub(crate) fn pass_days(&self, days: i64) {
        self.pass(TimeDelta::days(days));
        let mut world = self.portal.world();
        let owner = world.owner();
        world.add_login(Login::success(owner));
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_in(
            line,
            [
                ("DOCSPACE_API_HOST", self.portal.url()),
                ("DOCSPACE_API_KEY", self.portal.admin_key()),
            ],
        )
    }

    /// Without an address and a key of the portal.
    pub(crate) fn run_alone(&self, line: &str) -> Ran {
        self.run_in(line, [])
    }

    fn run_in<const N: usize>(&self, line: &str, env: [(&'static str, String); N]) -> Ran {
        let database = ("DATABASE_URL", format!("sqlite://{}", self.store));
        common::run(&format!("--color never {line}"), |streams| Surroundings {
            env: env.into_iter().chain([database]).collect::<Env>(),
            cwd: self.path().to_owned(),
            clock: self.clock.clone(),
            input: Input { reader: Box::new(Cursor::new("")), prompt: Prompt::Nobody },
            streams,
        })
    }

    /// The same, and it must end well.
    pub(crate) fn must(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stderr, ran.stdout);
        ran
    }

    /// Changes the store behind the program's back.
    pub(crate) fn sql(&self, script: &str) {
        let options = SqliteConnectOptions::new().filename(self.store());
        block(async {
            let mut conn = options.connect().await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(script.to_owned())).execute(&mut conn).await.unwrap();
            // Its thread would go on after a mere drop.
            conn.close().await.unwrap();
        });
    }

    /// A number from the store.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        let options = SqliteConnectOptions::new().filename(self.store());
        block(async {
            let mut conn = options.connect().await.unwrap();
            let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
            let number = query.fetch_one(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            number
        })
    }

    /// Reason of each account's verdict, by the part of its address before the `@`, without storing.
    pub(crate) fn reasons(&self) -> Vec<(String, String)> {
        reasons(&self.must("decide --dry-run --format json").json())
    }

    /// Reason of one account.
    pub(crate) fn reason(&self, name: &str) -> String {
        let found = self.reasons().into_iter().find(|(n, _)| n == name);
        found.map_or_else(|| "not under review".to_owned(), |(_, reason)| reason)
    }
}

pub(crate) fn reasons(decision: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut reasons: Vec<_> = decision["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (text(&v["email"]).split('@').next().unwrap().to_owned(), text(&v["reason"])))
        .collect();
    reasons.sort();
    reasons
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A portal whose record reaches back 170 days, and its owner at work.
pub(crate) fn portal() -> World {
    let mut world = World::builder(now().into()).seed(4).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at(ago(170).into()));
    world.add_login(Login::success(owner).at((now() - TimeDelta::hours(3)).into()));
    world
}

/// Adds a guest of 300 days who logged in some days ago.
pub(crate) fn guest(world: &mut World, name: &str, last: Option<i64>) -> Uuid {
    let id = world.add_guest(&format!("{name}@contractor.example"), ago(300).into());
    let account = world.account_mut(id).unwrap();
    account.first_name = name.to_owned();
    account.last_name = "Contractor".to_owned();
    if let Some(days) = last {
        world.add_login(Login::success(id).at(ago(days).into()));
    }
    id
}

/// One of each sort that a decision tells apart most often.
pub(crate) fn team() -> World {
    let mut world = portal();
    guest(&mut world, "idle", Some(93));
    guest(&mut world, "busy", Some(2));
    guest(&mut world, "soon", Some(29));
    guest(&mut world, "silent", None);
    let young = world.add_guest("young@contractor.example", ago(5).into());
    world.account_mut(young).unwrap().first_name = "Young".into();
    let never = world.add_guest("never@contractor.example", ago(100).into());
    world.account_mut(never).unwrap().first_name = "Never".into();
    let out = guest(&mut world, "out", Some(50));
    world.account_mut(out).unwrap().status = sandbox::Status::Terminated;
    world
}
