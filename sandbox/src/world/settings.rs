//! What an operator sets: release, plan, retention, zone, limits, and the portal's own state.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::ties::Ties;
use crate::version::Version;

/// The plan, which decides whether there is an audit trail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plan {
    /// Cloud, free: no audit.
    Startup,
    /// Cloud, video meetings only: no audit.
    Zoom,
    /// Cloud, trial: audit.
    Trial,
    /// Cloud, paid: audit.
    Admin,
    /// Own server: always audit.
    SelfHosted,
}

impl Plan {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Zoom => "zoom",
            Self::Trial => "trial",
            Self::Admin => "admin",
            Self::SelfHosted => "default",
        }
    }

    pub(crate) fn has_audit(self) -> bool {
        matches!(self, Self::Trial | Self::Admin | Self::SelfHosted)
    }
}

/// Whether the portal was paid for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Payment {
    /// Everything answers.
    Paid,
    /// Most routes answer 402.
    Unpaid,
}

/// "LoginHistory" in the server's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoginHistory {
    /// As shipped.
    Shown,
    /// Hidden by the operator: 402 in the cloud, the newest 20 on an own server.
    Hidden,
}

/// State of the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TenantStatus {
    /// Normal.
    Active,
    /// 404 but for `settings`.
    Suspended,
    /// 404.
    RemovePending,
    /// 403 but for a few routes.
    Transferring,
    /// 403 but for a few routes.
    Restoring,
    /// Normal: only files move.
    Migrating,
    /// 403 but for a few routes.
    Encryption,
    /// No tenant behind this host name: 500 with a key, 404 without.
    Unknown,
}

impl TenantStatus {
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Active | Self::Unknown => 0,
            Self::Suspended => 1,
            Self::RemovePending => 2,
            Self::Transferring => 3,
            Self::Restoring => 4,
            Self::Migrating => 5,
            Self::Encryption => 6,
        }
    }
}

/// The database, which decides how exact stored dates are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Database {
    /// Whole seconds, rounded.
    MySql,
    /// Microseconds.
    PostgreSql,
}

/// Which events are written; a portal that stopped looks as if everyone had left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    /// As shipped.
    On,
    /// The portal itself writes nothing new.
    Off,
    /// The audit trail stopped, logins go on.
    LoginsOnly,
    /// The login history stopped, the audit trail goes on.
    AuditOnly,
}

impl Recording {
    pub(crate) fn takes_logins(self) -> bool {
        matches!(self, Self::On | Self::LoginsOnly)
    }

    pub(crate) fn takes_audits(self) -> bool {
        matches!(self, Self::On | Self::AuditOnly)
    }
}

/// What lists of people leave out; single profiles are not affected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    /// Everyone, as it should be.
    Whole,
    /// No one, and a `total` of 0.
    Empty,
    /// The first so many in the order asked for, and a `total` that matches.
    First(usize),
    /// Everyone, and this `total`.
    Total(usize),
}

/// How events of the hour repeated when DST ends are dated; it differs from release to release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RepeatedHour {
    /// "Ambiguous means standard time": the first pass is told an hour late.
    Late,
    /// "Ambiguous means summer time": the second pass is told an hour early.
    Early,
    /// Both passes are told as they were.
    True,
}

/// Whether the audit trail still holds the invitations of people who never accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invitations {
    /// A person disabled while invited comes back as pending.
    Remembered,
    /// Such a person comes back active and without a name.
    Forgotten,
}

/// The session life time, as `settings/cookiesettings` tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionLife {
    /// The setting is off: a session lives for a year.
    Year,
    /// Minutes; 0 is for ever.
    Minutes(u32),
}

/// Rate limits per user. Windows are real time, since real clients wait in real time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Requests in one sliding window.
    pub per_window: usize,
    /// Length of that window.
    pub window: Duration,
    /// GETs at once.
    pub concurrent_reads: usize,
    /// Other requests at once.
    pub concurrent_others: usize,
    /// POSTs and PUTs a day.
    pub writes_per_day: usize,
}

impl Limits {
    /// The numbers that the server ships.
    pub const SHIPPED: Self = Self {
        per_window: 1500,
        window: Duration::from_secs(60),
        concurrent_reads: 50,
        concurrent_others: 15,
        writes_per_day: 10_000,
    };
}

/// Days that events are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Login events, 1 to 180.
    pub login_days: u16,
    /// Audit events, 1 to 180; nothing purges them all the same.
    pub audit_days: u16,
}

/// Everything above, with the server's defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Release.
    pub version: Version,
    /// Plan.
    pub plan: Plan,
    /// Paid for?
    pub payment: Payment,
    /// Paid seats (owner, admins, room admins); `None` is without limit.
    pub seats: Option<usize>,
    /// Login history hidden?
    pub login_history: LoginHistory,
    /// Portal state.
    pub tenant_status: TenantStatus,
    /// Portal zone.
    pub timezone: Tz,
    /// Exactness of dates.
    pub database: Database,
    /// Retention.
    pub retention: Retention,
    /// Session life.
    pub session_life: SessionLife,
    /// Order within one date.
    pub ties: Ties,
    /// Rate limits; off as shipped.
    pub limits: Option<Limits>,
    /// Time that every answer takes.
    pub latency: Duration,
    /// Time until an audited action can be read.
    pub audit_lag: TimeDelta,
    /// Which events are written.
    pub recording: Recording,
    /// What lists of people leave out.
    pub listing: Listing,
    /// Dates of the hour repeated when DST ends.
    pub repeated_hour: RepeatedHour,
    /// How far every `Date` header is from the portal's clock.
    pub date_skew: TimeDelta,
    /// `lastModified` of the retention; `None` is told as year 1.
    pub retention_changed: Option<DateTime<Utc>>,
    /// Are invitations still in the audit trail?
    pub invitations: Invitations,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: Version::default(),
            plan: Plan::SelfHosted,
            payment: Payment::Paid,
            seats: None,
            login_history: LoginHistory::Shown,
            tenant_status: TenantStatus::Active,
            timezone: Tz::UTC,
            database: Database::MySql,
            retention: Retention { login_days: 180, audit_days: 180 },
            session_life: SessionLife::Year,
            ties: Ties::Stable,
            limits: None,
            latency: Duration::ZERO,
            audit_lag: TimeDelta::zero(),
            recording: Recording::On,
            listing: Listing::Whole,
            repeated_hour: RepeatedHour::Late,
            date_skew: TimeDelta::zero(),
            retention_changed: None,
            invitations: Invitations::Remembered,
        }
    }
}
