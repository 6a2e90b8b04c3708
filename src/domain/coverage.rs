//! Coverage: the one interval for which absence of a login event is itself a fact.

use chrono::TimeDelta;

use super::time::Instant;

/// How late an event may still appear in the portal's history: every run reads this much again
/// and claims this much less than now. Covers slow writers and the doubled hour of autumn.
pub const LATENESS: TimeDelta = TimeDelta::hours(2);

/// A closed interval for which our copy of the login history is known complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// First moment covered.
    pub from: Instant,
    /// Last moment covered.
    pub to: Instant,
}

impl Coverage {
    /// The part of a proven segment from `from` up to `horizon`; none where nothing is left of it.
    #[must_use]
    pub fn up_to(from: Instant, horizon: Option<Instant>) -> Option<Self> {
        horizon.filter(|to| from <= *to).map(|to| Self { from, to })
    }

    /// True where every moment of `[from, to]` is covered.
    #[must_use]
    pub fn contains(&self, from: Instant, to: Instant) -> bool {
        self.from <= from && to <= self.to
    }
}

/// The latest moment that a run started at `started` (the portal's clock) may claim to know:
/// `LATENESS` before its start, and never later than `max_silence` after the newest event of any
/// kind, because a portal that stopped recording looks like everybody leaving. `None` where nothing
/// was ever recorded: an empty history is no proof that nobody came.
///
/// `newest` is the newest event not dated after `started`: one from the future would hide that
/// recording has stopped.
#[must_use]
pub fn horizon(
    started: Instant,
    newest: Option<Instant>,
    max_silence: TimeDelta,
) -> Option<Instant> {
    let silent_after = newest?.checked_add_signed(max_silence).unwrap_or(Instant::MAX_UTC);
    Some(silent_after.min(started - LATENESS))
}
