//! What is known of one account at one moment, with the source of each fact.

use crate::{
    domain::{
        account::{Account, named},
        coverage::Coverage,
        login::{EventClass, LoginEvent},
        recorded::LowerBound,
        trail::TrailProof,
    },
    time::Timestamp,
};

named! {
    /// Which record shows the activity. Of two at the same moment the earlier named here is cited.
    Source {
        Login = "login",
        Presence = "presence",
        Other = "other",
        Audit = "audit",
        ApiKey = "api_key",
    }
}

impl Source {
    /// The source that a login event of this class is; none for a failed login, which proves nothing. Queries
    /// leave failed logins out by the same class, `events.class` (`login::class_of`).
    #[must_use]
    pub fn of(class: EventClass) -> Option<Self> {
        match class {
            EventClass::Login => Some(Self::Login),
            EventClass::Presence => Some(Self::Presence),
            EventClass::Other => Some(Self::Other),
            EventClass::Failure => None,
        }
    }
}

/// A proof that the person behind the account was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    pub at: Timestamp,
    pub source: Source,
    /// The portal's id of that record; API keys have none.
    pub event_id: Option<i64>,
}

impl Activity {
    /// What a login event proves; none for a failure.
    #[must_use]
    pub fn of(event: &LoginEvent) -> Option<Self> {
        let source = Source::of(event.class())?;
        Some(Self { at: event.at, source, event_id: Some(event.id) })
    }

    /// The newer of two; at the same moment the stronger source, then the higher id, so that order
    /// of reading never shows.
    #[must_use]
    pub fn newer(self, other: Self) -> Self {
        let rank = |a: &Self| (a.at, std::cmp::Reverse(a.source), a.event_id);
        if rank(&other) > rank(&self) { other } else { self }
    }
}

named! {
    /// Why an account's clock restarted later than its registration.
    RestartCause {
        /// A listing showed it active after one, or an action of ours, that showed it otherwise.
        SeenActive = "seen_active",
        /// The portal's audit trail names it in a status change, and it is active now.
        StatusChange = "status_change",
        /// Our own `enable`.
        Enabled = "enabled",
        /// The portal had lost a part of its past and its record began again.
        RecordBegan = "record_began",
    }
}

/// The latest moment at which the account's clock restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    pub at: Timestamp,
    pub cause: RestartCause,
}

/// The newest of many; their order and repetitions never show.
pub fn newest(activities: impl IntoIterator<Item = Activity>) -> Option<Activity> {
    activities.into_iter().reduce(Activity::newer)
}

/// Whether the account stands for exactly one member of the population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Unique,
    /// The roster names it in a way that could mean somebody else.
    Ambiguous,
}

/// Whether the key in use is this account's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOwner {
    /// Never disabled: dormouse would lose its own access.
    Own,
    Other,
}

/// Everything that the verdict on one account rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The version of the account that holds.
    pub account: Account,
    /// How the population names it.
    pub matched: Match,
    /// Whether the key is its own.
    pub key_owner: KeyOwner,
    /// The newest activity on record, from any source.
    pub last_activity: Option<Activity>,
    /// The latest restart of its clock, if any.
    pub restart: Option<Restart>,
    /// When the audit trail was last asked for actions by this account, as far as the answer
    /// still says something about the moment decided.
    pub checked_at: Option<Timestamp>,
    /// What such an answer can prove.
    pub trail: TrailProof,
    /// The interval for which the login history is known complete.
    pub coverage: Option<Coverage>,
    /// Why that reaches no further back.
    pub bound: LowerBound,
}

impl Evidence {
    /// Clock start: the later of registration and the latest restart. `None` while the
    /// registration is unknown, since then the account may be of any age.
    #[must_use]
    pub fn clock_start(&self) -> Option<Timestamp> {
        let registered = self.account.registered_at?;
        Some(self.restart.map_or(registered, |r| r.at.max(registered)))
    }
}
