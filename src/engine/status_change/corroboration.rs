//! What the portal's audit trail shows of our own actions. An event is one action's and no other's, and
//! what our history says is only ever added to.

use std::collections::HashSet;

use crate::{
    domain::history::{Draft, Outcome, Pair, Phase},
    portal::Audited,
    store::{
        self, Store, StoreError,
        accounts::AccountKeys,
        signals::{AuditedAction, StatusChange},
    },
    time::{Clock, MAX_CLOCK_SKEW},
};

/// UsersUpdatedStatus: a change of status; does not say which.
pub(crate) const STATUS_CODE: i64 = 4020;

/// Stores changes of status found in the audit trail; notes in the history which of our own actions
/// they show, and which that had seemed to fail took place after all. Returns how many were shown.
pub(crate) async fn note_changes(
    store: &mut Store,
    keys: &mut AccountKeys,
    sync_run: i64,
    found: Vec<Audited>,
    clock: &dyn Clock,
) -> anyhow::Result<u64> {
    let changes: Vec<StatusChange> = found
        .into_iter()
        .filter(|a| !a.targets.is_empty())
        .map(|a| StatusChange {
            action: AuditedAction { event_id: a.id, at: a.at, code: a.code },
            actor: a.actor,
            targets: a.targets,
        })
        .collect();
    let mut tx = store.begin().await?;
    store::signals::add_status_changes(&mut tx, keys, sync_run, &changes).await?;
    let mut pairs = store::history::pairs(&mut tx).await?;
    let mut shown = 0;
    for (place, event) in matched(&pairs, &changes) {
        let row = corroboration(&pairs[place].intent, event, clock);
        store::history::append(&mut tx, row.clone()).await?;
        pairs[place].corroboration = Some(row);
        shown += 1;
    }
    for (place, pair) in pairs.iter().enumerate() {
        let Some(event) = pair.corroboration.as_ref().filter(|_| is_denied(pair)) else { continue };
        // What came later for this account is told by the later rows.
        if pairs[place + 1..].iter().any(|p| p.intent.account_id == pair.intent.account_id) {
            continue;
        }
        let listed = store::accounts::listed_status(&mut tx, pair.intent.account_id).await?;
        if listed.is_some_and(|s| pair.intent.action.is_reached(s)) {
            let row = Draft {
                at: clock.now(),
                phase: Phase::Outcome,
                outcome: Some(Outcome::Applied),
                detail: format!("late: sync run {sync_run} found it done after all, by our key"),
                status_before: None,
                status_after: listed,
                ..event.clone()
            };
            store::history::append(&mut tx, row).await?;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(shown)
}

/// The row that says which event shows an action.
pub(crate) fn corroboration(intent: &Draft, event_id: i64, clock: &dyn Clock) -> Draft {
    Draft {
        at: clock.now(),
        phase: Phase::Corroboration,
        outcome: None,
        detail: "the portal's audit trail shows the change".to_owned(),
        status_before: None,
        status_after: None,
        http_status: None,
        portal_event_id: Some(event_id),
        ..intent.clone()
    }
}

/// Events that show an action already.
pub(crate) fn taken(pairs: &[Pair]) -> HashSet<i64> {
    pairs.iter().filter_map(|p| p.corroboration.as_ref()?.portal_event_id).collect()
}

/// Which event shows which action. Actions on one account follow each other, and so do the ids of their
/// events: each takes the oldest that is left. What is known to be done comes first, so that an attempt
/// that failed does not take the event of the next one, which succeeded.
fn matched(pairs: &[Pair], changes: &[StatusChange]) -> Vec<(usize, i64)> {
    let taken = taken(pairs);
    let mut free: Vec<&StatusChange> =
        changes.iter().filter(|c| !taken.contains(&c.action.event_id)).collect();
    free.sort_by_key(|c| c.action.event_id);
    let mut order: Vec<usize> = (0..pairs.len()).filter(|i| is_sought(&pairs[*i])).collect();
    order.sort_by_key(|i| (pairs[*i].outcome() != Some(Outcome::Applied), *i));
    let mut matched = Vec::new();
    for place in order {
        if let Some(at) = free.iter().position(|c| is_of(&pairs[place], c)) {
            matched.push((place, free.remove(at).action.event_id));
        }
    }
    matched
}

/// Releases up to 3.6.1 write an event for accounts that they skip: one that was refused shows nothing.
fn is_sought(pair: &Pair) -> bool {
    pair.corroboration.is_none() && pair.outcome() != Some(Outcome::Refused)
}

/// Recorded as not done by us.
fn is_denied(pair: &Pair) -> bool {
    matches!(pair.outcome(), Some(Outcome::Failed | Outcome::Skipped))
}

/// A change of status made by our key for one account alone, between the intent and its outcome. This
/// machine's clock dates the history and the portal's the trail.
fn is_of(pair: &Pair, change: &StatusChange) -> bool {
    let intent = &pair.intent;
    let until = pair.outcomes.first().map(|o| o.at);
    change.action.code == STATUS_CODE
        && change.targets == [intent.account_id]
        && change.actor.to_string() == intent.actor
        && change.action.at >= intent.at - MAX_CLOCK_SKEW
        && until.is_none_or(|until| change.action.at <= until + MAX_CLOCK_SKEW)
}
