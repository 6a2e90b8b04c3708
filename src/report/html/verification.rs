//! How the report can be checked, and where it ends: measures, chain, policy, limits, controls.

use maud::{Markup, html};

use crate::{
    domain::history::Finding,
    output::when::many,
    report::{
        AuditReport, Control, Measures,
        html::components::{
            Column::{Id, Number, Text, Word},
            facts, said, section, table,
        },
    },
};

type Measure = (&'static str, &'static str, i64);

pub(super) fn measures(report: &AuditReport) -> Markup {
    let inside = match &report.measures {
        None => html! { p { "Without a decision there is nothing to measure." } },
        Some(m) => measured(m),
    };
    section("measures", "CIS Controls 8, safeguard 5.3", &inside)
}

fn measured(m: &Measures) -> Markup {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let rows: [Measure; 6] = [
        ("M1", "accounts under review", count(m.m1_accounts)),
        ("M2", "threshold in days", m.m2_threshold_days.into()),
        (
            "M3",
            "dormant: inactive, or disabled or exempt and idle for the threshold or longer",
            count(m.m3_dormant),
        ),
        (
            "M4",
            "within the threshold: active, or disabled or exempt and idle for less",
            count(m.m4_within_threshold),
        ),
        ("M5", "of M3, disabled now", count(m.m5_dormant_disabled)),
        (
            "M6",
            "of M3, still enabled; exempt accounts are counted here",
            count(m.m6_dormant_enabled),
        ),
    ];
    let columns = [
        Text("Measure", |m: &Measure| html! { (m.0) }),
        Text("What is counted", |m| html! { (m.1) }),
        Number("Value", |m| Some(m.2)),
    ];
    html! {
        p {
            "As the assessment specification of CIS Controls 8, safeguard 5.3, counts them. "
            (many(m.not_judged, "account")) " could not be judged, counted in neither M3 nor M4."
        }
        (table("Measures", &columns, &rows))
        @if m.m3_dormant > 0 {
            p { "M5 / M3: " (m.m5_dormant_disabled) " of " (m.m3_dormant) " dormant accounts are disabled." }
        }
    }
}

pub(super) fn integrity(report: &AuditReport) -> Markup {
    let h = &report.history;
    let decision = report.decision.as_ref();
    let findings = [
        Id("Row", |f: &Finding| f.seq),
        Text("Check", |f| html! { (f.check) }),
        Text("Finding", |f| said(&f.message)),
    ];
    let inside = html! {
        p {
            "Every action is a row of a history that is only ever appended to; the hash of each row "
            "covers the hash of the row before. If you keep the head below, you can prove later that "
            "nothing before it was changed."
        }
        (facts(&[
            ("History", Some(html! {
                (many(h.entries, "row")) ", "
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
        @if !h.findings.is_empty() { (table("Findings", &findings, &h.findings)) }
    };
    section("integrity", "Integrity", &inside)
}

pub(super) fn policy(report: &AuditReport) -> Markup {
    let inside = match &report.decision {
        None => html! { p { "No decision is part of this report." } },
        Some(d) => html! {
            p {
                "Inactive after " (d.inactivity_days) " days without activity; an account that was "
                "never active, after " (d.never_logged_in_grace_days) " days. What must have been "
                "checked: " (d.signals.join(", ")) ". Below is the canonical text, byte for byte: "
                "its SHA-256 is the policy's digest."
            }
            pre { (d.policy.get()) }
        },
    };
    section("policy", "Policy", &inside)
}

pub(super) fn limits(report: &AuditReport) -> Markup {
    let inside = html! {
        @for limit in &report.limits { p { (limit) } }
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

pub(super) fn controls(report: &AuditReport) -> Markup {
    let columns = [
        Text("Catalogue", |c: &Control| html! { (c.catalogue) }),
        Word("Control", |c| html! { (c.id) }),
        Text("Supported", |c| html! { (c.supported) }),
        Text("Not supported", |c| html! { (c.not_supported) }),
        Text("What to look at", |c| html! { (c.evidence) }),
    ];
    let inside = html! {
        p { "What this report supports of each control. Whether one is met is for the assessor to say." }
        (table("Controls", &columns, &report.controls))
    };
    section("controls", "Controls it supports", &inside)
}

pub(super) fn check(report: &AuditReport) -> Markup {
    let id = report.decision.as_ref().map_or(1, |d| d.id);
    let h = &report.history;
    let inside = html! {
        p { "With the store and dormouse, or with the store and sqlite3 alone:" }
        pre {
            "dormouse decide verify " (id) "\n"
            "dormouse history verify --head " (h.head_seq) ":" (h.head_hash) "\n"
            "sqlite3 dormouse.db \"SELECT reason, count(*) FROM verdicts WHERE decision_id = " (id) " GROUP BY reason\"\n"
            "sqlite3 dormouse.db \"SELECT email, outcome, at FROM history WHERE decision_id = " (id) " AND phase = 'outcome'\""
        }
    };
    section("check", "Check it yourself", &inside)
}
