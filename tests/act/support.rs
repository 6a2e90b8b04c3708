//! A sandbox portal, a store and a clock, and the program run in process as `main` runs it.

use crate::common;
pub(crate) use crate::common::Ran;
use std::{
    io::{self, BufRead, Cursor, Read},
    path::PathBuf,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use dormouse::{
    app,
    config::Env,
    domain::{
        account::AccountId,
        history::{Entry, Outcome},
    },
    prompt::{Input, Prompt},
    store::{self, Mode, Store, runs::RunRow},
    time::FixedClock,
};
use sandbox::{Fault, Login, Rule, Sandbox, Status, World};
use uuid::Uuid;

pub(crate) use crate::chain::{sound, standing, subject};

pub(crate) const DISABLE: &str = "/api/2.0/people/status/Terminated";
pub(crate) const AUDITS: &str = "/api/2.0/security/audit/events/filter";
pub(crate) const PEOPLE: &str = "/api/2.0/people/";

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-06-15T12:00:00Z").unwrap().to_utc()
}

/// An owner at work and so many guests who left two months ago.
pub(crate) fn world(guests: usize) -> (World, Vec<Uuid>) {
    world_at(now(), guests)
}

pub(crate) fn world_at(now: DateTime<Utc>, guests: usize) -> (World, Vec<Uuid>) {
    let mut world = World::builder(now).build();
    let owner = world.owner();
    let mut ids = Vec::new();
    for n in 0..guests {
        let id = world.add_guest(&format!("guest{n:02}@contractor.example"), at(now, 90));
        // Each a day longer away than the one before: the order in which they are disabled.
        world.add_login(Login::success(id).at(at(now, 40 + n as i64)));
        ids.push(id);
    }
    for days in 0..100 {
        world.add_login(Login::success(owner).at(at(now, days) - TimeDelta::minutes(3)));
    }
    ids.reverse();
    (world, ids)
}

pub(crate) fn at(now: DateTime<Utc>, days_ago: i64) -> DateTime<Utc> {
    now - TimeDelta::days(days_ago)
}

impl Ran {
    /// The error alone, without warnings and notes.
    pub(crate) fn error(&self) -> &str {
        self.stderr.split_once("error: ").map_or("", |(_, error)| error.trim_end())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn ends(self, code: u8) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// The machine that dormouse runs on.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) dir: PathBuf,
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) clock: Arc<FixedClock>,
}

impl Machine {
    pub(crate) fn run(&self, line: &str, answers: Option<Box<dyn BufRead + Send>>) -> Ran {
        let prompt = if answers.is_some() { Prompt::Scripted } else { Prompt::Nobody };
        common::run(line, |streams| app::World {
            env: Env::from_iter([
                ("DOCSPACE_API_HOST", self.url.clone()),
                ("DOCSPACE_API_KEY", self.key.clone()),
                ("DATABASE_URL", format!("sqlite://{}/dormouse.db", self.dir.display())),
            ]),
            cwd: self.dir.clone(),
            clock: self.clock.clone(),
            input: Input { reader: answers.unwrap_or_else(|| Box::new(io::empty())), prompt },
            streams,
        })
    }
}

struct Meanwhile {
    work: Option<(Machine, String)>,
    answer: Cursor<String>,
}

impl Read for Meanwhile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((machine, line)) = self.work.take() {
            // Another thread: a runtime is no place for a second one.
            let ran = std::thread::spawn(move || machine.run(&line, None)).join().unwrap();
            assert_eq!(ran.code, 0, "{ran:?}");
        }
        self.answer.read(buffer)
    }
}

/// A portal, and a machine with a store. Both clocks stand still until moved.
pub(crate) struct Bench {
    pub(crate) portal: Sandbox,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) machine: Machine,
}

impl Bench {
    pub(crate) fn new(world: World) -> Self {
        let (now, dir) = (world.clock().now(), tempfile::tempdir().unwrap());
        let portal = Sandbox::spawn(world).unwrap();
        let machine = Machine {
            dir: dir.path().to_owned(),
            url: portal.url(),
            key: portal.admin_key(),
            clock: Arc::new(FixedClock::at(now.into())),
        };
        let bench = Self { portal, dir, machine };
        bench.configure("");
        bench
    }

    /// With a sync and a decision made.
    pub(crate) fn decided(world: World) -> Self {
        let bench = Self::new(world);
        bench.run("sync").ends(0);
        bench.run("decide").ends(0);
        bench
    }

    /// Writes a configuration with a patience fit for tests.
    pub(crate) fn configure(&self, more: &str) {
        let text = format!("[portal]\ntimeout_seconds = 1\n{more}");
        std::fs::write(self.dir.path().join("dormouse.toml"), text).unwrap();
    }

    pub(crate) fn store_path(&self) -> PathBuf {
        self.dir.path().join("dormouse.db")
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.machine.run(line, None)
    }

    /// With somebody at the terminal who answers so.
    pub(crate) fn answering(&self, line: &str, answers: &str) -> Ran {
        self.machine.run(line, Some(Box::new(Cursor::new(answers.to_owned()))))
    }

    /// Somebody at the terminal who runs `line` in another window before they answer.
    pub(crate) fn meanwhile(&self, line: &str, answer: &str) -> Box<dyn BufRead + Send> {
        let (machine, line, answer) = (self.machine.clone(), line.to_owned(), answer.to_owned());
        Box::new(io::BufReader::new(Meanwhile {
            work: Some((machine, line)),
            answer: Cursor::new(answer),
        }))
    }

    /// Moves both clocks.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.portal.advance(by);
        self.machine.clock.advance(by);
    }

    pub(crate) fn status(&self, id: Uuid) -> Option<Status> {
        self.portal.world().account(id).map(|a| a.status)
    }

    pub(crate) fn history(&self) -> Vec<Entry> {
        self.stored(async |store| store::history::all(store.conn()).await.unwrap())
    }

    /// The history is sound, and `history verify` agrees.
    #[track_caller]
    pub(crate) fn verifies(&self) {
        sound(&self.history());
        self.run("history verify").ends(0);
    }

    /// Outcomes of one account, oldest first.
    pub(crate) fn outcomes(&self, id: Uuid) -> Vec<(Outcome, String)> {
        let rows = self.history().into_iter().filter(|e| e.draft.account_id == AccountId::from(id));
        rows.filter_map(|e| Some((e.draft.outcome?, e.draft.detail))).collect()
    }

    pub(crate) fn last_outcome(&self, id: Uuid) -> (Outcome, String) {
        self.outcomes(id).pop().unwrap()
    }

    pub(crate) fn last_run(&self) -> RunRow {
        self.stored(async |store| {
            store::runs::newest(store.conn(), 1).await.unwrap().pop().unwrap()
        })
    }

    pub(crate) fn stored<T>(&self, ask: impl AsyncFnOnce(&mut Store) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut store = Store::open(&self.store_path(), Mode::Read).await.unwrap();
            ask(&mut store).await
        })
    }

    /// Ids that calls asked to change, in order; repeats are repeated.
    pub(crate) fn called(&self) -> Vec<Uuid> {
        self.portal.journal().writes().iter().map(|e| subject(&e.body)).collect()
    }
}

/// The record of one account is read.
pub(crate) fn account_read(fault: Fault) -> Rule {
    Rule::get(PEOPLE, fault).only_if(|hit, _| hit.path[PEOPLE.len()..].parse::<Uuid>().is_ok())
}
