//! The explanation as JSON (`dormouse.explain/1`).

use serde::Serialize;

use crate::commands::explain::{
    Explained,
    facts::{Action, Change, Check, Event, KeyUse, Version, groups},
};
use crate::{
    domain::reconciliation::RosterPlace,
    domain::{
        account::{Account, AccountId, Kind, Management, Status},
        explain::StepOutcome,
        verdict::{Reason, Verdict},
    },
    store::decisions::Currency,
};

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    account: AccountPart<'a>,
    decision: DecisionPart,
    verdict: Option<Verdict>,
    reason: Option<Reason>,
    message: &'a str,
    first_inactive_at: Option<String>,
    rules: Vec<Rule<'a>>,
    evidence: Option<EvidencePart>,
    activity: Activities,
    checks: Vec<Check>,
    key_uses: Vec<KeyUse>,
    status_changes: Vec<Change<'a>>,
    versions: Vec<Version<'a>>,
    roster: Vec<RosterPlace>,
    history: Vec<Action<'a>>,
    stored: Option<Stored>,
}

#[derive(Serialize)]
struct AccountPart<'a> {
    account_id: AccountId,
    email: Option<&'a str>,
    display_name: Option<&'a str>,
    kind: Option<Kind>,
    status: Option<Status>,
    registered_at: Option<String>,
    management: Option<Management>,
    groups: Vec<&'a str>,
}

#[derive(Serialize)]
struct DecisionPart {
    id: Option<i64>,
    as_of: String,
    current: bool,
    inactivity_days: u32,
    never_logged_in_grace_days: u32,
    policy_sha256: String,
    sync_run_id: i64,
    history_seq: i64,
    coverage: Option<Interval>,
}

#[derive(Serialize)]
struct Interval {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: Reason,
    outcome: StepOutcome,
    sentence: &'a str,
}

#[derive(Serialize)]
struct EvidencePart {
    last_activity_at: Option<String>,
    last_activity_source: Option<&'static str>,
    last_event_id: Option<i64>,
    idle_days: Option<u32>,
    clock_start: Option<String>,
    restart_at: Option<String>,
    restart_cause: Option<&'static str>,
    checked_at: Option<String>,
}

#[derive(Serialize)]
struct Activities {
    newest_by_source: Vec<Event>,
    newest_login_events: Vec<Event>,
}

#[derive(Serialize)]
struct Stored {
    verdict: Option<Verdict>,
    reason: Option<Reason>,
    agrees: bool,
}

impl<'a> Document<'a> {
    pub(super) fn of(explained: &'a Explained) -> Self {
        let Explained { dossier, explanation, .. } = explained;
        let reason = explained.verdict.as_ref().map(|f| f.reason);
        let steps = explanation.iter().flat_map(|e| &e.steps);
        Self {
            schema: "dormouse.explain/1",
            account: AccountPart::of(explained.id, explained.account.as_ref()),
            decision: DecisionPart::of(explained),
            verdict: reason.map(Reason::verdict),
            reason,
            message: &explained.message,
            first_inactive_at: explanation
                .as_ref()
                .and_then(|e| e.first_inactive)
                .map(|at| at.to_string()),
            rules: steps
                .map(|s| Rule { rule: s.rule, outcome: s.outcome, sentence: &s.sentence })
                .collect(),
            evidence: explained.evidence.as_ref().map(|_| EvidencePart::of(explained)),
            activity: Activities {
                newest_by_source: super::tables::by_source(dossier)
                    .map(|(source, at, event_id, action_code)| Event {
                        source: source.as_str(),
                        at: at.to_string(),
                        event_id,
                        action_code,
                    })
                    .collect(),
                newest_login_events: dossier.events.iter().map(Event::of).collect(),
            },
            checks: dossier.checks.iter().map(Check::of).collect(),
            key_uses: dossier
                .key_uses
                .iter()
                .map(|k| KeyUse { used_at: k.used_at.to_string(), sync_run_id: k.sync_run })
                .collect(),
            status_changes: dossier.changes.iter().map(Change::of).collect(),
            versions: dossier.versions.iter().map(Version::of).collect(),
            roster: explained.rows.iter().map(RosterPlace::of).collect(),
            history: dossier.actions.iter().map(Action::of).collect(),
            stored: explained.decision.map(|_| Stored {
                verdict: explained.stored.as_ref().map(|f| f.reason.verdict()),
                reason: explained.stored.as_ref().map(|f| f.reason),
                agrees: explained.stored == explained.verdict,
            }),
        }
    }
}

impl<'a> AccountPart<'a> {
    fn of(account_id: AccountId, account: Option<&'a Account>) -> Self {
        Self {
            account_id,
            email: account.map(|a| a.email.as_str()),
            display_name: account.map(|a| a.display_name.as_str()),
            kind: account.map(|a| a.kind),
            status: account.map(|a| a.status),
            registered_at: account.and_then(|a| a.registered_at).map(|at| at.to_string()),
            management: account.map(|a| a.management),
            groups: account.into_iter().flat_map(groups).collect(),
        }
    }
}

impl DecisionPart {
    fn of(explained: &Explained) -> Self {
        let judged = &explained.judged;
        let coverage = judged.generation.sync_run.coverage;
        Self {
            id: explained.decision,
            as_of: judged.as_of.to_string(),
            current: judged.currency == Currency::Current,
            inactivity_days: judged.policy.inactivity_days,
            never_logged_in_grace_days: judged.policy.grace_days,
            policy_sha256: judged.policy.sha256(),
            sync_run_id: judged.generation.sync_run.id,
            history_seq: judged.generation.history_seq,
            coverage: coverage.map(|c| Interval { from: c.from.to_string(), to: c.to.to_string() }),
        }
    }
}

impl EvidencePart {
    fn of(explained: &Explained) -> Self {
        let evidence = explained.evidence.as_ref();
        let activity = evidence.and_then(|e| e.last_activity);
        let restart = evidence.and_then(|e| e.restart);
        Self {
            last_activity_at: activity.map(|a| a.at.to_string()),
            last_activity_source: activity.map(|a| a.source.as_str()),
            last_event_id: activity.and_then(|a| a.event_id),
            idle_days: explained.verdict.as_ref().and_then(|f| f.idle_days),
            clock_start: evidence.and_then(|e| e.clock_start()).map(|at| at.to_string()),
            restart_at: restart.map(|r| r.at.to_string()),
            restart_cause: restart.map(|r| r.cause.as_str()),
            checked_at: evidence.and_then(|e| e.checked_at).map(|at| at.to_string()),
        }
    }
}
