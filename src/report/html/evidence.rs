//! The verdicts and what they rest on: who is under review, how far the record reaches, and each
//! account.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::{
    domain::policy::PopulationSource,
    output::when::many,
    report::{
        Account, AuditReport, Hole, Population, RosterFile,
        html::{
            charts::{self, STACK},
            components::{
                Column::{Moment, Number, Sorted, Text},
                Filter, day, exact, facts, figure, outcome_class, pill, said, searchable, section,
                table, time, verdict_class, words,
            },
        },
    },
};

pub(super) fn population(report: &AuditReport) -> Markup {
    let inside = match &report.population {
        Some(p) => people(p, report),
        None => {
            html! { p { "No decision is part of this report, so no account was under review." } }
        }
    };
    section("population", "Population and how it was obtained", &inside)
}

fn people(p: &Population, report: &AuditReport) -> Markup {
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| {
            html! {
                @for (place, item) in items.iter().enumerate() {
                    @if place > 0 { ", " }
                    (said(item))
                }
            }
        })
    };
    let sync = report.sync_of_decision();
    html! {
        p {
            (many(p.under_review, "account")) " under review, "
            @match p.source {
                PopulationSource::Roster => "from the roster given to sync",
                PopulationSource::Portal => "from the portal's own list of accounts",
            }
            "; " (p.accounts_listed) " accounts were on the portal."
            @if p.not_on_portal > 0 {
                " " (many(p.not_on_portal, "id")) " of the roster named no account on the portal."
            }
        }
        (facts(&[
            ("Kinds", list(&p.kinds)),
            ("Groups", list(&p.groups)),
            ("E-mail domains", list(&p.email_domains)),
            ("Listing", Some(html! { code { (p.query) } })),
            ("Complete because", Some(html! { (p.completeness) })),
            ("Read by", sync.map(|s| html! {
                "sync run " (s.id) " (run " (s.run_id) "), " (time(s.started_at)) ", " (s.status)
                ", " (s.requests) " requests"
            })),
            ("Server", sync.and_then(|s| s.server_version.as_deref()).map(said)),
        ]))
        @if let Some(roster) = &p.roster {
            h3 { "Roster of " (time(roster.at)) }
            p { "SHA-256 of the files as given: " code { (roster.sha256) } }
            (table("Files of the roster", &[
                Text("File", |f: &RosterFile| said(&f.file)),
                Number("Rows", |f| Some(f.rows)),
            ], &roster.files))
        }
    }
}

pub(super) fn coverage(report: &AuditReport) -> Markup {
    let c = &report.coverage;
    let inside = html! {
        p {
            @match c.relied_on {
                Some(i) => {
                    "The login history is known complete from " (time(i.from)) " to " (time(i.to))
                    " and holds " (c.events) " login events in that time. The absence of a login is a "
                    "fact only inside it."
                }
                None => { "No stretch of the login history was proven complete." }
            }
        }
        p.soft { "How that is known: " (c.proof) "." }
        (figure(
            charts::coverage(report),
            "Login history: what is proven complete, and the days that the threshold looks at",
            &[("proven", "proven complete"), ("hole", "hole"), ("needed", "days that are judged")],
        ))
        @if c.holes.is_empty() {
            p { "There are no holes." }
        } @else {
            (table("Holes", &[
                Moment("From", |h: &Hole| Some(h.from)),
                Moment("To", |h| Some(h.to)),
                Text("Why", |h| said(&h.reason)),
            ], &c.holes))
        }
    };
    section("coverage", "Coverage", &inside)
}

pub(super) fn verdicts(report: &AuditReport) -> Markup {
    let Some(decision) = &report.decision else {
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
    let inside = html! {
        div.tiles {
            @for (name, count) in tiles { div.tile { b { (count) } span { (name) } } }
        }
        (figure(
            charts::idle_days(report),
            "Accounts by whole days idle; the dashed line is the threshold",
            &STACK.map(|verdict| (verdict_class(verdict), verdict.as_str())),
        ))
        (figure(charts::reasons(report), "Accounts by verdict and reason", &[]))
    };
    section("verdicts", "Verdicts by reason", &inside)
}

pub(super) fn accounts(report: &AuditReport) -> Markup {
    let filter = Filter {
        name: "Verdict",
        choices: &STACK.map(|verdict| verdict.as_str()),
        of: |a: &Account| a.verdict.as_str(),
    };
    let columns = [
        Sorted("Account", |a: &Account| (a.email.to_lowercase(), who(a))),
        Text("Kind", |a| html! { (words(a.kind)) }),
        Text("Verdict", |a| pill(verdict_class(a.verdict), a.verdict.as_str())),
        Text("Reason", |a| html! { (words(a.reason)) }),
        Number("Idle days", |a| a.idle_days.map(i64::from)),
        Sorted("Last activity", |a| (exact(a.last_activity_at), last_activity(a))),
        Sorted("Registered", |a| {
            (
                exact(a.registered_at),
                html! {
                    @if let Some(at) = a.registered_at { (day(at)) }
                },
            )
        }),
        Text("Since then", since_then),
    ];
    let inside = html! {
        @if report.accounts.is_empty() {
            p { "There are no accounts to show." }
        } @else {
            (searchable("Accounts", &filter, &columns, in_order(report)))
        }
    };
    section("accounts", "Accounts", &inside)
}

/// Inactive accounts first, longest idle first.
fn in_order(report: &AuditReport) -> Vec<&Account> {
    let rank = |a: &Account| STACK.iter().rev().position(|v| *v == a.verdict);
    let mut accounts: Vec<&Account> = report.accounts.iter().collect();
    accounts.sort_by_key(|a| (rank(a), Reverse(a.idle_days), &a.email));
    accounts
}

fn who(a: &Account) -> Markup {
    html! {
        (said(&a.email))
        @if a.display_name != a.email { br; span.soft { (said(&a.display_name)) } }
    }
}

fn last_activity(a: &Account) -> Markup {
    html! {
        @if let Some(at) = a.last_activity_at { (day(at)) }
        @if let Some(source) = a.last_activity_source {
            br;
            span.soft { (words(source)) @if let Some(id) = a.last_event_id { " " (id) } }
        }
    }
}

fn since_then(a: &Account) -> Markup {
    html! {
        @if let Some(action) = a.action {
            @let outcome = a.outcome.map_or("open", |o| o.as_str());
            (pill(outcome_class(a.outcome), &format!("{action} {outcome}")))
        }
    }
}
