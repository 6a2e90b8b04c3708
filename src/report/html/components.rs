//! The few forms that every section is made of. Text from the portal goes through [`said`], which
//! shows control and bidi characters escaped.

use std::fmt::Display;

use maud::{Markup, html};

use crate::{
    domain::{history::Outcome, verdict::Verdict},
    output::{
        text::printable,
        when::{date, minute},
    },
    time::Timestamp,
};

/// Text from the portal or from people, in a direction of its own.
pub(super) fn said(text: &str) -> Markup {
    html! { bdi { (printable(text)) } }
}

/// A code such as `never_logged_in`, as words.
pub(super) fn words(code: impl Display) -> String {
    code.to_string().replace('_', " ")
}

/// A moment as people read it, with its exact form for machines.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (minute(at)) } }
}

/// A day as people read it; the moment is shown when the pointer is on it.
pub(super) fn day(at: Timestamp) -> Markup {
    html! { time.day datetime=(at) title=(minute(at)) { (date(at)) } }
}

/// The form in which moments are sorted; empty where there is none.
pub(super) fn exact(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

pub(super) fn section(id: &str, title: &str, inside: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (inside)
        }
    }
}

/// Names and values; a value that is absent is left out.
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
pub(super) fn figure(chart: Option<Markup>, caption: &str, legend: &[(&str, &str)]) -> Markup {
    html! {
        @if let Some(chart) = chart {
            figure {
                figcaption { (caption) }
                (chart)
                @if !legend.is_empty() {
                    ul.legend { @for (class, name) in legend { li { i class=(class) {} (name) } } }
                }
            }
        }
    }
}

/// A column of a table: its name, and what it shows of a row.
pub(super) enum Column<R> {
    Text(&'static str, fn(&R) -> Markup),
    /// Text that does not wrap.
    Word(&'static str, fn(&R) -> Markup),
    Number(&'static str, fn(&R) -> Option<i64>),
    Moment(&'static str, fn(&R) -> Option<Timestamp>),
    /// What it is sorted by, and what it shows.
    Sorted(&'static str, fn(&R) -> (String, Markup)),
}

impl<R> Column<R> {
    fn head(&self) -> Markup {
        match self {
            Self::Number(name, _) => html! { th.n scope="col" { (name) } },
            Self::Text(name, _)
            | Self::Word(name, _)
            | Self::Moment(name, _)
            | Self::Sorted(name, _) => html! { th scope="col" { (name) } },
        }
    }

    fn cell(&self, row: &R) -> Markup {
        match self {
            Self::Text(_, of) => html! { td { (of(row)) } },
            Self::Word(_, of) => html! { td.t { (of(row)) } },
            Self::Number(_, of) => {
                let number = of(row);
                html! { td.n data-v=[number] { @if let Some(number) = number { (number) } } }
            }
            Self::Moment(_, of) => {
                let at = of(row);
                html! { td.t data-v=(exact(at)) { @if let Some(at) = at { (time(at)) } } }
            }
            Self::Sorted(_, of) => {
                let (key, shown) = of(row);
                html! { td data-v=(key) { (shown) } }
            }
        }
    }
}

/// Rows under their names, in a frame that scrolls where the screen is narrow.
pub(super) fn table<'a, R: 'a>(
    label: &str,
    columns: &[Column<R>],
    rows: impl IntoIterator<Item = &'a R>,
) -> Markup {
    let rows = html! { @for row in rows { tr { @for column in columns { (column.cell(row)) } } } };
    framed(label, columns, &rows)
}

fn framed<R>(label: &str, columns: &[Column<R>], rows: &Markup) -> Markup {
    html! {
        div.wide role="region" aria-label=(label) tabindex="0" {
            table {
                thead { tr { @for column in columns { (column.head()) } } }
                tbody { (rows) }
            }
        }
    }
}

/// What the rows of a table can be narrowed down by.
pub(super) struct Filter<'c, R> {
    pub(super) name: &'static str,
    pub(super) choices: &'c [&'static str],
    pub(super) of: fn(&R) -> &'static str,
}

/// A table with a field to search in and a list to choose from. The script that makes these work
/// also shows them.
pub(super) fn searchable<'a, R: 'a>(
    label: &str,
    filter: &Filter<'_, R>,
    columns: &[Column<R>],
    rows: impl IntoIterator<Item = &'a R>,
) -> Markup {
    let rows = html! {
        @for row in rows {
            tr data-kind=((filter.of)(row)) { @for column in columns { (column.cell(row)) } }
        }
    };
    html! {
        div data-table {
            div.tools hidden {
                label { "Search " input type="search" autocomplete="off"; }
                label {
                    (filter.name) " "
                    select {
                        option value="" { "all" }
                        @for choice in filter.choices { option { (choice) } }
                    }
                }
                output.soft {}
            }
            (framed(label, columns, &rows))
        }
    }
}

/// A verdict or an outcome with its colour, which says nothing that the word does not.
pub(super) fn pill(class: &str, word: &str) -> Markup {
    html! { span.pill { i class=(class) {} (word) } }
}

pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Active => "v-active",
        Verdict::Inactive => "v-inactive",
        Verdict::Exempt => "v-exempt",
        Verdict::Disabled => "v-disabled",
        Verdict::Undetermined => "v-undetermined",
    }
}

pub(super) fn outcome_class(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Applied) => "proven",
        Some(Outcome::Skipped) => "v-disabled",
        Some(Outcome::Refused) => "v-undetermined",
        Some(Outcome::Failed) | None => "hole",
    }
}
