//! Proves that pages of the login history follow each other without a gap.
//!
//! The portal sorts by date alone, newest first, in whole seconds: rows of one second (a tie group)
//! come in any order, another one for each request. New events push older rows to higher offsets;
//! rows vanish only at the old end. In the repeated hour of autumn reported dates are one hour late,
//! so dates may rise once on the way down: what follows rests on ids and places, and dates only say
//! which way to look. All rows of a page but its last tie group are known complete; the next page
//! must show that group again, whole: it begins with a row known to lie above the group, or at a
//! place at or above the group's first row, asked for after that place was seen.

mod search;

use std::collections::HashSet;

use chrono::TimeDelta;

pub use crate::domain::contiguity::search::Search;
use crate::domain::contiguity::search::{Sight, sight};
use crate::time::Timestamp;

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
    pub at: Timestamp,
}

/// When a page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// After the frontier was seen: what is known of its place holds.
    After,
    /// Perhaps before it: rows may have moved down since, so places prove nothing.
    Ahead,
}

/// One answer of the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Rows skipped.
    pub offset: u64,
    /// Rows asked for; fewer came only where the history ends.
    pub count: usize,
    /// When it was asked for.
    pub asked: Asked,
    /// What came, newest first.
    pub rows: Vec<Row>,
}

impl Page {
    fn is_last(&self) -> bool {
        self.rows.len() < self.count
    }

    fn end(&self) -> u64 {
        self.offset + self.rows.len() as u64
    }

    /// Where the frontier's group begins, if this page, joined to it, shows it.
    #[must_use]
    pub fn place_of(&self, frontier: &Frontier) -> Option<Place> {
        let first = self.rows.iter().position(|r| frontier.tail.contains(&r.id))?;
        Some(Place::Seen(self.offset + self.group_start(first) as u64))
    }

    /// Where the tie group of row `of` begins on this page.
    fn group_start(&self, of: usize) -> usize {
        let second = self.rows[of].at.timestamp();
        let above = self.rows[..of].iter().rposition(|r| r.at.timestamp() != second);
        above.map_or(0, |last| last + 1)
    }
}

/// How well the place of a frontier is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not higher up than this: seen by this walk, and rows only move down.
    Seen(u64),
    /// Counted from our own copy; it proves nothing.
    Counted(u64),
}

impl Place {
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
    /// Ids of the oldest tie group, as far as it was shown; none before the first page.
    pub tail: Vec<i64>,
    /// Date of that group, as reported.
    pub oldest: Timestamp,
    /// Some ids directly above it.
    pub above: HashSet<i64>,
    /// Offset of the first row of the group.
    pub place: Place,
}

impl Frontier {
    /// Above the newest event of all.
    #[must_use]
    pub fn top(now: Timestamp) -> Self {
        Self { tail: Vec::new(), oldest: now, above: HashSet::new(), place: Place::Seen(0) }
    }

    /// The tie group at the end of a page, or of a part of it.
    fn of(page: &Page, rows: &[Row]) -> Option<Self> {
        let last = rows.last()?;
        let first = page.group_start(rows.len() - 1);
        Some(Self {
            tail: rows[first..].iter().map(|r| r.id).collect(),
            oldest: last.at,
            above: rows[..first].iter().map(|r| r.id).collect(),
            place: Place::Seen(page.offset + first as u64),
        })
    }

    /// A new one at row `at` of a page, with nothing proven above it.
    #[must_use]
    pub fn at_row(page: &Page, at: usize) -> Option<Self> {
        let row = page.rows.get(at)?;
        Some(Self {
            tail: vec![row.id],
            oldest: row.at,
            above: HashSet::new(),
            place: Place::Seen(page.offset + at as u64),
        })
    }

