//! What was done, by whom and when: exemptions, actions, runs.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::{
    domain::outcomes::is_plainly_done,
    report::{
        Action, AuditReport, DecisionLine, Exemption, Run, SyncRun,
        html::components::{
            Column::{Id, Moment, Number, Sorted, Text, Word},
            Filter, address, exact, none_on_record, result, said, searchable, section, table, time,
        },
    },
};

pub(super) fn exemptions(report: &AuditReport) -> Markup {
    let columns = [
        Text("Exempt", |e: &Exemption| said(&e.subject)),
        Text("Reason", |e| said(&e.reason)),
        Text("Owner", |e| e.owner.as_deref().map_or_else(none_on_record, said)),
        Word("Last day", |e| html! { (e.expires.as_deref().unwrap_or("no end")) }),
        Text("In force", |e| html! { @if e.in_force { "yes" } @else { "no, it had ended" } }),
    ];
    let inside = table("Exemptions", &columns, &report.exemptions);
    section("exemptions", "Exemptions", &inside)
}

pub(super) fn actions(report: &AuditReport) -> Markup {
    let filter = Filter {
        name: "Outcome",
        choices: &["applied", "skipped", "refused", "failed", "open"],
        of: outcome,
    };
    let mut columns = vec![
        Moment("When", |a: &Action| a.outcome_at.or(a.intent_at)),
        Sorted("Account", |a| (a.email.to_lowercase(), address(&a.email))),
        Word("Result", |a| result(a.action, a.outcome)),
        Number("Days over threshold", |a| a.days_over_threshold),
        Sorted("Portal event", |a| {
            let id = a.portal_event_id.map(|id| id.to_string()).unwrap_or_default();
            let shown = if id.is_empty() {
                none_on_record()
            } else {
                html! { (id) }
            };
            (id, shown)
        }),
        Id("Run", |a| Some(a.run_id)),
        Text("What happened", what_happened),
    ];
    if report.actions.iter().any(|a| a.told.is_some()) {
        columns.insert(
            4,
            Text("Told", |a| {
                html! {
                    @if let Some(at) = a.told_at { (time(at)) " " }
                    @match &a.told { Some(told) => (said(told)), None => (none_on_record()) }
                }
            }),
        );
    }
    let keys: BTreeSet<&str> =
        report.actions.iter().map(|a| a.actor_email.as_deref().unwrap_or(&a.actor)).collect();
    let late = || report.actions.iter().filter_map(|a| a.days_over_threshold);
    let inside = html! {
        @if report.actions.is_empty() {
            p { (none_on_record()) }
        } @else {
            p {
                @if let (Some(least), Some(most)) = (late().min(), late().max()) {
                    "Accounts were disabled " (least)
                    @if least != most { " to " (most) }
                    " days after they had reached the threshold. "
                }
                "All calls were made with the API key of "
                @for (place, key) in keys.iter().enumerate() { @if place > 0 { ", " } (address(key)) }
                ". A portal event is the portal's own audit entry for the change, found again in its trail. "
                "Where nothing is said of what happened, the portal's answer showed the result."
            }
            (searchable("Actions", &filter, &columns, &report.actions))
        }
    };
    section("actions", "Actions", &inside)
}

fn what_happened(a: &Action) -> Markup {
    match a.outcome {
        Some(outcome) if is_plainly_done(outcome, &a.detail) => html! {},
        Some(_) | None => said(&a.detail),
    }
}

fn outcome(a: &Action) -> &'static str {
    a.outcome.map_or("open", |o| o.as_str())
}

pub(super) fn runs(report: &AuditReport) -> Markup {
    let runs = [
        Id("Run", |r: &Run| Some(r.id)),
        Text("Command", |r| html! { (r.command) }),
        Moment("Started", |r| Some(r.started_at)),
        Sorted("Ended", |r| {
            (
                exact(r.finished_at),
                html! { @match r.finished_at {
                    Some(at) => (time(at)),
                    None => "still running, or killed",
                } },
            )
        }),
        Id("Exit", |r| r.exit_code.map(i64::from)),
        Id("Decision", |r| r.decision_id),
        Text("By", |r| said(&r.actor)),
        Text("Flags", |r| said(&r.overrides)),
        Text("Result", |r| said(&r.detail)),
    ];
    let sync_runs = [
        Id("Sync run", |s: &SyncRun| Some(s.id)),
        Id("Run", |s| Some(s.run_id)),
        Moment("Started", |s| Some(s.started_at)),
        Text("Status", |s| {
            html! {
                (s.status) @if !s.reason.is_empty() { ": " (said(&s.reason)) }
            }
        }),
        Number("New events", |s| Some(s.events_added)),
        Number("Accounts", |s| Some(s.accounts_seen)),
        Number("Under review", |s| Some(s.contractors_seen)),
        Number("Requests", |s| Some(s.requests)),
        Moment("Covered from", |s| s.coverage.map(|c| c.from)),
        Moment("Covered to", |s| s.coverage.map(|c| c.to)),
    ];
    let decisions = [
        Id("Decision", |d: &DecisionLine| Some(d.id)),
        Moment("Decided", |d| Some(d.decided_at)),
        Moment("As of", |d| Some(d.as_of)),
        Text("Kind", |d| html! { @if d.current { "current" } @else { "historical" } }),
        Number("Threshold", |d| Some(d.inactivity_days.into())),
        Number("Inactive", |d| Some(d.inactive)),
        Word(
            "Digest",
            |d| html! { code title=(d.digest) { (d.digest.get(..19).unwrap_or(&d.digest)) "…" } },
        ),
    ];
    let inside = html! {
        p { "Every run is listed, also those that found nothing, were refused or failed." }
        (table("Runs", &runs, &report.runs))
        h3 { "Sync runs" }
        (table("Sync runs", &sync_runs, &report.sync_runs))
        @if report.decisions.len() > 1 {
            h3 { "Decisions" }
            (table("Decisions", &decisions, &report.decisions))
        }
    };
    section("runs", "Runs", &inside)
}
