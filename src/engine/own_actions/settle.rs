//! Settles what a killed run left open: intents to disable or enable without an outcome (those of notices
//! are settled by `notify`). What the portal shows and who its audit trail names decide; a call that may
//! still be under way is waited for.

use std::{collections::HashMap, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        account::{AccountId, Status},
        history::{Draft, IN_DOUBT, Outcome, Pair, Phase, SHOWN_BEFORE, TOLD_OFF, names_until},
    },
    engine::own_actions::{
        corroboration::{STATUS_CODE, corroboration, done_before, overtaken},
        reading::{Read, read},
    },
    portal::{Audited, PortalError, PortalReader},
    store::{self, Store, StoreError, signals::StatusChange},
    time::{Clock, Timestamp},
};

/// Between two looks at an account in doubt.
const LOOK: Duration = Duration::from_secs(2);

/// What is open.
pub(crate) async fn open(store: &mut Store) -> Result<Vec<Pair>, StoreError> {
    store::history::open(store.conn()).await
}

/// Settles every open intent and returns how many these were. One whose account the portal cannot tell stays
/// open.
///
/// # Errors
/// The portal cannot be read or the store cannot be written, or the user stops it; what was settled
/// stays settled.
pub(crate) async fn settle(
    store: &mut Store,
    reader: &PortalReader,
    clock: &dyn Clock,
    cancel: &CancellationToken,
    run_id: i64,
) -> anyhow::Result<usize> {
    let mut settled = 0;
    for mut pair in open(store).await? {
        let intent = pair.intent.clone();
        tracing::info!(
            account = %intent.account_id, run = intent.run_id, action = %intent.action,
            "settling an action that was interrupted"
        );
        let taken = store::history::shown_events(store.conn()).await?;
        let Some(found) = look(reader, clock, cancel, &pair, &taken).await? else { continue };
        settled += 1;
        let row = Draft {
            at: clock.now(),
            phase: Phase::Outcome,
            outcome: Some(found.outcome),
            detail: format!("settled by run {run_id}: {}", found.detail),
            status_after: found.shown,
            ..intent.clone()
        };
        let mut tx = store.begin().await?;
        store::history::append(&mut tx, row).await?;
        if let Some(event) = found.event.filter(|_| pair.corroboration.is_none()) {
            let row = corroboration(&intent, event, clock);
            store::history::append(&mut tx, row.clone()).await?;
            pair.corroboration = Some(row);
        }
        let ids: Vec<i64> = found.others.iter().map(|c| c.action.event_id).collect();
        let known = store::signals::known_changes(&mut tx, &ids).await?;
        let arrived = |c: &&StatusChange| !known.contains(&c.action.event_id);
        let arrived: Vec<&StatusChange> = found.others.iter().filter(arrived).collect();
        if let Some(other) = done_before(&pair, &arrived) {
            let row = overtaken(&mut tx, &intent, other, clock).await?;
            store::history::append(&mut tx, row).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(settled)
}

/// What the portal shows of an action that was interrupted.
struct Found {
    outcome: Outcome,
    detail: String,
    shown: Option<Status>,
    /// The event of our key, where it was done by it.
    event: Option<i64>,
    /// Changes of the same account that others made.
    others: Vec<StatusChange>,
}

impl Found {
    fn new(outcome: Outcome, detail: String, shown: Option<Status>) -> Self {
        Self { outcome, detail, shown, event: None, others: Vec::new() }
    }
}

/// Looks until the account and the audit trail show that it was done by our key, or until nothing can
/// be under way any more. None where the portal cannot tell that account.
async fn look(
    reader: &PortalReader,
    clock: &dyn Clock,
    cancel: &CancellationToken,
    pair: &Pair,
    taken: &HashMap<(i64, AccountId), Timestamp>,
) -> anyhow::Result<Option<Found>> {
    let intent = &pair.intent;
    let left = (intent.at + IN_DOUBT - clock.now()).to_std().unwrap_or_default();
    let start = Instant::now();
    loop {
        let is_over = start.elapsed() >= left;
        let found = match read(reader, intent.account_id).await {
            Read::Failed(error @ PortalError::Unclear { .. }) => {
                tracing::warn!(
                    account = %intent.account_id, run = intent.run_id,
                    "{error}: an interrupted action on it stays open"
                );
                return Ok(None);
            }
            Read::Failed(error) => return Err(error.into()),
            Read::Deleted => Found::new(Outcome::Failed, "the account is deleted".to_owned(), None),
            Read::Status(status) if !intent.action.is_reached(status) => {
                let detail = format!("it is {status}: the call had no effect");
                Found::new(Outcome::Failed, detail, Some(status))
            }
            Read::Status(status) => in_trail(reader, pair, taken, status).await?,
        };
        if is_over || found.outcome == Outcome::Applied {
            return Ok(Some(found));
        }
        let pause = sleep(LOOK.min(left.saturating_sub(start.elapsed())));
        if cancel.run_until_cancelled(pause).await.is_none() {
            anyhow::bail!("stopped on request; an action of run {} stays open", intent.run_id);
        }
    }
}

/// Whose doing the status is: ours where the trail shows an event by our key for this account alone
/// that shows no other action of ours.
async fn in_trail(
    reader: &PortalReader,
    pair: &Pair,
    taken: &HashMap<(i64, AccountId), Timestamp>,
    status: Status,
) -> anyhow::Result<Found> {
    let intent = &pair.intent;
    let trail = reader.actions_since(STATUS_CODE, intent.at - SHOWN_BEFORE).await?.rows;
    let named = trail.iter().filter(|a| a.targets.contains(&intent.account_id));
    let (own, others): (Vec<&Audited>, Vec<&Audited>) =
        named.partition(|a| a.actor.to_string() == intent.actor);
    let is_taken = |a: &Audited| {
        let noted = taken.get(&(a.id, intent.account_id));
        noted.is_some_and(|noted| a.at <= names_until(*noted))
    };
    let own = own
        .iter()
        .filter(|a| a.id >= 0 && a.targets.len() == 1)
        .filter(|a| !is_taken(a) && is_at_the_time_of(intent.at, a.at));
    let known = pair.corroboration.as_ref().and_then(|c| c.portal_event_id);
    let Some(event) = known.or_else(|| own.map(|a| a.id).min()) else {
        let detail = format!(
            "it is {status}, and the audit trail does not name our key: changed by someone else"
        );
        return Ok(Found::new(Outcome::Skipped, detail, Some(status)));
    };
    let detail = format!("it is {status}, by our key (event {event})");
    let others = others.into_iter().cloned().map(StatusChange::from).collect();
    let found = Found::new(Outcome::Applied, detail, Some(status));
    Ok(Found { event: Some(event), others, ..found })
}

/// A call that was killed was done within minutes or never; what the key's account does by hand later
/// is not it. The trail dates the hour that is repeated when DST ends an hour late or early.
fn is_at_the_time_of(intent: Timestamp, event: Timestamp) -> bool {
    let told = [event, event - TOLD_OFF, event + TOLD_OFF];
    told.into_iter().any(|at| (at - intent).abs() <= SHOWN_BEFORE)
}
