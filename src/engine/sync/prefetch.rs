//! Pages of the login history, fetched ahead of the walk: planned so that each begins with three rows of
//! the page before, which is enough to join them where no more than two events share the border. Below a
//! page that ends the walk no request is sent any more.

use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use crate::{
    domain::{
        contiguity::{Asked, Frontier, PAGE, Page},
        login::LoginEvent,
    },
    portal::{LoginPage, PortalError, PortalReader},
    time::Timestamp,
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
    /// Requests at the same time: the others learn first what these bring.
    at_once: Arc<Semaphore>,
    bound: Option<Timestamp>,
    /// Offset of the highest page that ends the walk.
    end: Arc<AtomicU64>,
}

/// A request under way; it is not sent any more once nobody waits for it.
struct Pending {
    offset: u64,
    asked: Asked,
    task: AbortOnDropHandle<Result<Option<Fetched>, PortalError>>,
}

impl Prefetcher {
    /// The walk ends with the history, or before where it meets a row older than `bound`.
    pub(crate) fn new(reader: PortalReader, at_once: usize, bound: Option<Timestamp>) -> Self {
        let at_once = Arc::new(Semaphore::new(at_once.max(1)));
        Self { reader, queue: VecDeque::new(), at_once, bound, end: no_end() }
    }

    /// The next page of the queue. An empty queue starts at `from`, the place of the frontier; it is
    /// kept `depth` pages long.
    pub(crate) async fn next(&mut self, from: u64, depth: usize) -> Result<Fetched, PortalError> {
        while self.queue.len() < depth.max(1) {
            match self.queue.back().map(|last| last.offset) {
                None => self.plan(from, Asked::After),
                Some(last) if last >= self.end.load(Ordering::Relaxed) => break,
                Some(last) => self.plan(last + STRIDE, Asked::Ahead),
            }
        }
        let Some(Pending { offset, asked, task }) = self.queue.pop_front() else {
            return fetch(&self.reader, from, PAGE).await;
        };
        let fetched = match task.await {
            Ok(fetched) => fetched?,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_cancelled) => None,
            },
        };
        // The walk went on all the same: events arrived.
        let Some(fetched) = fetched else { return fetch(&self.reader, offset, PAGE).await };
        Ok(match asked {
            Asked::After => fetched,
            Asked::Ahead => fetched.asked_ahead(),
        })
    }

    /// Forgets what was planned: the walk goes on elsewhere.
    pub(crate) fn restart(&mut self) {
        self.queue.clear();
        self.end = no_end();
    }

    fn plan(&mut self, offset: u64, asked: Asked) {
        let (reader, bound) = (self.reader.clone(), self.bound);
        let (at_once, end) = (Arc::clone(&self.at_once), Arc::clone(&self.end));
        let task = tokio::spawn(async move {
            let _permit = at_once.acquire().await;
            if offset > end.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let fetched = fetch(&reader, offset, PAGE).await?;
            let is_last = match (fetched.page.rows.get(PAGE - 1), bound) {
                (Some(last), Some(bound)) => last.at < bound,
                (Some(_), None) => false,
                (None, _) => true,
            };
            if is_last {
                end.fetch_min(offset, Ordering::Relaxed);
            }
            Ok(Some(fetched))
        });
        self.queue.push_back(Pending { offset, asked, task: AbortOnDropHandle::new(task) });
    }
}

fn no_end() -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(u64::MAX))
}
