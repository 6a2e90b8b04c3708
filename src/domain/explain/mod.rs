//! Why an account has its verdict: the rules one by one, with the facts that each was tested on.
//! The rules are those of `verdict`, not a second copy, so explanation and verdict cannot differ.

mod words;

pub(crate) use words::conclusion;
pub use words::message;

use crate::{
    domain::{
        account::named,
        evidence::Evidence,
        policy::Policy,
        population::RosterRow,
        verdict::{RULES, Reason, first_inactive, judge},
    },
    time::Timestamp,
};

named! {
    /// What became of a rule.
    StepOutcome {
        /// It did not hold; the next one is tested.
        Passed = "passed",
        /// It held and gives the verdict.
        Decides = "decides",
    }
}

/// One rule that was tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The rule, named by the reason that it gives.
    pub rule: Reason,
    /// Whether it held.
    pub outcome: StepOutcome,
    /// The facts that it was tested on.
    pub sentence: String,
}

/// The way to a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The rules tested, in order; the last one decides.
    pub steps: Vec<Step>,
    /// The verdict's reason.
    pub reason: Reason,
    /// Its arithmetic, in the words used wherever the reason is shown.
    pub message: String,
    /// When it will be, or became, inactive if nothing more happens; `None` for never.
    pub first_inactive: Option<Timestamp>,
}

/// Explains the verdict on one account.
#[must_use]
pub fn explain(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> Explanation {
    let reason = judge(policy, evidence, as_of);
    let message = message(reason, policy, evidence, as_of);
    let mut steps: Vec<Step> = RULES
        .into_iter()
        .take_while(|rule| *rule != reason)
        .map(|rule| Step {
            rule,
            outcome: StepOutcome::Passed,
            sentence: words::passed(rule, policy, evidence, as_of),
        })
        .collect();
    steps.push(Step { rule: reason, outcome: StepOutcome::Decides, sentence: message.clone() });
    Explanation { steps, reason, message, first_inactive: first_inactive(policy, evidence) }
}

/// The message of `not_on_portal`, for which there is no evidence but the roster's row.
#[must_use]
pub fn not_on_portal(row: &RosterRow) -> String {
    let id = row.id.as_deref().unwrap_or_default();
    format!("{} line {} names id {id}, which is not an account on this portal", row.file, row.line)
}
