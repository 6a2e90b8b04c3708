//! A report as a folder of CSV files, one a table, with the same fields as the JSON form. Text that a
//! spreadsheet would run is neutralised by the writer.

use std::io;

use crate::{
    output::{
        csv::{Field, Writer},
        rows::write_csv,
    },
    report::pack::{At, Interval, Pack},
};

/// Names and contents of the files.
///
/// # Errors
/// Never in practice: memory can be written.
pub fn files(pack: &Pack) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    Ok(vec![
        ("summary.csv", summary(pack)?),
        ("accounts.csv", accounts(pack)?),
        ("actions.csv", actions(pack)?),
        ("reasons.csv", reasons(pack)?),
        ("exemptions.csv", exemptions(pack)?),
        ("decisions.csv", decisions(pack)?),
        ("runs.csv", runs(pack)?),
        ("sync_runs.csv", syncs(pack)?),
        ("coverage.csv", coverage(pack)?),
        ("controls.csv", controls(pack)?),
    ])
}

impl From<At> for Field {
    fn from(at: At) -> Self {
        Self::Text(at.0.to_string())
    }
}

fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [Field; N]>,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut csv = Writer::new(&mut bytes, &header)?;
    for row in rows {
        csv.record(row)?;
    }
    csv.finish()?;
    Ok(bytes)
}

fn number(count: usize) -> Field {
    Field::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn yes_no(is: bool) -> Field {
    if is { "yes" } else { "no" }.into()
}

fn summary(pack: &Pack) -> io::Result<Vec<u8>> {
    let mut rows: Vec<[Field; 2]> = vec![
        ["schema".into(), pack.schema.into()],
        ["generator".into(), pack.generator.as_str().into()],
        ["generated_at".into(), pack.generated_at.into()],
        ["from".into(), pack.scope.from.into()],
        ["to".into(), pack.scope.to.into()],
        ["summary".into(), pack.summary.as_str().into()],
    ];
    rows.extend(pack.warnings.iter().map(|w| ["warning".into(), w.as_str().into()]));
    if let Some(portal) = &pack.portal {
        rows.push(["portal".into(), portal.url.as_str().into()]);
        rows.push(["tenant_id".into(), portal.tenant_id.into()]);
        rows.push(["owner_id".into(), portal.owner_id.as_str().into()]);
    }
    if let Some(d) = &pack.decision {
        rows.push(["decision".into(), d.id.into()]);
        rows.push(["as_of".into(), d.as_of.into()]);
        rows.push(["inactivity_days".into(), d.inactivity_days.into()]);
        rows.push(["policy".into(), d.policy.get().into()]);
        rows.push(["policy_sha256".into(), d.policy_sha256.as_str().into()]);
        rows.push(["digest".into(), d.digest.as_str().into()]);
        rows.push(["digests_agree".into(), yes_no(d.digests_agree)]);
    }
    if let Some(p) = &pack.population {
        rows.push(["population_source".into(), p.source.into()]);
        rows.push(["accounts_listed".into(), p.accounts_listed.into()]);
        rows.push(["under_review".into(), number(p.under_review)]);
        rows.push(["not_on_portal".into(), number(p.not_on_portal)]);
    }
    if let Some(m) = &pack.measures {
        for (name, count) in [
            ("m1_accounts", m.m1_accounts),
            ("m3_dormant", m.m3_dormant),
            ("m4_within_threshold", m.m4_within_threshold),
            ("m5_dormant_disabled", m.m5_dormant_disabled),
            ("m6_dormant_enabled", m.m6_dormant_enabled),
            ("not_judged", m.not_judged),
        ] {
            rows.push([name.into(), number(count)]);
        }
        rows.push(["m2_threshold_days".into(), m.m2_threshold_days.into()]);
    }
    rows.push([
        "history_entries".into(),
        number(usize::try_from(pack.history.entries).unwrap_or(usize::MAX)),
    ]);
    rows.push(["history_head_seq".into(), pack.history.head_seq.into()]);
    rows.push(["history_head_hash".into(), pack.history.head_hash.as_str().into()]);
    rows.push(["history_verified".into(), yes_no(pack.history.findings.is_empty())]);
    rows.extend(
        pack.history.findings.iter().map(|f| ["history_finding".into(), f.message.as_str().into()]),
    );
    rows.extend(pack.limits.iter().map(|l| ["limit".into(), l.as_str().into()]));
    table(["item", "value"], rows)
}

fn accounts(pack: &Pack) -> io::Result<Vec<u8>> {
    let header = [
        "account_id",
        "email",
        "display_name",
        "kind",
        "registered_at",
        "verdict",
        "reason",
        "last_activity_at",
        "last_activity_source",
        "last_event_id",
        "idle_days",
        "action",
        "outcome",
    ];
    let rows = pack.accounts.iter().map(|a| {
        [
            a.account_id.as_str().into(),
            a.email.as_str().into(),
            a.display_name.as_str().into(),
            a.kind.into(),
            a.registered_at.into(),
            a.verdict.into(),
            a.reason.into(),
            a.last_activity_at.into(),
            a.last_activity_source.into(),
            a.last_event_id.into(),
            a.idle_days.into(),
            a.action.into(),
            a.outcome.into(),
        ]
    });
    table(header, rows)
}

fn actions(pack: &Pack) -> io::Result<Vec<u8>> {
    let header = [
        "run_id",
        "decision_id",
        "account_id",
        "email",
        "action",
        "intent_at",
        "outcome_at",
        "outcome",
        "detail",
        "actor",
        "actor_email",
        "status_before",
        "status_after",
        "http_status",
        "portal_event_id",
        "days_over_threshold",
        "history_seq",
    ];
    let rows = pack.actions.iter().map(|a| {
        [
            a.run_id.into(),
            a.decision_id.into(),
            a.account_id.as_str().into(),
            a.email.as_str().into(),
            a.action.into(),
            a.intent_at.into(),
            a.outcome_at.into(),
            a.outcome.into(),
            a.detail.as_str().into(),
            a.actor.as_str().into(),
            a.actor_email.as_deref().into(),
            a.status_before.into(),
            a.status_after.into(),
            a.http_status.map(u32::from).into(),
            a.portal_event_id.into(),
            a.days_over_threshold.into(),
            a.history_seq.into(),
        ]
    });
    table(header, rows)
}

fn reasons(pack: &Pack) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, &pack.reasons)?;
    Ok(bytes)
}

