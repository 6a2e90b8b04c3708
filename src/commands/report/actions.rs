//! From history rows to actions: intent, outcome and corroboration of one run, account and action
//! become one line.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        account::AccountId,
        decision::Finding,
        history::{self, Draft, Entry, Outcome, Phase},
        verdict::Reason,
    },
    report::pack::{Action, At, Scope, ScopeKind},
    time::Timestamp,
};

/// The rows of one action.
struct Rows<'a> {
    first: &'a Draft,
    intent: Option<&'a Draft>,
    outcome: Option<&'a Draft>,
    event: Option<i64>,
    last_seq: i64,
}

/// When and by how much each account of the decision was over its limit.
pub(super) struct Limits {
    pub(super) as_of: Timestamp,
    pub(super) inactivity_days: u32,
    pub(super) grace_days: u32,
    pub(super) idle: HashMap<AccountId, (Reason, u32)>,
}

impl Limits {
    pub(super) fn new(
        as_of: Timestamp,
        inactivity_days: u32,
        grace_days: u32,
        findings: &[Finding],
    ) -> Self {
        let idle = findings
            .iter()
            .filter_map(|f| Some((f.account_id, (f.reason, f.idle_days?))))
            .collect();
        Self { as_of, inactivity_days, grace_days, idle }
    }

    /// Days from the limit to `at`: those idle when judged, those since, less the limit.
    fn days_over(&self, id: AccountId, at: Timestamp) -> Option<i64> {
        let (reason, idle) = self.idle.get(&id)?;
        let limit = match reason {
            Reason::NeverLoggedIn => self.grace_days,
            _ => self.inactivity_days,
        };
        let since = at.whole_days_since(self.as_of);
        Some(i64::from(*idle) + i64::from(since) - i64::from(limit))
    }
}

/// Whom a decision judged, and what was already known then.
pub(super) struct Judged {
    pub(super) accounts: HashSet<AccountId>,
    pub(super) history_seq: i64,
}

/// The actions of a scope, in the order in which they began. To a decision belong its own and
/// whatever gave access back to somebody it judged: without those its figures would be too good.
/// `limits` are by decision, `emails` by account id.
pub(super) fn of_scope(
    entries: &[Entry],
    scope: Scope,
    judged: Option<&Judged>,
    limits: &HashMap<i64, Limits>,
    emails: &HashMap<String, String>,
) -> Vec<Action> {
    let gives_back = |rows: &Rows<'_>| {
        rows.first.action == history::Action::Enable
            && judged.is_some_and(|j| {
                rows.last_seq > j.history_seq && j.accounts.contains(&rows.first.account_id)
            })
    };
    let belongs = |rows: &Rows<'_>| match scope.kind {
        ScopeKind::Run => Some(rows.first.run_id) == scope.id,
        ScopeKind::Period => (scope.from.0..scope.to.0).contains(&rows.first.at),
        ScopeKind::Decision => rows.first.decision_id == scope.id || gives_back(rows),
    };
    let rows = grouped(entries).into_iter();
    rows.filter(belongs).map(|rows| line(&rows, limits, emails)).collect()
}

fn grouped(entries: &[Entry]) -> Vec<Rows<'_>> {
    let mut rows: Vec<Rows<'_>> = Vec::new();
    let mut places = HashMap::new();
    for Entry { seq, draft, .. } in entries {
        let key = (draft.run_id, draft.account_id, draft.action);
        let place = *places.entry(key).or_insert_with(|| {
            rows.push(Rows { first: draft, intent: None, outcome: None, event: None, last_seq: 0 });
            rows.len() - 1
        });
        let row = &mut rows[place];
        row.last_seq = *seq;
        match draft.phase {
            Phase::Intent => row.intent = Some(draft),
            Phase::Outcome => row.outcome = Some(draft),
            Phase::Corroboration => row.event = draft.portal_event_id.or(row.event),
        }
    }
    rows
}

fn line(
    rows: &Rows<'_>,
    limits: &HashMap<i64, Limits>,
    emails: &HashMap<String, String>,
) -> Action {
    let Rows { first, intent, outcome, event, last_seq } = rows;
    let ended = outcome.unwrap_or(first);
    let is_disabled = first.action == history::Action::Disable
        && outcome.is_some_and(|o| o.outcome == Some(Outcome::Applied));
    let days_over_threshold = first
        .decision_id
        .filter(|_| is_disabled)
        .and_then(|id| limits.get(&id)?.days_over(first.account_id, ended.at));
    Action {
        run_id: first.run_id,
        decision_id: first.decision_id,
        account_id: first.account_id.to_string(),
        email: first.email.clone(),
        action: first.action.as_str(),
        intent_at: intent.map(|i| At(i.at)),
        outcome_at: outcome.map(|o| At(o.at)),
        outcome: outcome.and_then(|o| o.outcome).map(Outcome::as_str),
        detail: outcome.map_or_else(|| "no result is known".to_owned(), |o| o.detail.clone()),
        actor: first.actor.clone(),
        actor_email: emails.get(&first.actor).cloned(),
        status_before: first.status_before.map(|s| s.as_str()),
        status_after: outcome.and_then(|o| o.status_after).map(|s| s.as_str()),
        http_status: outcome.and_then(|o| o.http_status),
        portal_event_id: *event,
        days_over_threshold,
        history_seq: *last_seq,
    }
}
