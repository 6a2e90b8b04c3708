//! The audit trail: what people did, newest first, filtered before it is paged.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// One audited action.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// Given by the portal.
    pub id: i32,
    /// When; rounded as the database rounds.
    pub at: DateTime<Utc>,
    /// Who acted.
    pub user_id: Uuid,
    /// Name of who acted; filled in by the portal when empty.
    pub user: String,
    /// `actionId`.
    pub code: u16,
    /// Localised text.
    pub action: String,
    /// Address of who acted.
    pub ip: String,
    /// Absent without a User-Agent.
    pub browser: Option<String>,
    /// Absent without a User-Agent.
    pub platform: Option<String>,
    /// Request or referrer.
    pub page: String,
    /// Kind of action (2 is an update).
    pub action_type: i32,
    /// Product (8 is people).
    pub product: i32,
    /// What was acted on.
    pub target: Vec<String>,
    /// Types of what was acted on (23 is a user).
    pub entries: Vec<i32>,
    /// Free text.
    pub context: String,
}

impl AuditEvent {
    /// An action by somebody, with plain defaults for the rest.
    pub fn new(user_id: Uuid, code: u16, at: DateTime<Utc>) -> Self {
        let (action, action_type, product) = match code {
            4006 => ("User. Updated profile", 2, 8),
            4020 => ("Users. Updated Status", 2, 8),
            5054 => ("File. Opened for editing", 16, 1),
            5064 => ("File. Read", 16, 1),
            6032 => ("Cookie settings. Updated", 2, 4),
            9901..=9909 => ("OAuth", 2, 4),
            _ => ("Action", 2, 1),
        };
        Self {
            id: 0,
            at,
            user_id,
            user: String::new(),
            code,
            action: action.to_owned(),
            ip: "203.0.113.7".to_owned(),
            browser: Some("Chrome 131".to_owned()),
            platform: Some("Windows 10".to_owned()),
            page: "https://portal.example.com/rooms/shared".to_owned(),
            action_type,
            product,
            target: Vec::new(),
            entries: Vec::new(),
            context: String::new(),
        }
    }

    /// Sets what was acted on.
    #[must_use]
    pub fn target(mut self, target: &[Uuid]) -> Self {
        self.target = target.iter().map(Uuid::to_string).collect();
        self.entries = vec![23; usize::from(!target.is_empty())];
        self
    }
}

/// The filters of `audit/events/filter`, all of which must hold.
#[derive(Default, Debug)]
pub(crate) struct AuditFilter {
    pub(crate) user_id: Option<Uuid>,
    pub(crate) action: Option<u16>,
    pub(crate) action_type: Option<i32>,
    pub(crate) entry_type: Option<i32>,
    pub(crate) target: Option<String>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    pub(crate) fn admits(&self, event: &AuditEvent) -> bool {
        fn same<T: PartialEq>(wanted: &Option<T>, have: &T) -> bool {
            wanted.as_ref().is_none_or(|wanted| wanted == have)
        }
        same(&self.user_id, &event.user_id)
            && same(&self.action, &event.code)
            && same(&self.action_type, &event.action_type)
            && self.entry_type.is_none_or(|entry| event.entries.contains(&entry))
            && self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at <= to)
            && self.admits_target(event)
    }

    /// Without `action` or `entryType` the server forgets the target altogether.
    fn admits_target(&self, event: &AuditEvent) -> bool {
        let Some(wanted) = &self.target else { return true };
        let stored = event.target.join(",");
        if self.action.is_some() {
            stored == *wanted
        } else if self.entry_type.is_some() {
            stored.contains(wanted.as_str())
        } else {
            true
        }
    }
}
