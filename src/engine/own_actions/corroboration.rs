//! What the portal's audit trail shows of our own actions. An event is one action's and no other's, and
//! what our history says is only ever added to.

use std::collections::HashMap;

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    domain::{
        account::AccountId,
        history::{Draft, Outcome, Pair, Phase, SHOWN_AFTER, SHOWN_BEFORE, TOLD_OFF, names_until},
    },
    portal::Audited,
    store::{
        self, Store, StoreError,
        accounts::AccountKeys,
        history::ActionFilter,
        signals::{AuditedAction, StatusChange},
    },
    time::{Clock, Timestamp},
};

/// UsersUpdatedStatus: a change of status; does not say which.
pub(crate) const STATUS_CODE: i64 = 4020;

/// What was noted in the history.
pub(crate) struct Noted {
    /// How many of our own actions were shown.
    pub(crate) shown: u64,
    /// Outcomes of those that somebody else had done before us.
    pub(crate) overtaken: Vec<Draft>,
}

impl From<Audited> for StatusChange {
    fn from(Audited { id, at, code, actor, targets }: Audited) -> Self {
        Self { action: AuditedAction { event_id: id, at, code }, actor, targets }
    }
}

/// Stores changes of status found in the audit trail; notes in the history which of our own actions
/// they show, which of these somebody else had done before us, and which that had seemed to fail took
/// place after all.
pub(crate) async fn note_changes(
    store: &mut Store,
    keys: &mut AccountKeys,
    sync_run: i64,
    found: Vec<Audited>,
    clock: &dyn Clock,
) -> anyhow::Result<Noted> {
    let changes: Vec<StatusChange> =
        found.into_iter().filter(|a| !a.targets.is_empty()).map(StatusChange::from).collect();
    // Also in a sync: a head that was read must not be another one after a power cut.
    store.sync_commits().await?;
    let mut tx = store.begin().await?;
    let ids: Vec<i64> = changes.iter().map(|c| c.action.event_id).collect();
    let known = store::signals::known_changes(&mut tx, &ids).await?;
    store::signals::add_status_changes(&mut tx, keys, sync_run, &changes).await?;
    let mut pairs = store::history::pairs(&mut tx, ActionFilter::All).await?;
    let shown = corroborate(&mut pairs, &changes, clock);
    let mut noted = Noted { shown: shown.len() as u64, overtaken: Vec::new() };
    for row in shown {
        store::history::append(&mut tx, row).await?;
    }
    let arrived = |c: &&StatusChange| !known.contains(&c.action.event_id);
    let arrived: Vec<&StatusChange> = changes.iter().filter(arrived).collect();
    for (place, pair) in pairs.iter().enumerate() {
        let Some(event) = &pair.corroboration else { continue };
        if pair.outcome() == Some(Outcome::Applied) {
            if let Some(other) = done_before(pair, &arrived) {
                let row = overtaken(&mut tx, &pair.intent, other, clock).await?;
                store::history::append(&mut tx, row.clone()).await?;
                noted.overtaken.push(row);
            }
            continue;
        }
        // What came later for this account is told by the later rows.
        let is_last =
            !pairs[place + 1..].iter().any(|p| p.intent.account_id == pair.intent.account_id);
        if is_denied(pair) && is_last {
            let listed = store::accounts::listed_status(&mut tx, pair.intent.account_id).await?;
            if listed.is_some_and(|s| pair.intent.action.is_reached(s)) {
                let row = Draft {
                    at: clock.now(),
                    phase: Phase::Outcome,
                    outcome: Some(Outcome::Applied),
                    detail: format!(
                        "late: sync run {sync_run} found it done after all, by our key"
                    ),
                    status_before: None,
                    status_after: listed,
                    ..event.clone()
                };
                store::history::append(&mut tx, row).await?;
            }
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(noted)
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

/// The row that says that somebody else had changed the account before our call.
pub(super) async fn overtaken(
    conn: &mut SqliteConnection,
    intent: &Draft,
    other: &StatusChange,
    clock: &dyn Clock,
) -> Result<Draft, StoreError> {
    let id = other.actor.to_string();
    let known = store::accounts::emails(conn, std::iter::once(&id)).await?;
    let actor = known.into_values().next().unwrap_or(id);
    Ok(Draft {
        at: clock.now(),
        phase: Phase::Outcome,
        outcome: Some(Outcome::Skipped),
        detail: format!(
            "changed by someone else between our look and our call ({actor}, event {}): their change \
             stands",
            other.action.event_id
        ),
        status_before: None,
        status_after: None,
        http_status: None,
        portal_event_id: None,
        ..intent.clone()
    })
}

/// The change of the same account that somebody else made directly before ours.
pub(super) fn done_before<'c>(
    pair: &Pair,
    changes: &[&'c StatusChange],
) -> Option<&'c StatusChange> {
    let intent = &pair.intent;
    let ours = pair.corroboration.as_ref()?;
    changes.iter().copied().find(|c| {
        c.action.code == STATUS_CODE
            && c.targets.contains(&intent.account_id)
            && c.actor.to_string() != intent.actor
            && Some(c.action.event_id) < ours.portal_event_id
            && c.action.at >= intent.at - SHOWN_BEFORE
            && c.action.at <= names_until(ours.at)
    })
}

/// Notes with the pairs which event shows which action, and gives the rows that say so. Actions on one
/// account follow each other, and so do the ids of their events: each takes the oldest that is left. What
/// the portal answered with 200 certainly has an event and comes first, then what was done otherwise, so
/// that an attempt that failed does not take the event of the next one, which succeeded.
fn corroborate(pairs: &mut [Pair], changes: &[StatusChange], clock: &dyn Clock) -> Vec<Draft> {
    let rows = pairs.iter().filter_map(|p| p.corroboration.as_ref());
    // A restored portal gives ids again: an event that names another account is another one.
    let named = rows.map(|row| ((row.portal_event_id, row.account_id), row));
    let named: HashMap<(Option<i64>, AccountId), &Draft> = named.collect();
    let is_taken = |c: &StatusChange| {
        let of = |target: &AccountId| named.get(&(Some(c.action.event_id), *target));
        let named = c.targets.iter().filter_map(of);
        let mut by_us = named.filter(|row| row.actor == c.actor.to_string());
        by_us.any(|row| row.names(c.action.event_id, c.action.at))
    };
    // Rows without a readable id or date, which stand under negative ids, show nothing.
    let free = changes.iter().filter(|c| c.action.event_id >= 0 && !is_taken(c));
    let mut free: Vec<&StatusChange> = free.collect();
    free.sort_by_key(|c| c.action.event_id);
    let mut order: Vec<usize> = (0..pairs.len()).filter(|i| is_sought(&pairs[*i])).collect();
    order.sort_by_key(|i| {
        let is_applied = pairs[*i].outcome() == Some(Outcome::Applied);
        let is_answered = pairs[*i].outcomes.iter().any(|o| o.http_status == Some(200));
        (!is_applied, !is_answered, *i)
    });
    let mut shown = Vec::new();
    for place in order {
        let fits = |shift: TimeDelta| {
            let fits = |c: &&StatusChange| {
                is_of(&pairs[place], c, c.action.at + shift) && is_in_order(pairs, place, &c.action)
            };
            free.iter().position(fits)
        };
        if let Some(at) = fits(TimeDelta::zero()).or_else(|| fits(TOLD_OFF)) {
            let event = free.remove(at).action.event_id;
            let row = corroboration(&pairs[place].intent, event, clock);
            pairs[place].corroboration = Some(row.clone());
            shown.push(row);
        }
    }
    shown
}

/// Whether an event lies between those of the actions before and after on the same account. Ids given before
/// the portal was restored say nothing about it.
fn is_in_order(pairs: &[Pair], place: usize, event: &AuditedAction) -> bool {
    let account = pairs[place].intent.account_id;
    let of_account = pairs.iter().enumerate().filter(|(_, p)| p.intent.account_id == account);
    let mut named = of_account.filter_map(|(i, p)| {
        let row = p.corroboration.as_ref().filter(|row| event.at <= names_until(row.at))?;
        Some((i, row.portal_event_id?))
    });
    named.all(|(i, id)| if i < place { id < event.event_id } else { event.event_id < id })
}

/// Releases up to 3.6.1 write an event for accounts that they skip: one that was refused shows nothing.
fn is_sought(pair: &Pair) -> bool {
    pair.corroboration.is_none() && pair.outcome() != Some(Outcome::Refused)
}

/// Recorded as not done by us. What somebody else had done before us stays so.
fn is_denied(pair: &Pair) -> bool {
    let was_applied = pair.outcomes.iter().any(|o| o.outcome == Some(Outcome::Applied));
    match pair.outcome() {
        Some(Outcome::Failed) => true,
        Some(Outcome::Skipped) => !was_applied,
        None | Some(Outcome::Applied | Outcome::Refused) => false,
    }
}

/// A change of status made by our key for one account alone, at about the time of the action.
fn is_of(pair: &Pair, change: &StatusChange, at: Timestamp) -> bool {
    let intent = &pair.intent;
    let until = pair.outcomes.first().map(|o| o.at + SHOWN_AFTER);
    change.action.code == STATUS_CODE
        && change.targets == [intent.account_id]
        && change.actor.to_string() == intent.actor
        && at >= intent.at - SHOWN_BEFORE
        && until.is_none_or(|until| at <= until)
}
