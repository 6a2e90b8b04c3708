//! Settles what a killed run left open: intents without an outcome. What the portal shows and who its
//! audit trail names decide; a call that may still be under way is waited for.

use std::{collections::HashSet, time::Duration};

use tokio::time::{Instant as Ticks, sleep};

use crate::engine::status_change::{
    call::{Read, read},
    corroboration::{STATUS_CODE, corroboration, taken},
};
use crate::{
    domain::{
        account::Status,
        history::{Draft, IN_DOUBT, Outcome, Pair, Phase},
    },
    engine::cancel::Interrupt,
    portal::{Audited, PortalReader},
    store::{self, Store, StoreError},
    time::{Clock, MAX_CLOCK_SKEW},
};

/// Between two looks at an account in doubt.
const LOOK: Duration = Duration::from_secs(2);

/// What is open.
pub(crate) async fn open(store: &mut Store) -> Result<Vec<Pair>, StoreError> {
    store::history::open(store.conn()).await
}

/// Settles every open intent and returns how many there were.
///
/// # Errors
/// The portal cannot be read or the store cannot be written, or the user stops it; what was settled
/// stays settled.
pub(crate) async fn settle(
    store: &mut Store,
    reader: &PortalReader,
    clock: &dyn Clock,
    interrupt: &Interrupt,
    run_id: i64,
) -> anyhow::Result<usize> {
    let open = open(store).await?;
    for pair in &open {
        let intent = &pair.intent;
        tracing::info!(
            account = %intent.account_id, run = intent.run_id, action = %intent.action,
            "settling an action that was interrupted"
        );
        let taken = taken(&store::history::pairs(store.conn()).await?);
        let found = look(reader, clock, interrupt, pair, &taken).await?;
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
            store::history::append(&mut tx, corroboration(intent, event, clock)).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(open.len())
}

struct Found {
    outcome: Outcome,
    detail: String,
    shown: Option<Status>,
    event: Option<i64>,
}

/// Looks until the account and the audit trail show that it was done by our key, or until nothing can
/// be under way any more.
async fn look(
    reader: &PortalReader,
    clock: &dyn Clock,
    interrupt: &Interrupt,
    pair: &Pair,
    taken: &HashSet<i64>,
) -> anyhow::Result<Found> {
    let intent = &pair.intent;
    let left = (intent.at + IN_DOUBT - clock.now()).to_std().unwrap_or_default();
    let start = Ticks::now();
    loop {
        let is_over = start.elapsed() >= left;
        let (outcome, detail, shown, event) = match read(reader, intent.account_id).await {
            Read::Failed(error) => return Err(error.into()),
            Read::Deleted => (Outcome::Failed, "the account is deleted".to_owned(), None, None),
            Read::Status(status) if !intent.action.is_reached(status) => {
                let detail = format!("it is {status}: the call had no effect");
                (Outcome::Failed, detail, Some(status), None)
            }
            Read::Status(status) => match own_event(reader, pair, taken).await? {
                Some(event) => {
                    let detail = format!("it is {status}, by our key (event {event})");
                    (Outcome::Applied, detail, Some(status), Some(event))
                }
                None => {
                    let detail = format!(
                        "it is {status}, and the audit trail does not name our key: changed by someone \
                         else"
                    );
                    (Outcome::Skipped, detail, Some(status), None)
                }
            },
        };
        if is_over || outcome == Outcome::Applied {
            return Ok(Found { outcome, detail, shown, event });
        }
        if interrupt.is_set() {
            anyhow::bail!("stopped on request; an action of run {} stays open", intent.run_id);
        }
        sleep(LOOK.min(left.saturating_sub(start.elapsed()))).await;
    }
}

/// The newest event for this account alone, by our key, that shows no other action of ours.
async fn own_event(
    reader: &PortalReader,
    pair: &Pair,
    taken: &HashSet<i64>,
) -> anyhow::Result<Option<i64>> {
    if let Some(known) = pair.corroboration.as_ref().and_then(|c| c.portal_event_id) {
        return Ok(Some(known));
    }
    let intent = &pair.intent;
    let trail = reader.actions_since(STATUS_CODE, intent.at - MAX_CLOCK_SKEW).await?;
    let own = |a: &&Audited| {
        a.targets == [intent.account_id]
            && a.actor.to_string() == intent.actor
            && !taken.contains(&a.id)
    };
    Ok(trail.iter().filter(own).map(|a| a.id).max())
}
