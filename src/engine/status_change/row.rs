//! What is written of an account that is to be changed: its intent, and what came of it.

use tokio::time::Instant;

use crate::{
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Phase},
        outcomes::AccountOutcome,
    },
    engine::status_change::call::Ended,
    portal::PortalError,
    time::Timestamp,
};

/// What all rows of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) run_id: i64,
    pub(super) decision_id: Option<i64>,
    pub(super) actor: AccountId,
    pub(super) action: Action,
}

/// An account that is to be changed.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    /// Status read directly before.
    pub(crate) status: Option<Status>,
}

/// An account that has passed its look.
#[derive(Debug)]
pub(crate) struct Cleared {
    pub(crate) target: Target,
    /// On what the intent rests.
    pub(crate) cites: String,
    /// A call after this moment needs another look.
    pub(crate) leave_by: Instant,
}

/// What is left of a group after its calls.
#[derive(Default)]
pub(super) struct GroupEnd {
    pub(super) postponed: Vec<(Target, PortalError)>,
    /// Why no call after these can succeed, if that is so.
    pub(super) stop: Option<String>,
}

impl Row {
    pub(super) fn intent(&self, at: Timestamp, target: &Target, cites: String) -> Draft {
        Draft {
            at,
            run_id: self.run_id,
            decision_id: self.decision_id,
            account_id: target.account_id,
            email: target.email.clone(),
            action: self.action,
            phase: Phase::Intent,
            outcome: None,
            detail: cites,
            actor: self.actor.to_string(),
            status_before: target.status,
            status_after: None,
            http_status: None,
            portal_event_id: None,
        }
    }

    pub(super) fn outcome(&self, at: Timestamp, target: &Target, end: &Ended) -> Draft {
        Draft {
            phase: Phase::Outcome,
            outcome: Some(end.outcome),
            status_after: end.status_after,
            http_status: end.http_status,
            ..self.intent(at, target, end.detail.clone())
        }
    }
}

impl Target {
    pub(super) fn ended(self, end: Ended) -> AccountOutcome {
        let Self { account_id, email, .. } = self;
        let Ended { outcome, detail, .. } = end;
        AccountOutcome { account_id, email, outcome, detail, skipped_as: None }
    }
}
