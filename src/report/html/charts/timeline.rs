//! When accounts were disabled (up) and enabled again (down).

use std::collections::BTreeMap;

use svg::Document;

use crate::report::html::charts::{
    axis::{TimeAxis, midnight},
    bar, chart, count, label, line,
};
use crate::{
    output::when::{date, many},
    report::pack::Pack,
    time::{Timestamp, days},
};

const MIDDLE: f64 = 84.0;
const REACH: f64 = 60.0;

/// None where nothing was applied.
pub(in crate::report::html) fn timeline(pack: &Pack) -> Option<Document> {
    let mut by_day: BTreeMap<Timestamp, (usize, usize)> = BTreeMap::new();
    for action in pack.actions.iter().filter(|a| a.outcome == Some("applied")) {
        let Some(at) = action.outcome_at else { continue };
        let day = by_day.entry(midnight(at.0)).or_default();
        match action.action {
            "disable" => day.0 += 1,
            _ => day.1 += 1,
        }
    }
    let (first, last) = (*by_day.keys().next()?, *by_day.keys().next_back()?);
    // A few days around them, so that a single day is not a wall.
    let axis = TimeAxis::over(first - days(3), last + days(4));
    let most = by_day.values().map(|(down, up)| (*down).max(*up)).max()?;
    let total = by_day.values().fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));

    let mut chart = chart(
        190.0,
        &format!(
            "{} disabled and {} enabled again on {} from {} to {}",
            total.0,
            total.1,
            many(by_day.len(), "day"),
            date(first),
            date(last)
        ),
    );
    for (at, text) in axis.ticks() {
        let x = axis.place(at);
        chart = chart
            .add(line("grid", (x, MIDDLE - REACH), (x, MIDDLE + REACH)))
            .add(label(&text, x, 180.0));
    }
    let height = |accounts: usize| REACH * count(accounts) / count(most);
    for (day, (disabled, enabled)) in &by_day {
        let wide = axis.width(*day, *day + days(1));
        let width = (0.6 * wide).max(0.8);
        let x = axis.place(*day) + (wide - width).max(0.0) / 2.0;
        if *disabled > 0 {
            let title = format!("{}: {} disabled", date(*day), many(*disabled, "account"));
            let high = height(*disabled);
            chart = chart.add(bar("v-inactive", x, MIDDLE - high, width, high, &title));
        }
        if *enabled > 0 {
            let title = format!("{}: {} enabled again", date(*day), many(*enabled, "account"));
            chart = chart.add(bar("v-active", x, MIDDLE, width, height(*enabled), &title));
        }
    }
    Some(chart.add(line("axis", (0.0, MIDDLE), (100.0, MIDDLE))).add(label(
        &format!("{} a day", many(most, "account")),
        0.0,
        MIDDLE - REACH - 6.0,
    )))
}
