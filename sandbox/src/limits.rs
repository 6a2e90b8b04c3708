//! The server's rate limits, per user: a sliding window, requests at once, writes a day.
//!
//! Only a rejection carries headers, and each limiter tells only what it knows.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::wire::reply::Reply;
use crate::world::Limits;

const DAY: Duration = Duration::from_secs(86_400);

/// Reads and other requests have separate places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Read,
    Write,
}

#[derive(Default, Debug)]
struct Usage {
    recent: VecDeque<Instant>,
    writes: VecDeque<Instant>,
    reading: usize,
    writing: usize,
}

/// Usage by user; callers without a key share one entry, as one address would.
#[derive(Clone, Default, Debug)]
pub(crate) struct Limiter(Arc<Mutex<HashMap<Uuid, Usage>>>);

/// A place among the concurrent requests, given back when dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    limiter: Limiter,
    user: Uuid,
    access: Access,
}

impl Limiter {
    /// A place, or the 429.
    pub(crate) fn enter(
        &self,
        limits: Option<Limits>,
        user: Uuid,
        access: Access,
    ) -> Result<Option<Lease>, Reply> {
        let Some(limits) = limits else { return Ok(None) };
        let now = Instant::now();
        let mut users = self.users();
        let usage = users.entry(user).or_default();
        forget(&mut usage.recent, now, limits.window);
        forget(&mut usage.writes, now, DAY);
        let (busy, places) = match access {
            Access::Read => (&mut usage.reading, limits.concurrent_reads),
            Access::Write => (&mut usage.writing, limits.concurrent_others),
        };
        if *busy >= places {
            return Err(rejection(places, None));
        }
        if usage.recent.len() >= limits.per_window {
            return Err(rejection(limits.per_window, wait(&usage.recent, now, limits.window)));
        }
        if access == Access::Write {
            if usage.writes.len() >= limits.writes_per_day {
                return Err(rejection(limits.writes_per_day, wait(&usage.writes, now, DAY)));
            }
            usage.writes.push_back(now);
        }
        usage.recent.push_back(now);
        *busy += 1;
        Ok(Some(Lease { limiter: self.clone(), user, access }))
    }

    fn users(&self) -> MutexGuard<'_, HashMap<Uuid, Usage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(usage) = self.limiter.users().get_mut(&self.user) {
            let busy = match self.access {
                Access::Read => &mut usage.reading,
                Access::Write => &mut usage.writing,
            };
            *busy = busy.saturating_sub(1);
        }
    }
}

fn forget(times: &mut VecDeque<Instant>, now: Instant, window: Duration) {
    while times.front().is_some_and(|&at| now.duration_since(at) >= window) {
        times.pop_front();
    }
}

fn wait(times: &VecDeque<Instant>, now: Instant, window: Duration) -> Option<Duration> {
    times.front().map(|&at| window.saturating_sub(now.duration_since(at)))
}

/// An empty 429. The wait is cut to whole seconds, so it can be 0; the limiter of requests at
/// once knows none.
fn rejection(limit: usize, wait: Option<Duration>) -> Reply {
    let mut reply = Reply::empty(429);
    let mut header = |name: &str, value: String| reply.headers.push((name.to_owned(), value));
    header("X-RateLimit-Limit", limit.to_string());
    header("X-RateLimit-Remaining", "0".to_owned());
    if let Some(wait) = wait {
        header("X-RateLimit-Reset", wait.as_secs().to_string());
        header("Retry-After", wait.as_secs().to_string());
    }
    reply
}
