//! Pages of the login history, fetched ahead of the walk: planned so that each begins with three rows of
//! the page before, which is enough to join them where no more than two events share the border.

use std::collections::{HashSet, VecDeque};

use tokio_util::task::AbortOnDropHandle;

use crate::{
    domain::{
        contiguity::{Asked, Frontier, PAGE, Page},
        login::LoginEvent,
    },
    portal::{LoginPage, PortalError, PortalReader},
};

/// From one page to the next.
const STRIDE: u64 = PAGE as u64 - 3;

/// A page with its events.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) page: Page,
    pub(crate) events: Vec<LoginEvent>,
    /// Indexes of rows that can be anybody's.
    pub(crate) unattributed: Vec<usize>,
}

impl Fetched {
    fn new(offset: u64, count: usize, page: LoginPage) -> Self {
        let LoginPage { rows, events, unattributed } = page;
        Self { page: Page { offset, count, asked: Asked::After, rows }, events, unattributed }
    }

    /// The first row below `frontier` that can be anybody's.
    pub(crate) fn first_unattributed(&self, frontier: &Frontier) -> Option<usize> {
        let rows = &self.page.rows;
        let joined = rows.iter().rposition(|row| frontier.tail.contains(&row.id));
        let below = |row: &&usize| joined.is_none_or(|joined| **row > joined);
        self.unattributed.iter().find(below).copied()
    }

    /// The part above row `row`.
    pub(crate) fn above(&self, row: usize) -> Self {
        let mut page = self.page.clone();
        page.rows.truncate(row);
        page.count = row;
        let ids: HashSet<i64> = page.rows.iter().map(|row| row.id).collect();
        let events = self.events.iter().filter(|e| ids.contains(&e.id)).cloned().collect();
        Self { page, events, unattributed: Vec::new() }
    }

    /// The same page, seen from a frontier that was seen later.
    pub(crate) fn asked_ahead(mut self) -> Self {
        self.page.asked = Asked::Ahead;
        self
    }
}

/// Fetches a page now.
pub(crate) async fn fetch(
    reader: &PortalReader,
    offset: u64,
    count: usize,
) -> Result<Fetched, PortalError> {
    Ok(Fetched::new(offset, count, reader.login_page(offset, count).await?.value))
}

/// Fetches a page that may well hold a row that the portal cannot show: gives up sooner.
pub(crate) async fn try_fetch(
    reader: &PortalReader,
    offset: u64,
    count: usize,
) -> Result<Fetched, PortalError> {
    Ok(Fetched::new(offset, count, reader.try_login_page(offset, count).await?.value))
}

/// A queue of requests under way, in the order of their offsets.
pub(crate) struct Prefetcher {
    reader: PortalReader,
    queue: VecDeque<Pending>,
}

/// A request under way; it is not sent any more once nobody waits for it.
struct Pending {
    offset: u64,
    asked: Asked,
    task: AbortOnDropHandle<Result<Fetched, PortalError>>,
}

impl Prefetcher {
    pub(crate) fn new(reader: PortalReader) -> Self {
        Self { reader, queue: VecDeque::new() }
    }

    /// The next page of the queue. An empty queue starts at `from`, the place of the frontier; it is
    /// kept `depth` pages long.
    pub(crate) async fn next(&mut self, from: u64, depth: usize) -> Result<Fetched, PortalError> {
        while self.queue.len() < depth.max(1) {
            match self.queue.back().map(|last| last.offset + STRIDE) {
                Some(offset) => self.plan(offset, Asked::Ahead),
                None => self.plan(from, Asked::After),
            }
        }
        let Some(Pending { offset, asked, task }) = self.queue.pop_front() else {
            return fetch(&self.reader, from, PAGE).await;
        };
        let fetched = match task.await {
            Ok(fetched) => fetched?,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_cancelled) => fetch(&self.reader, offset, PAGE).await?,
            },
        };
        Ok(match asked {
            Asked::After => fetched,
            Asked::Ahead => fetched.asked_ahead(),
        })
    }

    /// Forgets what was planned: the walk goes on elsewhere.
    pub(crate) fn restart(&mut self) {
        self.queue.clear();
    }

    fn plan(&mut self, offset: u64, asked: Asked) {
        let reader = self.reader.clone();
        let task = tokio::spawn(async move { fetch(&reader, offset, PAGE).await });
        self.queue.push_back(Pending { offset, asked, task: AbortOnDropHandle::new(task) });
    }
}