fn exemptions(pack: &Pack) -> io::Result<Vec<u8>> {
    let rows = pack.exemptions.iter().map(|e| {
        [
            e.subject.as_str().into(),
            e.reason.as_str().into(),
            e.owner.as_deref().into(),
            e.expires.as_deref().into(),
            yes_no(e.in_force),
        ]
    });
    table(["subject", "reason", "owner", "expires", "in_force"], rows)
}

fn decisions(pack: &Pack) -> io::Result<Vec<u8>> {
    let rows = pack.decisions.iter().map(|d| {
        [
            d.id.into(),
            d.decided_at.into(),
            d.as_of.into(),
            yes_no(d.current),
            d.inactivity_days.into(),
            d.inactive.into(),
            d.digest.as_str().into(),
        ]
    });
    table(["id", "decided_at", "as_of", "current", "inactivity_days", "inactive", "digest"], rows)
}

fn runs(pack: &Pack) -> io::Result<Vec<u8>> {
    let header = [
        "id",
        "command",
        "started_at",
        "finished_at",
        "exit_code",
        "decision_id",
        "actor",
        "overrides",
        "detail",
    ];
    let rows = pack.runs.iter().map(|r| {
        [
            r.id.into(),
            r.command.into(),
            r.started_at.into(),
            r.finished_at.into(),
            r.exit_code.map(u32::from).into(),
            r.decision_id.into(),
            r.actor.as_str().into(),
            r.overrides.as_str().into(),
            r.detail.as_str().into(),
        ]
    });
    table(header, rows)
}

fn syncs(pack: &Pack) -> io::Result<Vec<u8>> {
    let header = [
        "id",
        "run_id",
        "started_at",
        "finished_at",
        "status",
        "reason",
        "events_added",
        "accounts_seen",
        "contractors_seen",
        "requests",
        "coverage_from",
        "coverage_to",
        "server_version",
        "retention_days",
        "session_minutes",
    ];
    let rows = pack.sync_runs.iter().map(|s| {
        [
            s.id.into(),
            s.run_id.into(),
            s.started_at.into(),
            s.finished_at.into(),
            s.status.into(),
            s.reason.as_str().into(),
            s.events_added.into(),
            s.accounts_seen.into(),
            s.contractors_seen.into(),
            s.requests.into(),
            s.coverage.map(|c| c.from).into(),
            s.coverage.map(|c| c.to).into(),
            s.server_version.as_deref().into(),
            s.retention_days.into(),
            s.session_minutes.into(),
        ]
    });
    table(header, rows)
}

fn coverage(pack: &Pack) -> io::Result<Vec<u8>> {
    let row = |what: &str, i: Interval, reason: &str| -> [Field; 4] {
        [what.into(), i.from.into(), i.to.into(), reason.into()]
    };
    let c = &pack.coverage;
    let relied_on = c.relied_on.map(|i| row("relied_on", i, ""));
    let segments = c.segments.iter().map(|s| row("proven", *s, ""));
    let holes = c.holes.iter().map(|h| row("hole", Interval { from: h.from, to: h.to }, &h.reason));
    table(["what", "from", "to", "reason"], relied_on.into_iter().chain(segments).chain(holes))
}

fn controls(pack: &Pack) -> io::Result<Vec<u8>> {
    let rows = pack.controls.iter().map(|c| [c.catalogue.into(), c.id.into(), c.evidence.into()]);
    table(["catalogue", "control", "evidence"], rows)
}
