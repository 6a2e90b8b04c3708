//! From what the store gives to the rows of the pack.

use std::collections::HashMap;

use crate::commands::report::gather::Stored;
use crate::{
    domain::{history::Verified, verdict::Reason},
    report::pack::{Account, Action, At, Chain, Exemption, Interval, ReasonCount, Run, Sync},
    store::{report::Pull, runs::RunRow, sync_runs::SyncRow},
};

pub(super) fn reasons(shown: Option<&Stored>) -> Vec<ReasonCount> {
    let findings = shown.map(|s| s.findings.as_slice()).unwrap_or_default();
    Reason::ALL
        .iter()
        .map(|reason| ReasonCount {
            verdict: reason.verdict().as_str(),
            reason: reason.as_str(),
            accounts: findings.iter().filter(|f| f.reason == *reason).count(),
        })
        .filter(|count| count.accounts > 0)
        .collect()
}

pub(super) fn accounts(Stored { head, findings, .. }: &Stored, actions: &[Action]) -> Vec<Account> {
    let since = actions.iter().filter(|a| a.history_seq > head.history_seq);
    let last: HashMap<&str, &Action> = since.map(|a| (a.account_id.as_str(), a)).collect();
    findings
        .iter()
        .map(|f| {
            let account_id = f.account_id.to_string();
            let done = last.get(account_id.as_str());
            Account {
                email: f.email.clone(),
                display_name: f.display_name.clone(),
                kind: f.kind.as_str(),
                registered_at: f.registered_at.map(At),
                verdict: f.reason.verdict().as_str(),
                reason: f.reason.as_str(),
                last_activity_at: f.last_activity.map(|a| At(a.at)),
                last_activity_source: f.last_activity.map(|a| a.source.as_str()),
                last_event_id: f.last_activity.and_then(|a| a.event_id),
                idle_days: f.idle_days,
                action: done.map(|a| a.action),
                outcome: done.and_then(|a| a.outcome),
                account_id,
            }
        })
        .collect()
}

pub(super) fn exemptions(Stored { head, policy, .. }: &Stored) -> Vec<Exemption> {
    policy
        .exemptions
        .iter()
        .map(|e| Exemption {
            subject: e.subject.to_string(),
            reason: e.reason.clone(),
            owner: e.owner.clone(),
            expires: e.expires.map(|day| day.to_string()),
            in_force: e.in_force(head.as_of),
        })
        .collect()
}

pub(super) fn run(row: RunRow) -> Run {
    Run {
        id: row.id,
        command: row.command.as_str(),
        started_at: At(row.started_at),
        finished_at: row.finished_at.map(At),
        exit_code: row.exit_code,
        decision_id: row.decision_id,
        actor: row.actor,
        overrides: row.overrides,
        detail: row.detail,
    }
}

pub(super) fn sync(Pull { row, accounts_seen }: Pull) -> Sync {
    let SyncRow { id, run_id, facts, .. } = row;
    Sync {
        id,
        run_id,
        started_at: At(row.started_at),
        finished_at: row.finished_at.map(At),
        status: row.status.as_str(),
        reason: row.reason,
        events_added: row.events_added,
        accounts_seen,
        contractors_seen: row.contractors_seen,
        requests: row.requests,
        coverage: row.coverage.map(|c| Interval { from: At(c.from), to: At(c.to) }),
        server_version: facts.server_version,
        retention_days: facts.retention_days,
        session_minutes: facts.session_minutes,
    }
}

pub(super) fn chain(
    Verified { rows, head: (head_seq, head_hash), findings, .. }: Verified,
) -> Chain {
    Chain { entries: rows, head_seq, head_hash, findings }
}
