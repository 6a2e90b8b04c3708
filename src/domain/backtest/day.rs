//! Days of the calendar, UTC: a review takes place at the start of each.

use crate::time::Timestamp;

const MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A day by its number since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    /// The first day that does not start before `at`.
    #[must_use]
    pub fn starting_from(at: Timestamp) -> Self {
        let millis = at.timestamp_millis();
        Self(millis.div_euclid(MILLIS) + i64::from(millis.rem_euclid(MILLIS) > 0))
    }

    /// The first day that starts after `at`.
    #[must_use]
    pub fn starting_after(at: Timestamp) -> Self {
        Self(at.timestamp_millis().div_euclid(MILLIS) + 1)
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let millis = self.0.saturating_mul(MILLIS);
        Timestamp::from_millis(millis).unwrap_or(if millis < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

/// Days in a row; the last one is the one before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Day,
    pub end: Day,
}

impl Days {
    /// Those that are in both.
    #[must_use]
    pub fn both(self, other: Self) -> Self {
        Self { first: self.first.max(other.first), end: self.end.min(other.end) }
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.first
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> u32 {
        u32::try_from((self.end.0 - self.first.0).max(0)).unwrap_or(u32::MAX)
    }

    pub(super) fn each(self) -> impl Iterator<Item = Day> {
        (self.first.0..self.end.0).map(Day)
    }
}
