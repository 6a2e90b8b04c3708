//! What was done, by whom and when: exemptions, actions, runs.

use maud::{Markup, html};

use crate::report::html::{
    charts,
    parts::{Sort, figure, moment, number, of_outcome, pill, said, searchable, section, table},
};
use crate::report::pack::{Action, Pack, Run, Sync};

pub(super) fn exemptions(pack: &Pack) -> Markup {
    let columns = [
        ("Who is spared", Sort::Text),
        ("Reason", Sort::Text),
        ("Owner", Sort::Text),
        ("Last day", Sort::Text),
        ("In force", Sort::Text),
    ];
    let rows = html! {
        @for e in &pack.exemptions {
            tr {
                td { (said(&e.subject)) }
                td { (said(&e.reason)) }
                td { @if let Some(owner) = &e.owner { (said(owner)) } @else { span.soft { "nobody" } } }
                td.t { @if let Some(day) = &e.expires { (day) } @else { span.soft { "no end" } } }
                td { @if e.in_force { "yes" } @else { "no, it had ended" } }
            }
        }
    };
    let inside = html! {
        @if pack.exemptions.is_empty() {
            p { "The policy has no exemption." }
        } @else {
            (table("Exemptions", &columns, &rows))
        }
    };
    section("exemptions", "Exemptions", &inside)
}

pub(super) fn actions(pack: &Pack) -> Markup {
    let columns = [
        ("When", Sort::Text),
        ("Account", Sort::Text),
        ("Action", Sort::Text),
        ("Outcome", Sort::Text),
        ("Days over threshold", Sort::Number),
        ("Portal event", Sort::Number),
        ("Run", Sort::Number),
        ("Key of", Sort::Text),
        ("What happened", Sort::Text),
    ];
    let rows = html! { @for action in &pack.actions { (action_row(action)) } };
    let late: Vec<i64> = pack.actions.iter().filter_map(|a| a.days_over_threshold).collect();
    let inside = html! {
        @if pack.actions.is_empty() {
            p { "Nothing was done." }
        } @else {
            @if let (Some(least), Some(most)) = (late.iter().min(), late.iter().max()) {
                p {
                    "Accounts were disabled " (least)
                    @if least != most { " to " (most) }
                    " days after they had reached the threshold. A portal event is the portal's own "
                    "audit entry for the change, found again in its trail."
                }
            }
            (figure(
                charts::timeline(pack),
                "Disabled (up) and enabled again (down), by day",
                &[("v-inactive", "disabled"), ("v-active", "enabled again")],
            ))
            (searchable(
                "Actions",
                Some(("Outcome", vec!["applied", "skipped", "refused", "failed", "open"])),
                &columns,
                &rows,
            ))
        }
    };
    section("actions", "Actions", &inside)
}

fn action_row(a: &Action) -> Markup {
    let outcome = a.outcome.unwrap_or("open");
    html! {
        tr data-kind=(outcome) {
            (moment(a.outcome_at.or(a.intent_at)))
            td { (said(&a.email)) }
            td { (a.action) }
            td { (pill(of_outcome(a.outcome), outcome)) }
            (number(a.days_over_threshold))
            (number(a.portal_event_id))
            (number(Some(a.run_id)))
            td {
                @match &a.actor_email {
                    Some(email) => (said(email)),
                    None => code { (a.actor) },
                }
            }
            td { (said(&a.detail)) }
        }
    }
}

pub(super) fn runs(pack: &Pack) -> Markup {
    let columns = [
        ("Run", Sort::Number),
        ("Command", Sort::Text),
        ("Started", Sort::Text),
        ("Ended", Sort::Text),
        ("Exit", Sort::Number),
        ("Decision", Sort::Number),
        ("By", Sort::Text),
        ("Flags", Sort::Text),
        ("Result", Sort::Text),
    ];
    let pulls = [
        ("Sync run", Sort::Number),
        ("Run", Sort::Number),
        ("Started", Sort::Text),
        ("Status", Sort::Text),
        ("New events", Sort::Number),
        ("Accounts", Sort::Number),
        ("Under review", Sort::Number),
        ("Requests", Sort::Number),
        ("Covered from", Sort::Text),
        ("Covered to", Sort::Text),
    ];
    let inside = html! {
        p { "Every run is here, also those that found nothing, were refused or failed." }
        (table("Runs", &columns, &html! { @for run in &pack.runs { (run_row(run)) } }))
        h3 { "Pulls of evidence" }
        (table("Pulls of evidence", &pulls, &html! { @for s in &pack.sync_runs { (sync_row(s)) } }))
        @if pack.decisions.len() > 1 {
            h3 { "Decisions" }
            (decisions(pack))
        }
    };
    section("runs", "Runs", &inside)
}

fn run_row(r: &Run) -> Markup {
    html! {
        tr {
            (number(Some(r.id)))
            td { (r.command) }
            (moment(Some(r.started_at)))
            @match r.finished_at {
                Some(at) => (moment(Some(at))),
                None => td { "at work, or killed" },
            }
            (number(r.exit_code))
            (number(r.decision_id))
            td { (said(&r.actor)) }
            td { (said(&r.overrides)) }
            td { (said(&r.detail)) }
        }
    }
}

fn sync_row(s: &Sync) -> Markup {
    html! {
        tr {
            (number(Some(s.id)))
            (number(Some(s.run_id)))
            (moment(Some(s.started_at)))
            td { (s.status) @if !s.reason.is_empty() { ": " (said(&s.reason)) } }
            (number(Some(s.events_added)))
            (number(Some(s.accounts_seen)))
            (number(Some(s.contractors_seen)))
            (number(Some(s.requests)))
            (moment(s.coverage.map(|c| c.from)))
            (moment(s.coverage.map(|c| c.to)))
        }
    }
}

fn decisions(pack: &Pack) -> Markup {
    let columns = [
        ("Decision", Sort::Number),
        ("Decided", Sort::Text),
        ("As of", Sort::Text),
        ("Kind", Sort::Text),
        ("Threshold", Sort::Number),
        ("Inactive", Sort::Number),
        ("Digest", Sort::Text),
    ];
    let rows = html! {
        @for d in &pack.decisions {
            tr {
                (number(Some(d.id)))
                (moment(Some(d.decided_at)))
                (moment(Some(d.as_of)))
                td { @if d.current { "current" } @else { "historical" } }
                (number(Some(d.inactivity_days)))
                (number(Some(d.inactive)))
                td { code { (d.digest) } }
            }
        }
    };
    table("Decisions", &columns, &rows)
}
