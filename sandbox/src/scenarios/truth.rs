//! What is true of a generated account, whatever the portal shows.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::world::{Kind, Status};

/// Why an account is in the scenario.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Truth {
    /// Logged in within the last 28 days.
    Active,
    /// Last log-in 32 to 170 days ago.
    Idle,
    /// Last log-in so long ago that the portal no longer has it.
    LongGone,
    /// Accepted an invitation months ago, no event at all.
    NeverLoggedIn,
    /// Nothing but failed attempts, under the address of the account.
    OnlyFailures,
    /// Invited within the last days, not accepted.
    JustInvited,
    /// Invited months ago, not accepted.
    OldInvitation,
    /// Old log-ins, but audited actions until recently: a long session.
    AuditOnly,
    /// Old log-ins, but one of the account's keys was used recently.
    KeyOnly,
    /// Recent logout without a recent log-in: the session's end.
    PresenceOnly,
    /// Managed in LDAP and idle.
    Ldap,
    /// Logs in by SAML and is idle.
    Sso,
    /// Disabled already.
    Disabled,
    /// Registered a short time ago and active since.
    Newcomer,
    /// Last log-in on a day that the portal did not record.
    Unrecorded,
    /// The owner.
    Owner,
    /// A DocSpace admin.
    Admin,
    /// Any other member of the staff.
    Staff,
}

/// Where the last real activity can be seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A success in the login history.
    Login,
    /// A logout or session event there.
    Presence,
    /// The audit trail.
    Audit,
    /// `lastUsed` of a key.
    ApiKey,
}

/// One generated account.
#[derive(Clone, Debug)]
pub struct TruthRow {
    /// The account.
    pub account_id: Uuid,
    /// Its address.
    pub email: String,
    /// Its kind.
    pub kind: Kind,
    /// Its status at the start.
    pub status: Status,
    /// Why it is there.
    pub truth: Truth,
    /// Registration, or invitation.
    pub registered: DateTime<Utc>,
    /// The last thing the person did, to the second; the portal may have lost it.
    pub last_activity: Option<DateTime<Utc>>,
    /// Where that would be seen.
    pub source: Option<Source>,
    /// The last success in the login history.
    pub last_login: Option<DateTime<Utc>>,
}

impl TruthRow {
    /// Is this an account that a review of all guests should disable at `as_of`? Nothing was done
    /// with it, and it was not registered, within the last `days`; and nothing protects it.
    pub fn should_be_disabled(&self, as_of: DateTime<Utc>, days: i64) -> bool {
        let protected = matches!(self.truth, Truth::Ldap | Truth::Owner | Truth::Admin);
        let newest = self.last_activity.unwrap_or(self.registered).max(self.registered);
        self.kind == Kind::Guest
            && self.status != Status::Terminated
            && !protected
            && as_of - newest >= TimeDelta::days(days)
    }
}
