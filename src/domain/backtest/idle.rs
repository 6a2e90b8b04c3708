//! When an account was idle for long: what is left of its activities in whatever order they are told, in
//! memory that grows with the time recorded and not with their number.

use chrono::TimeDelta;

use crate::time::Timestamp;

/// A stretch without activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The activity before it; none where it reaches back to the beginning of time.
    pub after: Option<Timestamp>,
    /// The activity after it; none where it has not ended.
    pub before: Option<Timestamp>,
}

/// The activities of one account, as far as long gaps between them tell them apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Idleness {
    #[default]
    NeverSeen,
    Seen {
        first: Timestamp,
        last: Timestamp,
        /// In no order.
        gaps: Vec<LongGap>,
    },
}

/// A gap between two activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongGap {
    after: Timestamp,
    before: Timestamp,
}

impl Idleness {
    /// Takes an activity into account. Gaps shorter than `shortest`, the same at each call, are not kept.
    pub fn seen(&mut self, at: Timestamp, shortest: TimeDelta) {
        let Self::Seen { first, last, gaps } = self else {
            *self = Self::Seen { first: at, last: at, gaps: Vec::new() };
            return;
        };
        let parts = if at > *last {
            let gap = LongGap { after: *last, before: at };
            *last = at;
            [Some(gap), None]
        } else if at < *first {
            let gap = LongGap { after: at, before: *first };
            *first = at;
            [Some(gap), None]
        } else {
            // Most activities are between two that are close to each other.
            let Some(place) = gaps.iter().position(|gap| gap.after < at && at < gap.before) else {
                return;
            };
            let LongGap { after, before } = gaps.swap_remove(place);
            [LongGap { after, before: at }, LongGap { after: at, before }].map(Some)
        };
        let is_long = |gap: &LongGap| gap.before - gap.after >= shortest;
        gaps.extend(parts.into_iter().flatten().filter(is_long));
    }

    /// Everything before the first activity, the long gaps, and everything after the last.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        let (ends, between) = match self {
            Self::NeverSeen => ([Some(Gap { after: None, before: None }), None], [].as_slice()),
            Self::Seen { first, last, gaps } => {
                let before = Gap { after: None, before: Some(*first) };
                let after = Gap { after: Some(*last), before: None };
                ([Some(before), Some(after)], gaps.as_slice())
            }
        };
        let between =
            between.iter().map(|gap| Gap { after: Some(gap.after), before: Some(gap.before) });
        ends.into_iter().flatten().chain(between)
    }
}
