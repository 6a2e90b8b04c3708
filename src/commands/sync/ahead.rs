//! Pages of the login history, fetched ahead of the walk: planned at the offsets where they belong if
//! every border cuts between two seconds, which is nearly always.

use std::collections::VecDeque;

use tokio::task::{AbortHandle, JoinHandle};

use crate::{
    domain::{
        contiguity::{PAGE, Page, Row},
        login::LoginEvent,
    },
    portal::{PortalError, PortalReader},
};

/// A page with its events.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub(super) page: Page,
    pub(super) events: Vec<LoginEvent>,
}

/// Fetches one page now.
pub(super) async fn fetch(
    reader: &PortalReader,
    offset: u64,
    count: usize,
) -> Result<Fetched, PortalError> {
    let events = reader.logins(offset, count).await?.value;
    let rows = events.iter().map(|e| Row { id: e.id, at: e.at }).collect();
    Ok(Fetched { page: Page { offset, asked: count, rows }, events })
}

/// A queue of requests under way, in the order of their offsets.
pub(super) struct Ahead {
    reader: PortalReader,
    queue: VecDeque<Pending>,
}

struct Pending {
    offset: u64,
    task: JoinHandle<Result<Fetched, PortalError>>,
    _abort: AbortOnDrop,
}

/// Requests that nobody waits for any more are not sent.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Ahead {
    pub(super) fn new(reader: PortalReader) -> Self {
        Self { reader, queue: VecDeque::new() }
    }

    /// The next page of the queue. An empty queue starts at `from`; it is kept `depth` pages long.
    pub(super) async fn next(&mut self, from: u64, depth: usize) -> Result<Fetched, PortalError> {
        let stride = PAGE as u64 - 1;
        loop {
            while self.queue.len() < depth.max(1) {
                let offset = self.queue.back().map_or(from, |last| last.offset + stride);
                self.plan(offset);
            }
            if let Some(pending) = self.queue.pop_front() {
                // A task ends early only where this process is shutting down.
                return match pending.task.await {
                    Ok(fetched) => fetched,
                    Err(_) => fetch(&self.reader, pending.offset, PAGE).await,
                };
            }
        }
    }

    /// Forgets what was planned: the walk goes on elsewhere.
    pub(super) fn restart(&mut self) {
        self.queue.clear();
    }

    fn plan(&mut self, offset: u64) {
        let reader = self.reader.clone();
        let task = tokio::spawn(async move { fetch(&reader, offset, PAGE).await });
        let abort = AbortOnDrop(task.abort_handle());
        self.queue.push_back(Pending { offset, task, _abort: abort });
    }
}
