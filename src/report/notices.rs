//! Notices in the report: a line for each account and recipient of a message.

use crate::{
    domain::{
        account::AccountId,
        history::Outcome,
        notices::{Receipt, Role},
    },
    output::rows::row,
    time::Timestamp,
};

row! {
    pub(crate) struct NoticeLine {
        pub(crate) run_id: i64,
        pub(crate) account_id: AccountId,
        pub(crate) email: String,
        /// Days before the account becomes inactive.
        pub(crate) stage: u32,
        /// An address, or a webhook's URL without query and credentials.
        pub(crate) recipient: String,
        pub(crate) role: Role,
        /// The date that it names, `YYYY-MM-DD`.
        pub(crate) not_before: String,
        /// None where nothing was to be sent.
        pub(crate) intent_at: Option<Timestamp>,
        /// None while it is open.
        pub(crate) outcome_at: Option<Timestamp>,
        pub(crate) outcome: Option<Outcome>,
        /// What the server made of it.
        pub(crate) delivery: Option<Receipt>,
        /// What the server said, or why nothing was sent.
        pub(crate) detail: String,
        /// Of the message; accounts of one message share it.
        pub(crate) message_id: Option<String>,
        /// The newest row about it.
        pub(crate) history_seq: i64,
    }
}

/// How a notice stands, in one word each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeEnd {
    Accepted,
    Deferred,
    Refused,
    Unproven,
    Skipped,
    Open,
}

impl NoticeEnd {
    pub(crate) const ALL: [Self; 6] =
        [Self::Accepted, Self::Deferred, Self::Refused, Self::Unproven, Self::Skipped, Self::Open];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::Unproven => "unproven",
            Self::Skipped => "skipped",
            Self::Open => "open",
        }
    }

    /// Whether a reviewer should look at it: somebody was to be told and may not have been.
    pub(crate) fn is_exception(self) -> bool {
        match self {
            Self::Accepted | Self::Skipped => false,
            Self::Deferred | Self::Refused | Self::Unproven | Self::Open => true,
        }
    }
}

impl NoticeLine {
    pub(crate) fn end(&self) -> NoticeEnd {
        match (self.delivery, self.outcome) {
            (Some(Receipt::Accepted), _) => NoticeEnd::Accepted,
            (Some(Receipt::Deferred), _) => NoticeEnd::Deferred,
            (Some(Receipt::Refused), _) => NoticeEnd::Refused,
            (Some(Receipt::Unproven), _) => NoticeEnd::Unproven,
            (None, Some(_)) => NoticeEnd::Skipped,
            (None, None) => NoticeEnd::Open,
        }
    }
}
