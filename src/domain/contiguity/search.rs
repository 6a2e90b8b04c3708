//! Looking for a place that is not known: dates and ids say which way, and prove nothing.

use crate::domain::contiguity::{Frontier, PAGE, Page, Place, REPORTED_LATE};

/// Where a page without the tail lies, seen from the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    Above,
    Below,
    Unclear,
}

pub(super) fn sight(frontier: &Frontier, page: &Page) -> Sight {
    let (Some(newest), Some(oldest)) = (page.rows.first(), page.rows.last()) else {
        return Sight::Below;
    };
    if page.rows.iter().any(|r| frontier.above.contains(&r.id))
        || oldest.at > frontier.oldest + REPORTED_LATE
    {
        Sight::Above
    } else if newest.at < frontier.oldest {
        Sight::Below
    } else {
        Sight::Unclear
    }
}

/// Looks for a frontier whose place was only counted, by halving what is left.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    guess: u64,
    low: u64,
    high: Option<u64>,
}

impl Search {
    /// Begins at a guess.
    #[must_use]
    pub fn from(guess: u64) -> Self {
        Self { guess, low: 0, high: None }
    }

    /// Where to ask next.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.guess
    }

    /// Learns from a page that proved nothing; `retry` is what [`join`] said of it.
    pub fn learn(&mut self, frontier: &Frontier, page: &Page, retry: Place) {
        if frontier.is_shown_by(page) {
            // Near: what the page shows is better than any halving.
            self.guess = retry.offset();
            return;
        }
        match sight(frontier, page) {
            Sight::Above => self.low = page.end().saturating_sub(1),
            Sight::Below => self.high = Some(page.offset),
            Sight::Unclear => {
                self.guess = retry.offset();
                return;
            }
        }
        self.guess = match self.high {
            Some(high) if high > self.low => self.low + (high - self.low) / 2,
            // Rows have moved down since the lower end was seen, or it was never seen.
            _ => {
                self.high = None;
                self.low + (self.low / 2).max(PAGE as u64)
            }
        };
    }
}
