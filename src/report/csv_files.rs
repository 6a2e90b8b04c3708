//! A report as a folder of CSV files, one per table, with the fields of the JSON form.

use std::io;

use serde_json::{Value, json};

use crate::{
    output::rows::{Row, row, write_csv},
    report::{AuditReport, Interval},
    time::Timestamp,
};

row! {
    struct SummaryRow {
        item: &'static str,
        value: Value,
    }
}

row! {
    struct CoverageRow<'a> {
        what: &'static str,
        from: Timestamp,
        /// None where a silence goes on.
        to: Option<Timestamp>,
        reason: &'a str,
    }
}

row! {
    struct ControlRow<'a> {
        catalogue: &'static str,
        control: &'static str,
        evidence: &'static str,
        supported: &'a str,
        not_supported: &'static str,
    }
}

/// Names and contents of the files.
pub(crate) fn csv_files(report: &AuditReport) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let controls = report.controls.iter().map(|c| ControlRow {
        catalogue: c.catalogue,
        control: c.id,
        evidence: c.evidence,
        supported: &c.supported,
        not_supported: c.not_supported,
    });
    let mut files = vec![
        ("summary.csv", file(summary(report))?),
        ("accounts.csv", file(&report.accounts)?),
        ("actions.csv", file(&report.actions)?),
        ("notices.csv", file(&report.notices)?),
        ("reasons.csv", file(&report.reasons)?),
        ("exemptions.csv", file(&report.exemptions)?),
        ("assumptions.csv", file(&report.assumptions)?),
        ("decisions.csv", file(&report.decisions)?),
        ("runs.csv", file(&report.runs)?),
        ("sync_runs.csv", file(&report.sync_runs)?),
        ("coverage.csv", file(coverage(report))?),
        ("controls.csv", file(controls)?),
    ];
    if let Some(backtest) = &report.backtest {
        files.push(("backtest.csv", file(backtest.rows())?));
    }
    Ok(files)
}

fn file<R: Row>(rows: impl IntoIterator<Item = R>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, rows)?;
    Ok(bytes)
}

fn summary(report: &AuditReport) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    let mut add = |item, value: Value| rows.push(SummaryRow { item, value });
    add("schema", json!(report.schema));
    add("generator", json!(report.generator));
    add("generated_at", json!(report.generated_at));
    add("from", json!(report.scope.from));
    add("to", json!(report.scope.to));
    add("summary", json!(report.summary));
    report.warnings.iter().for_each(|w| add("warning", json!(w)));
    if let Some(portal) = &report.portal {
        add("portal", json!(portal.url));
        add("tenant_id", json!(portal.tenant_id));
        add("owner_id", json!(portal.owner_id));
    }
    if let Some(d) = &report.decision {
        add("decision", json!(d.id));
        add("as_of", json!(d.as_of));
        add("inactivity_days", json!(d.inactivity_days));
        add("policy", json!(d.policy.get()));
        add("policy_sha256", json!(d.policy_sha256));
        add("digest", json!(d.digest));
        add("digests_agree", json!(d.digests_agree));
    }
    if let Some(p) = &report.population {
        add("population_source", json!(p.source));
        add("accounts_listed", json!(p.accounts_listed));
        add("under_review", json!(p.under_review));
        add("not_on_portal", json!(p.not_on_portal));
        add("roster_without_account", json!(p.roster_without_account));
        add("roster_ambiguous", json!(p.roster_ambiguous));
    }
    if let Some(m) = &report.measures {
        add("m1_accounts", json!(m.m1_accounts));
        add("m3_dormant", json!(m.m3_dormant));
        add("m4_within_threshold", json!(m.m4_within_threshold));
        add("m5_dormant_disabled", json!(m.m5_dormant_disabled));
        add("m6_dormant_enabled", json!(m.m6_dormant_enabled));
        add("not_judged", json!(m.not_judged));
        add("m2_threshold_days", json!(m.m2_threshold_days));
    }
    let history = &report.history;
    add("history_entries", json!(history.entries));
    add("history_head_seq", json!(history.head_seq));
    add("history_head_hash", json!(history.head_hash));
    add("history_verified", json!(history.findings.is_empty()));
    history.findings.iter().for_each(|f| add("history_finding", json!(f.message)));
    report.limits.iter().for_each(|limit| add("limit", json!(limit)));
    rows
}

fn coverage(report: &AuditReport) -> impl Iterator<Item = CoverageRow<'_>> {
    let row = |what, i: Interval| CoverageRow { what, from: i.from, to: Some(i.to), reason: "" };
    let c = &report.coverage;
    let relied_on = c.relied_on.map(|i| row("relied_on", i));
    let proven = c.segments.iter().map(move |i| row("proven", *i));
    let holes = c.holes.iter().map(|h| CoverageRow {
        what: "hole",
        from: h.from,
        to: Some(h.to),
        reason: &h.reason,
    });
    let silences = c.silences.iter().map(|s| CoverageRow {
        what: "silence",
        from: s.from,
        to: s.to,
        reason: s.record,
    });
    relied_on.into_iter().chain(proven).chain(holes).chain(silences)
}
