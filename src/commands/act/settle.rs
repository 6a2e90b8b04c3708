//! Settles what a killed run left open: intents without an outcome. What the portal shows and who its
//! audit trail names decide; a call that may still be under way is waited for.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant as Ticks, sleep};

use super::call::{Read, read};
use crate::{
    clock::Clock,
    commands::sync::STATUS_CODE,
    domain::{
        account::Status,
        history::{Draft, Outcome, Phase},
    },
    portal::{Audited, PortalReader},
    store::{self, Store},
};

/// How long a slow portal may still be working on a call.
const IN_DOUBT: TimeDelta = TimeDelta::minutes(2);
/// Between two looks at an account in doubt.
const LOOK: Duration = Duration::from_secs(2);
/// Clocks differ by no more: `preflight` saw to that.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Settles every open intent and returns how many there were.
///
/// # Errors
/// The portal cannot be read or the store cannot be written; what was settled stays settled.
pub(crate) async fn settle(
    store: &mut Store,
    reader: &PortalReader,
    clock: &dyn Clock,
    run_id: i64,
) -> anyhow::Result<usize> {
    let pairs = store::history::pairs(store.conn()).await?;
    let open: Vec<Draft> =
        pairs.into_iter().filter(|p| p.outcomes.is_empty()).map(|p| p.intent).collect();
    for intent in &open {
        tracing::warn!(
            account = %intent.account_id, run = intent.run_id, action = %intent.action,
            "settling an action that was interrupted"
        );
        let shown = wait(reader, clock, intent).await?;
        let (outcome, detail, event) = judge(reader, intent, shown).await?;
        let row = Draft {
            at: clock.now(),
            phase: Phase::Outcome,
            outcome: Some(outcome),
            detail: format!("settled by run {run_id}: {detail}"),
            status_after: shown,
            ..intent.clone()
        };
        let mut tx = store.begin().await?;
        store::history::append(&mut tx, row.clone()).await?;
        if let Some(event) = event {
            let row = Draft {
                phase: Phase::Corroboration,
                outcome: None,
                detail: "the portal's audit trail shows the change".to_owned(),
                status_before: None,
                status_after: None,
                portal_event_id: Some(event.id),
                ..row
            };
            store::history::append(&mut tx, row).await?;
        }
        tx.commit().await.map_err(store::StoreError::from)?;
    }
    Ok(open.len())
}

/// The status that the account shows once no call can be under way any more.
async fn wait(
    reader: &PortalReader,
    clock: &dyn Clock,
    intent: &Draft,
) -> anyhow::Result<Option<Status>> {
    let left = (intent.at + IN_DOUBT - clock.now()).to_std().unwrap_or_default();
    let start = Ticks::now();
    loop {
        let shown = match read(reader, intent.account_id).await {
            Read::Status(status) => Some(status),
            Read::Deleted => None,
            Read::Failed(error) => return Err(error.into()),
        };
        let reached = shown.is_none_or(|s| intent.action.is_reached(s));
        if reached || start.elapsed() >= left {
            return Ok(shown);
        }
        sleep(LOOK.min(left.saturating_sub(start.elapsed()))).await;
    }
}

async fn judge(
    reader: &PortalReader,
    intent: &Draft,
    shown: Option<Status>,
) -> anyhow::Result<(Outcome, String, Option<Audited>)> {
    let Some(status) = shown else {
        return Ok((Outcome::Failed, "the account is deleted".to_owned(), None));
    };
    if !intent.action.is_reached(status) {
        return Ok((Outcome::Failed, format!("it is {status}: the call had no effect"), None));
    }
    let trail = reader.actions_since(STATUS_CODE, intent.at - SKEW).await?;
    let own = trail
        .into_iter()
        .find(|a| a.targets == [intent.account_id] && a.actor.to_string() == intent.actor);
    Ok(match own {
        Some(event) => (
            Outcome::Applied,
            format!("it is {status}, by our key (event {})", event.id),
            Some(event),
        ),
        None => (Outcome::Skipped, format!("it is {status}, changed by someone else"), None),
    })
}
