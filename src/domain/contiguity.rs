//! Proves that pages of the login history follow each other without a gap.
//!
//! The portal sorts by date alone, newest first, in whole seconds: rows of one second (a tie group)
//! come in any order, another one for each request. New events push older rows to higher offsets;
//! rows vanish only at the old end. In the repeated hour of autumn reported dates are one hour late,
//! so dates may rise once on the way down: what follows rests on ids and places, and dates only say
//! which way to look. All rows of a page but its last tie group are known complete; the next page
//! must show that group again, whole, from a place at or above its first row.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::time::Instant;

/// How far a reported date can be late, once a year (TenantUtil.cs, ambiguous local times).
pub const REPORTED_LATE: TimeDelta = TimeDelta::hours(1);

/// Rows of a full page: the most that the server gives since 3.2.
pub const PAGE: usize = 100;

/// An event as far as its place matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The portal's id.
    pub id: i64,
    /// Date as reported.
    pub at: Instant,
}

/// One answer of the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Rows skipped.
    pub offset: u64,
    /// Rows asked for; fewer came only where the history ends.
    pub asked: usize,
    /// What came, newest first.
    pub rows: Vec<Row>,
}

impl Page {
    fn is_last(&self) -> bool {
        self.rows.len() < self.asked
    }
}

/// How well the place of a frontier is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Seen there by this walk: it can only have moved to higher offsets.
    Seen(u64),
    /// Counted from our own copy.
    Counted(u64),
}

impl Place {
    /// The offset.
    #[must_use]
    pub fn offset(self) -> u64 {
        match self {
            Self::Seen(offset) | Self::Counted(offset) => offset,
        }
    }
}

/// The lower edge of what is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    /// Ids of the oldest tie group, as far as it was shown.
    pub tail: Vec<i64>,
    /// Date of that group, as reported.
    pub oldest: Instant,
    /// Some ids directly above it.
    pub above: HashSet<i64>,
    /// Offset of the first row of the tail.
    pub place: Place,
}

/// What a page means for the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Its rows follow without a gap.
    Joined(Frontier),
    /// Its rows follow without a gap, and nothing is older.
    Ended,
    /// The frontier has left the portal, and all below it.
    Gone,
    /// It proves nothing; the page from this offset may.
    Retry(u64),
    /// Its rows follow, but one second fills it: more rows of that second may lie below.
    Tie(Frontier),
}

/// The step from the top: the first page of all, from offset 0.
#[must_use]
pub fn begin(page: &Page) -> Step {
    advance(page)
}

/// The step from `frontier` to `page`.
#[must_use]
pub fn join(frontier: &Frontier, page: &Page) -> Step {
    let tail: HashSet<i64> = frontier.tail.iter().copied().collect();
    let shown = page.rows.iter().filter(|r| tail.contains(&r.id)).count();
    let first = page.rows.iter().position(|r| tail.contains(&r.id));
    let Some(first) = first else { return look_elsewhere(frontier, page) };

    let from_above = page.rows[..first].iter().any(|r| frontier.above.contains(&r.id));
    let starts_in_time = match frontier.place {
        Place::Seen(place) => page.offset <= place,
        Place::Counted(_) => false,
    };
    if !(from_above || starts_in_time) {
        return Retry::above(page, frontier);
    }
    // At the old end retention may have taken a part of the group meanwhile.
    if shown == tail.len() || page.is_last() {
        return advance(page);
    }
    if first == 0 { Retry::back(page, 1) } else { Step::Retry(page.offset + first as u64) }
}

/// No row of the tail is there: it lies further down, further up, or nowhere any more.
fn look_elsewhere(frontier: &Frontier, page: &Page) -> Step {
    let (Some(newest), Some(oldest)) = (page.rows.first(), page.rows.last()) else {
        return if page.offset == 0 { Step::Gone } else { Retry::back(page, page.asked as u64) };
    };
    let knows = page.rows.iter().any(|r| frontier.above.contains(&r.id));
    let surely_above = oldest.at > frontier.oldest + REPORTED_LATE;
    let surely_below = newest.at < frontier.oldest - REPORTED_LATE;
    if knows || surely_above {
        return if page.is_last() {
            Step::Gone
        } else {
            Step::Retry(page.offset + page.rows.len() as u64 - 1)
        };
    }
    if !surely_below && page.is_last() && oldest.at > frontier.oldest {
        return Step::Gone;
    }
    Retry::above(page, frontier)
}

struct Retry;

impl Retry {
    /// From the frontier's place where that is higher up, otherwise a good piece back.
    fn above(page: &Page, frontier: &Frontier) -> Step {
        let place = frontier.place.offset();
        if page.offset > place {
            Step::Retry(place)
        } else {
            Self::back(page, page.asked as u64 / 2)
        }
    }

    fn back(page: &Page, rows: u64) -> Step {
        Step::Retry(page.offset.saturating_sub(rows.max(1)))
    }
}

fn advance(page: &Page) -> Step {
    let Some(last) = page.rows.last() else { return Step::Ended };
    if page.is_last() {
        return Step::Ended;
    }
    let second = last.at.timestamp();
    let group = page.rows.iter().rev().take_while(|r| r.at.timestamp() == second).count();
    let first = page.rows.len() - group;
    let frontier = Frontier {
        tail: page.rows[first..].iter().map(|r| r.id).collect(),
        oldest: last.at,
        above: page.rows[..first].iter().map(|r| r.id).collect(),
        place: Place::Seen(page.offset + first as u64),
    };
    if first == 0 && page.asked >= PAGE { Step::Tie(frontier) } else { Step::Joined(frontier) }
}
