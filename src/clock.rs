//! The present, asked of one place, so that tests can set it. `domain` takes times as arguments and
//! never asks.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::domain::time::{self, Instant};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in whole milliseconds.
    fn now(&self) -> Instant;
}

/// This machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    fn now(&self) -> Instant {
        time::cut(chrono::Utc::now())
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct FixedClock(Mutex<Instant>);

impl FixedClock {
    /// Stands at this moment.
    #[must_use]
    pub fn at(now: Instant) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves forward, or back where `by` is negative.
    pub fn advance(&self, by: TimeDelta) {
        *self.lock() += by;
    }

    /// Moves to this moment.
    pub fn set(&self, now: Instant) {
        *self.lock() = now;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        time::cut(*self.lock())
    }
}
