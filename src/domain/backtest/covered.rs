//! All stretches of the past for which the login history is known complete, not only the newest one.

use crate::{
    domain::{
        backtest::day::{Day, Days},
        coverage::Coverage,
    },
    time::Timestamp,
};

/// Stretches that do not touch each other, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoveredTime(Vec<Coverage>);

/// Days on which a threshold can be judged, and the stretch that covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JudgedDays {
    pub(super) days: Days,
    pub(super) coverage: Coverage,
}

impl CoveredTime {
    /// What at least one of `stretches` covers.
    #[must_use]
    pub fn of(mut stretches: Vec<Coverage>) -> Self {
        stretches.sort_by_key(|s| s.from);
        let mut covered: Vec<Coverage> = Vec::new();
        for stretch in stretches {
            match covered.last_mut() {
                Some(last) if stretch.from <= last.to => last.to = last.to.max(stretch.to),
                Some(_) | None => covered.push(stretch),
            }
        }
        Self(covered)
    }

    /// The same without what lies between two moments, which stay covered themselves.
    #[must_use]
    pub fn without(self, from: Timestamp, to: Timestamp) -> Self {
        let cut = |stretch: Coverage| {
            if to <= stretch.from || stretch.to <= from {
                return [Some(stretch), None];
            }
            let before = Coverage { to: from, ..stretch };
            let after = Coverage { from: to, ..stretch };
            [before, after].map(|part| Some(part).filter(|p| p.from <= p.to))
        };
        Self(self.0.into_iter().flat_map(cut).flatten().collect())
    }

    /// The same up to `end`.
    #[must_use]
    pub fn until(self, end: Timestamp) -> Self {
        let cut = |s: Coverage| Coverage::up_to(s.from, Some(s.to.min(end)));
        Self(self.0.into_iter().filter_map(cut).collect())
    }

    #[must_use]
    pub fn stretches(&self) -> &[Coverage] {
        &self.0
    }

    /// Every day that starts between the first and the last moment covered; none where nothing is.
    #[must_use]
    pub fn days(&self) -> Option<Days> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        Some(Days { first: Day::starting_from(first.from), end: Day::starting_after(last.to) })
    }

    /// Days among `days` that are covered, with so many days before them.
    pub(super) fn judged(&self, days: Days, threshold: u32) -> Vec<JudgedDays> {
        let judged = |coverage: &Coverage| {
            let first = Day::starting_from(coverage.from.days_after(threshold));
            let days = Days { first, end: Day::starting_after(coverage.to) }.both(days);
            (!days.is_empty()).then_some(JudgedDays { days, coverage: *coverage })
        };
        self.0.iter().filter_map(judged).collect()
    }
}
