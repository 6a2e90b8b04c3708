//! Who was told before: what did not arrive comes first, the whole list is an appendix.

use maud::{Markup, html};

use crate::{
    output::when::{many, thousands},
    report::{
        AuditReport, NoticeEnd, NoticeLine,
        html::components::{
            Column::{self, Id, Moment, Number, Sorted, Text, Word},
            Filter, address, first_rows, pill, said, searchable, section, words,
        },
    },
};

/// Rows before the rest is left to the appendix.
const MOST: usize = 100;

pub(super) fn notices(report: &AuditReport) -> Markup {
    let exceptions: Vec<&NoticeLine> =
        report.notices.iter().filter(|notice| notice.end().is_exception()).collect();
    let inside = html! {
        p { (counts(&report.notices)) " Accepted means that the mail server took the message over." }
        @if exceptions.is_empty() {
            p { "None of them went wrong. The appendix has all." }
        } @else {
            (first_rows(MOST, "Notices that may not have arrived", &columns(), &exceptions, "The appendix has all."))
        }
    };
    section(super::NOTICES, "Notices", &inside)
}

pub(super) fn every_notice(report: &AuditReport) -> Markup {
    let filter = Filter {
        name: "Outcome",
        choices: &NoticeEnd::ALL.map(NoticeEnd::as_str),
        of: |notice: &NoticeLine| notice.end().as_str(),
    };
    let inside = searchable("Every notice", &filter, &columns(), &report.notices);
    section(super::EVERY_NOTICE, "Appendix: every notice", &inside)
}

fn columns() -> [Column<NoticeLine>; 7] {
    [
        Moment("When", |n| n.outcome_at.or(n.intent_at)),
        Sorted("Account", |n| (n.email.to_lowercase(), address(&n.email))),
        Number("Days before", |n| Some(n.stage.into())),
        Sorted("Told", |n| {
            (
                n.recipient.to_lowercase(),
                html! { (address(&n.recipient)) " " span.soft { (words(n.role)) } },
            )
        }),
        Word("Outcome", |n| pill(class(n.end()), n.end().as_str())),
        Id("Run", |n| Some(n.run_id)),
        Text("What happened", |n| match n.end() {
            NoticeEnd::Accepted => html! {},
            _ => said(&n.detail),
        }),
    ]
}

fn class(end: NoticeEnd) -> &'static str {
    match end {
        NoticeEnd::Accepted => "proven",
        NoticeEnd::Refused => "v-undetermined",
        NoticeEnd::Deferred | NoticeEnd::Skipped => "v-disabled",
        NoticeEnd::Unproven | NoticeEnd::Open => "hole",
    }
}

/// As in `12 notices: 10 accepted, 2 refused.`
fn counts(notices: &[NoticeLine]) -> String {
    let count = |end: &NoticeEnd| notices.iter().filter(|notice| notice.end() == *end).count();
    let parts = NoticeEnd::ALL.iter().map(|end| (end, count(end))).filter(|(_, count)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(end, count)| format!("{} {}", thousands(count as u64), end.as_str())).collect();
    format!("{}: {}.", many(notices.len(), "notice"), parts.join(", "))
}
