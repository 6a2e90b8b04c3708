//! The few forms that every section is made of. Text from the portal goes through [`said`], which
//! shows control and bidi characters escaped.

use std::fmt::Display;

use maud::{Markup, html};

use crate::{
    domain::{
        history::{Action, Outcome},
        verdict::Verdict,
    },
    output::{
        text::printable,
        when::{date, minute, thousands},
    },
    report::Account,
    time::Timestamp,
};

/// Text from the portal or from people, in a direction of its own.
pub(super) fn said(text: &str) -> Markup {
    html! { bdi { (printable(text)) } }
}

/// Longest address that is kept on one line.
const ONE_LINE: usize = 64;

/// An e-mail address, on one line unless it is absurdly long.
pub(super) fn address(email: &str) -> Markup {
    html! { bdi.address[email.len() <= ONE_LINE] { (printable(email)) } }
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
    /// A number that names something.
    Id(&'static str, fn(&R) -> Option<i64>),
    Moment(&'static str, fn(&R) -> Option<Timestamp>),
    Day(&'static str, fn(&R) -> Option<Timestamp>),
    /// What it is sorted by, and what it shows.
    Sorted(&'static str, fn(&R) -> (String, Markup)),
}

impl<R> Column<R> {
    fn name(&self) -> &'static str {
        match self {
            Self::Text(name, _)
            | Self::Word(name, _)
            | Self::Number(name, _)
            | Self::Id(name, _)
            | Self::Moment(name, _)
            | Self::Day(name, _)
            | Self::Sorted(name, _) => name,
        }
    }

    fn head(&self) -> Markup {
        match self {
            Self::Number(name, _) | Self::Id(name, _) => html! { th.n scope="col" { (name) } },
            _ => html! { th scope="col" { (self.name()) } },
        }
    }

    /// Names its column too, for screens where a row is a card.
    fn cell(&self, row: &R) -> Markup {
        let name = self.name();
        match self {
            Self::Text(_, of) => html! { td data-l=(name) { (of(row)) } },
            Self::Word(_, of) => html! { td.t data-l=(name) { (of(row)) } },
            Self::Number(_, of) => {
                let number = of(row);
                let form = |n: i64| u64::try_from(n).map_or_else(|_| n.to_string(), thousands);
                let shown = number.map(form);
                html! { td.n data-l=(name) data-v=[number] { (shown.as_deref().unwrap_or(NOTHING)) } }
            }
            Self::Id(_, of) => {
                let id = of(row);
                html! { td.n data-l=(name) data-v=[id] { @match id { Some(id) => (id), None => (NOTHING) } } }
            }
            Self::Moment(_, of) => dated(name, of(row), time),
            Self::Day(_, of) => dated(name, of(row), day),
            Self::Sorted(_, of) => {
                let (key, shown) = of(row);
                html! { td data-l=(name) data-v=(key) { (shown) } }
            }
        }
    }
}

/// Stands in a cell of which nothing is known.
const NOTHING: &str = "–";

fn dated(name: &str, at: Option<Timestamp>, form: fn(Timestamp) -> Markup) -> Markup {
    html! {
        td.t data-l=(name) data-v=(exact(at)) { @match at { Some(at) => (form(at)), None => (NOTHING) } }
    }
}

/// Said wherever a list is empty.
pub(super) fn none_on_record() -> Markup {
    html! { span.soft.one-line { "none on record" } }
}

/// An account's last activity and where it was seen.
pub(super) fn last_activity(a: &Account) -> Markup {
    let Some(at) = a.last_activity_at else { return none_on_record() };
    html! {
        span.one-line {
            (day(at))
            @if let Some(source) = a.last_activity_source {
                " " span.soft.below {
                    (words(source)) @if let Some(id) = a.last_event_id { span.id { " " (id) } }
                }
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
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return html! { p { (none_on_record()) } };
    }
    let rows = html! { @for row in rows { tr { @for column in columns { (column.cell(row)) } } } };
    framed(label, columns, &rows)
}

/// The first rows of a long list, and where the others are.
pub(super) fn first_rows<R>(
    most: usize,
    label: &str,
    columns: &[Column<R>],
    rows: &[&R],
    others: &str,
) -> Markup {
    html! {
        (table(label, columns, rows.iter().copied().take(most)))
        @if rows.len() > most {
            p { "The first " (most) " of " (thousands(rows.len() as u64)) ". " (others) }
        }
    }
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

/// What an action came to, with its colour: enabled again is not a success of the review.
pub(super) fn result(action: Action, outcome: Option<Outcome>) -> Markup {
    let (class, word) = match (action, outcome) {
        (Action::Disable, Some(Outcome::Applied)) => ("proven", "disabled".to_owned()),
        (Action::Enable, Some(Outcome::Applied)) => ("again", "enabled again".to_owned()),
        (Action::Notify, Some(Outcome::Applied)) => ("proven", "told".to_owned()),
        (_, Some(Outcome::Skipped)) => ("v-disabled", format!("{action} skipped")),
        (_, Some(Outcome::Refused)) => ("v-undetermined", format!("{action} refused")),
        (_, Some(Outcome::Failed)) => ("hole", format!("{action} failed")),
        (_, None) => ("hole", format!("{action} open")),
    };
    pill(class, &word)
}
