//! The report as one page that needs nothing from elsewhere: style and script are inside it and named
//! by their digests, and the page's own policy forbids everything else, so that even a name that got
//! past the escaping could not run or load anything.

mod actions;
mod charts;
mod components;
mod evidence;
mod verification;

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::report::{
    AuditReport, ScopeKind,
    html::components::{facts, time},
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A section: its id, its name in the contents, and how it is written.
type Section = (&'static str, &'static str, fn(&AuditReport) -> Markup);

const SECTIONS: [Section; 13] = [
    ("population", "Population", evidence::population),
    ("coverage", "Coverage", evidence::coverage),
    ("verdicts", "Verdicts", evidence::verdicts),
    ("accounts", "Accounts", evidence::accounts),
    ("exemptions", "Exemptions", actions::exemptions),
    ("actions", "Actions", actions::actions),
    ("runs", "Runs", actions::runs),
    ("measures", "CIS 5.3", verification::measures),
    ("integrity", "Integrity", verification::integrity),
    ("policy", "Policy", verification::policy),
    ("limits", "Limits", verification::limits),
    ("controls", "Controls", verification::controls),
    ("check", "Check it yourself", verification::check),
];

/// The whole page.
pub(crate) fn page(report: &AuditReport) -> String {
    let title = title(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(security_policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(report.generator);
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (top(report, &title))
                main { @for (_, _, section) in SECTIONS { (section(report)) } }
                footer {
                    p {
                        "Written " (time(report.generated_at)) " by " (report.generator)
                        ". All times are UTC; a day is 24 hours. This report names people: keep it "
                        "as you keep the store."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Allows only what is in the page, as it was written.
fn security_policy() -> String {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}

fn title(report: &AuditReport) -> String {
    match (report.scope.kind, report.scope.id) {
        (ScopeKind::Decision, Some(id)) => format!("Review of accounts: decision {id}"),
        (ScopeKind::Run, Some(id)) => format!("Review of accounts: run {id}"),
        _ => "Review of accounts: period".to_owned(),
    }
}

fn top(report: &AuditReport, title: &str) -> Markup {
    let scope = html! { (time(report.scope.from)) " to " (time(report.scope.to)) };
    let decision = report.decision.as_ref();
    html! {
        header {
            h1 { (title) }
            p.summary { (report.summary) }
            @for warning in &report.warnings {
                p.warning role="note" { strong { "Warning. " } (warning) }
            }
            (facts(&[
                ("Portal", report.portal.as_ref().map(|p| html! {
                    (p.url) span.soft { " (tenant " (p.tenant_id) ")" }
                })),
                ("Reported", Some(scope)),
                ("Decision", decision.map(|d| html! {
                    (d.id) ", as of " (time(d.as_of)) ", threshold " (d.inactivity_days) " days"
                })),
                ("Digest", decision.map(|d| html! { code { (d.digest) } })),
            ]))
            nav aria-label="Contents" {
                ol { @for (id, name, _) in SECTIONS { li { a href={ "#" (id) } { (name) } } } }
            }
        }
    }
}
