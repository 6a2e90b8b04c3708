//! What the verdicts rest on: who is under review, and how far the record reaches.

use maud::{Markup, html};

use crate::report::html::{
    charts,
    parts::{Sort, facts, figure, moment, said, section, table, time},
};
use crate::{
    output::when::many,
    report::pack::{Pack, Population},
};

pub(super) fn population(pack: &Pack) -> Markup {
    let inside = match &pack.population {
        Some(p) => people(p, pack),
        None => html! { p { "No decision is part of this report, so nobody was under review." } },
    };
    section("population", "Population and how it was obtained", &inside)
}

fn people(p: &Population, pack: &Pack) -> Markup {
    let list = |items: &[String]| {
        html! {
            @for (place, item) in items.iter().enumerate() {
                @if place > 0 { ", " }
                (said(item))
            }
        }
    };
    let some = |items: &[String]| (!items.is_empty()).then(|| list(items));
    let pull =
        pack.decision.as_ref().and_then(|d| pack.sync_runs.iter().find(|s| s.id == d.sync_run_id));
    html! {
        p {
            (many(p.under_review, "account")) " under review, "
            @match p.source {
                "roster" => "by the roster given to sync",
                _ => "by the portal's own list of accounts",
            }
            "; " (p.accounts_listed) " accounts were on the portal."
            @if p.not_on_portal > 0 {
                " " (many(p.not_on_portal, "id")) " of the roster named no account on the portal."
            }
        }
        (facts(&[
            ("Kinds", some(&p.kinds)),
            ("Groups", some(&p.groups)),
            ("E-mail domains", some(&p.email_domains)),
            ("Listing", Some(html! { code { (p.query) } })),
            ("Complete because", Some(html! { (p.completeness) })),
            ("Read by", pull.map(|s| html! {
                "sync run " (s.id) " (run " (s.run_id) "), " (time(s.started_at)) ", " (s.status)
                ", " (s.requests) " requests"
            })),
            ("Server", pull.and_then(|s| s.server_version.as_deref()).map(said)),
        ]))
        @if let Some(roster) = &p.roster {
            h3 { "Roster of " (time(roster.at)) }
            p { "SHA-256 of the files as given: " code { (roster.sha256) } }
            (table("Files of the roster", &[("File", Sort::Text), ("Rows", Sort::Number)], &html! {
                @for file in &roster.files { tr { td { (said(&file.file)) } td.n { (file.rows) } } }
            }))
        }
    }
}

pub(super) fn coverage(pack: &Pack) -> Markup {
    let c = &pack.coverage;
    let inside = html! {
        p {
            @match c.relied_on {
                Some(i) => {
                    "The login history is known complete from " (time(i.from)) " to " (time(i.to))
                    " and holds " (c.events) " login events in that time. Only inside it is the "
                    "absence of a login a fact."
                }
                None => { "No stretch of the login history was proven complete." }
            }
        }
        p.soft { "How that is known: " (c.proof) "." }
        (figure(
            charts::coverage(pack),
            "Login history: what is proven complete, and the days that the threshold looks at",
            &[("proven", "proven complete"), ("hole", "hole"), ("needed", "days that are judged")],
        ))
        @if c.holes.is_empty() {
            p { "There are no holes." }
        } @else {
            (table("Holes", &[("From", Sort::Text), ("To", Sort::Text), ("Why", Sort::Text)], &html! {
                @for hole in &c.holes {
                    tr { (moment(Some(hole.from))) (moment(Some(hole.to))) td { (said(&hole.reason)) } }
                }
            }))
        }
    };
    section("coverage", "Coverage", &inside)
}
