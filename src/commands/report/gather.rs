//! Puts the report together from one snapshot of the store.

use std::collections::{HashMap, hash_map::Entry};

use anyhow::Context as _;
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use crate::{
    commands::report::{
        Chosen,
        actions::{self, Judged, Limits, Lookup},
        follow_up::FollowUp,
        notices,
    },
    domain::{
        decision::Finding,
        digest::{DecisionSubject, VerdictCounts, digest},
        history::{self, Ledger, Verified},
        policy::{Policy, PopulationSource},
        population::Resolved,
        recorded::QuietPeriod,
        verdict::Reason,
    },
    engine::{
        evaluate,
        silences::{Silences, SilentRecord, silences},
    },
    report::*,
    store::{
        self,
        decisions::{self, Currency, DecisionHead},
        notices::NoticesOf,
        runs::RunRow,
        segments,
        sync_runs::SyncRow,
    },
    time::Timestamp,
};

struct StoredDecision {
    id: i64,
    head: DecisionHead,
    policy: Policy,
    findings: Vec<Finding>,
}

/// Reads everything and writes the sentence over it.
pub(super) async fn gather(
    conn: &mut SqliteConnection,
    Chosen { scope, decision }: Chosen,
    evaluated: Option<&evaluate::Judged>,
    now: Timestamp,
) -> anyhow::Result<AuditReport> {
    let shown = match decision {
        Some(id) => Some(stored(conn, id).await?),
        None => None,
    };
    let cited = shown.as_ref().map(|s| s.head.sync_run_id);
    let mut pulls = store::sync_runs::of_period(conn, scope.from, scope.to, cited).await?;
    let of_decision = decision.filter(|_| scope.kind == ScopeKind::Decision);
    let mut runs = store::runs::of_period(conn, scope.from, scope.to, of_decision).await?;
    if scope.kind == ScopeKind::Run {
        // Others may have started within the same millisecond.
        runs.retain(|r| Some(r.id) == scope.id);
        pulls.retain(|p| Some(p.run_id) == scope.id || Some(p.id) == cited);
    }
    let entries = store::history::all(conn).await?;
    let verified = store::verification::verify(conn, None).await?;
    let lookup = Lookup {
        limits: limits(conn, &entries, scope).await?,
        emails: store::accounts::emails(conn, entries.iter().map(|e| &e.draft.actor)).await?,
        notices: store::notices::sent(conn, NoticesOf::Everybody).await?,
    };
    let judged = shown.as_ref().map(|s| Judged {
        accounts: s.findings.iter().map(|f| f.account_id).collect(),
        history_seq: s.head.history_seq,
    });
    let ledger = Ledger::of(entries);
    let actions = actions::of_scope(&ledger, scope, judged.as_ref(), &lookup);
    let runs: Vec<Run> = runs.into_iter().map(run).collect();
    let part = shown.as_ref().map(decision_part).transpose()?;
    let accounts = match (&part, evaluated) {
        (Some(part), Some(evaluated)) => {
            let seen = store::accounts::seen_since(conn, part.history_seq, scope.to).await?;
            let findings = shown.as_ref().map_or(&[][..], |s| &s.findings);
            FollowUp::new(part, &actions, &runs, &seen).accounts(findings, evaluated)
        }
        _ => Vec::new(),
    };
    let population = match (&shown, evaluated) {
        (Some(s), Some(evaluated)) => Some(population(conn, s, evaluated, &pulls).await?),
        _ => None,
    };
    let mut report = AuditReport {
        schema: SCHEMA,
        generator: concat!("dormouse ", env!("CARGO_PKG_VERSION")),
        generated_at: now,
        scope,
        summary: String::new(),
        warnings: Vec::new(),
        portal: store::portal::known(conn).await?.map(|p| Portal {
            url: p.url,
            tenant_id: p.tenant_id,
            owner_id: p.owner_id,
        }),
        decision: part,
        population,
        coverage: coverage(conn, shown.as_ref(), &pulls).await?,
        reasons: reasons(shown.as_ref()),
        measures: shown.as_ref().map(|s| Measures::of(&accounts, s.head.inactivity_days)),
        backtest: None,
        accounts,
        actions,
        notices: notices::of_scope(conn, scope).await?,
        exemptions: shown.as_ref().map(exemptions).unwrap_or_default(),
        assumptions: shown.as_ref().map(assumptions).unwrap_or_default(),
        decisions: decision_lines(conn, scope, shown.as_ref()).await?,
        runs,
        sync_runs: pulls.into_iter().map(sync_run).collect(),
        history: chain(verified),
        limits: [PROMISE, BLIND_SPOT],
        controls: controls(shown.as_ref().map(|s| s.head.inactivity_days)),
    };
    report.warnings = warnings(&report);
    report.summary = sentence(&report);
    Ok(report)
}

