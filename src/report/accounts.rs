//! The accounts of a report: how each was judged, how it stands now, why it is still enabled although it
//! reached the threshold, and when it would become inactive.

use std::cmp::Reverse;

use serde::Serialize;

use crate::{
    domain::{
        account::{AccountId, Kind},
        evidence::Source,
        history::{Action as Wanted, Outcome},
        verdict::{Reason, Verdict},
    },
    output::rows::row,
    report::AuditReport,
    time::Timestamp,
};

/// How far ahead a report says who becomes inactive.
pub(crate) const DUE_DAYS: u32 = 14;

impl AuditReport {
    /// Accounts that reached the threshold and are still enabled, longest idle first.
    pub(crate) fn still_enabled(&self) -> Vec<&Account> {
        let mut accounts: Vec<_> =
            self.accounts.iter().filter(|a| a.still_enabled.is_some()).collect();
        accounts.sort_by_key(|a| (Reverse(a.idle_days), &a.email));
        accounts
    }

    /// Accounts that cross the threshold within [`DUE_DAYS`] of the moment decided, the earliest first.
    pub(crate) fn due(&self) -> Vec<&Account> {
        let Some(as_of) = self.decision.as_ref().map(|d| d.as_of) else { return Vec::new() };
        let within = |at: Timestamp| at > as_of && at <= as_of.days_after(DUE_DAYS);
        let is_due = |a: &&Account| a.inactive_from.is_some_and(within);
        let mut accounts: Vec<_> = self.accounts.iter().filter(is_due).collect();
        accounts.sort_by_key(|a| (a.inactive_from, &a.email));
        accounts
    }
}

row! {
    /// One verdict, and what was done since.
    pub(crate) struct Account {
        pub(crate) account_id: AccountId,
        pub(crate) email: String,
        pub(crate) display_name: String,
        pub(crate) kind: Kind,
        pub(crate) registered_at: Option<Timestamp>,
        pub(crate) verdict: Verdict,
        pub(crate) reason: Reason,
        pub(crate) last_activity_at: Option<Timestamp>,
        pub(crate) last_activity_source: Option<Source>,
        pub(crate) last_event_id: Option<i64>,
        pub(crate) idle_days: Option<u32>,
        /// The last action since the decision, within the scope.
        pub(crate) action: Option<Wanted>,
        /// How that ended; none while it is open.
        pub(crate) outcome: Option<Outcome>,
        pub(crate) standing: Standing,
        /// Why it is still enabled although it reached the threshold; none where that is not so.
        pub(crate) still_enabled: Option<StillEnabled>,
        pub(crate) still_enabled_detail: String,
        /// When it becomes inactive, or became so, if nothing happens; none where it never will.
        pub(crate) inactive_from: Option<Timestamp>,
    }
}

/// How an account stands now, as far as the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Enabled,
    Disabled,
    /// Disabled by dormouse since the decision, and enabled again by dormouse or someone else.
    EnabledAgain,
    NotOnPortal,
}

/// Why an account that reached the threshold is still enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StillEnabled {
    Exempt,
    EnabledAgain,
    /// Looked at again before the call, and left alone.
    Skipped,
    /// The portal declined.
    Refused,
    /// The result is not proven.
    Failed,
    /// No result is known yet.
    Open,
    /// `apply` was stopped by a brake.
    Braked,
    /// The person who ran `apply` said no.
    Declined,
    /// `apply` ran and ended before this account, or did not choose it.
    NotReached,
    /// No `apply` followed the decision.
    NotApplied,
    /// Decisions about the past are never applied.
    Historical,
}
