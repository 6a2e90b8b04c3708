//! The few forms that every section is made of. Text of the portal goes through [`said`], which shows
//! what would act on the reader instead of being read.

use maud::{Markup, html};
use svg::Document;

use crate::{
    output::{
        text::printable,
        when::{date, minute},
    },
    report::pack::At,
};

/// Text from the portal or from people, in a direction of its own.
pub(super) fn said(text: &str) -> Markup {
    html! { bdi { (printable(text)) } }
}

/// A moment as people read it, with its exact form for machines.
pub(super) fn time(at: At) -> Markup {
    html! { time datetime=(at.0.to_string()) { (minute(at.0)) } }
}

/// A day as people read it; pointing at it shows the moment.
pub(super) fn day(at: At) -> Markup {
    html! { time.day datetime=(at.0.to_string()) title=(minute(at.0)) { (date(at.0)) } }
}

/// The form in which moments are sorted; empty where there is none.
pub(super) fn exact(at: Option<At>) -> String {
    at.map(|at| at.0.to_string()).unwrap_or_default()
}

/// A section with its heading.
pub(super) fn section(id: &str, title: &str, inside: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (inside)
        }
    }
}

/// Names and values; what is not there is left out.
pub(super) fn facts(rows: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows {
                @if let Some(value) = value { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// A chart with its caption; nothing where there is nothing to draw.
pub(super) fn figure(chart: Option<Document>, caption: &str, legend: &[(&str, &str)]) -> Markup {
    html! {
        @if let Some(chart) = chart {
            figure {
                figcaption { (caption) }
                (maud::PreEscaped(chart.to_string()))
                @if !legend.is_empty() {
                    ul.legend {
                        @for (class, name) in legend { li { i class=(class) {} (name) } }
                    }
                }
            }
        }
    }
}

/// A column of a table: its name, and whether it holds numbers.
pub(super) type Column = (&'static str, Sort);

/// How a column is sorted and aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
}

/// Rows under their names, in a frame that scrolls where the screen is narrow.
pub(super) fn table(label: &str, columns: &[Column], rows: &Markup) -> Markup {
    html! {
        div.wide role="region" aria-label=(label) tabindex="0" {
            table {
                thead {
                    tr {
                        @for (name, sort) in columns {
                            th scope="col" class=[(*sort == Sort::Number).then_some("n")] { (name) }
                        }
                    }
                }
                tbody { (rows) }
            }
        }
    }
}

/// The same with a field to search in and, where there are `choices`, a list to choose from. The
/// tools appear with the script that makes them work.
pub(super) fn searchable(
    label: &str,
    choices: Option<(&str, Vec<&str>)>,
    columns: &[Column],
    rows: &Markup,
) -> Markup {
    html! {
        div data-table {
            div.tools hidden {
                label { "Search " input type="search" autocomplete="off"; }
                @if let Some((name, choices)) = choices {
                    label {
                        (name) " "
                        select {
                            option value="" { "all" }
                            @for choice in choices { option { (choice) } }
                        }
                    }
                }
                output.soft {}
            }
            (table(label, columns, rows))
        }
    }
}

/// A cell with a number, or an empty one.
pub(super) fn number(value: Option<impl Into<i64>>) -> Markup {
    let value: Option<i64> = value.map(Into::into);
    html! { td.n data-v=[value] { @if let Some(n) = value { (n) } } }
}

/// A cell with a moment, or an empty one.
pub(super) fn moment(at: Option<At>) -> Markup {
    html! { td.t data-v=(exact(at)) {
        @if let Some(at) = at { (time(at)) }
    } }
}

/// A verdict or an outcome with its colour, which says nothing that the word does not.
pub(super) fn pill(class: &str, word: &str) -> Markup {
    html! { span.pill { i class=(class) {} (word) } }
}

/// The colour of an outcome.
pub(super) fn of_outcome(outcome: Option<&str>) -> &'static str {
    match outcome {
        Some("applied") => "proven",
        Some("skipped") => "v-disabled",
        Some("refused") => "v-undetermined",
        _ => "hole",
    }
}
