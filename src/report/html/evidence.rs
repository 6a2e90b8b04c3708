//! The verdicts and what they rest on: who is under review, how far the record reaches, and each
//! account.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::{
    domain::{policy::PopulationSource, recorded::QuietPeriod},
    output::when::many,
    report::{
        Account, AuditReport, Hole, Population, ReasonCount, RosterFile, Silence,
        html::{
            charts::{self, STACK},
            components::{
                Column::{Day, Moment, Number, Sorted, Text, Word},
                Filter, address, exact, facts, figure, last_activity, none_on_record, pill, result,
                said, searchable, section, table, time, verdict_class, words,
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
    // The portal's selectors say nothing of a population that came from a roster.
    let by_portal = |items| list(items).filter(|_| p.source == PopulationSource::Portal);
    html! {
        p {
            (many(p.under_review, "account")) " under review of " (many(p.accounts_listed, "account"))
            " on the portal: "
            @match (p.source, &p.roster) {
                (PopulationSource::Roster, Some(roster)) => {
                    "those that the roster of " (time(roster.at)) " names. "
                    (many(p.roster_without_account, "row")) " of it had no account and "
                    (p.roster_ambiguous) " could mean more than one."
                }
                (PopulationSource::Roster, None) => "the policy asks for a roster, and none was given.",
                (PopulationSource::Portal, _) => "those that the portal lists with these properties.",
            }
        }
        (facts(&[
            ("Kinds", by_portal(&p.kinds)),
            ("Groups", by_portal(&p.groups)),
            ("E-mail domains", by_portal(&p.email_domains)),
            ("Listing", Some(html! { code { (p.query) } })),
            ("Complete because", Some(html! { (p.completeness) })),
            ("Read by", sync.map(|s| html! {
                "sync run " (s.id) " (run " (s.run_id) "), " (time(s.started_at)) ", " (s.status)
                ", " (many(s.requests, "request"))
            })),
            ("Server", sync.and_then(|s| s.server_version.as_deref()).map(said)),
        ]))
        @if let Some(roster) = &p.roster {
            h3 { "Roster" }
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
                    " and holds " (many(c.events, "login event")) " in that time. The absence of a login is a "
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
        h3 { "Holes" }
        (table("Holes", &[
            Moment("From", |h: &Hole| Some(h.from)),
            Moment("To", |h| Some(h.to)),
            Text("Why", |h| said(&h.reason)),
        ], &c.holes))
        h3 { "Silences" }
        p {
            "Stretches without a row where ten or more were to be expected: the portal may not have recorded. "
            "Without login events nothing is covered; without audited actions a check of the audit trail proves "
            "nothing."
            @if !report.assumptions.is_empty() {
                " Quiet periods that a person vouched for are listed under " a href="#assumptions" { "Assumptions" }
                "."
            }
            @if !c.refuted_quiet_days.is_empty() {
                " The audit trail shows people at work on days that were vouched for, which do not count: "
                (c.refuted_quiet_days.join(", ")) "."
            }
        }
        (table("Silences", &[
            Text("Record", |s: &Silence| html! { (words(s.record)) }),
            Moment("From", |s| Some(s.from)),
            Moment("To", |s| s.to),
            Number("Rows expected", |s| s.expected_events.map(i64::from)),
            Number("Actions in the audit trail", |s| Some(s.trail_actions.into())),
            Number("Accounts that acted", |s| Some(s.trail_accounts.into())),
        ], &c.silences))
    };
    section("coverage", "Coverage", &inside)
}

pub(super) fn assumptions(report: &AuditReport) -> Markup {
    let columns = [
        Word("From", |a: &QuietPeriod| html! { (a.from) }),
        Word("To", |a| html! { (a.to) }),
        Text("Reason", |a| said(&a.reason)),
        Text("Vouched for by", |a| said(&a.owner)),
    ];
    let inside = html! {
        p {
            "Days without any record that the policy takes for quiet because a person vouches for them, in "
            "the portal's time zone. Without them coverage would end there."
        }
        (table("Assumptions", &columns, &report.assumptions))
    };
    section("assumptions", "Assumptions", &inside)
}

pub(super) fn verdicts(report: &AuditReport) -> Markup {
    let columns = [
        Text("Verdict", |r: &ReasonCount| pill(verdict_class(r.verdict), r.verdict.as_str())),
        Text("Reason", |r| html! { (words(r.reason)) }),
        Number("Accounts", |r| i64::try_from(r.accounts).ok()),
    ];
    let inside = html! {
        (table("Verdicts by reason", &columns, &report.reasons))
        (figure(
            charts::idle_days(report),
            "Accounts by whole days idle; the dashed line is the threshold",
            &STACK.map(|verdict| (verdict_class(verdict), verdict.as_str())),
        ))
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
        Text("Verdict", verdict),
        Number("Idle days", |a| a.idle_days.map(i64::from)),
        Sorted("Last activity", |a| (exact(a.last_activity_at), last_activity(a))),
        Day("Inactive from", |a| a.inactive_from),
        Text("Since then", |a| {
            html! { @match a.action {
                Some(action) => (result(action, a.outcome)),
                None => "–",
            } }
        }),
    ];
    let inside = html! {
        @if report.accounts.is_empty() {
            p { (none_on_record()) }
        } @else {
            (searchable("Accounts", &filter, &columns, in_order(report)))
        }
    };
    section("accounts", "Appendix: every account under review", &inside)
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
        (address(&a.email))
        @if a.display_name != a.email { " " span.soft.below.name { (said(&a.display_name)) } }
    }
}

fn verdict(a: &Account) -> Markup {
    let reason = html! { span.soft.below { (words(a.reason)) } };
    html! { (pill(verdict_class(a.verdict), a.verdict.as_str())) " " (reason) }
}
