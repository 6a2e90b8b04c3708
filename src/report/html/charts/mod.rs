//! Charts as inline SVG. Places are percent of the width and heights are pixels, so that a chart fills
//! any screen or sheet and its text keeps its size; colours come from the page's style sheet. Every
//! chart only repeats what a table of the page says.

mod backtest;
mod time;
mod verdicts;

use maud::{Markup, html};

pub(super) use self::{
    backtest::{WITHIN, false_disables},
    time::coverage,
    verdicts::{STACK, idle_days},
};

/// The frame, with a text for readers who do not see it. Without a view box nothing is scaled.
fn chart(height: f64, alternative: &str, shapes: &Markup) -> Markup {
    html! {
        svg.chart width="100%" height=(height) role="img" aria-label=(alternative) { (shapes) }
    }
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place.clamp(0.0, 100.0))
}

/// A bar with a text that appears when the pointer is on it.
fn bar(class: &str, title: &str, (x, y): (f64, f64), (width, height): (f64, f64)) -> Markup {
    html! {
        rect class=(class) x=(percent(x)) y=(format!("{y:.1}"))
            width=(percent(width)) height=(format!("{height:.1}")) { title { (title) } }
    }
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    html! { line class=(class) x1=(percent(x1)) y1=(y1) x2=(percent(x2)) y2=(y2) {} }
}

/// Text that stays inside the chart: near an edge it is aligned to it.
fn label(text: &str, x: f64, y: f64) -> Markup {
    let anchor = match x {
        x if x < 10.0 => "start",
        x if x > 90.0 => "end",
        _ => "middle",
    };
    html! { text x=(percent(x)) y=(y) text-anchor=(anchor) { (text) } }
}

fn as_f64(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far smaller than 2^52")]
    let count = count as f64;
    count
}
