//! A portal, a place where dormouse works on it, and the truth to hold the store against.

use crate::common;
pub(crate) use crate::common::Ran;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use dormouse::{
    app::World,
    config::Env,
    prompt::{Input, Prompt},
    time::{Clock, SystemClock, Timestamp},
};
use sandbox::{Journal, Sandbox};
use serde_json::Value;

/// Path of the login history on the portal.
pub(crate) const LOGINS: &str = "/api/2.0/security/audit/login/filter";
/// Path of the audit trail.
pub(crate) const AUDIT: &str = "/api/2.0/security/audit/events/filter";
/// Path of the list of accounts.
pub(crate) const PEOPLE: &str = "/api/2.0/people/filter";

/// An instant from text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// This machine's time, for portals that a process of its own asks.
pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now().into()
}

/// The program's clock follows the portal's, with a difference.
struct PortalClock(sandbox::Clock, TimeDelta);

impl Clock for PortalClock {
    fn now(&self) -> Timestamp {
        (self.0.now() + self.1).into()
    }
}

impl Ran {
    /// It must have succeeded.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }
}

/// A portal and a directory.
pub(crate) struct Job {
    pub(crate) portal: Sandbox,
    pub(crate) skew: TimeDelta,
    pub(crate) stdin: String,
    dir: tempfile::TempDir,
}

impl Job {
    pub(crate) fn on(world: sandbox::World) -> Self {
        Self::with(world, "")
    }

    /// With more lines for `[portal]` and what follows it in dormouse.toml.
    pub(crate) fn with(world: sandbox::World, settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = format!("[portal]\nrequests_per_minute = 1000000\n{settings}\n");
        std::fs::write(dir.path().join("dormouse.toml"), settings).unwrap();
        let portal = Sandbox::spawn(world).unwrap();
        Self { portal, skew: TimeDelta::zero(), stdin: String::new(), dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.dir.path().join("dormouse.db")
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        let env: Env = [
            ("DOCSPACE_API_HOST", self.portal.url()),
            ("DOCSPACE_API_KEY", self.portal.admin_key()),
        ]
        .into_iter()
        .collect();
        common::run(line, |streams| World {
            env,
            cwd: self.dir.path().to_owned(),
            clock: Arc::new(PortalClock(self.portal.clock().clone(), self.skew)),
            input: Input {
                reader: Box::new(Cursor::new(self.stdin.clone())),
                prompt: Prompt::Nobody,
            },
            streams,
        })
    }

    /// A sync that must succeed, and its summary.
    pub(crate) fn sync(&self) -> Value {
        self.run_json("sync")
    }

    /// A command that must succeed, and its result.
    pub(crate) fn run_json(&self, line: &str) -> Value {
        let ran = self.run(&format!("--format json {line}")).done();
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// The real program as a process of its own, ready to start.
    pub(crate) fn process(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
        command
            .env_clear()
            .env("DOCSPACE_API_HOST", self.portal.url())
            .env("DOCSPACE_API_KEY", self.portal.admin_key())
            .current_dir(self.dir.path());
        command
    }

    /// Requests since `before`.
    pub(crate) fn since(&self, before: &Journal) -> Vec<sandbox::Entry> {
        self.portal.journal().entries()[before.entries().len()..].to_vec()
    }

    /// Rows of a query, columns separated by `|`.
    pub(crate) fn sql(&self, query: &str) -> Vec<String> {
        // A run that failed drops its connection, which may take a moment longer than the run.
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-cmd", ".timeout 5000"]).arg(self.store()).arg(query);
        let ran = sqlite.output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Everything in the store, as text.
    pub(crate) fn dump(&self) -> String {
        self.sql(".dump").join("\n")
    }

    fn numbers(&self, query: &str) -> Vec<Vec<i64>> {
        let row = |row: &String| row.split('|').map(|n| n.parse().unwrap()).collect();
        self.sql(query).iter().map(row).collect()
    }

    /// Ids of all stored events.
    pub(crate) fn stored(&self) -> BTreeSet<i64> {
        self.numbers("SELECT event_id FROM events").into_iter().map(|row| row[0]).collect()
    }

    /// Ids of all events that the portal has.
    pub(crate) fn present(&self) -> BTreeSet<i64> {
        self.portal.world().logins().iter().map(|row| i64::from(row.id)).collect()
    }

    /// No segment claims what is not stored: every event of the portal whose reported date lies in
    /// one is there, and no segment overlaps another or spans a hole.
    pub(crate) fn assert_claims(&self) {
        let stored = self.stored();
        let segments = self.numbers("SELECT from_ms, to_ms FROM segments ORDER BY from_ms");
        for pair in segments.windows(2) {
            assert!(pair[0][1] < pair[1][0], "segments overlap: {segments:?}");
        }
        for hole in self.numbers("SELECT from_ms, to_ms FROM holes") {
            let spanned = |s: &&Vec<i64>| s[0] <= hole[0] && hole[1] <= s[1];
            assert!(segments.iter().find(spanned).is_none(), "{segments:?} span {hole:?}");
        }
        let world = self.portal.world();
        let zone = world.settings.timezone;
        for row in world.logins().iter().filter(|row| !stored.contains(&i64::from(row.id))) {
            let told = reported(zone, row.at()).timestamp_millis();
            let claims = |s: &&Vec<i64>| s[0] <= told && told <= s[1];
            let claim = segments.iter().find(claims);
            assert!(claim.is_none(), "event {} of {} is claimed and missing", row.id, row.at());
        }
    }

    /// The store has exactly what the portal has or had, is sound, and covers up to the horizon.
    pub(crate) fn assert_whole(&self) {
        let (stored, present) = (self.stored(), self.present());
        let missing: Vec<_> = present.difference(&stored).collect();
        assert!(missing.is_empty(), "missing: {missing:?}");
        self.assert_claims();
        let dates: BTreeMap<_, _> = self
            .numbers("SELECT event_id, at_ms FROM events")
            .into_iter()
            .map(|row| (row[0], row[1]))
            .collect();
        let world = self.portal.world();
        let zone = world.settings.timezone;
        for row in world.logins() {
            let told = reported(zone, row.at()).timestamp_millis();
            assert_eq!(dates[&i64::from(row.id)], told, "date of event {}", row.id);
        }
        assert_eq!(self.sql("PRAGMA integrity_check"), ["ok"]);
        assert_eq!(self.sql("PRAGMA foreign_key_check"), Vec::<String>::new());
        let index = "SELECT count(*) FROM sqlite_schema WHERE name = 'events_of_account'";
        assert_eq!(self.sql(index), ["1"]);
    }
}

/// The date that a portal in zone `tz` tells for an event: it goes from UTC to local time and back, and
/// what is ambiguous counts as standard time.
pub(crate) fn reported(tz: Tz, true_date: DateTime<Utc>) -> DateTime<Utc> {
    let wall = tz.from_utc_datetime(&true_date.naive_utc()).naive_local();
    tz.from_local_datetime(&wall).latest().unwrap().to_utc()
}
