//! Puts the pack together from one snapshot of the store.

use std::collections::HashMap;

use anyhow::Context as _;
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use crate::commands::report::{
    actions::{self, Judged, Limits},
    rows,
    scope::Chosen,
};
use crate::{
    domain::{
        decision::Finding,
        history::{self, Entry},
        policy::{Policy, PopulationSource},
        verdict::Reason,
    },
    output::decision::{self as document, About, Counts},
    report::{
        pack::{
            self, At, CONTROLS, Coverage, Decision, DecisionLine, HISTORY_PROOF, Hole, Interval,
            LISTING, LISTING_PROOF, Measures, Pack, Population, Portal, Roster, RosterFile, SCHEMA,
            Scope, ScopeKind,
        },
        promise::{BLIND_SPOT, PROMISE},
    },
    store::{
        self,
        decisions::{self, Currency, DecisionHead},
        report::Pull,
        segments,
    },
    time::Timestamp,
};

/// A stored decision, taken apart.
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) head: DecisionHead,
    pub(super) policy: Policy,
    pub(super) findings: Vec<Finding>,
}

/// Reads everything and writes the sentence over it.
///
/// # Errors
/// The store cannot be read, or holds a policy that is none.
pub(super) async fn pack(
    conn: &mut SqliteConnection,
    Chosen { scope, decision }: Chosen,
    now: Timestamp,
) -> anyhow::Result<Pack> {
    let shown = match decision {
        Some(id) => Some(stored(conn, id).await?),
        None => None,
    };
    let (from, to) = (scope.from.0, scope.to.0);
    let cited = shown.as_ref().map(|s| s.head.sync_run_id);
    let mut pulls = store::report::pulls(conn, from, to, cited).await?;
    let of_decision = decision.filter(|_| scope.kind == ScopeKind::Decision);
    let mut runs = store::report::runs(conn, from, to, of_decision).await?;
    if scope.kind == ScopeKind::Run {
        // Others may have started within the same millisecond.
        runs.retain(|r| Some(r.id) == scope.id);
        pulls.retain(|p| Some(p.row.run_id) == scope.id || Some(p.row.id) == cited);
    }
    let entries = store::history::all(conn).await?;
    let verified = store::history::verify(conn, None).await?;
    let limits = limits(conn, &entries, scope).await?;
    let emails = store::report::emails(conn, entries.iter().map(|e| &e.draft.actor)).await?;
    let judged = shown.as_ref().map(|s| Judged {
        accounts: s.findings.iter().map(|f| f.account_id).collect(),
        history_seq: s.head.history_seq,
    });
    let actions = actions::of_scope(&entries, scope, judged.as_ref(), &limits, &emails);
    let accounts = shown.as_ref().map(|s| rows::accounts(s, &actions)).unwrap_or_default();
    let measures = shown.as_ref().map(|s| Measures::of(&accounts, s.head.inactivity_days));
    let population = match &shown {
        Some(s) => Some(population(conn, s, &pulls).await?),
        None => None,
    };
    let mut pack = Pack {
        schema: SCHEMA,
        generator: concat!("dormouse ", env!("CARGO_PKG_VERSION")).to_owned(),
        generated_at: At(now),
        scope,
        summary: String::new(),
        warnings: Vec::new(),
        portal: store::portal::known(conn).await?.map(|p| Portal {
            url: p.url,
            tenant_id: p.tenant_id,
            owner_id: p.owner_id.to_string(),
        }),
        decision: shown.as_ref().map(decision_part).transpose()?,
        population,
        coverage: coverage(conn, shown.as_ref(), &pulls).await?,
        reasons: rows::reasons(shown.as_ref()),
        accounts,
        actions,
        exemptions: shown.as_ref().map(rows::exemptions).unwrap_or_default(),
        decisions: decision_lines(conn, from, to, decision).await?,
        runs: runs.into_iter().map(rows::run).collect(),
        sync_runs: pulls.into_iter().map(rows::sync).collect(),
        measures,
        history: rows::chain(verified),
        limits: vec![PROMISE.to_owned(), BLIND_SPOT.to_owned()],
        controls: CONTROLS,
    };
    pack.warnings = pack::warnings(&pack);
    pack.summary = pack::sentence(&pack);
    Ok(pack)
}

async fn stored(conn: &mut SqliteConnection, id: i64) -> anyhow::Result<Stored> {
    let head = decisions::get(conn, id).await?.context("the decision is not in the store")?;
    let policy = Policy::from_canonical_json(&head.policy)?;
    let findings = decisions::verdicts(conn, id).await?;
    Ok(Stored { id, head, policy, findings })
}

