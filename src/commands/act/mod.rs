//! Changing accounts on the portal, for `apply` and `restore` alike: the intent is on disk before the
//! request leaves, the outcome after the answer is read, and nothing is called done that a reading did
//! not show. Rows are written by one hand, so that calls under way never disturb the chain.

mod call;
pub(super) mod settle;
pub(super) mod show;

use std::sync::Arc;

use futures_util::{StreamExt, stream::FuturesUnordered};

use self::call::{Ended, Stop};
use super::interrupt::Interrupt;
use crate::{
    clock::Clock,
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Outcome, Phase},
    },
    portal::{PortalReader, PortalWriter},
    store::{self, Store, StoreError},
};

/// Calls at the same time. The portal serves them one after the other per account anyway, and a few
/// are enough to hide the way there and back.
pub(super) const AT_ONCE: usize = 4;

/// A run that changes accounts.
pub(super) struct Acting<'a> {
    pub(super) store: &'a mut Store,
    pub(super) reader: PortalReader,
    pub(super) writer: PortalWriter,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) run_id: i64,
    pub(super) decision_id: Option<i64>,
    pub(super) actor: AccountId,
    pub(super) action: Action,
    /// What every intent cites: the decision's digest, or the run that is undone.
    pub(super) cites: String,
    pub(super) done: Vec<Done>,
}

/// An account that is to be changed.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) account_id: AccountId,
    pub(super) email: String,
    /// Status read directly before.
    pub(super) status: Option<Status>,
}

/// How it ended for one account.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) account_id: AccountId,
    pub(super) email: String,
    pub(super) outcome: Outcome,
    pub(super) detail: String,
}

/// Whether a group of calls may be followed by another.
#[derive(Debug)]
pub(super) enum After {
    GoOn,
    /// The portal takes no more of them.
    Stop(String),
}

impl Acting<'_> {
    /// Records that nothing was sent for this account, and why.
    pub(super) async fn skip(&mut self, target: &Target, detail: String) -> anyhow::Result<()> {
        let draft = Draft {
            outcome: Some(Outcome::Skipped),
            detail,
            status_after: target.status,
            ..self.draft(target, Phase::Outcome)
        };
        self.record(target, draft).await
    }

    /// Changes one group of accounts that have passed every check.
    pub(super) async fn change(&mut self, group: Vec<Target>) -> anyhow::Result<After> {
        let intents: Vec<Draft> = group
            .iter()
            .map(|t| Draft { detail: self.cites.clone(), ..self.draft(t, Phase::Intent) })
            .collect();
        let mut tx = self.store.begin().await?;
        for intent in intents {
            store::history::append(&mut tx, intent).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;

        let (writer, reader, action) = (&self.writer, self.reader.clone(), self.action);
        let mut calls: FuturesUnordered<_> = group
            .into_iter()
            .map(|target| {
                let reader = &reader;
                async move {
                    let ended = call::call(writer, reader, target.account_id, action).await;
                    (target, ended)
                }
            })
            .collect();
        let mut ended = Vec::new();
        let mut after = After::GoOn;
        while let Some((target, end)) = calls.next().await {
            if let Stop::Run(why) = &end.stop {
                after = After::Stop(why.clone());
            }
            // The rest of the group is under way: each outcome is written as soon as it is known.
            let draft = outcome(
                draft(
                    self.clock.as_ref(),
                    (self.run_id, self.decision_id, self.actor, self.action),
                    &target,
                    Phase::Outcome,
                ),
                &end,
            );
            store::history::append(self.store.conn(), draft).await?;
            ended.push(Done {
                account_id: target.account_id,
                email: target.email,
                outcome: end.outcome,
                detail: end.detail,
            });
        }
        drop(calls);
        self.done.extend(ended);
        Ok(after)
    }

    /// Reads every changed account once more: what does not show the wanted status is not done,
    /// whatever the answer said.
    pub(super) async fn confirm(&mut self) -> anyhow::Result<()> {
        for i in 0..self.done.len() {
            if self.done[i].outcome != Outcome::Applied {
                continue;
            }
            let Done { account_id, email, .. } = self.done[i].clone();
            let shown = self.reader.account(account_id).await;
            let (status, detail) = match shown {
                Ok(answer) => match answer.value.map(|a| a.status) {
                    Some(status) if self.action.is_reached(status) => continue,
                    Some(status) => {
                        (Some(status), format!("at the end of the run it shows {status}"))
                    }
                    None => (None, "at the end of the run it is deleted".to_owned()),
                },
                Err(error) => {
                    tracing::warn!(%account_id, %error, "could not be read once more at the end");
                    continue;
                }
            };
            let target = Target { account_id, email, status };
            let draft = Draft {
                outcome: Some(Outcome::Failed),
                detail: detail.clone(),
                status_before: None,
                status_after: status,
                ..self.draft(&target, Phase::Outcome)
            };
            store::history::append(self.store.conn(), draft).await?;
            self.done[i].outcome = Outcome::Failed;
            self.done[i].detail = detail;
        }
        Ok(())
    }

    async fn record(&mut self, target: &Target, draft: Draft) -> anyhow::Result<()> {
        let (outcome, detail) = (draft.outcome, draft.detail.clone());
        store::history::append(self.store.conn(), draft).await?;
        if let Some(outcome) = outcome {
            let Target { account_id, email, .. } = target.clone();
            self.done.push(Done { account_id, email, outcome, detail });
        }
        Ok(())
    }

    fn draft(&self, target: &Target, phase: Phase) -> Draft {
        let run = (self.run_id, self.decision_id, self.actor, self.action);
        draft(self.clock.as_ref(), run, target, phase)
    }
}

fn draft(
    clock: &dyn Clock,
    (run_id, decision_id, actor, action): (i64, Option<i64>, AccountId, Action),
    target: &Target,
    phase: Phase,
) -> Draft {
    Draft {
        at: clock.now(),
        run_id,
        decision_id,
        account_id: target.account_id,
        email: target.email.clone(),
        action,
        phase,
        outcome: None,
        detail: String::new(),
        actor: actor.to_string(),
        status_before: target.status,
        status_after: None,
        http_status: None,
        portal_event_id: None,
    }
}

fn outcome(draft: Draft, end: &Ended) -> Draft {
    Draft {
        outcome: Some(end.outcome),
        detail: end.detail.clone(),
        status_after: end.status_after,
        http_status: end.http_status,
        ..draft
    }
}
