//! Coverage: the one interval for which absence of a login event is itself a fact.

use chrono::TimeDelta;

use crate::{domain::account::named, time::Timestamp};

/// How late an event may still appear in the portal's history: every run reads this much again
/// and claims this much less than now. Covers slow writers and the doubled hour of autumn.
pub const LATENESS: TimeDelta = TimeDelta::hours(2);

/// A closed interval for which our copy of the login history is known complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Coverage {
    /// First moment covered.
    pub from: Timestamp,
    /// Last moment covered.
    pub to: Timestamp,
}

impl Coverage {
    /// The part of a proven segment from `from` up to `horizon`; none where nothing is left of it.
    #[must_use]
    pub fn up_to(from: Timestamp, horizon: Option<Timestamp>) -> Option<Self> {
        horizon.filter(|to| from <= *to).map(|to| Self { from, to })
    }

    /// True where every moment of `[from, to]` is covered.
    #[must_use]
    pub fn contains(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from <= from && to <= self.to
    }
}

named! {
    /// What is older than a segment.
    SegmentEnd {
        /// History that was not read yet.
        Open = "open",
        /// The portal had nothing older.
        End = "end",
        /// Something that could not be read or proven.
        Hole = "hole",
    }
}

/// A stretch of the login history proven complete, and where reading it stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// First moment proven.
    pub from: Timestamp,
    /// Last moment proven.
    pub to: Timestamp,
    /// Date of the oldest event read, as reported.
    pub oldest: Timestamp,
    /// Ids of that event and those beside it in the same second.
    pub tail: Vec<i64>,
    pub below: SegmentEnd,
}

/// Adds `new` to segments that are newest first and never overlap. Those that it overlaps become one
/// with it: the lower edge is that of the one that reaches further down. Where the portal had nothing
/// older than `new`, nothing below can be read any more either.
#[must_use]
pub fn merge(segments: &[Segment], new: Segment) -> Vec<Segment> {
    let mut merged = new.clone();
    let mut apart = Vec::new();
    for segment in segments {
        if segment.from <= merged.to && merged.from <= segment.to {
            let lower = if segment.from < merged.from { segment } else { &merged };
            merged = Segment {
                from: segment.from.min(merged.from),
                to: segment.to.max(merged.to),
                ..lower.clone()
            };
        } else {
            apart.push(segment.clone());
        }
    }
    apart.push(merged);
    apart.sort_by_key(|s| std::cmp::Reverse(s.from));
    if new.below == SegmentEnd::End {
        for segment in apart.iter_mut().filter(|s| s.from <= new.from) {
            if segment.below == SegmentEnd::Open {
                segment.below = SegmentEnd::End;
            }
        }
    }
    apart
}

/// Segments, newest first, around a hole from `from` to `to`: the one that spans it becomes two, and the
/// one directly above it is read no further.
#[must_use]
pub fn split(segments: &[Segment], from: Timestamp, to: Timestamp) -> Vec<Segment> {
    let mut apart = Vec::with_capacity(segments.len() + 1);
    for segment in segments {
        if segment.from <= from && to <= segment.to {
            let above = Segment { from: to, oldest: to, tail: Vec::new(), ..segment.clone() };
            apart.push(above);
            apart.push(Segment { to: from, ..segment.clone() });
        } else {
            apart.push(segment.clone());
        }
    }
    if let Some(above) = apart.iter_mut().rev().find(|s| s.from >= to) {
        above.below = SegmentEnd::Hole;
    }
    apart
}