/// Limits of every decision that the scope acted on.
async fn limits(
    conn: &mut SqliteConnection,
    entries: &[Entry],
    scope: Scope,
) -> anyhow::Result<HashMap<i64, Limits>> {
    let belongs = |entry: &&Entry| match scope.kind {
        ScopeKind::Decision => entry.draft.decision_id == scope.id,
        ScopeKind::Run => Some(entry.draft.run_id) == scope.id,
        ScopeKind::Period => (scope.from.0..scope.to.0).contains(&entry.draft.at),
    };
    let mut limits = HashMap::new();
    for id in entries.iter().filter(belongs).filter_map(|e| e.draft.decision_id) {
        if limits.contains_key(&id) {
            continue;
        }
        let Stored { head, policy, findings, .. } = stored(conn, id).await?;
        let of = Limits::new(head.as_of, head.inactivity_days, policy.grace_days, &findings);
        limits.insert(id, of);
    }
    Ok(limits)
}

fn decision_part(stored: &Stored) -> anyhow::Result<Decision> {
    let Stored { id, head, policy, findings } = stored;
    let current = head.currency == Currency::Current;
    let about = About {
        id: None,
        decided_at: head.decided_at,
        as_of: head.as_of,
        current,
        inactivity_days: head.inactivity_days,
        policy_sha256: head.policy_sha256.clone(),
        coverage: head.coverage,
    };
    Ok(Decision {
        id: *id,
        decided_at: At(head.decided_at),
        as_of: At(head.as_of),
        current,
        inactivity_days: head.inactivity_days,
        never_logged_in_grace_days: policy.grace_days,
        signals: policy.signals.names(),
        policy: RawValue::from_string(head.policy.clone())?,
        policy_sha256: head.policy_sha256.clone(),
        digest: head.digest.clone(),
        digests_agree: document::digest(&about, findings)? == head.digest
            && history::sha256(head.policy.as_bytes()) == head.policy_sha256,
        sync_run_id: head.sync_run_id,
        history_seq: head.history_seq,
        counts: Counts::of(findings),
    })
}

async fn population(
    conn: &mut SqliteConnection,
    Stored { head, policy, findings, .. }: &Stored,
    pulls: &[Pull],
) -> anyhow::Result<Population> {
    let of = &policy.population;
    let roster = store::report::roster(conn, head.sync_run_id).await?;
    let source = match (of.source, &roster) {
        (Some(PopulationSource::Roster), _) | (None, Some(_)) => PopulationSource::Roster,
        (Some(PopulationSource::Portal), _) | (None, None) => PopulationSource::Portal,
    };
    let not_on_portal = findings.iter().filter(|f| f.reason == Reason::NotOnPortal).count();
    let listed = pulls.iter().find(|p| p.row.id == head.sync_run_id);
    Ok(Population {
        source: source.as_str(),
        kinds: of.kinds.iter().map(ToString::to_string).collect(),
        groups: of.groups.clone(),
        email_domains: of.email_domains.clone(),
        query: LISTING,
        completeness: LISTING_PROOF,
        accounts_listed: listed.map_or(0, |p| p.accounts_seen),
        under_review: findings.len() - not_on_portal,
        not_on_portal,
        roster: roster.filter(|_| source == PopulationSource::Roster).map(|r| Roster {
            at: At(r.at),
            sha256: r.sha256,
            files: r.files.into_iter().map(|(file, rows)| RosterFile { file, rows }).collect(),
        }),
    })
}

async fn coverage(
    conn: &mut SqliteConnection,
    shown: Option<&Stored>,
    pulls: &[Pull],
) -> anyhow::Result<Coverage> {
    let relied_on = match shown {
        Some(stored) => stored.head.coverage,
        None => pulls.last().and_then(|p| p.row.coverage),
    };
    let events = match relied_on {
        Some(c) => store::report::events_between(conn, c.from, c.to).await?,
        None => 0,
    };
    let mut segments = segments::load(conn).await?;
    segments.reverse();
    let holes = segments::holes(conn).await?;
    Ok(Coverage {
        relied_on: relied_on.map(|c| Interval { from: At(c.from), to: At(c.to) }),
        events,
        segments: segments
            .into_iter()
            .map(|s| Interval { from: At(s.from), to: At(s.to) })
            .collect(),
        holes: holes
            .into_iter()
            .map(|h| Hole { from: At(h.from), to: At(h.to), reason: h.reason })
            .collect(),
        proof: HISTORY_PROOF,
    })
}

/// Decisions made in the scope, and the one that is shown.
async fn decision_lines(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
    shown: Option<i64>,
) -> anyhow::Result<Vec<DecisionLine>> {
    let mut ids = store::report::decisions(conn, from, to).await?;
    if let Some(id) = shown.filter(|id| !ids.iter().any(|d| d.id == *id)) {
        let findings = decisions::verdicts(conn, id).await?;
        let inactive = i64::try_from(Counts::of(&findings).inactive)?;
        ids.push(store::report::DecisionLine { id, inactive });
        ids.sort_by_key(|d| d.id);
    }
    let mut lines = Vec::with_capacity(ids.len());
    for store::report::DecisionLine { id, inactive } in ids {
        let head = decisions::get(conn, id).await?.context("the decision is not in the store")?;
        lines.push(DecisionLine {
            id,
            decided_at: At(head.decided_at),
            as_of: At(head.as_of),
            current: head.currency == Currency::Current,
            inactivity_days: head.inactivity_days,
            inactive,
            digest: head.digest,
        });
    }
    Ok(lines)
}
