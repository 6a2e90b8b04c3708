//! How far the record reaches, as a chart over time.

use chrono::{DateTime, Datelike, TimeDelta};
use maud::{Markup, html};

use crate::{
    output::when::{date, minute},
    report::{
        AuditReport,
        html::charts::{bar, chart, label, line},
    },
    time::{Timestamp, days},
};

/// More would touch each other on a telephone.
const MOST_TICKS: usize = 6;

/// A stretch of time along the width of a chart.
#[derive(Debug, Clone, Copy)]
struct TimeAxis {
    from: Timestamp,
    to: Timestamp,
}

impl TimeAxis {
    /// An axis over at least a day.
    fn over(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: to.max(from + days(1)) }
    }

    /// Percent of the width.
    fn place(&self, at: Timestamp) -> f64 {
        let seconds = |span: TimeDelta| span.as_seconds_f64();
        100.0 * seconds(at - self.from) / seconds(self.to - self.from)
    }

    /// Percent of the width between two moments.
    fn width(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.place(to).clamp(0.0, 100.0) - self.place(from).clamp(0.0, 100.0)
    }

    /// Firsts of months, or else days, each with its label.
    fn ticks(&self) -> Vec<(Timestamp, String)> {
        let starts: Vec<Timestamp> = (0..)
            .map(|n| midnight(self.from) + days(n))
            .take_while(|day| *day <= self.to)
            .filter(|day| *day >= self.from)
            .collect();
        let months: Vec<Timestamp> = starts.iter().copied().filter(|d| d.day() == 1).collect();
        if months.len() <= 2 {
            return thinned(&starts).map(|at| (at, at.format("%-d %b").to_string())).collect();
        }
        // The year once, and again where it changes: a telephone is narrow.
        let mut year = None;
        let form = |at: Timestamp| {
            let form = if year.replace(at.year()) == Some(at.year()) { "%b" } else { "%b %Y" };
            (at, at.format(form).to_string())
        };
        thinned(&months).map(form).collect()
    }

    /// Vertical lines with their labels below.
    fn grid(&self, (top, foot): (f64, f64), text_at: f64) -> Markup {
        html! {
            @for (at, text) in self.ticks() {
                (line("grid", (self.place(at), top), (self.place(at), foot)))
                (label(&text, self.place(at), text_at))
            }
        }
    }
}

fn thinned(moments: &[Timestamp]) -> impl Iterator<Item = Timestamp> {
    moments.iter().copied().step_by(moments.len().div_ceil(MOST_TICKS).max(1))
}

fn midnight(at: Timestamp) -> Timestamp {
    let second = at.timestamp().div_euclid(86_400) * 86_400;
    DateTime::from_timestamp(second, 0).map_or(at, Timestamp::from)
}

/// The proven intervals and the holes, and below them the days that the threshold looks at. None
/// where nothing is proven.
pub(in crate::report::html) fn coverage(report: &AuditReport) -> Option<Markup> {
    let c = &report.coverage;
    let needed = report
        .decision
        .as_ref()
        .map(|d| (d.as_of.days_before(d.inactivity_days), d.as_of, d.inactivity_days));
    let starts = c.segments.iter().map(|s| s.from).chain(needed.map(|n| n.0));
    let ends = c.segments.iter().map(|s| s.to).chain(needed.map(|n| n.1));
    let axis = TimeAxis::over(starts.min()?, ends.max()?);

    let stretch = |class: &str, title: String, (from, to), y, least: f64| {
        bar(class, &title, (axis.place(from), y), (axis.width(from, to).max(least), 26.0))
    };
    let between = |from, to| format!("from {} to {}", minute(from), minute(to));
    let shapes = html! {
        (axis.grid((4.0, 74.0), 90.0))
        @for s in &c.segments {
            (stretch("proven", format!("proven complete {}", between(s.from, s.to)), (s.from, s.to), 8.0, 0.0))
        }
        @for h in &c.holes {
            (stretch("hole", format!("hole {}", between(h.from, h.to)), (h.from, h.to), 8.0, 0.4))
        }
        @if let Some((from, to, count)) = needed {
            @let title = format!("the {count} days that are judged: {} to {}", date(from), date(to));
            (stretch("needed", title, (from, to), 42.0, 0.0))
        }
    };
    let relied_on =
        c.relied_on.map_or_else(|| ": none".to_owned(), |i| format!(" {}", between(i.from, i.to)));
    Some(chart(96.0, &format!("Coverage{relied_on}; holes: {}", c.holes.len()), &shapes))
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
