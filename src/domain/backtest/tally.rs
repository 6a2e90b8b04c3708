//! What the would-be disables of one threshold come to.

use chrono::TimeDelta;

use crate::domain::{
    backtest::{
        day::Days,
        walk::{Basis, WouldBeDisable},
    },
    coverage::Coverage,
};

/// Days within which somebody who is back shows that disabling was wrong.
pub const WITHIN_DAYS: [u32; 3] = [30, 60, 90];
/// Fewer would-be disables that can be followed prove nothing: no recommendation rests on them.
pub const FEWEST: u64 = 20;
/// The most, in percent, that may come back within the first of [`WITHIN_DAYS`] for a threshold to be
/// recommended.
pub const FALSE_DISABLES_ACCEPTED: u64 = 5;

/// How many came back within so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowedUp {
    pub within_days: u32,
    pub returned: u64,
    /// Those that could be followed for as long, enabled throughout: `returned` is a part of these.
    pub measurable: u64,
    /// All others.
    pub too_recent: u64,
}

/// The figures of one threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub inactivity_days: u32,
    pub days_judged: u32,
    /// Days on which coverage does not reach back far enough.
    pub days_not_judged: u32,
    pub would_be_disables: u64,
    /// Those among them that were judged by a later version of the account.
    pub by_earliest_version: u64,
    pub followed_up: [FollowedUp; 3],
    /// Time in which the accounts were enabled and not used, all together.
    pub exposure: TimeDelta,
}

/// What several thresholds would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backtested {
    pub days: Days,
    pub coverage: Vec<Coverage>,
    /// Accounts that were under review on some day.
    pub accounts: u64,
    /// Shortest threshold first.
    pub tallies: Vec<Tally>,
}

impl Tally {
    #[must_use]
    pub fn new(inactivity_days: u32, days_judged: u32, days: u32) -> Self {
        let none =
            |within_days| FollowedUp { within_days, returned: 0, measurable: 0, too_recent: 0 };
        Self {
            inactivity_days,
            days_judged,
            days_not_judged: days.saturating_sub(days_judged),
            would_be_disables: 0,
            by_earliest_version: 0,
            followed_up: WITHIN_DAYS.map(none),
            exposure: TimeDelta::zero(),
        }
    }

    pub fn add(&mut self, disable: &WouldBeDisable) {
        self.would_be_disables += 1;
        match disable.basis {
            Basis::ThatDay => {}
            Basis::EarliestKnown => self.by_earliest_version += 1,
        }
        for follow_up in &mut self.followed_up {
            let limit = disable.at.days_after(follow_up.within_days);
            match limit <= disable.followed_until {
                true => follow_up.measurable += 1,
                false => follow_up.too_recent += 1,
            }
            let is_back = disable.returned_at.is_some_and(|at| at <= limit);
            if is_back && limit <= disable.followed_until {
                follow_up.returned += 1;
            }
        }
        let until =
            disable.returned_at.map_or(disable.followed_until, |at| at.min(disable.followed_until));
        self.exposure += until - disable.at;
    }
}

impl FollowedUp {
    /// The false-disable rate in tenths of a percent; none where nothing could be followed.
    #[must_use]
    pub fn permille(self) -> Option<u64> {
        let half = self.measurable / 2;
        (self.returned * 1000 + half).checked_div(self.measurable)
    }

    fn is_acceptable(self) -> bool {
        self.returned * 100 <= self.measurable * FALSE_DISABLES_ACCEPTED
    }
}

/// The shortest threshold with few enough false disables within the first of [`WITHIN_DAYS`], of those with
/// enough would-be disables to tell.
#[must_use]
pub fn recommended(tallies: &[Tally]) -> Option<&Tally> {
    let first = |tally: &Tally| tally.followed_up[0];
    let told = tallies.iter().filter(|t| first(t).measurable >= FEWEST && first(t).is_acceptable());
    told.min_by_key(|tally| tally.inactivity_days)
}
