//! How far the record reaches, over the time that the threshold needs.

use svg::Document;

use crate::report::html::charts::{axis::TimeAxis, bar, chart, label, line};
use crate::{
    output::when::{date, minute},
    report::pack::Pack,
};

/// The proven intervals and the holes, and below them the days that the threshold looks at. None
/// where nothing is proven.
pub(in crate::report::html) fn coverage(pack: &Pack) -> Option<Document> {
    let c = &pack.coverage;
    let needed = pack
        .decision
        .as_ref()
        .map(|d| (d.as_of.0.days_before(d.inactivity_days), d.as_of.0, d.inactivity_days));
    let starts = c.segments.iter().map(|s| s.from.0).chain(needed.map(|n| n.0));
    let ends = c.segments.iter().map(|s| s.to.0).chain(needed.map(|n| n.1));
    let axis = TimeAxis::over(starts.min()?, ends.max()?);

    let alternative = c.relied_on.map_or_else(
        || "Coverage: none".to_owned(),
        |i| format!("Coverage from {} to {}", minute(i.from.0), minute(i.to.0)),
    );
    let mut chart = chart(96.0, &format!("{alternative}; holes: {}", c.holes.len()));
    for (at, text) in axis.ticks() {
        let x = axis.place(at);
        chart = chart.add(line("grid", (x, 4.0), (x, 74.0))).add(label(&text, x, 90.0));
    }
    for s in &c.segments {
        let title = format!("proven complete from {} to {}", minute(s.from.0), minute(s.to.0));
        let width = axis.width(s.from.0, s.to.0);
        chart = chart.add(bar("proven", axis.place(s.from.0), 8.0, width, 26.0, &title));
    }
    for h in &c.holes {
        let title = format!("hole from {} to {}", minute(h.from.0), minute(h.to.0));
        let width = axis.width(h.from.0, h.to.0).max(0.4);
        chart = chart.add(bar("hole", axis.place(h.from.0), 8.0, width, 26.0, &title));
    }
    if let Some((from, to, count)) = needed {
        let title = format!("the {count} days that are judged: {} to {}", date(from), date(to));
        let width = axis.width(from, to);
        chart = chart.add(bar("needed", axis.place(from), 42.0, width, 26.0, &title));
    }
    Some(chart)
}
