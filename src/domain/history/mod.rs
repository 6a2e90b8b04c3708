//! History entries and the hash chain that makes a change to any of them visible.

mod check;
mod finding;
mod ledger;
mod row;

use chrono::TimeDelta;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use crate::domain::history::{
    check::Checker,
    finding::{Check, Finding, OpenIntent, OwnChange, Surroundings, Verified},
    ledger::{Attempt, Ledger, Pair},
    row::{COLUMNS, Row, Value},
};
use crate::{
    domain::account::{AccountId, Status, named},
    time::{MAX_CLOCK_SKEW, Timestamp},
};

named! {
    /// What was to be done to an account.
    Action {
        Disable = "disable",
        Enable = "enable",
        /// Somebody is told about it; the portal changes nothing.
        Notify = "notify",
    }
}

impl Action {
    /// Whether an account in this status is where the action wants it. A person disabled while
    /// invited goes back to being invited.
    #[must_use]
    pub fn is_reached(self, status: Status) -> bool {
        match (self, status) {
            (Self::Disable, Status::Disabled)
            | (Self::Enable, Status::Active | Status::Pending) => true,
            (Self::Disable, Status::Active | Status::Pending | Status::Unknown)
            | (Self::Enable, Status::Disabled | Status::Unknown)
            | (Self::Notify, _) => false,
        }
    }
}

impl Outcome {
    /// The word for people: `disabled` says more than `applied`.
    #[must_use]
    pub fn in_words(self, action: Action) -> &'static str {
        match (self, action) {
            (Self::Applied, Action::Disable) => "disabled",
            (Self::Applied, Action::Enable) => "enabled",
            (Self::Applied, Action::Notify) => "told",
            (Self::Skipped | Self::Refused | Self::Failed, _) => self.as_str(),
        }
    }
}

named! {
    /// Which part of an action an entry records.
    Phase {
        /// Committed before the request leaves.
        Intent = "intent",
        /// Appended once the result is known.
        Outcome = "outcome",
        /// The portal's own audit event for the change.
        Corroboration = "corroboration",
        /// A person explains what no row accounts for, or what the audit trail never showed.
        Acknowledgement = "acknowledgement",
    }
}

named! {
    /// How an action ended.
    Outcome {
        /// The account was shown in the wanted status, by our doing.
        Applied = "applied",
        /// Nothing was sent, or somebody else had done it.
        Skipped = "skipped",
        /// The portal declined.
        Refused = "refused",
        /// Unproven.
        Failed = "failed",
    }
}

/// The portal's audit trail may date a change of ours so long before its intent, by another clock, and
/// so long after its outcome: it reports the hour that is repeated when DST ends an hour late.
pub const SHOWN_BEFORE: TimeDelta = TimeDelta::minutes(10);
pub const SHOWN_AFTER: TimeDelta = TimeDelta::hours(3);

/// How far off the trail reports that hour, by release late or early.
pub const TOLD_OFF: TimeDelta = TimeDelta::hours(1);

/// The latest date of an event that a row written at `written` can name. A portal that was restored gives
/// ids again: an event of a later date is another one, whatever its id.
#[must_use]
pub fn names_until(written: Timestamp) -> Timestamp {
    written + TOLD_OFF + MAX_CLOCK_SKEW
}

/// How long a slow portal may still be working on a call, and on its entry in the audit trail.
pub const IN_DOUBT: TimeDelta = TimeDelta::minutes(2);

/// The `prev_hash` of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the detail of a row says about which notice it is, beside much else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct NoticeKey {
    /// Days before the account becomes inactive.
    pub stage: u32,
    pub recipient: String,
}

/// An entry before it takes its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When it was written, by this machine's clock.
    pub at: Timestamp,
    pub run_id: i64,
    /// The decision acted on.
    pub decision_id: Option<i64>,
    pub account_id: AccountId,
    /// Address at the time.
    pub email: String,
    pub action: Action,
    pub phase: Phase,
    /// How it ended, for outcomes only.
    pub outcome: Option<Outcome>,
    /// What happened, in words.
    pub detail: String,
    /// Account of the key used.
    pub actor: String,
    /// Status read before.
    pub status_before: Option<Status>,
    /// Status read after.
    pub status_after: Option<Status>,
    /// Status of the portal's answer.
    pub http_status: Option<u16>,
    /// The portal's audit event.
    pub portal_event_id: Option<i64>,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place in the chain, from 1, without gaps.
    pub seq: i64,
    pub draft: Draft,
    /// Hash of the entry before.
    pub prev_hash: String,
    pub hash: String,
}

impl Draft {
    /// Whether the row names this event of the audit trail.
    pub(crate) fn names(&self, event_id: i64, at: Timestamp) -> bool {
        self.portal_event_id == Some(event_id) && at <= names_until(self.at)
    }

    /// Which notice the row is about; none for changes of accounts.
    #[must_use]
    pub fn notice(&self) -> Option<NoticeKey> {
        match self.action {
            Action::Notify => serde_json::from_str(&self.detail).ok(),
            Action::Disable | Action::Enable => None,
        }
    }
}

impl Entry {
    /// Puts a draft after the entry with `prev_hash`.
    #[must_use]
    pub fn seal(seq: i64, draft: Draft, prev_hash: String) -> Self {
        let hash = Row::of(seq, &draft, &prev_hash, "").digest();
        Self { seq, draft, prev_hash, hash }
    }

    /// True where the stored hash is the hash of what is stored.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        Row::from(self).digest() == self.hash
    }
}

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
