//! What happened to the status of one account, in the order in which we learned it: listings, our own
//! actions, and the portal's audit trail. Its clock starts again wherever it came back.

use crate::{
    domain::{
        account::Status,
        evidence::{Restart, RestartCause},
        history::{Action, Outcome},
    },
    time::Timestamp,
};

/// What a listing showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The portal's clock.
    pub at: Timestamp,
    /// Newest history row at that time: rows above it came later.
    pub history_seq: i64,
    /// The status; none where a complete listing did not have the account.
    pub status: Option<Status>,
}

/// An outcome of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acted {
    pub seq: i64,
    pub at: Timestamp,
    pub action: Action,
    pub outcome: Outcome,
    /// The status that was read afterwards, if any.
    pub status_after: Option<Status>,
}

impl Acted {
    fn is_own_enable(&self) -> bool {
        self.action == Action::Enable && self.outcome == Outcome::Applied
    }
}

/// Which audit event named the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeCode {
    /// 4020, a change of status; it does not say which.
    Status,
    /// 4006, any edit of the profile.
    Profile,
}

/// An audit event that named the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    pub at: Timestamp,
    pub code: ChangeCode,
}

/// Everything known of one account's status; `shown` and `acted` in the order of learning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Listings that showed something new.
    pub shown: Vec<Shown>,
    pub acted: Vec<Acted>,
    pub changed: Vec<Changed>,
}

impl Timeline {
    /// The status that holds now: the last one shown, or read after an action since.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.states().last().and_then(|(_, status)| status)
    }

    /// The latest moment at which the clock restarted.
    #[must_use]
    pub fn restart(&self) -> Option<Restart> {
        let came_back = self
            .states()
            .zip(self.states().skip(1))
            .filter(|(before, after)| is_return(before.1, after.1))
            .map(|(_, (step, _))| match step {
                Step::Acted(a) if a.is_own_enable() => {
                    Restart { at: a.at, cause: RestartCause::Enabled }
                }
                // Reading before an action shows what others did, as a listing does.
                Step::Acted(Acted { at, .. }) | Step::Shown(Shown { at, .. }) => {
                    Restart { at, cause: RestartCause::SeenActive }
                }
            });
        let enabled = self
            .acted
            .iter()
            .filter(|a| a.is_own_enable())
            .map(|a| Restart { at: a.at, cause: RestartCause::Enabled });
        let named = self
            .changed
            .iter()
            .filter(|c| self.restarts_clock(c))
            .map(|c| Restart { at: c.at, cause: RestartCause::StatusChange });
        came_back.chain(enabled).chain(named).max_by_key(|r| (r.at, std::cmp::Reverse(r.cause)))
    }

    /// 4020 for an account that is enabled now may have enabled it; 4006 is any edit, so it counts
    /// only where the last listing before it showed the account disabled.
    fn restarts_clock(&self, change: &Changed) -> bool {
        if !self.status().is_some_and(Status::is_enabled) {
            return false;
        }
        match change.code {
            ChangeCode::Status => true,
            ChangeCode::Profile => {
                let before = self.shown.iter().rev().find(|s| s.at <= change.at);
                before.is_some_and(|s| s.status == Some(Status::Disabled))
            }
        }
    }

    /// Every step that says something about the status, with what it says, in order.
    fn states(&self) -> impl Iterator<Item = (Step, Option<Status>)> {
        let mut steps: Vec<Step> = self.shown.iter().copied().map(Step::Shown).collect();
        steps.extend(
            self.acted.iter().filter(|a| a.status_after.is_some()).map(|a| Step::Acted(*a)),
        );
        // A listing at history row n was taken after that row and before row n + 1.
        steps.sort_by_key(|step| match step {
            Step::Acted(a) => (a.seq, 0),
            Step::Shown(s) => (s.history_seq, 1),
        });
        steps.into_iter().map(|step| match step {
            Step::Shown(s) => (step, s.status),
            Step::Acted(a) => (step, a.status_after),
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Shown(Shown),
    Acted(Acted),
}

/// Accepted an invitation, or is back after being disabled, gone or unreadable.
fn is_return(before: Option<Status>, after: Option<Status>) -> bool {
    match (before, after) {
        (Some(Status::Active), _) | (_, None | Some(Status::Disabled | Status::Unknown)) => false,
        (_, Some(Status::Active)) => true,
        (before, Some(Status::Pending)) => before != Some(Status::Pending),
    }
}