async fn stored(conn: &mut SqliteConnection, id: i64) -> anyhow::Result<StoredDecision> {
    let head = decisions::get(conn, id).await?.context("the decision is not in the store")?;
    let policy = Policy::from_canonical_json(&head.policy)?;
    let findings = decisions::verdicts(conn, id).await?;
    Ok(StoredDecision { id, head, policy, findings })
}

/// Limits of every decision that the scope acted on.
async fn limits(
    conn: &mut SqliteConnection,
    entries: &[history::Entry],
    scope: Scope,
) -> anyhow::Result<HashMap<i64, Limits>> {
    let mut limits = HashMap::new();
    let rows = entries.iter().filter(|e| actions::is_in(scope, &e.draft));
    for id in rows.filter_map(|e| e.draft.decision_id) {
        if let Entry::Vacant(place) = limits.entry(id) {
            let StoredDecision { head, policy, findings, .. } = stored(conn, id).await?;
            let days = head.inactivity_days;
            place.insert(Limits::new(head.as_of, days, policy.grace_days, &findings));
        }
    }
    Ok(limits)
}

fn decision_part(stored: &StoredDecision) -> anyhow::Result<Decision> {
    let StoredDecision { id, head, policy, findings } = stored;
    let current = head.currency == Currency::Current;
    let subject = DecisionSubject {
        as_of: head.as_of,
        inactivity_days: head.inactivity_days,
        policy_sha256: head.policy_sha256.clone(),
        coverage: head.coverage,
    };
    Ok(Decision {
        id: *id,
        decided_at: head.decided_at,
        as_of: head.as_of,
        current,
        inactivity_days: head.inactivity_days,
        never_logged_in_grace_days: policy.grace_days,
        signals: policy.signals.names(),
        policy: RawValue::from_string(head.policy.clone())?,
        policy_sha256: head.policy_sha256.clone(),
        digest: head.digest.clone(),
        digests_agree: digest(&subject, findings)? == head.digest
            && history::sha256(head.policy.as_bytes()) == head.policy_sha256,
        sync_run_id: head.sync_run_id,
        history_seq: head.history_seq,
        counts: VerdictCounts::of(findings),
    })
}

async fn population(
    conn: &mut SqliteConnection,
    StoredDecision { head, policy, findings, .. }: &StoredDecision,
    evaluated: &evaluate::Judged,
    pulls: &[SyncRow],
) -> anyhow::Result<Population> {
    let of = &policy.population;
    let roster = store::population::roster_head(conn, head.sync_run_id).await?;
    let Resolved { source, ref reconciliation, .. } = evaluated.resolved;
    let not_on_portal = findings.iter().filter(|f| f.reason == Reason::NotOnPortal).count();
    let listed = pulls.iter().find(|p| p.id == head.sync_run_id);
    Ok(Population {
        source,
        kinds: of.kinds.iter().map(ToString::to_string).collect(),
        groups: of.groups.clone(),
        email_domains: of.email_domains.clone(),
        query: LISTING,
        completeness: LISTING_PROOF,
        accounts_listed: listed.map_or(0, |p| p.accounts_seen),
        under_review: findings.len() - not_on_portal,
        not_on_portal,
        roster_without_account: reconciliation.roster_without_account.len(),
        roster_ambiguous: reconciliation.ambiguous.len(),
        roster: roster.filter(|_| source == PopulationSource::Roster).map(|r| Roster {
            at: r.at,
            sha256: r.sha256,
            files: r.files.into_iter().map(|(file, rows)| RosterFile { file, rows }).collect(),
        }),
    })
}

