//! Notices: who is due for one, and who was told. A stretch of idleness is named by the moment it began;
//! a later sign of life, or a clock that restarts, ends it and voids every notice about it.

mod record;
mod standing;
mod told;

use chrono::NaiveDate;

pub use crate::domain::notices::{
    record::{NoticeDetail, Receipt, Role, SentNotice, SentNotices, in_words, is_sent},
    standing::{NoticeStanding, standing},
    told::Told,
};
use crate::{
    domain::{
        evidence::Evidence,
        policy::{Policy, Signals},
        verdict::{Verdict, first_inactive, judge},
    },
    time::Timestamp,
};

/// When notices are due, and how long before a disabling somebody must have been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRules {
    /// Stages: days before the account becomes inactive, the largest first.
    pub before_days: Vec<u32>,
    pub min_notice_days: u32,
    /// Whether `apply` skips accounts that were not told in time.
    pub required: bool,
}

impl NoticeRules {
    /// The earliest stage.
    #[must_use]
    pub fn largest(&self) -> u32 {
        self.before_days.iter().copied().max().unwrap_or(0)
    }
}

/// A notice that is due about one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueNotice {
    /// When the account became idle.
    pub stretch: Timestamp,
    /// When it becomes, or became, inactive.
    pub inactive_at: Timestamp,
    /// The latest stage that is due; earlier ones are void.
    pub stage: u32,
}

impl DueNotice {
    /// The first day on which the account may be disabled, if its notice is sent at `now`.
    #[must_use]
    pub fn not_before(&self, rules: &NoticeRules, now: Timestamp) -> NaiveDate {
        self.inactive_at.max(now.days_after(rules.min_notice_days)).date_naive()
    }
}

/// When the account became idle; none while its age is unknown.
#[must_use]
pub fn stretch(evidence: &Evidence) -> Option<Timestamp> {
    let start = evidence.clock_start()?;
    Some(evidence.last_activity.map_or(start, |activity| activity.at.max(start)))
}

/// The notice that is due at `as_of`: about nobody who is exempt, disabled or undetermined, also
/// because the audit trail was not asked, and nobody who has longer than the earliest stage.
#[must_use]
pub fn due(
    rules: &NoticeRules,
    policy: &Policy,
    evidence: &Evidence,
    as_of: Timestamp,
) -> Option<DueNotice> {
    let is_checked = match policy.signals {
        Signals::Logins => true,
        Signals::LoginsAndAudit => evidence.checked_at.is_some_and(|at| at >= as_of),
    };
    match judge(policy, evidence, as_of).verdict() {
        Verdict::Active | Verdict::Inactive if is_checked => {}
        Verdict::Active
        | Verdict::Inactive
        | Verdict::Exempt
        | Verdict::Disabled
        | Verdict::Undetermined => return None,
    }
    let inactive_at = first_inactive(policy, evidence)?;
    let is_due = |stage: &u32| inactive_at <= as_of.days_after(*stage);
    let stage = rules.before_days.iter().copied().filter(is_due).min()?;
    Some(DueNotice { stretch: stretch(evidence)?, inactive_at, stage })
}
