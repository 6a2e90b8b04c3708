//! The report as one page that needs nothing from anywhere: style and script are inside and named by
//! their digests, and the page's own policy forbids everything else, so that even a name that got
//! past the escaping could not run or load anything.

mod charts;
mod evidence;
mod parts;
mod people;
mod proof;
mod record;

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::report::html::parts::{facts, time};
use crate::report::pack::{Pack, ScopeKind};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Sections in their order, as id and title.
const CONTENTS: [(&str, &str); 13] = [
    ("population", "Population"),
    ("coverage", "Coverage"),
    ("verdicts", "Verdicts"),
    ("accounts", "Accounts"),
    ("exemptions", "Exemptions"),
    ("actions", "Actions"),
    ("runs", "Runs"),
    ("measures", "CIS 5.3"),
    ("integrity", "Integrity"),
    ("policy", "Policy"),
    ("limits", "Limits"),
    ("controls", "Controls"),
    ("check", "Check it yourself"),
];

/// The whole page.
#[must_use]
pub fn page(pack: &Pack) -> String {
    let title = title(pack);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(security_policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (top(pack, &title))
                main { (sections(pack)) }
                footer {
                    p {
                        "Written " (time(pack.generated_at)) " by " (pack.generator)
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

/// Only what is in the page, as it was written.
fn security_policy() -> String {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}

fn title(pack: &Pack) -> String {
    let id = pack.scope.id.unwrap_or_default();
    match pack.scope.kind {
        ScopeKind::Decision => format!("Review of accounts: decision {id}"),
        ScopeKind::Run => format!("Review of accounts: run {id}"),
        ScopeKind::Period => "Review of accounts: period".to_owned(),
    }
}

fn top(pack: &Pack, title: &str) -> Markup {
    let scope = html! { (time(pack.scope.from)) " to " (time(pack.scope.to)) };
    html! {
        header {
            h1 { (title) }
            p.summary { (pack.summary) }
            @for warning in &pack.warnings {
                p.warning role="note" { strong { "Warning. " } (warning) }
            }
            (facts(&[
                ("Portal", pack.portal.as_ref().map(|p| html! {
                    (p.url) span.soft { " (tenant " (p.tenant_id) ")" }
                })),
                ("Reported", Some(scope)),
                ("Decision", pack.decision.as_ref().map(|d| html! {
                    (d.id) ", as of " (time(d.as_of)) ", threshold " (d.inactivity_days) " days"
                })),
                ("Digest", pack.decision.as_ref().map(|d| html! { code { (d.digest) } })),
            ]))
            nav aria-label="Contents" {
                ol { @for (id, name) in CONTENTS { li { a href={ "#" (id) } { (name) } } } }
            }
        }
    }
}

fn sections(pack: &Pack) -> Markup {
    html! {
        (evidence::population(pack))
        (evidence::coverage(pack))
        (people::verdicts(pack))
        (people::accounts(pack))
        (record::exemptions(pack))
        (record::actions(pack))
        (record::runs(pack))
        (proof::measures(pack))
        (proof::integrity(pack))
        (proof::policy(pack))
        (proof::limits(pack))
        (proof::controls(pack))
        (proof::check(pack))
    }
}