    /// True where the page shows a row of this frontier or one directly above it.
    #[must_use]
    pub fn is_shown_by(&self, page: &Page) -> bool {
        page.rows.iter().any(|r| self.tail.contains(&r.id) || self.above.contains(&r.id))
    }
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
    /// It proves nothing; the page from this place may.
    Retry(Place),
    /// Its rows follow, but one second fills it: more rows of that second may lie below.
    Tie(Frontier),
}

/// The step from `frontier` to `page`.
#[must_use]
pub fn join(frontier: &Frontier, page: &Page) -> Step {
    let begins_in_time = match frontier.place {
        Place::Seen(place) => page.asked == Asked::After && page.offset <= place,
        Place::Counted(_) => false,
    };
    if frontier.tail.is_empty() {
        return if begins_in_time { advance(page) } else { Step::Retry(frontier.place) };
    }
    let tail: HashSet<i64> = frontier.tail.iter().copied().collect();
    let Some(first) = page.rows.iter().position(|r| tail.contains(&r.id)) else {
        return look_elsewhere(frontier, page, begins_in_time);
    };
    let from_above = page.rows[..first].iter().any(|r| frontier.above.contains(&r.id));
    if !(from_above || begins_in_time) {
        return Step::Retry(higher(frontier, page));
    }
    let shown = page.rows.iter().filter(|r| tail.contains(&r.id)).count();
    // At the old end retention may have taken a part of the group meanwhile.
    if shown == tail.len() || page.is_last() {
        return advance(page);
    }
    match page.group_start(first) {
        // The group fills the page, so not even this one can show it whole.
        0 => advance(page).tie().unwrap_or(Step::Retry(frontier.place)),
        start if page.asked == Asked::After => Step::Retry(Place::Seen(page.offset + start as u64)),
        _ => Step::Retry(frontier.place),
    }
}

impl Step {
    fn tie(self) -> Option<Self> {
        matches!(self, Self::Tie(_)).then_some(self)
    }
}

/// No row of the tail is there: it lies further down, further up, or nowhere any more.
fn look_elsewhere(frontier: &Frontier, page: &Page, begins_in_time: bool) -> Step {
    if page.asked == Asked::Ahead {
        return Step::Retry(frontier.place);
    }
    let above = begins_in_time || sight(frontier, page) == Sight::Above;
    if !above {
        return Step::Retry(higher(frontier, page));
    }
    if page.is_last() {
        return Step::Gone;
    }
    // Rows of the group that were not shown before may stand at the end of this page.
    let ends_in_group = page.rows.last().is_some_and(|r| same_second(r.at, frontier.oldest));
    let below = match ends_in_group {
        true => page.offset + page.group_start(page.rows.len() - 1) as u64,
        false => page.end(),
    };
    // A page that begins and ends with the group, and shows none of the tail.
    if below == page.offset {
        return advance(page).tie().unwrap_or(Step::Retry(frontier.place));
    }
    Step::Retry(match frontier.place {
        Place::Seen(_) if begins_in_time => Place::Seen(below),
        Place::Seen(place) => Place::Seen(place),
        // A row more, so that the next page begins with one that is known.
        Place::Counted(_) => Place::Counted(below - 1),
    })
}

/// Where to ask after a page that begins too far down.
fn higher(frontier: &Frontier, page: &Page) -> Place {
    match frontier.place {
        Place::Seen(place) => Place::Seen(place),
        Place::Counted(_) => Place::Counted(page.offset.saturating_sub(page.count as u64 / 2)),
    }
}

/// What follows a page that begins where it must.
fn advance(page: &Page) -> Step {
    if page.is_last() {
        return Step::Ended;
    }
    match Frontier::of(page, &page.rows) {
        None => Step::Ended,
        Some(frontier) if frontier.above.is_empty() && page.count >= PAGE => Step::Tie(frontier),
        Some(frontier) => Step::Joined(frontier),
    }
}

fn same_second(a: Timestamp, b: Timestamp) -> bool {
    a.timestamp() == b.timestamp()
}
