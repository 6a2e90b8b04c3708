//! Charts as inline SVG. Places are percent of the width and heights are pixels, so that a chart fills
//! any screen or sheet and its text keeps its size; colours come from the page's style sheet. Every
//! chart only repeats what a table of the page says.

mod axis;
mod coverage;
mod idle;
mod reasons;
mod timeline;

use svg::{
    Document,
    node::element::{Line, Rectangle, Text, Title},
};

pub(super) use crate::report::html::charts::{
    coverage::coverage,
    idle::{STACK, idle_days},
    reasons::reasons,
    timeline::timeline,
};

/// An empty chart with its text for those who do not see it.
fn chart(height: f64, alternative: &str) -> Document {
    // No view box: nothing is scaled.
    Document::new()
        .set("width", "100%")
        .set("height", height)
        .set("role", "img")
        .set("aria-label", alternative)
        .set("class", "chart")
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place.clamp(0.0, 100.0))
}

/// A bar with a text that appears when it is pointed at.
fn bar(class: &str, x: f64, y: f64, width: f64, height: f64, title: &str) -> Rectangle {
    Rectangle::new()
        .set("class", class)
        .set("x", percent(x))
        .set("y", format!("{y:.1}"))
        .set("width", percent(width))
        .set("height", format!("{height:.1}"))
        .add(Title::new(title))
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Line {
    Line::new()
        .set("class", class)
        .set("x1", percent(x1))
        .set("y1", y1)
        .set("x2", percent(x2))
        .set("y2", y2)
}

/// Text that stays inside the chart: at the edges it leans inwards.
fn label(text: &str, x: f64, y: f64) -> Text {
    let anchor = match x {
        x if x < 10.0 => "start",
        x if x > 90.0 => "end",
        _ => "middle",
    };
    Text::new(text).set("x", percent(x)).set("y", y).set("text-anchor", anchor)
}

fn count(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far smaller than 2^52")]
    let n = n as f64;
    n
}
