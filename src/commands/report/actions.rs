//! One line of the report for each change of an account that the history tells of.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    domain::{
        account::AccountId,
        decision::Finding,
        history::{self, Attempt, Draft, Entry, Ledger, Outcome},
        notices::{Receipt, SentNotice, SentNotices, Told},
        verdict::Reason,
    },
    report::{Action, Scope, ScopeKind},
    time::Timestamp,
};

/// By how many days each account of a decision was over its limit.
pub(super) struct Limits {
    pub(super) as_of: Timestamp,
    /// Idle days when judged, less the limit.
    over: HashMap<AccountId, i64>,
}

impl Limits {
    pub(super) fn new(
        as_of: Timestamp,
        inactivity_days: u32,
        grace_days: u32,
        findings: &[Finding],
    ) -> Self {
        let over = |f: &Finding| {
            let limit = match f.reason {
                Reason::NeverLoggedIn => grace_days,
                _ => inactivity_days,
            };
            Some((f.account_id, i64::from(f.idle_days?) - i64::from(limit)))
        };
        Self { as_of, over: findings.iter().filter_map(over).collect() }
    }

    fn days_over(&self, id: AccountId, at: Timestamp) -> Option<i64> {
        let over = self.over.get(&id)?;
        Some(over + i64::from(at.whole_days_since(self.as_of)))
    }
}

/// The accounts that a decision judged, and the newest history row that it knew.
pub(super) struct Judged {
    pub(super) accounts: HashSet<AccountId>,
    pub(super) history_seq: i64,
}

/// What the lines are filled in from, besides the history.
pub(super) struct Lookup {
    /// By decision.
    pub(super) limits: HashMap<i64, Limits>,
    /// By account id.
    pub(super) emails: HashMap<String, String>,
    pub(super) notices: SentNotices,
}

/// The notices that a disabling at `at` rests on: of the newest stretch that somebody was told of.
struct ToldBefore {
    at: Option<Timestamp>,
    recipients: Option<String>,
}

impl ToldBefore {
    fn of(notices: &[SentNotice], at: Timestamp) -> Self {
        let before: Vec<SentNotice> = notices.iter().filter(|n| n.at <= at).cloned().collect();
        let Some(stretch) = before.iter().map(|n| n.detail.stretch).max() else {
            return Self { at: None, recipients: None };
        };
        let is_accepted = |n: &&SentNotice| n.detail.delivery == Some(Receipt::Accepted);
        let of_stretch = before.iter().filter(|n| n.detail.stretch == stretch);
        let recipients: BTreeSet<&str> =
            of_stretch.filter(is_accepted).map(|n| n.detail.recipient.as_str()).collect();
        let (at, recipients) = match Told::of(&before, stretch) {
            Told::Since(at) => (Some(at), recipients.into_iter().collect::<Vec<_>>().join(", ")),
            Told::Undeliverable(_) => (None, "undeliverable".to_owned()),
            Told::Not => return Self { at: None, recipients: None },
        };
        Self { at, recipients: Some(recipients) }
    }
}

/// The actions of a scope, in the order in which they began. To a decision belong its own and
/// whatever enabled again an account that it judged: without those its figures would be too good.
pub(super) fn of_scope(
    ledger: &Ledger,
    scope: Scope,
    judged: Option<&Judged>,
    lookup: &Lookup,
) -> Vec<Action> {
    let enables_again = |first: &Draft, last: &Entry| {
        first.action == history::Action::Enable
            && judged
                .is_some_and(|j| last.seq > j.history_seq && j.accounts.contains(&first.account_id))
    };
    let belongs = |first: &Draft, last: &Entry| match scope.kind {
        ScopeKind::Decision => first.decision_id == scope.id || enables_again(first, last),
        ScopeKind::Run | ScopeKind::Period => is_in(scope, first),
    };
    let action = |attempt: &Attempt| {
        let (first, last) = (&attempt.first()?.draft, attempt.last()?);
        belongs(first, last).then(|| line(attempt, first, last, lookup))
    };
    ledger.attempts().filter_map(action).collect()
}

/// Whether a row belongs to a scope by itself.
pub(super) fn is_in(scope: Scope, row: &Draft) -> bool {
    match scope.kind {
        ScopeKind::Decision => row.decision_id == scope.id,
        ScopeKind::Run => Some(row.run_id) == scope.id,
        ScopeKind::Period => (scope.from..scope.to).contains(&row.at),
    }
}

fn line(attempt: &Attempt, first: &Draft, last: &Entry, lookup: &Lookup) -> Action {
    let intent = attempt.intent.as_ref().map(|entry| &entry.draft);
    let end = attempt.outcomes.last();
    let outcome = end.map(|entry| &entry.draft);
    let event = attempt.corroborations.last().and_then(|entry| entry.draft.portal_event_id);
    let ended = outcome.and_then(|o| o.outcome);
    let is_disabled = first.action == history::Action::Disable && ended == Some(Outcome::Applied);
    let limits = first.decision_id.and_then(|id| lookup.limits.get(&id));
    let days_over_threshold = limits
        .filter(|_| is_disabled)
        .and_then(|l| l.days_over(first.account_id, outcome.unwrap_or(first).at));
    let notices = lookup.notices.about(first.account_id);
    let told = ToldBefore::of(if is_disabled { notices } else { &[] }, first.at);
    Action {
        run_id: first.run_id,
        decision_id: first.decision_id,
        account_id: first.account_id,
        email: first.email.clone(),
        action: first.action,
        intent_at: intent.map(|i| i.at),
        outcome_at: outcome.map(|o| o.at),
        outcome: ended,
        detail: outcome.map_or_else(|| "no result is known".to_owned(), |o| o.detail.clone()),
        actor: first.actor.clone(),
        actor_email: lookup.emails.get(&first.actor).cloned(),
        status_before: first.status_before,
        status_after: outcome.and_then(|o| o.status_after),
        http_status: outcome.and_then(|o| o.http_status),
        portal_event_id: event,
        days_over_threshold,
        told_at: told.at,
        told: told.recipients,
        history_seq: last.seq,
        outcome_seq: end.map(|entry| entry.seq),
    }
}
