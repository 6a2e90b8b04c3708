//! Portals with people who left, sites where a decision on them is made, and questions about what
//! was done.

use std::io::{self, BufRead, Cursor, Read};

use chrono::{DateTime, TimeDelta, Utc};
use dormouse::{
    domain::{
        account::AccountId,
        history::{Entry, Outcome},
    },
    store::{self, runs::RunRow},
};
use sandbox::{Fault, Login, Rule, World};
use uuid::Uuid;

pub(crate) use super::chain::{sound, standing, subject};
pub(crate) use crate::harness::{
    Machine, Ran, Site,
    paths::{ACCOUNT, AUDIT, DISABLE},
};

/// A patience fit for tests.
const PATIENCE: &str = "timeout_seconds = 3";

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-06-15T12:00:00Z").unwrap().to_utc()
}

/// So many guests who left two months ago, on a portal that records every day.
pub(crate) fn world(guests: usize) -> (World, Vec<Uuid>) {
    world_at(now(), guests)
}

pub(crate) fn world_at(now: DateTime<Utc>, guests: usize) -> (World, Vec<Uuid>) {
    let mut world = World::builder(now).build();
    let mut ids = Vec::new();
    for n in 0..guests {
        let id = world.add_guest(&format!("guest{n:02}@contractor.example"), at(now, 90));
        // Each a day longer away than the one before: the order in which they are disabled.
        world.add_login(Login::success(id).at(at(now, 40 + n as i64)));
        ids.push(id);
    }
    // Rows of the key's own account would not show that the portal records.
    for days in 0..100 {
        let stranger = Login::failure("stranger@elsewhere.example");
        world.add_login(stranger.at(at(now, days) - TimeDelta::minutes(3)));
    }
    ids.reverse();
    (world, ids)
}

pub(crate) fn at(now: DateTime<Utc>, days_ago: i64) -> DateTime<Utc> {
    now - TimeDelta::days(days_ago)
}

/// A site that waits a second for an answer, no longer.
pub(crate) fn prepared(world: World) -> Site {
    Site::with(world, PATIENCE)
}

/// With a sync and a decision made.
pub(crate) fn decided(world: World) -> Site {
    let site = prepared(world);
    site.must("sync");
    site.must("decide");
    site
}

/// Replaces the configuration but for the patience.
pub(crate) fn configure(site: &Site, more: &str) {
    site.configure(&format!("[portal]\n{PATIENCE}\n{more}"));
}

/// Somebody at the terminal who runs `line` in another window before they answer.
pub(crate) fn meanwhile(site: &Site, line: &str, answer: &str) -> Box<dyn BufRead + Send> {
    Box::new(io::BufReader::new(Meanwhile {
        work: Some((site.machine.clone(), line.to_owned())),
        answer: Cursor::new(answer.to_owned()),
    }))
}

struct Meanwhile {
    work: Option<(Machine, String)>,
    answer: Cursor<String>,
}

impl Read for Meanwhile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((machine, line)) = self.work.take() {
            // Another thread: a runtime is no place for a second one.
            let ran = std::thread::spawn(move || machine.run(&line)).join().unwrap();
            assert_eq!(ran.code, 0, "{ran:?}");
        }
        self.answer.read(buffer)
    }
}

impl Site {
    pub(crate) fn history(&self) -> Vec<Entry> {
        self.reading(async |store| store::history::all(store.conn()).await.unwrap())
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
        self.reading(async |store| {
            store::runs::newest(store.conn(), 1).await.unwrap().pop().unwrap()
        })
    }

    /// Ids that calls asked to change, in order; repeats are repeated.
    pub(crate) fn called(&self) -> Vec<Uuid> {
        self.portal.journal().writes().iter().map(|e| subject(&e.body)).collect()
    }
}

/// The record of one account is read.
pub(crate) fn account_read(fault: Fault) -> Rule {
    Rule::get(ACCOUNT, fault).only_if(|hit, _| hit.path[ACCOUNT.len()..].parse::<Uuid>().is_ok())
}

/// The newest change of status in the audit trail.
pub(super) fn newest_event(site: &Site) -> i64 {
    let world = site.portal.world();
    let changes = world.audits().iter().filter(|a| a.code == 4020);
    changes.map(|a| i64::from(a.id)).max().unwrap()
}
