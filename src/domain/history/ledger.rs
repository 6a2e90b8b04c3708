//! Actions as the history tells them: intent, outcomes and corroborations belong together by run,
//! account and action. Each action ends once; but what was unproven may later turn out to be applied
//! after all, and what an answer showed applied is taken back where the reading at the end of the run
//! shows otherwise, or where somebody else turns out to have done it before.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        account::AccountId,
        history::{
            Action, Draft, Entry, NoticeKey, OpenIntent, Outcome, OwnChange, Phase, SHOWN_AFTER,
            SHOWN_BEFORE, TOLD_OFF, names_until,
        },
    },
    time::Timestamp,
};

/// All actions so far, in the order in which they began.
#[derive(Debug, Default)]
pub struct Ledger {
    attempts: Vec<Attempt>,
    places: BTreeMap<Key, usize>,
    /// Changes on the portal that a person has explained, by event and account, and when.
    acknowledged_events: BTreeMap<(i64, AccountId), Timestamp>,
    /// Actions that the audit trail never showed, explained likewise.
    acknowledged_actions: BTreeSet<Key>,
}

/// What rows of one action have in common; those of a notice also its stage and recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    account: AccountId,
    run: i64,
    action: Action,
    notice: Option<NoticeKey>,
}

impl Key {
    fn of(draft: &Draft) -> Self {
        Self {
            account: draft.account_id,
            run: draft.run_id,
            action: draft.action,
            notice: draft.notice(),
        }
    }
}

/// The rows of one action, each kind in order.
#[derive(Debug, Default)]
pub struct Attempt {
    /// None where nothing was sent: what is skipped before a call has an outcome only.
    pub intent: Option<Entry>,
    pub outcomes: Vec<Entry>,
    pub corroborations: Vec<Entry>,
}

/// An action that was begun.
#[derive(Debug, Clone)]
pub struct Pair {
    pub intent: Draft,
    /// How it ended, in the order of writing; none while it is open. A later run may add to them.
    pub outcomes: Vec<Draft>,
    /// Whether the portal's audit trail was found to show it.
    pub corroboration: Option<Draft>,
}

impl Pair {
    /// How it stands; none while it is open.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcomes.last().and_then(|o| o.outcome)
    }
}

impl Ledger {
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            ledger.take(entry);
        }
        ledger
    }

    /// Takes the next entry; says what is wrong with its place among the others.
    pub(super) fn take(&mut self, entry: Entry) -> Option<String> {
        let Entry { seq: _, ref draft, .. } = entry;
        let key = Key::of(draft);
        if draft.phase == Phase::Acknowledgement {
            return self.acknowledge(key, draft);
        }
        let place = *self.places.entry(key).or_insert_with(|| {
            self.attempts.push(Attempt::default());
            self.attempts.len() - 1
        });
        let attempt = &mut self.attempts[place];
        match (draft.phase, draft.outcome) {
            (Phase::Intent, None) => {
                let fault = match (&attempt.intent, attempt.outcomes.last()) {
                    (Some(first), _) => {
                        Some(format!("a second intent; the first is row {}", first.seq))
                    }
                    (None, Some(end)) => {
                        Some(format!("an intent behind its outcome, row {}", end.seq))
                    }
                    (None, None) => None,
                };
                attempt.intent.get_or_insert(entry);
                fault
            }
            (Phase::Outcome, Some(outcome)) => {
                let fault = attempt.cannot_end(outcome).or_else(|| contradiction(draft, outcome));
                attempt.outcomes.push(entry);
                fault
            }
            (Phase::Corroboration, None) if draft.portal_event_id.is_some() => {
                attempt.corroborations.push(entry);
                let fault = "a corroboration without an intent before it";
                attempt.intent.is_none().then(|| fault.to_owned())
            }
            (phase, _) => Some(format!("{phase} and the columns filled do not go together")),
        }
    }

    fn acknowledge(&mut self, key: Key, row: &Draft) -> Option<String> {
        match row.portal_event_id {
            Some(event_id) => {
                self.acknowledged_events.insert((event_id, key.account), row.at);
                None
            }
            None => {
                let is_recorded = self.places.contains_key(&key);
                self.acknowledged_actions.insert(key);
                let fault = "an acknowledgement of an action that is not recorded before it";
                (!is_recorded).then(|| fault.to_owned())
            }
        }
    }

    /// Actions that the portal confirmed until `until` and that its audit trail never showed, without
    /// those that a person has explained.
    pub(super) fn unshown(&self, until: Timestamp) -> impl Iterator<Item = &Entry> {
        let is_explained = |draft: &Draft| self.acknowledged_actions.contains(&Key::of(draft));
        let unshown = self.attempts.iter().filter(|a| a.corroborations.is_empty());
        let ends = unshown.filter(|a| a.intent.is_some()).filter_map(|a| a.outcomes.last());
        ends.filter(move |Entry { draft, .. }| {
            draft.outcome == Some(Outcome::Applied)
                && draft.http_status == Some(200)
                && draft.at + SHOWN_AFTER < until
                && !is_explained(draft)
        })
    }

    /// Every action, in the order in which they began.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter()
    }

    /// The actions that were begun, in order.
    #[must_use]
    pub fn into_pairs(self) -> Vec<Pair> {
        let mut begun: Vec<_> = self
            .attempts
            .into_iter()
            .filter_map(|a| Some((a.intent?, a.outcomes, a.corroborations)))
            .collect();
        begun.sort_by_key(|(intent, ..)| intent.seq);
        let pair = |(intent, outcomes, mut corroborations): (Entry, Vec<Entry>, Vec<Entry>)| Pair {
            intent: intent.draft,
            outcomes: outcomes.into_iter().map(|o| o.draft).collect(),
            corroboration: corroborations.pop().map(|c| c.draft),
        };
        begun.into_iter().map(pair).collect()
    }

    /// Intents without an outcome, in order.
    pub(super) fn open(&self) -> Vec<OpenIntent> {
        let open = self.attempts.iter().filter(|attempt| attempt.outcomes.is_empty());
        let mut open: Vec<_> = open.filter_map(|a| a.intent.as_ref()).map(OpenIntent::of).collect();
        open.sort_by_key(|intent| intent.seq);
        open
    }

    /// What is recorded of a change that the portal's audit trail shows: by the action that names the
    /// event, or by those of its time.
    pub(super) fn record_of(&self, change: &OwnChange) -> Record<'_> {
        let acknowledged = self.acknowledged_events.get(&(change.event_id, change.account_id));
        if acknowledged.is_some_and(|at| change.at <= names_until(*at)) {
            return Record::Fitting;
        }
        if change.targets != 1 {
            return Record::None;
        }
        let at = |run, action| Key { account: change.account_id, run, action, notice: None };
        let all = at(i64::MIN, Action::Disable)..=at(i64::MAX, Action::Enable);
        let changes =
            || self.places.range(all.clone()).filter(|(key, _)| key.action != Action::Notify);
        let attempts = || changes().map(|(_, place)| &self.attempts[*place]);
        let named = attempts().find(|attempt| attempt.names(change));
        let fitting = attempts().filter(|a| named.is_none() && a.fits(change));
        let mut record = Record::None;
        for attempt in named.into_iter().chain(fitting) {
            match attempt.outcomes.last() {
                Some(end) if !attempt.was_applied() && !is_silent(&end.draft) => {
                    record = Record::Denying(end);
                }
                None | Some(_) => return Record::Fitting,
            }
        }
        record
    }
}

