//! The rows of a run that changes accounts. Intents of a group are committed together before its first
//! request leaves; each outcome is written as soon as it is known, by one hand, so that calls under way
//! never disturb the chain.

use anyhow::Context as _;
use futures_util::{StreamExt, stream, stream::FuturesUnordered};

use crate::{
    domain::{
        account::AccountId,
        history::Outcome,
        outcomes::{AccountOutcome, Skip},
    },
    engine::{
        own_actions::reading::{Read, read},
        status_change::{
            call::{self, Called, Ended, Stop},
            row::{Cleared, GroupEnd, Target},
            session::Session,
        },
    },
    portal::PortalError,
    store::{self, StoreError},
};

impl Session<'_> {
    /// Records that nothing was sent for this account, and why.
    pub(crate) async fn skip(&mut self, target: Target, skip: Skip) -> anyhow::Result<()> {
        let Skip { brief, detail } = skip;
        let end = Ended::new(Outcome::Skipped, detail, target.status, None);
        let row = self.row.outcome(self.engine.clock.now(), &target, &end);
        store::history::append(self.store.conn(), row).await?;
        self.outcomes.push(AccountOutcome { skipped_as: Some(brief), ..target.ended(end) });
        Ok(())
    }

    /// Writes the intents of a group, each with what it rests on.
    pub(super) async fn intend(&mut self, group: &[Cleared]) -> anyhow::Result<()> {
        let mut tx = self.store.begin().await?;
        for Cleared { target, cites, .. } in group {
            let intent = self.row.intent(self.engine.clock.now(), target, cites.clone());
            store::history::append(&mut tx, intent).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Changes a group whose intents are written, and writes what came of each.
    pub(super) async fn call(&mut self, group: Vec<Cleared>) -> anyhow::Result<GroupEnd> {
        let Self { engine, store, reader, writer, row, outcomes, .. } = self;
        let (writer, reader, action) = (&*writer, &*reader, row.action);
        let mut calls: FuturesUnordered<_> = group
            .into_iter()
            .map(|Cleared { target, leave_by, .. }| async move {
                let called = call::call(writer, reader, target.account_id, action, leave_by).await;
                (target, called)
            })
            .collect();
        let (mut end, mut unwritten) = (GroupEnd::default(), None);
        while let Some((target, called)) = calls.next().await {
            let ended = match called {
                Called::Ended(ended) => ended,
                Called::Postponed(error) => {
                    end.postponed.push((target, error));
                    continue;
                }
            };
            if let Stop::Run(why) = &ended.stop {
                end.stop = Some(why.clone());
            }
            let outcome = row.outcome(engine.clock.now(), &target, &ended);
            match store::history::append(store.conn(), outcome).await {
                Ok(_) => outcomes.push(target.ended(ended)),
                // The others are under way: what comes of them is read and written if that is possible.
                Err(error) => unwritten = unwritten.or(Some((target.email, error))),
            }
        }
        match unwritten {
            None => Ok(end),
            Some((email, error)) => Err(error).with_context(|| {
                format!(
                    "what came of {email} could not be written down; its intent is, and the next apply or \
                     restore settles it"
                )
            }),
        }
    }

    /// Records that the calls for these were postponed too often.
    pub(super) async fn give_up(
        &mut self,
        postponed: Vec<(Target, PortalError)>,
    ) -> anyhow::Result<()> {
        for (target, error) in postponed {
            let ended = Ended::new(
                Outcome::Refused,
                format!("not done: {error}"),
                target.status,
                error.http_status(),
            );
            let row = self.row.outcome(self.engine.clock.now(), &target, &ended);
            store::history::append(self.store.conn(), row).await?;
            self.outcomes.push(target.ended(ended));
        }
        Ok(())
    }

    /// Reads every changed account once more: what does not show the wanted status is not done,
    /// whatever the answer said.
    pub(crate) async fn confirm(&mut self) -> anyhow::Result<()> {
        let applied = |o: &(usize, &AccountOutcome)| o.1.outcome == Outcome::Applied;
        let places: Vec<(usize, AccountId)> = self
            .outcomes
            .iter()
            .enumerate()
            .filter(applied)
            .map(|(i, o)| (i, o.account_id))
            .collect();
        let (reader, action) = (self.reader.clone(), self.row.action);
        let mut reads = stream::iter(places)
            .map(|(place, id)| {
                let reader = &reader;
                async move { (place, read(reader, id).await) }
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
            let AccountOutcome { account_id, email, .. } = self.outcomes[place].clone();
            let target = Target { account_id, email, status: None };
            let end = Ended::new(Outcome::Failed, detail, status, None);
            let row = self.row.outcome(self.engine.clock.now(), &target, &end);
            store::history::append(self.store.conn(), row).await?;
            self.outcomes[place] = target.ended(end);
        }
        if let Some(error) = unread {
            self.engine.notes.warn(&format_args!(
                "not every account could be read once more at the end: {error}"
            ));
        }
        Ok(())
    }
}
