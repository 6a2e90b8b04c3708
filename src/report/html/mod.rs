//! The report as one page that needs nothing from elsewhere: style and script are inside it and named
//! by their digests, and the page's own policy forbids everything else, so that even a name that got
//! past the escaping could not run or load anything.

mod actions;
mod backtest;
mod charts;
mod components;
mod evidence;
mod exceptions;
mod notices;
mod verification;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::{
    domain::verdict::Verdict,
    output::{
        text::printable,
        when::{date, thousands},
    },
    report::{
        AuditReport, Scope, ScopeKind, Standing,
        html::components::{facts, time},
    },
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A section: its id, its name in the contents, and how it is written.
type Section = (&'static str, &'static str, fn(&AuditReport) -> Markup);

/// What has to be acted on comes first, what is only looked up last.
const SECTIONS: [Section; 20] = [
    ("signoff", "Sign-off", exceptions::sign_off),
    ("exceptions", "Exceptions", exceptions::exceptions),
    ("actions", "Actions", actions::actions),
    (NOTICES, "Notices", notices::notices),
    ("due", "Who is next", exceptions::due),
    ("verdicts", "Verdicts", evidence::verdicts),
    ("population", "Population", evidence::population),
    ("coverage", "Coverage", evidence::coverage),
    ("assumptions", "Assumptions", evidence::assumptions),
    ("exemptions", "Exemptions", actions::exemptions),
    (BACKTEST, "Backtest", backtest::backtest),
    ("measures", "CIS 5.3", verification::measures),
    ("controls", "Controls", verification::controls),
    ("integrity", "Integrity", verification::integrity),
    ("policy", "Policy", verification::policy),
    ("limits", "Limits", verification::limits),
    ("check", "Check it yourself", verification::check),
    ("runs", "Runs", actions::runs),
    (EVERY_NOTICE, "Every notice", notices::every_notice),
    ("accounts", "Every account", evidence::accounts),
];

/// Sections that not every report has.
const BACKTEST: &str = "backtest";
const NOTICES: &str = "notices";
const EVERY_NOTICE: &str = "every-notice";

fn sections(report: &AuditReport) -> impl Iterator<Item = &'static Section> {
    SECTIONS.iter().filter(|(id, ..)| match *id {
        BACKTEST => report.backtest.is_some(),
        NOTICES | EVERY_NOTICE => !report.notices.is_empty(),
        _ => true,
    })
}

/// The whole page.
pub(crate) fn page(report: &AuditReport) -> String {
    let title = title(report);
    let foot = running_foot(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(security_policy(&foot));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(report.generator);
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
                style { (PreEscaped(&foot)) }
            }
            body {
                (top(report, &title))
                main { @for (_, _, section) in sections(report) { (section(report)) } }
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
fn security_policy(foot: &str) -> String {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(foot),
        digest(SCRIPT)
    )
}

/// What the foot of every printed page says beside its number: portal and digest.
fn running_foot(report: &AuditReport) -> String {
    let portal = report.portal.as_ref().map(|p| quoted(&p.url)).unwrap_or_default();
    let digest = report.decision.as_ref().map(|d| quoted(&d.digest)).unwrap_or_default();
    format!("@page{{@bottom-left{{content:\"{portal}\"}}@bottom-center{{content:\"{digest}\"}}}}")
}

/// Text as part of a string in a style sheet: nothing in it can end the string, the rule or the element.
fn quoted(text: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || ".:/-".contains(c);
    let escape = |c| if keep(c) { String::from(c) } else { format!("\\{:x} ", u32::from(c)) };
    text.chars().map(escape).collect()
}

/// Portal, period and decision.
fn title(report: &AuditReport) -> String {
    let Scope { kind, id, from, to } = report.scope;
    let of = report.portal.as_ref().map(|p| format!(" of {}", printable(&p.url)));
    let (from, to) = (date(from), date(to - TimeDelta::milliseconds(1)));
    let period = if from == to { from } else { format!("{from} to {to}") };
    let what = match (kind, id) {
        (ScopeKind::Decision, Some(id)) => format!(", decision\u{a0}{id}"),
        (ScopeKind::Run, Some(id)) => format!(", run\u{a0}{id}"),
        (ScopeKind::Decision | ScopeKind::Run | ScopeKind::Period, _) => String::new(),
    };
    format!("Account review{}: {period}{what}", of.unwrap_or_default())
}

fn top(report: &AuditReport, title: &str) -> Markup {
    let scope = html! { (time(report.scope.from)) " to " (time(report.scope.to)) };
    let decision = report.decision.as_ref();
    html! {
        header {
            h1 { (title) }
            p.summary { (report.summary) }
            (tiles(report))
            @for warning in &report.warnings {
                p.warning role="note" { strong { "Warning. " } (warning) }
            }
            (facts(&[
                ("Portal", report.portal.as_ref().map(|p| html! {
                    (p.url) span.soft { " (tenant " (p.tenant_id) ")" }
                })),
                ("Period", Some(scope)),
                ("Decision", decision.map(|d| html! {
                    (d.id) ", as of " (time(d.as_of)) ", threshold " (d.inactivity_days) " days"
                })),
                ("Digest", decision.map(|d| html! { code { (d.digest) } })),
            ]))
            nav aria-label="Contents" {
                ol { @for (id, name, _) in sections(report) { li { a href={ "#" (id) } { (name) } } } }
            }
        }
    }
}

/// The figures that a reader looks for first.
fn tiles(report: &AuditReport) -> Markup {
    let Some(d) = &report.decision else { return Markup::default() };
    let now = |standing| {
        let accounts = report.accounts.iter().filter(|a| a.verdict != Verdict::Disabled);
        accounts.filter(|a| a.standing == standing).count()
    };
    let tiles = [
        ("under review", report.population.as_ref().map_or(0, |p| p.under_review)),
        ("inactive", d.counts.inactive),
        ("disabled since", now(Standing::Disabled)),
        ("enabled again", now(Standing::EnabledAgain)),
        ("inactive and still enabled", report.still_enabled().len()),
        ("not judged", d.counts.undetermined),
    ];
    html! {
        div.tiles {
            @for (name, count) in tiles { div.tile { b { (thousands(count as u64)) } span { (name) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_ends_a_string_of_the_style_sheet() {
        assert_eq!(quoted("https://a-b.example:8443/x"), "https://a-b.example:8443/x");
        assert_eq!(quoted("\"}</style>\\\n"), "\\22 \\7d \\3c /style\\3e \\5c \\a ");
    }
}
