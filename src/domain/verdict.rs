//! The verdict on one account: a pure function of policy, evidence and moment. Inactivity is
//! concluded only where activity would have been seen.

use super::{
    account::{Kind, Management, Status, named},
    evidence::{Evidence, KeyOwner, Match},
    policy::{Policy, Signals},
    time::{Instant, days, whole_days},
};

named! {
    /// What is to be done about an account.
    Verdict {
        Active = "active",
        Inactive = "inactive",
        Exempt = "exempt",
        /// Already disabled on the portal.
        Disabled = "disabled",
        /// Not proven either way; nobody is disabled on it.
        Undetermined = "undetermined",
    }
}

named! {
    /// The one reason of a verdict. The reason decides the verdict, so the two never disagree.
    Reason {
        Idle = "idle",
        NeverLoggedIn = "never_logged_in",
        RecentActivity = "recent_activity",
        WithinGrace = "within_grace",
        RecentlyEnabled = "recently_enabled",
        Owner = "owner",
        Admin = "admin",
        /// The account whose key dormouse uses.
        Own = "self",
        DirectoryManaged = "directory_managed",
        Exemption = "exemption",
        AlreadyDisabled = "already_disabled",
        InsufficientCoverage = "insufficient_coverage",
        NoActivityCheck = "no_activity_check",
        /// A roster id that is no account.
        NotOnPortal = "not_on_portal",
        AmbiguousMatch = "ambiguous_match",
        UnknownRegistration = "unknown_registration",
        UnknownKind = "unknown_kind",
    }
}

impl Reason {
    /// The verdict that this reason gives.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Idle | Self::NeverLoggedIn => Verdict::Inactive,
            Self::RecentActivity | Self::WithinGrace | Self::RecentlyEnabled => Verdict::Active,
            Self::Owner | Self::Admin | Self::Own | Self::DirectoryManaged | Self::Exemption => {
                Verdict::Exempt
            }
            Self::AlreadyDisabled => Verdict::Disabled,
            Self::InsufficientCoverage
            | Self::NoActivityCheck
            | Self::NotOnPortal
            | Self::AmbiguousMatch
            | Self::UnknownRegistration
            | Self::UnknownKind => Verdict::Undetermined,
        }
    }
}

/// The reason for an account's verdict at `as_of`. Rules apply in the order of the functions
/// below; the first that speaks wins.
#[must_use]
pub fn judge(policy: &Policy, evidence: &Evidence, as_of: Instant) -> Reason {
    if evidence.account.status == Status::Disabled {
        return Reason::AlreadyDisabled;
    }
    exempt(policy, evidence, as_of)
        .or_else(|| active(policy, evidence, as_of))
        .or_else(|| undetermined(policy, evidence, as_of))
        .unwrap_or_else(|| inactive(evidence))
}

/// Accounts that are never disabled by dormouse, then those that the policy spares.
fn exempt(policy: &Policy, evidence: &Evidence, as_of: Instant) -> Option<Reason> {
    let account = &evidence.account;
    match account.kind {
        Kind::Owner => return Some(Reason::Owner),
        Kind::DocspaceAdmin => return Some(Reason::Admin),
        Kind::RoomAdmin | Kind::User | Kind::Guest | Kind::Unknown => {}
    }
    if evidence.key_owner == KeyOwner::Own {
        return Some(Reason::Own);
    }
    if account.management == Management::Directory {
        return Some(Reason::DirectoryManaged);
    }
    policy
        .exemptions
        .iter()
        .any(|e| e.in_force(as_of) && e.names(account))
        .then_some(Reason::Exemption)
}

/// Accounts with a sign of life, or too young to have owed one. An account younger than the grace
/// is spared whatever it did: otherwise a grace above the threshold would punish an early login.
fn active(policy: &Policy, evidence: &Evidence, as_of: Instant) -> Option<Reason> {
    let age_at = |at: Instant| whole_days(at, as_of);
    let threshold = policy.inactivity_days;
    if evidence.last_activity.is_some_and(|a| age_at(a.at) < threshold) {
        return Some(Reason::RecentActivity);
    }
    if evidence.restart.is_some_and(|r| age_at(r.at) < threshold) {
        return Some(Reason::RecentlyEnabled);
    }
    let age = age_at(evidence.account.registered_at?);
    let young = age < policy.grace_days || (evidence.last_activity.is_some() && age < threshold);
    young.then_some(Reason::WithinGrace)
}

/// Accounts about which the record cannot prove what disabling them would need.
fn undetermined(policy: &Policy, evidence: &Evidence, as_of: Instant) -> Option<Reason> {
    if evidence.matched == Match::Ambiguous {
        return Some(Reason::AmbiguousMatch);
    }
    if evidence.account.kind == Kind::Unknown || evidence.account.status == Status::Unknown {
        return Some(Reason::UnknownKind);
    }
    let Some(clock_start) = evidence.clock_start() else {
        return Some(Reason::UnknownRegistration);
    };
    let needed_from = clock_start.max(as_of - days(policy.inactivity_days));
    if !evidence.coverage.is_some_and(|c| c.contains(needed_from, as_of)) {
        return Some(Reason::InsufficientCoverage);
    }
    match policy.signals {
        Signals::Logins => None,
        Signals::LoginsAndAudit => {
            let checked = evidence.checked_at.is_some_and(|at| at >= as_of);
            (!checked).then_some(Reason::NoActivityCheck)
        }
    }
}

/// What is left is inactive: either never seen although the record reaches back to the
/// registration, or not seen for long enough.
fn inactive(evidence: &Evidence) -> Reason {
    let seen_from_birth = evidence
        .coverage
        .zip(evidence.account.registered_at)
        .is_some_and(|(coverage, registered)| coverage.from <= registered);
    if evidence.last_activity.is_none() && seen_from_birth {
        Reason::NeverLoggedIn
    } else {
        Reason::Idle
    }
}

/// Since when the account is known to be idle: the later of last activity and clock start; where
/// no activity is on record, the later of clock start and coverage start, a lower bound.
#[must_use]
pub fn idle_since(evidence: &Evidence) -> Option<Instant> {
    match (evidence.last_activity, evidence.clock_start()) {
        (Some(activity), start) => Some(start.map_or(activity.at, |s| s.max(activity.at))),
        (None, Some(start)) => evidence.coverage.map(|c| c.from.max(start)),
        (None, None) => None,
    }
}

/// The first moment at which the account is inactive if nothing happens from now on and every run
/// finds the same; `None` where it never will be under this policy.
#[must_use]
pub fn first_inactive(policy: &Policy, evidence: &Evidence) -> Option<Instant> {
    let span = days(policy.inactivity_days);
    let registered = evidence.account.registered_at?;
    let coverage = evidence.coverage?;
    let mut at = registered + days(policy.grace_days);
    if let Some(activity) = evidence.last_activity {
        at = at.max(activity.at + span).max(registered + span);
    }
    if let Some(restart) = evidence.restart {
        at = at.max(restart.at + span);
    }
    if coverage.from > evidence.clock_start()? {
        at = at.max(coverage.from + span);
    }
    for exemption in policy.exemptions.iter().filter(|e| e.names(&evidence.account)) {
        let after = exemption.expires?.succ_opt()?;
        at = at.max(after.and_hms_opt(0, 0, 0)?.and_utc());
    }
    let mut later = evidence.clone();
    later.coverage = Some(super::coverage::Coverage { from: coverage.from, to: at });
    later.checked_at = Some(at);
    (judge(policy, &later, at).verdict() == Verdict::Inactive).then_some(at)
}
