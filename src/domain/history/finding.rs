//! What a check of the history is given besides its rows, and what it finds.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::domain::history::{Action, Entry};
use crate::{
    domain::account::{AccountId, named},
    time::Timestamp,
};

named! {
    /// What was checked.
    Check {
        /// Places from 1, without gaps.
        Sequence = "sequence",
        /// Each row names the hash of the one before.
        Link = "link",
        /// Each hash is that of its row.
        Hash = "hash",
        /// Values are such as our code writes.
        Value = "value",
        /// The run is there and was one that acts.
        Run = "run",
        /// Outcomes follow intents.
        Pairing = "pairing",
        /// The decision is there with the digest that the intent cites.
        Digest = "digest",
        /// The decision calls the account inactive.
        Verdict = "verdict",
        /// Changes by the key's account in the portal's audit trail are recorded.
        Unrecorded = "unrecorded",
        /// The portal's audit trail shows the changes that are recorded.
        Unshown = "unshown",
        /// The history still begins as it did when its head was kept.
        Head = "head",
        /// Tables and triggers are those of dormouse.
        Schema = "schema",
    }
}

impl Check {
    /// Whether `history acknowledge` resolves it: the record is whole, and a person can tell the rest.
    #[must_use]
    pub fn is_explained_by_people(self) -> bool {
        match self {
            Self::Unrecorded | Self::Unshown => true,
            Self::Sequence
            | Self::Link
            | Self::Hash
            | Self::Value
            | Self::Run
            | Self::Pairing
            | Self::Digest
            | Self::Verdict
            | Self::Head
            | Self::Schema => false,
        }
    }
}

/// Something that should not be so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// The row; none where it is about what is not there.
    pub seq: Option<i64>,
    /// What is wrong.
    pub message: String,
}

/// An intent whose outcome is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenIntent {
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
    pub run_id: i64,
    pub account_id: AccountId,
    /// Address at the time.
    pub email: String,
    pub action: Action,
}

impl OpenIntent {
    pub(super) fn of(Entry { seq, draft, .. }: &Entry) -> Self {
        Self {
            seq: *seq,
            at: draft.at,
            run_id: draft.run_id,
            account_id: draft.account_id,
            email: draft.email.clone(),
            action: draft.action,
        }
    }
}

/// A change of an account's status in the portal's audit trail, made by a key's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChange {
    /// The portal's id.
    pub event_id: i64,
    /// When, by the portal's clock.
    pub at: Timestamp,
    /// Whose status.
    pub account_id: AccountId,
    /// Address of the account; its id where none is known.
    pub email: String,
    /// Who made it: the account of a key that dormouse used.
    pub actor: String,
    pub actor_email: String,
    /// How many accounts the event names; dormouse changes one at a time.
    pub targets: i64,
}

/// What the rest of the store holds against the history.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Command of each run.
    pub runs: HashMap<i64, String>,
    /// Digest of each decision.
    pub digests: HashMap<i64, String>,
    /// Places of intents to disable whose decision does not call the account inactive.
    pub unjudged: HashSet<i64>,
    /// Changes by the accounts of the keys used.
    pub changes: Vec<OwnChange>,
    /// How far the portal's audit trail was read, by the portal's clock.
    pub trail_read_to: Option<Timestamp>,
    /// Tables and triggers that are missing, changed or not ours, in words.
    pub schema: Vec<String>,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Rows read.
    pub rows: u64,
    /// Place and hash of the newest row as stored; 0 and 64 zeros where there is none.
    pub head: (i64, String),
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is not finished.
    pub open: Vec<OpenIntent>,
}
