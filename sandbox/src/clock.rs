//! The portal's clock: every date the portal tells, and every `Date` header, comes from here.
//!
//! It stands still at an instant until moved, or runs at real speed with an offset.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// A shared handle; clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Hand>>);

#[derive(Clone, Copy, Debug)]
enum Hand {
    Frozen(DateTime<Utc>),
    Running { offset: TimeDelta },
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn frozen(at: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(Hand::Frozen(at))))
    }

    /// A clock that shows `at` now and runs on from there.
    pub fn running_from(at: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(Hand::Running { offset: at - Utc::now() })))
    }

    /// Another clock that shows the same and goes on by itself.
    #[must_use]
    pub fn fork(&self) -> Self {
        let hand = *self.hand();
        Self(Arc::new(Mutex::new(hand)))
    }

    /// The portal's time.
    pub fn now(&self) -> DateTime<Utc> {
        match *self.hand() {
            Hand::Frozen(at) => at,
            Hand::Running { offset } => Utc::now() + offset,
        }
    }

    /// Moves the clock; backwards too.
    pub fn advance(&self, by: TimeDelta) {
        let mut hand = self.hand();
        *hand = match *hand {
            Hand::Frozen(at) => Hand::Frozen(at + by),
            Hand::Running { offset } => Hand::Running { offset: offset + by },
        };
    }

    /// Stops the clock at `at`.
    pub fn freeze_at(&self, at: DateTime<Utc>) {
        *self.hand() = Hand::Frozen(at);
    }

    /// Lets the clock run on from `at` at real speed.
    pub fn run_from(&self, at: DateTime<Utc>) {
        *self.hand() = Hand::Running { offset: at - Utc::now() };
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
