//! A notice as the history tells of it: what its detail holds, and whether it may be sent again.

use std::{borrow::Cow, collections::HashMap, fmt};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        account::{AccountId, email_key, named},
        history::{Action, Outcome},
        notices::DueNotice,
    },
    time::{Timestamp, date_text},
};

named! {
    /// Why somebody is told.
    Role {
        /// It is their own account.
        Account = "account",
        /// They invited it.
        Inviter = "inviter",
        /// The configuration names their address.
        Fixed = "fixed",
        /// A program: it proves nothing about a person.
        Webhook = "webhook",
    }
}

named! {
    /// What the server made of a notice.
    Receipt {
        Accepted = "accepted",
        /// Surely not accepted; the next run tries again.
        Deferred = "deferred",
        /// For good.
        Refused = "refused",
        /// It may have been accepted: never tried again by itself.
        Unproven = "unproven",
    }
}

impl Receipt {
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Accepted => Outcome::Applied,
            Self::Refused => Outcome::Refused,
            Self::Deferred | Self::Unproven => Outcome::Failed,
        }
    }

    /// Whether the same notice is never sent again.
    pub(super) fn is_final(self) -> bool {
        match self {
            Self::Accepted | Self::Refused | Self::Unproven => true,
            Self::Deferred => false,
        }
    }
}

/// The detail of a row of the history about a notice: compact JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeDetail {
    pub stage: u32,
    /// An address, or a webhook's URL without query and credentials.
    pub recipient: String,
    pub role: Role,
    pub stretch: Timestamp,
    /// The date that the notice names.
    #[serde(with = "date_text")]
    pub not_before: NaiveDate,
    /// Of the evaluation by which the account was chosen.
    pub digest: String,
    /// None where nothing was sent.
    pub message_id: Option<String>,
    /// None in an intent, and where nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Receipt>,
    /// What the server said, or why nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
}

impl NoticeDetail {
    /// None for what is no notice.
    #[must_use]
    pub fn from_json(detail: &str) -> Option<Self> {
        serde_json::from_str(detail).ok()
    }

    /// As it stands in the history.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// In words, for lists.
impl fmt::Display for NoticeDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, recipient, not_before, delivery, reply, .. } = self;
        write!(f, "{stage} days before, to {recipient}, not before {not_before}")?;
        if let Some(receipt) = delivery {
            write!(f, ": {receipt}")?;
        }
        match reply {
            Some(reply) => write!(f, ": {reply}"),
            None => Ok(()),
        }
    }
}

/// The detail of a row of the history for people.
#[must_use]
pub fn in_words<'a>(action: &str, detail: &'a str) -> Cow<'a, str> {
    let notice = || NoticeDetail::from_json(detail);
    match (action == Action::Notify.as_str()).then(notice).flatten() {
        Some(notice) => Cow::Owned(notice.to_string()),
        None => Cow::Borrowed(detail),
    }
}

/// A notice as the history tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentNotice {
    pub account_id: AccountId,
    pub run_id: i64,
    /// When its last row was written.
    pub at: Timestamp,
    pub detail: NoticeDetail,
}

impl SentNotice {
    /// What the server made of it.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        // An intent whose run was killed.
        self.detail.delivery.unwrap_or(Receipt::Unproven)
    }

    pub(super) fn is_to(&self, recipient: &str) -> bool {
        email_key(&self.detail.recipient) == email_key(recipient)
    }
}

/// What was sent about each account, oldest first.
#[derive(Debug, Clone, Default)]
pub struct SentNotices(HashMap<AccountId, Vec<SentNotice>>);

impl SentNotices {
    /// Those about one account.
    #[must_use]
    pub fn about(&self, account: AccountId) -> &[SentNotice] {
        self.0.get(&account).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn about_mut(&mut self, account: AccountId) -> &mut Vec<SentNotice> {
        self.0.entry(account).or_default()
    }
}

/// Whether the notice, or a later stage of its stretch, was sent to this recipient once and for all.
#[must_use]
pub fn is_sent(sent: &[SentNotice], due: &DueNotice, recipient: &str) -> bool {
    sent.iter().any(|notice| {
        notice.detail.stretch == due.stretch
            && notice.detail.stage <= due.stage
            && notice.is_to(recipient)
            && notice.receipt().is_final()
    })
}
