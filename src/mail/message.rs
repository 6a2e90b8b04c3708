//! What a notice says, before any template has put it into words. Templates and the webhook see these
//! fields under these names.

use chrono::NaiveDate;
use serde::Serialize;

use crate::time::{Timestamp, date_text};

/// One message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// One address; for a webhook its URL without query and credentials.
    pub recipient: String,
    pub role: Role,
    /// Base URL.
    pub portal: String,
    /// One where the account's own person is told, any number where others are.
    pub accounts: Vec<NoticeAccount>,
    pub threshold_days: u32,
    /// `<…@dormouse>`.
    pub message_id: String,
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is their own account.
    Account,
    /// They invited the accounts.
    Inviter,
    /// The configuration names their address.
    Fixed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeAccount {
    pub account_id: String,
    pub email: String,
    pub display_name: String,
    pub kind: String,
    pub last_activity_at: Option<Timestamp>,
    pub idle_days: i64,
    /// The date from which the account may be disabled.
    #[serde(serialize_with = "date_text::serialize")]
    pub not_before: NaiveDate,
    /// The entry of `before_days` that this notice is for.
    pub stage_days: u32,
}
