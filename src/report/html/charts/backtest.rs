//! How many of the would-be disabled came back, by threshold.

use maud::{Markup, html};

use crate::{
    output::backtest::{BacktestDocument, FalseDisables},
    report::html::charts::{as_f64, bar, chart, label, line},
};

/// Colours of the bars of a threshold, in their order.
pub(in crate::report::html) const WITHIN: [&str; 3] = ["needed", "v-exempt", "v-inactive"];

const TOP: f64 = 22.0;
const FOOT: f64 = 150.0;
/// Of the room of a threshold.
const BAR: f64 = 0.2;

/// Three bars a threshold. None where nobody can be followed for long enough.
pub(in crate::report::html) fn false_disables(backtest: &BacktestDocument) -> Option<Markup> {
    let measured = || backtest.thresholds.iter().flat_map(|t| &t.false_disables);
    let highest = measured().filter_map(|f| f.percent).max_by(f64::total_cmp)?.max(1.0);
    let room = 100.0 / as_f64(backtest.thresholds.len());
    let height = |percent: f64| percent / highest * (FOOT - TOP);
    let group = |place: usize, days: u32, measured: &[FalseDisables; 3]| {
        let left = (as_f64(place) + 0.18) * room;
        html! {
            @for (number, (of, class)) in measured.iter().zip(WITHIN).enumerate() {
                @if let Some(percent) = of.percent {
                    @let title = format!("{days} days: {} came back within {} days", of.in_words(), of.within_days);
                    @let x = left + as_f64(number) * BAR * room * 1.08;
                    (bar(class, &title, (x, FOOT - height(percent)), (BAR * room, height(percent))))
                }
            }
            (label(&format!("{days} days"), (as_f64(place) + 0.5) * room, FOOT + 18.0))
        }
    };
    let shapes = html! {
        (line("grid", (0.0, TOP), (100.0, TOP)))
        (label(&format!("{highest:.1} %"), 0.0, TOP - 6.0))
        @for (place, of) in backtest.thresholds.iter().enumerate() {
            (group(place, of.inactivity_days, &of.false_disables))
        }
        (line("axis", (0.0, FOOT), (100.0, FOOT)))
    };
    let thresholds = backtest
        .thresholds
        .iter()
        .map(|t| format!("{} days: {}", t.inactivity_days, t.false_disables[0].in_words()));
    let alternative = format!(
        "Came back within 30 days, by threshold: {}",
        thresholds.collect::<Vec<_>>().join("; ")
    );
    Some(chart(178.0, &alternative, &shapes))
}
