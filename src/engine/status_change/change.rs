//! The rows of a run that changes accounts. Intents of a group are committed together before its first
//! request leaves; each outcome is written as soon as it is known, by one hand, so that calls under way
//! never disturb the chain.

use anyhow::Context as _;
use futures_util::{StreamExt, stream, stream::FuturesUnordered};

use crate::engine::status_change::{
    call::{self, Ended, Read, Stop},
    session::Session,
};
use crate::{
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Outcome, Phase},
    },
    store::{self, StoreError},
    time::Timestamp,
};

/// What all rows of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) id: i64,
    pub(crate) decision_id: Option<i64>,
    pub(crate) actor: AccountId,
    pub(crate) action: Action,
}

/// An account that is to be changed.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    /// Status read directly before.
    pub(crate) status: Option<Status>,
}

/// How it ended for one account.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
}

impl Run {
    fn intent(&self, at: Timestamp, target: &Target, cites: String) -> Draft {
        Draft {
            at,
            run_id: self.id,
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

    fn outcome(&self, at: Timestamp, target: &Target, end: &Ended) -> Draft {
        Draft {
            phase: Phase::Outcome,
            outcome: Some(end.outcome),
            status_after: end.status_after,
            http_status: end.http_status,
            ..self.intent(at, target, end.detail.clone())
        }
    }
}

impl Done {
    fn new(target: Target, end: Ended) -> Self {
        let Target { account_id, email, .. } = target;
        Self { account_id, email, outcome: end.outcome, detail: end.detail }
    }
}

impl Session<'_> {
    /// Records that nothing was sent for this account, and why.
    pub(crate) async fn skip(&mut self, target: Target, detail: String) -> anyhow::Result<()> {
        let end = Ended::new(Outcome::Skipped, detail, target.status, None);
        let row = self.run.outcome(self.cx.clock.now(), &target, &end);
        store::history::append(self.store.conn(), row).await?;
        self.done.push(Done::new(target, end));
        Ok(())
    }

    /// Changes one group of accounts that have passed every check; each intent says on what it rests.
    /// Returns why no call after these can succeed, if that is so.
    pub(crate) async fn change(
        &mut self,
        group: Vec<(Target, String)>,
    ) -> anyhow::Result<Option<String>> {
        if group.is_empty() {
            return Ok(None);
        }
        let Self { cx, store, reader, writer, run, done, .. } = self;
        let mut tx = store.begin().await?;
        for (target, cites) in &group {
            let row = run.intent(cx.clock.now(), target, cites.clone());
            store::history::append(&mut tx, row).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;

        let (writer, reader, action) = (&*writer, &*reader, run.action);
        let mut calls: FuturesUnordered<_> = group
            .into_iter()
            .map(|(target, _)| async move {
                let end = call::call(writer, reader, target.account_id, action).await;
                (target, end)
            })
            .collect();
        let (mut stop, mut unwritten) = (None, None);
        while let Some((target, end)) = calls.next().await {
            if let Stop::Run(why) = &end.stop {
                stop = Some(why.clone());
            }
            let row = run.outcome(cx.clock.now(), &target, &end);
            match store::history::append(store.conn(), row).await {
                Ok(_) => done.push(Done::new(target, end)),
                // The others are under way: what comes of them is read and written if that is possible.
                Err(error) => unwritten = unwritten.or(Some((target.email, error))),
            }
        }
        match unwritten {
            None => Ok(stop),
            Some((email, error)) => Err(error).with_context(|| {
                format!(
                    "what came of {email} could not be written down; its intent is, and the next apply or \
                     restore settles it"
                )
            }),
        }
    }

    /// Reads every changed account once more: what does not show the wanted status is not done,
    /// whatever the answer said.
    pub(crate) async fn confirm(&mut self) -> anyhow::Result<()> {
        let applied = |done: &(usize, &Done)| done.1.outcome == Outcome::Applied;
        let places: Vec<(usize, AccountId)> =
            self.done.iter().enumerate().filter(applied).map(|(i, d)| (i, d.account_id)).collect();
        let (reader, action) = (self.reader.clone(), self.run.action);
        let mut reads = stream::iter(places)
            .map(|(place, id)| {
                let reader = &reader;
                async move { (place, call::read(reader, id).await) }
            })
            .buffer_unordered(self.concurrency);
        let mut unread = None;
        while let Some((place, read)) = reads.next().await {
            let (status, detail) = match read {
                Read::Status(status) if action.is_reached(status) => continue,
                Read::Status(status) => {
                    (Some(status), format!("at the end of the run it shows {status}"))
                }
                Read::Deleted => (None, "at the end of the run it is deleted".to_owned()),
                Read::Failed(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            let Done { account_id, email, .. } = self.done[place].clone();
            let target = Target { account_id, email, status: None };
            let end = Ended::new(Outcome::Failed, detail, status, None);
            let row = self.run.outcome(self.cx.clock.now(), &target, &end);
            store::history::append(self.store.conn(), row).await?;
            self.done[place] = Done::new(target, end);
        }
        if let Some(error) = unread {
            self.cx.out.warn(format_args!(
                "not every account could be read once more at the end: {error}"
            ));
        }
        Ok(())
    }
}
