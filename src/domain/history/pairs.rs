//! Intents and their outcomes, paired by run, account and action. Each pair ends once; but what was
//! unproven may later turn out to be applied after all, and what an answer showed applied is taken
//! back where the reading at the end of the run shows otherwise.

use std::collections::BTreeMap;

use crate::domain::history::{Action, Entry, OpenIntent, Outcome, OwnChange, Phase};
use crate::{
    domain::account::AccountId,
    time::{MAX_CLOCK_SKEW, Timestamp},
};

/// All pairs so far.
#[derive(Debug, Default)]
pub(super) struct Pairs(BTreeMap<(AccountId, i64, Action), Pair>);

#[derive(Debug, Default)]
struct Pair {
    intent: Option<Entry>,
    newest: Option<End>,
    /// Whether the change was ever shown.
    applied: Option<End>,
    /// Audit events that corroborate it.
    events: Vec<i64>,
}

/// The newest outcome of a pair.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) seq: i64,
    pub(super) outcome: Outcome,
    at: Timestamp,
    /// Refused with a 200: releases up to 3.6.1 skip in silence, and their event names the skipped.
    is_silent: bool,
}

impl Pairs {
    /// Takes the next entry; says what is wrong with its place among the others.
    pub(super) fn take(&mut self, entry: Entry) -> Option<String> {
        let Entry { seq, ref draft, .. } = entry;
        let pair = self.0.entry((draft.account_id, draft.run_id, draft.action)).or_default();
        match (draft.phase, draft.outcome) {
            (Phase::Intent, None) => {
                let fault = match (&pair.intent, pair.newest) {
                    (Some(first), _) => {
                        Some(format!("a second intent; the first is row {}", first.seq))
                    }
                    (None, Some(end)) => {
                        Some(format!("an intent behind its outcome, row {}", end.seq))
                    }
                    (None, None) => None,
                };
                pair.intent.get_or_insert(entry);
                fault
            }
            (Phase::Outcome, Some(outcome)) => {
                let fault = pair.cannot_end(outcome).or_else(|| contradiction(&entry, outcome));
                let is_silent = outcome == Outcome::Refused && draft.http_status == Some(200);
                let end = End { seq, outcome, at: draft.at, is_silent };
                pair.newest = Some(end);
                if outcome == Outcome::Applied {
                    pair.applied = Some(end);
                }
                fault
            }
            (Phase::Corroboration, None) if draft.portal_event_id.is_some() => {
                pair.events.extend(draft.portal_event_id);
                let fault = "a corroboration without an intent before it";
                pair.intent.is_none().then(|| fault.to_owned())
            }
            (phase, _) => Some(format!("{phase} and the columns filled do not go together")),
        }
    }

    /// Intents without an outcome, in order.
    pub(super) fn open(&self) -> Vec<OpenIntent> {
        let open = self.0.values().filter(|pair| pair.newest.is_none());
        let mut open: Vec<_> = open
            .filter_map(|pair| pair.intent.as_ref())
            .map(|Entry { seq, draft, .. }| OpenIntent {
                seq: *seq,
                at: draft.at,
                run_id: draft.run_id,
                account_id: draft.account_id,
                email: draft.email.clone(),
                action: draft.action,
            })
            .collect();
        open.sort_by_key(|intent| intent.seq);
        open
    }

    /// What is recorded of a change that the portal's audit trail shows: by the pair that names the
    /// event, or by those of its time.
    pub(super) fn record_of(&self, change: &OwnChange) -> Record {
        let all = (change.account_id, i64::MIN, Action::Disable)
            ..=(change.account_id, i64::MAX, Action::Enable);
        let pairs = || self.0.range(all.clone()).map(|(_, pair)| pair);
        let named = pairs().find(|pair| pair.events.contains(&change.event_id));
        let mut record = Record::None;
        for pair in named.into_iter().chain(pairs().filter(|p| named.is_none() && p.fits(change))) {
            match pair.newest {
                Some(end) if pair.applied.is_none() && !end.is_silent => {
                    record = Record::Denying(end)
                }
                None | Some(_) => return Record::Fitting,
            }
        }
        record
    }
}

/// What the history says of a change on the portal.
pub(super) enum Record {
    /// That it was made, or may have been.
    Fitting,
    /// That it was tried, and ended otherwise.
    Denying(End),
    /// Nothing.
    None,
}

impl Pair {
    /// True where the change was made by our key while the pair was open.
    fn fits(&self, change: &OwnChange) -> bool {
        self.intent.as_ref().is_some_and(|intent| {
            let over = self.newest.is_some_and(|end| end.at + MAX_CLOCK_SKEW < change.at);
            intent.draft.actor == change.actor
                && intent.draft.at - MAX_CLOCK_SKEW <= change.at
                && !over
        })
    }

    fn cannot_end(&self, outcome: Outcome) -> Option<String> {
        match (&self.intent, self.newest) {
            (None, None) if outcome == Outcome::Skipped => None,
            (None, _) => Some(format!("{outcome} without an intent before it")),
            (Some(_), None) => None,
            (Some(_), Some(end)) if outcome == Outcome::Applied && end.outcome != outcome => None,
            (Some(_), Some(end))
                if outcome == Outcome::Failed && end.outcome == Outcome::Applied =>
            {
                None
            }
            (Some(_), Some(end)) => {
                Some(format!("{outcome}, but row {} says {}", end.seq, end.outcome))
            }
        }
    }
}

/// An outcome that says one thing and shows another.
fn contradiction(entry: &Entry, outcome: Outcome) -> Option<String> {
    let (action, shown) = (entry.draft.action, entry.draft.status_after?);
    (outcome == Outcome::Applied && !action.is_reached(shown))
        .then(|| format!("{action} applied, but the account was shown {shown} afterwards"))
}
