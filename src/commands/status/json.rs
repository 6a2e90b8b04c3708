//! The facts as JSON for monitoring.

use serde_json::{Value, json};

use crate::commands::status::{
    facts::{Facts, Freshness, Population},
    next::Next,
};
use crate::{
    domain::{account::Status, policy::Exemption, verdict::Verdict},
    time::Timestamp,
};

/// `dormouse.status/1`.
pub(super) fn json(facts: &Facts, next: &Next) -> Value {
    let exemption = |e: &Exemption| {
        json!({
            "subject": e.subject.to_string(), "reason": e.reason, "owner": e.owner,
            "expires": e.expires.map(|d| d.to_string()),
        })
    };
    let age = |to: Timestamp| (facts.now - to).num_hours();
    json!({
        "schema": "dormouse.status/1",
        "at": facts.now.to_string(),
        "evidence": match facts.freshness() {
            Freshness::Missing => "missing",
            Freshness::TooOld => "too_old",
            Freshness::Good => "good",
        },
        "coverage": facts.coverage().map(|c| json!({
            "from": c.from.to_string(), "to": c.to.to_string(), "age_hours": age(c.to),
            "good_until": (c.to + facts.max_age).to_string(),
        })),
        "holes": facts.holes.iter().map(|h| json!({
            "from": h.from.to_string(), "to": h.to.to_string(), "reason": h.reason,
        })).collect::<Vec<_>>(),
        "store": facts.store,
        "portal": facts.portal.as_ref().map(|p| json!({
            "url": p.url, "tenant_id": p.tenant_id, "owner_id": p.owner_id,
        })),
        "last_sync": facts.newest.as_ref().map(|s| json!({
            "id": s.id, "run_id": s.run_id, "status": s.status, "reason": s.reason,
            "started_at": s.started_at.to_string(), "finished_at": s.finished_at.map(|at| at.to_string()),
        })),
        "sync_running_since": facts.running.as_ref().map(|r| r.started_at.to_string()),
        "inactivity_days": facts.inactivity_days,
        "population": facts.population.as_ref().map(population_json),
        "decision": facts.decision.as_ref().map(|d| json!({
            "id": d.id, "as_of": d.as_of.to_string(), "inactive": d.inactive, "to_disable": d.to_do,
        })),
        "open_intents": facts.open.iter().map(|i| json!({
            "run_id": i.run_id, "account_id": i.account_id, "email": i.email,
            "action": i.action, "at": i.at.to_string(),
        })).collect::<Vec<_>>(),
        "exemptions": {
            "ended": facts.ended.iter().map(exemption).collect::<Vec<_>>(),
            "ending": facts.ending.iter().map(exemption).collect::<Vec<_>>(),
        },
        "runs": facts.runs.iter().map(|r| json!({
            "id": r.id, "command": r.command, "started_at": r.started_at.to_string(),
            "finished_at": r.finished_at.map(|at| at.to_string()), "exit_code": r.exit_code,
            "decision_id": r.decision_id, "actor": r.actor, "overrides": r.overrides,
            "detail": r.detail,
        })).collect::<Vec<_>>(),
        "next": { "command": next.command, "why": next.why },
    })
}

fn population_json(population: &Population) -> Value {
    let counts: serde_json::Map<String, Value> =
        Verdict::ALL.iter().map(|v| (v.to_string(), population.with_verdict(*v).into())).collect();
    json!({
        "source": population.source,
        "as_of": population.as_of.to_string(),
        "accounts": population.statuses.len(),
        "pending": population.with_status(Status::Pending),
        "disabled": population.with_status(Status::Disabled),
        "not_on_portal": population.not_on_portal,
        "verdicts": counts,
        "inactive_soon": population.soon.iter().map(|s| json!({
            "account_id": s.account.id, "email": s.account.email,
            "display_name": s.account.display_name, "at": s.at.to_string(),
        })).collect::<Vec<_>>(),
    })
}
