//! What holds the report together and where it ends: measures, chain, policy, limits, controls.

use maud::{Markup, html};

use crate::report::html::parts::{Sort, facts, number, said, section, table};
use crate::report::pack::Pack;

pub(super) fn measures(pack: &Pack) -> Markup {
    let inside = match &pack.measures {
        None => html! { p { "Without a decision there is nothing to measure." } },
        Some(m) => {
            let rows = [
                ("M1", "accounts under review", m.m1_accounts),
                ("M2", "threshold in days", usize::try_from(m.m2_threshold_days).unwrap_or(0)),
                (
                    "M3",
                    "dormant: inactive, or disabled or exempt and idle for the threshold or longer",
                    m.m3_dormant,
                ),
                (
                    "M4",
                    "within the threshold: active, or disabled or exempt and idle for less",
                    m.m4_within_threshold,
                ),
                ("M5", "of M3, disabled now", m.m5_dormant_disabled),
                (
                    "M6",
                    "of M3, enabled still; exempt accounts are counted here",
                    m.m6_dormant_enabled,
                ),
            ];
            html! {
                p {
                    "As the assessment specification of CIS Controls 8, safeguard 5.3, counts them. "
                    (m.not_judged) " accounts could not be judged and are in neither M3 nor M4."
                }
                (table(
                    "Measures",
                    &[("Measure", Sort::Text), ("What is counted", Sort::Text), ("Value", Sort::Number)],
                    &html! {
                        @for (name, what, value) in rows {
                            tr { td { (name) } td { (what) } td.n { (value) } }
                        }
                    },
                ))
                @if m.m3_dormant > 0 {
                    p { "M5 / M3: " (m.m5_dormant_disabled) " of " (m.m3_dormant) " dormant accounts are disabled." }
                }
            }
        }
    };
    section("measures", "CIS Controls 8, safeguard 5.3", &inside)
}

pub(super) fn integrity(pack: &Pack) -> Markup {
    let h = &pack.history;
    let decision = pack.decision.as_ref();
    let inside = html! {
        p {
            "Every action is a row of a history that is only ever appended to; the hash of each row "
            "covers the hash of the row before. Whoever keeps the head below can prove later that "
            "nothing before it was changed."
        }
        (facts(&[
            ("History", Some(html! {
                (h.entries) " rows, "
                @if h.findings.is_empty() { "verified: the chain is whole" }
                @else { strong { "does not verify" } }
            })),
            ("Chain head", Some(html! { code { (h.head_seq) ":" (h.head_hash) } })),
            ("Decision digest", decision.map(|d| html! {
                code { (d.digest) } " "
                @if d.digests_agree { "(agrees with the rows stored)" }
                @else { strong { "(does not agree with the rows stored)" } }
            })),
            ("Policy SHA-256", decision.map(|d| html! { code { (d.policy_sha256) } })),
            ("Evidence", decision.map(|d| html! {
                "sync run " (d.sync_run_id) ", history up to entry " (d.history_seq)
            })),
        ]))
        @if !h.findings.is_empty() {
            (table("Findings", &[("Row", Sort::Number), ("Check", Sort::Text), ("Finding", Sort::Text)], &html! {
                @for f in &h.findings {
                    tr { (number(f.seq)) td { (f.check) } td { (said(&f.message)) } }
                }
            }))
        }
    };
    section("integrity", "Integrity", &inside)
}

pub(super) fn policy(pack: &Pack) -> Markup {
    let inside = match &pack.decision {
        None => html! { p { "No decision is part of this report." } },
        Some(d) => html! {
            p {
                "Inactive after " (d.inactivity_days) " days without activity; an account that was "
                "never active, after " (d.never_logged_in_grace_days) " days. What must have been "
                "looked at: " (d.signals.join(", ")) ". Below is the canonical text, byte for byte: "
                "its SHA-256 is the policy's digest."
            }
            pre { (d.policy.get()) }
        },
    };
    section("policy", "Policy", &inside)
}

pub(super) fn limits(pack: &Pack) -> Markup {
    let inside = html! {
        @for limit in &pack.limits { p { (limit) } }
        p {
            "Work through API keys, OAuth or HTTP Basic writes no login event; keys are seen by their "
            "last use, the rest by audited actions alone. Failed attempts never count as activity: "
            "anybody can make them."
        }
        p {
            "An account for which the record does not reach back far enough, or for which the audit "
            "trail was not asked, is undetermined and left alone."
        }
    };
    section("limits", "What the evidence cannot show", &inside)
}

pub(super) fn controls(pack: &Pack) -> Markup {
    let columns =
        [("Catalogue", Sort::Text), ("Control", Sort::Text), ("What to look at", Sort::Text)];
    let rows = html! {
        @for c in pack.controls { tr { td { (c.catalogue) } td.t { (c.id) } td { (c.evidence) } } }
    };
    let inside = html! {
        p { "This report can serve as evidence for these controls. Whether one is met is for the assessor to say." }
        (table("Controls", &columns, &rows))
    };
    section("controls", "Controls it supports", &inside)
}

pub(super) fn check(pack: &Pack) -> Markup {
    let id = pack.decision.as_ref().map_or(1, |d| d.id);
    let inside = html! {
        p { "With the store and dormouse, or with the store and sqlite3 alone:" }
        pre {
            "dormouse decide verify " (id) "\n"
            "dormouse history verify --head " (pack.history.head_seq) ":" (pack.history.head_hash) "\n"
            "sqlite3 dormouse.db \"SELECT reason, count(*) FROM verdicts WHERE decision_id = " (id) " GROUP BY reason\"\n"
            "sqlite3 dormouse.db \"SELECT email, outcome, at FROM history WHERE decision_id = " (id) " AND phase = 'outcome'\""
        }
    };
    section("check", "Check it yourself", &inside)
}