async fn coverage(
    conn: &mut SqliteConnection,
    shown: Option<&StoredDecision>,
    pulls: &[SyncRow],
) -> anyhow::Result<Coverage> {
    let relied_on = match shown {
        Some(stored) => stored.head.coverage,
        None => pulls.last().and_then(|p| p.coverage),
    };
    let events = match relied_on {
        Some(c) => store::events::count_between(conn, c.from, c.to).await?,
        None => 0,
    };
    let Silences { found, refuted, .. } = match shown {
        Some(StoredDecision { head, policy, .. }) => {
            silences(conn, head.sync_run_id, head.coverage, policy).await?
        }
        None => Silences::default(),
    };
    let silences = found.into_iter().map(|s| Silence {
        record: match s.record {
            SilentRecord::LoginHistory => "login_history",
            SilentRecord::AuditTrail => "audit_trail",
        },
        from: s.from,
        to: s.to,
        expected_events: s.expected_events,
        trail_actions: s.trail_actions,
        trail_accounts: s.trail_accounts,
    });
    let segments = segments::load(conn).await?.into_iter().rev();
    let holes = segments::holes(conn).await?.into_iter();
    Ok(Coverage {
        relied_on: relied_on.map(Interval::from),
        events,
        segments: segments.map(|s| Interval { from: s.from, to: s.to }).collect(),
        holes: holes.map(|h| Hole { from: h.from, to: h.to, reason: h.reason }).collect(),
        silences: silences.collect(),
        refuted_quiet_days: refuted.iter().map(ToString::to_string).collect(),
        proof: HISTORY_PROOF,
    })
}

/// Decisions made in the scope, and the one that is shown.
async fn decision_lines(
    conn: &mut SqliteConnection,
    scope: Scope,
    shown: Option<&StoredDecision>,
) -> anyhow::Result<Vec<DecisionLine>> {
    let line = |id, head: &DecisionHead, inactive| DecisionLine {
        id,
        decided_at: head.decided_at,
        as_of: head.as_of,
        current: head.currency == Currency::Current,
        inactivity_days: head.inactivity_days,
        inactive,
        digest: head.digest.clone(),
    };
    let mut lines = Vec::new();
    for made in decisions::of_period(conn, scope.from, scope.to).await? {
        let head = decisions::get(conn, made.id).await?;
        let head = head.context("the decision is not in the store")?;
        lines.push(line(made.id, &head, made.inactive));
    }
    if let Some(s) = shown.filter(|s| lines.iter().all(|l| l.id != s.id)) {
        let inactive = i64::try_from(VerdictCounts::of(&s.findings).inactive)?;
        lines.push(line(s.id, &s.head, inactive));
        lines.sort_by_key(|l| l.id);
    }
    Ok(lines)
}

fn reasons(shown: Option<&StoredDecision>) -> Vec<ReasonCount> {
    let findings = shown.map(|s| s.findings.as_slice()).unwrap_or_default();
    let count = |reason: &Reason| ReasonCount {
        verdict: reason.verdict(),
        reason: *reason,
        accounts: findings.iter().filter(|f| f.reason == *reason).count(),
    };
    Reason::ALL.iter().map(count).filter(|count| count.accounts > 0).collect()
}

fn exemptions(StoredDecision { head, policy, .. }: &StoredDecision) -> Vec<Exemption> {
    let line = |e: &crate::domain::policy::Exemption| Exemption {
        subject: e.subject.to_string(),
        reason: e.reason.clone(),
        owner: e.owner.clone(),
        expires: e.expires.map(|day| day.to_string()),
        in_force: e.in_force(head.as_of),
    };
    policy.exemptions.iter().map(line).collect()
}

fn assumptions(stored: &StoredDecision) -> Vec<QuietPeriod> {
    stored.policy.silence.as_ref().map(|s| s.quiet.clone()).unwrap_or_default()
}

fn run(row: RunRow) -> Run {
    Run {
        id: row.id,
        command: row.command.as_str(),
        started_at: row.started_at,
        finished_at: row.finished_at,
        exit_code: row.exit_code,
        decision_id: row.decision_id,
        actor: row.actor,
        overrides: row.overrides,
        detail: row.detail,
    }
}

fn sync_run(row: SyncRow) -> SyncRun {
    let SyncRow { id, run_id, accounts_seen, facts, .. } = row;
    SyncRun {
        id,
        run_id,
        started_at: row.started_at,
        finished_at: row.finished_at,
        status: row.status.as_str(),
        reason: row.reason,
        events_added: row.events_added,
        accounts_seen,
        contractors_seen: row.contractors_seen,
        requests: row.requests,
        coverage: row.coverage.map(Interval::from),
        server_version: facts.server_version,
        retention_days: facts.retention_days,
        session_minutes: facts.session_minutes,
    }
}

fn chain(Verified { rows, head: (head_seq, head_hash), findings, .. }: Verified) -> Chain {
    Chain { entries: rows, head_seq, head_hash, findings }
}