/// What the history says of a change on the portal.
pub(super) enum Record<'a> {
    /// That it was made, or may have been.
    Fitting,
    /// That it was tried, and ended otherwise.
    Denying(&'a Entry),
    /// Nothing.
    None,
}

impl Attempt {
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.intent.iter().chain(&self.outcomes).chain(&self.corroborations)
    }

    /// Its oldest row; none where no row has a form that our code writes.
    #[must_use]
    pub fn first(&self) -> Option<&Entry> {
        self.entries().min_by_key(|entry| entry.seq)
    }

    /// Its newest row; none as above.
    #[must_use]
    pub fn last(&self) -> Option<&Entry> {
        self.entries().max_by_key(|entry| entry.seq)
    }

    fn names(&self, change: &OwnChange) -> bool {
        self.corroborations.iter().any(|c| c.draft.names(change.event_id, change.at))
    }

    fn was_applied(&self) -> bool {
        self.outcomes.iter().any(|o| o.draft.outcome == Some(Outcome::Applied))
    }

    /// True where the change was made by our key while the action was open, by another clock or in the
    /// hour that is repeated when DST ends, which the trail dates an hour late or early.
    fn fits(&self, change: &OwnChange) -> bool {
        let Some(Entry { draft: intent, .. }) = &self.intent else { return false };
        let end = self.outcomes.last().map(|end| end.draft.at);
        let was_open = |at: Timestamp| {
            intent.at - SHOWN_BEFORE <= at && end.is_none_or(|end| at <= end + SHOWN_BEFORE)
        };
        intent.actor == change.actor
            && [change.at, change.at - TOLD_OFF, change.at + TOLD_OFF].into_iter().any(was_open)
    }

    fn cannot_end(&self, outcome: Outcome) -> Option<String> {
        let newest = self.outcomes.last().and_then(|end| Some((end.seq, end.draft.outcome?)));
        match (&self.intent, newest, outcome) {
            (None, None, Outcome::Skipped) | (Some(_), None, _) => None,
            (None, _, _) => Some(format!("{outcome} without an intent before it")),
            (Some(_), Some((_, before)), Outcome::Applied) if before != Outcome::Applied => None,
            (Some(_), Some((_, Outcome::Applied)), Outcome::Failed | Outcome::Skipped) => None,
            (Some(_), Some((seq, before)), _) => {
                Some(format!("{outcome}, but row {seq} says {before}"))
            }
        }
    }
}

/// Refused with a 200: releases up to 3.6.1 skip in silence, and their event names the skipped.
fn is_silent(end: &Draft) -> bool {
    end.outcome == Some(Outcome::Refused) && end.http_status == Some(200)
}

/// An outcome that says one thing and shows another.
fn contradiction(draft: &Draft, outcome: Outcome) -> Option<String> {
    let (action, shown) = (draft.action, draft.status_after?);
    (outcome == Outcome::Applied && !action.is_reached(shown))
        .then(|| format!("{action} applied, but the account was shown {shown} afterwards"))
}
