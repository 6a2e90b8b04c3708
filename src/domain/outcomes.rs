//! What a run of `apply` or `restore` did, account by account.

use serde::Serialize;

use crate::domain::{
    account::AccountId,
    history::{Action, Outcome},
    human::thousands,
};

/// How it ended for one account.
#[derive(Debug, Clone)]
pub(crate) struct AccountOutcome {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
    /// Why it was skipped, in two or three words.
    pub(crate) skipped_as: Option<&'static str>,
}

/// Why nothing is sent for an account.
#[derive(Debug, Clone)]
pub(crate) struct Skip {
    /// In two or three words, for a count of several.
    pub(crate) brief: &'static str,
    pub(crate) detail: String,
}

impl Skip {
    pub(crate) fn new(brief: &'static str, detail: impl Into<String>) -> Self {
        Self { brief, detail: detail.into() }
    }

    pub(crate) fn deleted() -> Self {
        Self::new("deleted", "deleted on the portal")
    }

    /// `why` is in the words of the notices.
    pub(crate) fn not_told(why: impl Into<String>) -> Self {
        Self::new("not told in time", why)
    }
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

/// A run in one line: `11 disabled, 1 skipped (became active)`.
pub(crate) fn summary(
    action: Action,
    outcomes: impl Iterator<Item = (Outcome, Option<&'static str>)> + Clone,
) -> String {
    let counts = OutcomeCounts::of(outcomes.clone().map(|(outcome, _)| outcome));
    let mut text = format!("{} {}", number(counts.applied), Outcome::Applied.in_words(action));
    if counts.skipped > 0 {
        text.push_str(&format!(", {} skipped", number(counts.skipped)));
        text.push_str(&skipped_as(outcomes.filter_map(|(_, brief)| brief)));
    }
    for (count, outcome) in [(counts.refused, Outcome::Refused), (counts.failed, Outcome::Failed)] {
        if count > 0 {
            text.push_str(&format!(", {} {outcome}", number(count)));
        }
    }
    text
}

/// The causes in brackets, each with its number where there are several.
fn skipped_as(briefs: impl Iterator<Item = &'static str>) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for brief in briefs {
        match counted.iter_mut().find(|(known, _)| *known == brief) {
            Some((_, count)) => *count += 1,
            None => counted.push((brief, 1)),
        }
    }
    match counted.as_slice() {
        [] => String::new(),
        [(brief, _)] => format!(" ({brief})"),
        several => {
            let each: Vec<_> = several
                .iter()
                .map(|(brief, count)| format!("{} {brief}", number(*count)))
                .collect();
            format!(" ({})", each.join(", "))
        }
    }
}

fn number(count: usize) -> String {
    thousands(count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_summed_up_in_the_words_of_its_action() {
        let of = |action, outcomes: &[(Outcome, Option<&'static str>)]| {
            summary(action, outcomes.iter().copied())
        };
        let skipped = |brief| (Outcome::Skipped, Some(brief));
        assert_eq!(of(Action::Disable, &[]), "0 disabled");
        let mut outcomes = vec![(Outcome::Applied, None); 1011];
        outcomes.push(skipped("became active"));
        assert_eq!(of(Action::Disable, &outcomes), "1,011 disabled, 1 skipped (became active)");
        outcomes.extend([skipped("already disabled"), skipped("became active")]);
        outcomes.extend([(Outcome::Failed, None), (Outcome::Refused, None)]);
        assert_eq!(
            of(Action::Enable, &outcomes),
            "1,011 enabled, 3 skipped (2 became active, 1 already disabled), 1 refused, 1 failed"
        );
    }
}
