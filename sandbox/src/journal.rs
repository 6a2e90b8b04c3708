//! Every request the portal met, in order, and what became of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::wire::query::Query;

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Not answered yet, or the client went away.
    Open,
    /// Answered in full with this status.
    Answered(u16),
    /// The connection was closed before any work was done.
    Dropped,
    /// The work was done with this status, but the answer was lost or cut.
    Lost(u16),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Entry {
    /// 1 for the first request.
    pub number: u64,
    /// Upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Without the question mark; empty if there is none.
    pub query: String,
    /// Was an `Authorization` header sent?
    pub authorized: bool,
    /// The body as text.
    pub body: String,
    /// The portal's time when the request came.
    pub portal_time: DateTime<Utc>,
    /// Real time when the request came.
    pub started: Instant,
    /// Real time when the answer was ready.
    pub finished: Option<Instant>,
    /// See [`Outcome`].
    pub outcome: Outcome,
}

impl Entry {
    /// A query parameter, decoded.
    pub fn param(&self, name: &str) -> Option<String> {
        Query::parse(&self.query).get(name).map(str::to_owned)
    }

    /// The status answered, seen by the client or not.
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            Outcome::Answered(status) | Outcome::Lost(status) => Some(status),
            Outcome::Open | Outcome::Dropped => None,
        }
    }
}

/// A copy of the journal at one moment.
#[derive(Clone, Default, Debug)]
pub struct Journal {
    entries: Vec<Entry>,
}

impl Journal {
    /// All requests in order of arrival.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Requests with this method whose path is exactly this.
    pub fn of<'a>(&'a self, method: &'a str, path: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.method == method && entry.path == path)
    }

    /// How many requests had this method and path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.of(method, path).count()
    }

    /// The most requests that were under way at once.
    pub fn peak(&self) -> usize {
        let mut edges: Vec<(Instant, isize)> = Vec::new();
        for entry in &self.entries {
            edges.push((entry.started, 1));
            edges.extend(entry.finished.map(|at| (at, -1)));
        }
        edges.sort_unstable();
        let running = edges.iter().scan(0_isize, |open, (_, step)| {
            *open += step;
            Some(*open)
        });
        running.max().and_then(|peak| usize::try_from(peak).ok()).unwrap_or(0)
    }

    /// Everything that was not a GET or HEAD, done or not.
    pub fn writes(&self) -> Vec<&Entry> {
        let reads = |entry: &&Entry| entry.method == "GET" || entry.method == "HEAD";
        self.entries.iter().filter(|entry| !reads(entry)).collect()
    }
}

/// The journal that the server keeps.
#[derive(Clone, Default, Debug)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Entry>>>);

impl Recorder {
    /// Enters a request and numbers it.
    pub(crate) fn open(&self, mut entry: Entry) -> u64 {
        let mut entries = self.entries();
        entry.number = entries.len() as u64 + 1;
        let number = entry.number;
        entries.push(entry);
        number
    }

    pub(crate) fn close(&self, number: u64, outcome: Outcome) {
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if let Some(entry) = self.entries().get_mut(place) {
            entry.outcome = outcome;
            entry.finished = Some(Instant::now());
        }
    }

    pub(crate) fn snapshot(&self) -> Journal {
        Journal { entries: self.entries().clone() }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
