//! The verdicts: counted, drawn, and one by one.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::report::html::{
    charts::{self, STACK},
    parts::{Sort, day, exact, figure, number, of_outcome, pill, said, searchable, section},
};
use crate::report::pack::{Account, Pack};

pub(super) fn verdicts(pack: &Pack) -> Markup {
    let Some(decision) = &pack.decision else {
        let inside = html! { p { "No decision is part of this report." } };
        return section("verdicts", "Verdicts", &inside);
    };
    let c = &decision.counts;
    let tiles = [
        ("inactive", c.inactive),
        ("active", c.active),
        ("exempt", c.exempt),
        ("disabled before", c.disabled),
        ("undetermined", c.undetermined),
    ];
    let legend: Vec<(String, &str)> = STACK.iter().map(|v| (format!("v-{v}"), *v)).collect();
    let legend: Vec<(&str, &str)> = legend.iter().map(|(c, v)| (c.as_str(), *v)).collect();
    let inside = html! {
        div.tiles {
            @for (name, count) in tiles { div.tile { b { (count) } span { (name) } } }
        }
        (figure(
            charts::idle_days(pack),
            "Accounts by whole days idle; the dashed line is the threshold",
            &legend,
        ))
        (figure(charts::reasons(pack), "Accounts by verdict and reason", &[]))
    };
    section("verdicts", "Verdicts by reason", &inside)
}

pub(super) fn accounts(pack: &Pack) -> Markup {
    let columns = [
        ("Account", Sort::Text),
        ("Kind", Sort::Text),
        ("Verdict", Sort::Text),
        ("Reason", Sort::Text),
        ("Idle days", Sort::Number),
        ("Last activity", Sort::Text),
        ("Registered", Sort::Text),
        ("Since then", Sort::Text),
    ];
    let rows = html! { @for account in in_order(pack) { (row(account)) } };
    let inside = html! {
        @if pack.accounts.is_empty() {
            p { "There is nobody to show." }
        } @else {
            (searchable("Accounts", Some(("Verdict", STACK.to_vec())), &columns, &rows))
        }
    };
    section("accounts", "Accounts", &inside)
}

/// Those whom it concerns first, longest idle first.
fn in_order(pack: &Pack) -> Vec<&Account> {
    let rank = |a: &Account| STACK.iter().rev().position(|v| *v == a.verdict);
    let mut accounts: Vec<&Account> = pack.accounts.iter().collect();
    accounts.sort_by_key(|a| (rank(a), Reverse(a.idle_days), &a.email));
    accounts
}

fn row(a: &Account) -> Markup {
    html! {
        tr data-kind=(a.verdict) {
            td data-v=(a.email.to_lowercase()) {
                (said(&a.email))
                @if a.display_name != a.email { br; span.soft { (said(&a.display_name)) } }
            }
            td { (words(a.kind)) }
            td { (pill(&format!("v-{}", a.verdict), a.verdict)) }
            td { (words(a.reason)) }
            (number(a.idle_days))
            td data-v=(exact(a.last_activity_at)) {
                @if let Some(at) = a.last_activity_at { (day(at)) }
                @if let Some(source) = a.last_activity_source {
                    br;
                    span.soft { (words(source)) @if let Some(id) = a.last_event_id { " " (id) } }
                }
            }
            td data-v=(exact(a.registered_at)) { @if let Some(at) = a.registered_at { (day(at)) } }
            td {
                @if let Some(action) = a.action {
                    (pill(of_outcome(a.outcome), &format!("{action} {}", a.outcome.unwrap_or("open"))))
                }
            }
        }
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}
