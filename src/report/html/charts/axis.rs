//! Where a moment lies on a chart, and which moments are written below it.

use chrono::{DateTime, Datelike, TimeDelta};

use crate::time::{Timestamp, days};

/// A stretch of time along the width of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeAxis {
    from: Timestamp,
    to: Timestamp,
}

/// More would touch each other on a telephone.
const MOST_TICKS: usize = 6;

impl TimeAxis {
    /// An axis over at least a day.
    pub(super) fn over(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: to.max(from + days(1)) }
    }

    /// Percent of the width.
    pub(super) fn place(&self, at: Timestamp) -> f64 {
        let part = |span: TimeDelta| span.as_seconds_f64();
        100.0 * part(at - self.from) / part(self.to - self.from)
    }

    /// Percent of the width between two moments.
    pub(super) fn width(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.place(to).clamp(0.0, 100.0) - self.place(from).clamp(0.0, 100.0)
    }

    /// Firsts of months, or else days, each with what is written there.
    pub(super) fn ticks(&self) -> Vec<(Timestamp, String)> {
        let starts: Vec<Timestamp> = (0..)
            .map(|n| midnight(self.from) + days(n))
            .take_while(|day| *day <= self.to)
            .filter(|day| *day >= self.from)
            .collect();
        let months: Vec<Timestamp> = starts.iter().copied().filter(|d| d.day() == 1).collect();
        if months.len() > 2 {
            // The year once, and again where it changes: a telephone is narrow.
            let mut year = None;
            return thinned(&months)
                .map(|at| {
                    let form =
                        if year.replace(at.year()) == Some(at.year()) { "%b" } else { "%b %Y" };
                    (at, at.format(form).to_string())
                })
                .collect();
        }
        thinned(&starts).map(|at| (at, at.format("%-d %b").to_string())).collect()
    }
}

fn thinned(moments: &[Timestamp]) -> impl Iterator<Item = Timestamp> {
    moments.iter().copied().step_by(moments.len().div_ceil(MOST_TICKS).max(1))
}

/// The start of the day (UTC).
pub(super) fn midnight(at: Timestamp) -> Timestamp {
    let second = at.timestamp().div_euclid(86_400) * 86_400;
    DateTime::from_timestamp(second, 0).map_or(at, Timestamp::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, to: &str) -> TimeAxis {
        TimeAxis::over(from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn months_are_written_where_there_are_several() {
        let texts = |axis: TimeAxis| -> Vec<String> {
            axis.ticks().into_iter().map(|(_, text)| text).collect()
        };
        let half = axis("2026-05-28T12:00:00Z", "2026-11-24T10:00:00Z");
        assert_eq!(texts(half), ["Jun 2026", "Jul", "Aug", "Sep", "Oct", "Nov"]);
        let winter = axis("2026-10-28T12:00:00Z", "2027-02-24T10:00:00Z");
        assert_eq!(texts(winter), ["Nov 2026", "Dec", "Jan 2027", "Feb"]);
        let years = axis("2020-01-01T00:00:00Z", "2026-11-24T10:00:00Z");
        assert!(texts(years).len() <= MOST_TICKS);
        let week = axis("2026-11-20T12:00:00Z", "2026-11-24T10:00:00Z");
        assert_eq!(texts(week), ["21 Nov", "22 Nov", "23 Nov", "24 Nov"]);
    }

    #[test]
    fn moments_have_their_place() {
        let axis = axis("2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z");
        assert!((axis.place("2026-11-21T00:00:00Z".parse().unwrap()) - 25.0).abs() < 1e-9);
    }
}
