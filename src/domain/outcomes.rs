//! What a run of `apply` or `restore` did, account by account.

use serde::Serialize;

use crate::domain::{account::AccountId, history::Outcome};

/// How it ended for one account.
#[derive(Debug, Clone)]
pub(crate) struct AccountOutcome {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
}

impl AccountOutcome {
    /// Done, and the portal's answer said nothing else.
    pub(crate) fn is_plainly_done(&self) -> bool {
        is_plainly_done(self.outcome, &self.detail)
    }
}

/// Whether an outcome says all that its detail says.
pub(crate) fn is_plainly_done(outcome: Outcome, detail: &str) -> bool {
    outcome == Outcome::Applied
        && ["the answer shows disabled", "the answer shows active"].contains(&detail)
}

/// How many accounts ended in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct OutcomeCounts {
    applied: usize,
    skipped: usize,
    refused: usize,
    failed: usize,
}

impl OutcomeCounts {
    pub(crate) fn of(outcomes: impl Iterator<Item = Outcome> + Clone) -> Self {
        let count = |wanted| outcomes.clone().filter(|outcome| *outcome == wanted).count();
        Self {
            applied: count(Outcome::Applied),
            skipped: count(Outcome::Skipped),
            refused: count(Outcome::Refused),
            failed: count(Outcome::Failed),
        }
    }

    /// Accounts that the portal was asked to change.
    pub(crate) fn called(self) -> usize {
        self.applied + self.refused + self.failed
    }

    /// Accounts that were to be changed and are not.
    pub(crate) fn not_done(self) -> usize {
        self.refused + self.failed
    }
}

impl std::fmt::Display for OutcomeCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { applied, skipped, refused, failed } = self;
        write!(f, "{applied} applied, {skipped} skipped, {refused} refused, {failed} failed")
    }
}
