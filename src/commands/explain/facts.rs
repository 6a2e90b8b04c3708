//! The facts of an explanation as JSON, each with the sync run that learned it.

use serde::Serialize;

use crate::{
    domain::account::{Account, Kind, Management, Status},
    store::evidence as stored,
};

#[derive(Serialize)]
pub(super) struct Event {
    pub(super) source: &'static str,
    pub(super) at: String,
    pub(super) event_id: Option<i64>,
    pub(super) action_code: Option<i64>,
}

#[derive(Serialize)]
pub(super) struct Check {
    pub(super) checked_at: String,
    pub(super) event_id: Option<i64>,
    pub(super) event_at: Option<String>,
    pub(super) action_code: Option<i64>,
    pub(super) sync_run_id: i64,
}

#[derive(Serialize)]
pub(super) struct KeyUse {
    pub(super) used_at: String,
    pub(super) sync_run_id: i64,
}

#[derive(Serialize)]
pub(super) struct Change<'a> {
    pub(super) event_id: i64,
    pub(super) at: String,
    pub(super) action_code: i64,
    pub(super) actor_id: &'a str,
    pub(super) actor_email: Option<&'a str>,
    pub(super) targets: i64,
    pub(super) sync_run_id: i64,
}

#[derive(Serialize)]
pub(super) struct Version<'a> {
    pub(super) at: String,
    pub(super) sync_run_id: i64,
    pub(super) presence: &'static str,
    pub(super) email: &'a str,
    pub(super) display_name: &'a str,
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) registered_at: Option<String>,
    pub(super) management: Management,
    pub(super) groups: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Action<'a> {
    pub(super) seq: i64,
    pub(super) at: &'a str,
    pub(super) run_id: i64,
    pub(super) decision_id: Option<i64>,
    pub(super) action: &'a str,
    pub(super) phase: &'a str,
    pub(super) outcome: Option<&'a str>,
    pub(super) detail: &'a str,
    pub(super) actor: &'a str,
    pub(super) status_after: Option<&'a str>,
    pub(super) portal_event_id: Option<i64>,
}

impl Event {
    pub(super) fn of(event: &stored::Event) -> Self {
        Self {
            source: event.source.as_str(),
            at: event.at.to_string(),
            event_id: Some(event.id),
            action_code: Some(event.code),
        }
    }
}

impl Check {
    pub(super) fn of(check: &stored::Check) -> Self {
        Self {
            checked_at: check.checked_at.to_string(),
            event_id: check.newest.map(|n| n.0),
            event_at: check.newest.map(|n| n.1.to_string()),
            action_code: check.newest.map(|n| n.2),
            sync_run_id: check.sync_run,
        }
    }
}

impl<'a> Change<'a> {
    pub(super) fn of(change: &'a stored::Change) -> Self {
        Self {
            event_id: change.event_id,
            at: change.at.to_string(),
            action_code: change.code,
            actor_id: &change.actor,
            actor_email: change.actor_email.as_deref(),
            targets: change.targets,
            sync_run_id: change.sync_run,
        }
    }
}

impl<'a> Version<'a> {
    pub(super) fn of(seen: &'a stored::Seen) -> Self {
        let account = &seen.account;
        Self {
            at: seen.at.to_string(),
            sync_run_id: seen.sync_run,
            presence: seen.presence.as_str(),
            email: &account.email,
            display_name: &account.display_name,
            kind: account.kind,
            status: account.status,
            registered_at: account.registered_at.map(|at| at.to_string()),
            management: account.management,
            groups: groups(account).collect(),
        }
    }
}

impl<'a> Action<'a> {
    pub(super) fn of(action: &'a stored::Action) -> Self {
        Self {
            seq: action.seq,
            at: &action.at,
            run_id: action.run_id,
            decision_id: action.decision_id,
            action: &action.action,
            phase: &action.phase,
            outcome: action.outcome.as_deref(),
            detail: &action.detail,
            actor: &action.actor,
            status_after: action.status_after.as_deref(),
            portal_event_id: action.portal_event_id,
        }
    }
}

pub(super) fn groups(account: &Account) -> impl Iterator<Item = &str> {
    account.groups.iter().map(|g| g.name.as_str())
}
