//! What was done and by which runs, as the pack has it.

use serde::Serialize;

use crate::domain::history::Finding;
use crate::report::pack::{At, Interval};

/// One action: its intent, outcome and corroboration.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    /// The run that meant it.
    pub run_id: i64,
    /// The decision acted on.
    pub decision_id: Option<i64>,
    /// Whom it is about.
    pub account_id: String,
    /// Address at the time.
    pub email: String,
    /// Disable or enable.
    pub action: &'static str,
    /// When it was announced; none where it was skipped before that.
    pub intent_at: Option<At>,
    /// When its newest outcome was written.
    pub outcome_at: Option<At>,
    /// How it stands; none while it is open.
    pub outcome: Option<&'static str>,
    /// What happened, in words.
    pub detail: String,
    /// Account of the key used.
    pub actor: String,
    /// Address of that account, where the store knows it.
    pub actor_email: Option<String>,
    /// Status read before.
    pub status_before: Option<&'static str>,
    /// Status read after.
    pub status_after: Option<&'static str>,
    /// Status of the portal's answer.
    pub http_status: Option<u16>,
    /// The portal's own audit event for the change.
    pub portal_event_id: Option<i64>,
    /// Days from the threshold to the disabling.
    pub days_over_threshold: Option<i64>,
    /// Newest history row that says so.
    pub history_seq: i64,
}

/// An exemption of the policy.
#[derive(Debug, Clone, Serialize)]
pub struct Exemption {
    /// Whom it spares.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day.
    pub expires: Option<String>,
    /// Whether it held at the moment decided.
    pub in_force: bool,
}

/// A run.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// Number.
    pub id: i64,
    /// Command.
    pub command: &'static str,
    /// Start.
    pub started_at: At,
    /// End; none while it runs, or where it was killed.
    pub finished_at: Option<At>,
    /// Exit code; none as above.
    pub exit_code: Option<u8>,
    /// The decision made or acted on.
    pub decision_id: Option<i64>,
    /// Operating system user and host.
    pub actor: String,
    /// One-shot flags.
    pub overrides: String,
    /// What came of it.
    pub detail: String,
}

/// A pull of evidence.
#[derive(Debug, Clone, Serialize)]
pub struct Sync {
    /// Number.
    pub id: i64,
    /// The run that made it.
    pub run_id: i64,
    /// Start.
    pub started_at: At,
    /// End.
    pub finished_at: Option<At>,
    /// How it ended.
    pub status: &'static str,
    /// Why it did not complete.
    pub reason: String,
    /// New login events.
    pub events_added: i64,
    /// Distinct accounts listed.
    pub accounts_seen: i64,
    /// Accounts under review.
    pub contractors_seen: i64,
    /// Requests sent.
    pub requests: i64,
    /// What was covered after it.
    pub coverage: Option<Interval>,
    /// The server's version.
    pub server_version: Option<String>,
    /// Days for which the portal kept login events.
    pub retention_days: Option<u32>,
    /// Minutes that a session could live.
    pub session_minutes: Option<u32>,
}

/// The record of actions as a whole, whatever the scope.
#[derive(Debug, Serialize)]
pub struct Chain {
    /// Rows.
    pub entries: u64,
    /// Number of the newest row; 0 for none.
    pub head_seq: i64,
    /// Its hash.
    pub head_hash: String,
    /// What its check found; nothing where it is whole.
    pub findings: Vec<Finding>,
}
