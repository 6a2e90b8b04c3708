//! What a reviewer has to act on, before anything else: who is inactive and still enabled and why, who
//! could not be judged, who is next, and where to sign.

use maud::{Markup, html};

use crate::{
    domain::verdict::Verdict,
    output::when::many,
    report::{
        Account, AuditReport, DUE_DAYS, StillEnabled,
        html::components::{
            Column::{Day, Number, Sorted, Text, Word},
            address, exact, first_rows, last_activity, pill, said, section, words,
        },
    },
};

/// Rows of a list before the rest is left to the appendix.
const MOST: usize = 100;
const IN_APPENDIX: &str = "The appendix has all.";

pub(super) fn sign_off(report: &AuditReport) -> Markup {
    let what = match &report.decision {
        Some(d) => html! { "decision " (d.id) ", digest " code { (d.digest) } },
        None => html! { "the period above" },
    };
    let inside = html! {
        p { "I have reviewed the accounts, exceptions and actions of this report (" (what) ")." }
        dl.sign { @for line in ["Reviewed by", "Date", "Comment"] { dt { (line) } dd {} } }
    };
    section("signoff", "Sign-off", &inside)
}

pub(super) fn exceptions(report: &AuditReport) -> Markup {
    let still = report.still_enabled();
    let unjudged: Vec<&Account> =
        report.accounts.iter().filter(|a| a.verdict == Verdict::Undetermined).collect();
    let still_columns = [
        Sorted("Account", |a: &Account| (a.email.to_lowercase(), address(&a.email))),
        Number("Idle days", |a| a.idle_days.map(i64::from)),
        Sorted("Last activity", |a| (exact(a.last_activity_at), last_activity(a))),
        Text("Still enabled because", |a| {
            html! { @if let Some(why) = a.still_enabled {
                (because(why)) ": " (said(&a.still_enabled_detail))
            } }
        }),
    ];
    let unjudged_columns = [
        Word("Account", |a: &Account| address(&a.email)),
        Text("Reason", |a| html! { (words(a.reason)) }),
        Number("Idle days", |a| a.idle_days.map(i64::from)),
        Sorted("Last activity", |a| (exact(a.last_activity_at), last_activity(a))),
    ];
    let count = |n: usize| html! { " (" (n) ")" };
    let inside = html! {
        h3 { "Inactive and still enabled" (count(still.len())) }
        (first_rows(MOST, "Inactive and still enabled", &still_columns, &still, IN_APPENDIX))
        h3 { "Could not be judged, and left alone" (count(unjudged.len())) }
        (first_rows(MOST, "Not judged", &unjudged_columns, &unjudged, IN_APPENDIX))
    };
    section("exceptions", "Exceptions", &inside)
}

fn because(why: StillEnabled) -> Markup {
    let word = match why {
        StillEnabled::EnabledAgain => return pill("again", "enabled again"),
        StillEnabled::Exempt => "exempt",
        StillEnabled::Skipped => "skipped",
        StillEnabled::Refused => "refused by the portal",
        StillEnabled::Failed => "result not proven",
        StillEnabled::Open => "no result yet",
        StillEnabled::Braked => "stopped by a brake",
        StillEnabled::Declined => "declined",
        StillEnabled::NotReached => "not reached",
        StillEnabled::NotApplied | StillEnabled::Historical => "not applied",
    };
    html! { (word) }
}

pub(super) fn due(report: &AuditReport) -> Markup {
    let due = report.due();
    let columns = [
        Day("Inactive from", |a: &Account| a.inactive_from),
        Word("Account", |a| address(&a.email)),
        Text("Kind", |a| html! { (words(a.kind)) }),
        Sorted("Last activity", |a| (exact(a.last_activity_at), last_activity(a))),
    ];
    let inside = html! {
        @if report.decision.is_some() {
            p {
                (many(due.len(), "account")) " will cross the threshold within " (DUE_DAYS)
                " days of the moment decided if nothing happens."
            }
        }
        (first_rows(MOST / 2, "Due", &columns, &due, IN_APPENDIX))
    };
    section("due", "Who is next", &inside)
}
