//! The verdict on one account: a pure function of policy, evidence and moment. Inactivity is
//! concluded only where activity would have been seen.
//!
//! A new reason goes into `Reason`, `RULES` and `Reason::holds`; the compiler then names the places that
//! put reasons into words. What counts as activity is `evidence::Source::of`: a failed login never does.

use crate::{
    domain::{
        account::{Kind, Management, Status, named},
        coverage::Coverage,
        evidence::{Evidence, KeyOwner, Match},
        policy::{Policy, Signals},
    },
    time::Timestamp,
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

/// The rules in the order in which they are tested, each named by the reason that it gives; the
/// first that holds decides. A roster id that is no account has no evidence and is not tested.
pub const RULES: [Reason; 16] = [
    Reason::AlreadyDisabled,
    // Accounts that are never disabled by dormouse, then those that the policy spares.
    Reason::Owner,
    Reason::Admin,
    Reason::Own,
    Reason::DirectoryManaged,
    Reason::Exemption,
    // A sign of life, or too young to have owed one.
    Reason::RecentActivity,
    Reason::RecentlyEnabled,
    Reason::WithinGrace,
    // What disabling would need is not proven.
    Reason::AmbiguousMatch,
    Reason::UnknownKind,
    Reason::UnknownRegistration,
    Reason::InsufficientCoverage,
    Reason::NoActivityCheck,
    Reason::NeverLoggedIn,
    Reason::Idle,
];

const _: () =
    assert!(RULES.len() + 1 == Reason::ALL.len(), "every reason but not_on_portal is a rule");

/// The reason for an account's verdict at `as_of`. Nobody is inactive by default: where no rule
/// held, the record would not suffice.
#[must_use]
pub fn judge(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> Reason {
    RULES
        .into_iter()
        .find(|rule| rule.holds(policy, evidence, as_of))
        .unwrap_or(Reason::InsufficientCoverage)
}

impl Reason {
    /// Whether this rule, tested alone, holds.
    ///
    /// "Later than the threshold before `as_of`" is the same as fewer whole days than the threshold,
    /// and unlike a count of days it also holds for what is dated after `as_of`.
    pub(super) fn holds(self, policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> bool {
        let account = &evidence.account;
        let recent = |at: Timestamp| at > as_of.days_before(policy.inactivity_days);
        match self {
            Self::AlreadyDisabled => account.status == Status::Disabled,
            Self::Owner => account.kind == Kind::Owner,
            Self::Admin => account.kind == Kind::DocspaceAdmin,
            Self::Own => evidence.key_owner == KeyOwner::Own,
            Self::DirectoryManaged => account.management == Management::Directory,
            Self::Exemption => policy.exemption_for(account, as_of).is_some(),
            Self::RecentActivity => evidence.last_activity.is_some_and(|a| recent(a.at)),
            Self::RecentlyEnabled => evidence.restart.is_some_and(|r| recent(r.at)),
            // Younger than the grace is spared whatever it did: otherwise a grace above the
            // threshold would punish an early login.
            Self::WithinGrace => account.registered_at.is_some_and(|registered| {
                registered > as_of.days_before(policy.grace_days)
                    || (evidence.last_activity.is_some() && recent(registered))
            }),
            Self::AmbiguousMatch => evidence.matched == Match::Ambiguous,
            Self::UnknownKind => account.kind == Kind::Unknown || account.status == Status::Unknown,
            Self::UnknownRegistration => account.registered_at.is_none(),
            Self::InsufficientCoverage => !is_covered(policy, evidence, as_of),
            Self::NoActivityCheck => match policy.signals {
                Signals::Logins => false,
                Signals::LoginsAndAudit => {
                    evidence.checked_at.is_none_or(|at| at < as_of)
                        || needed(policy, evidence, as_of)
                            .is_none_or(|needed| !evidence.trail.reaches(needed.from))
                }
            },
            Self::NeverLoggedIn => evidence.last_activity.is_none() && is_seen_from_birth(evidence),
            Self::Idle => idle_since(evidence).is_some_and(|since| !recent(since)),
            Self::NotOnPortal => false,
        }
    }
}

/// The interval that must be covered before inactivity at `as_of` is proven; `None` while the
/// account's age is unknown.
pub(super) fn needed(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> Option<Coverage> {
    let from = evidence.clock_start()?.max(as_of.days_before(policy.inactivity_days));
    Some(Coverage { from, to: as_of })
}

fn is_covered(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> bool {
    needed(policy, evidence, as_of)
        .zip(evidence.coverage)
        .is_some_and(|(needed, known)| known.contains(needed.from, needed.to))
}

/// True where the record reaches back to the registration, so that "never" can be said.
fn is_seen_from_birth(evidence: &Evidence) -> bool {
    evidence
        .coverage
        .zip(evidence.account.registered_at)
        .is_some_and(|(coverage, registered)| coverage.from <= registered)
}

/// Since when the account is known to be idle: the later of last activity and clock start; where
/// no activity is on record, the later of clock start and coverage start, a lower bound.
#[must_use]
pub fn idle_since(evidence: &Evidence) -> Option<Timestamp> {
    // A restart counts also where the registration is unknown, so not clock_start().
    let start = evidence.account.registered_at.max(evidence.restart.map(|r| r.at));
    match evidence.last_activity {
        Some(activity) => Some(start.map_or(activity.at, |s| s.max(activity.at))),
        None => start.zip(evidence.coverage).map(|(start, coverage)| start.max(coverage.from)),
    }
}

/// The first moment at which the account is inactive if nothing happens from now on and every run
/// finds the same; `None` where it never will be under this policy.
#[must_use]
pub fn first_inactive(policy: &Policy, evidence: &Evidence) -> Option<Timestamp> {
    let threshold = |at: Timestamp| at.days_after(policy.inactivity_days);
    let registered = evidence.account.registered_at?;
    let coverage = evidence.coverage?;
    let mut at = registered.days_after(policy.grace_days);
    if let Some(activity) = evidence.last_activity {
        at = at.max(threshold(activity.at)).max(threshold(registered));
    }
    if let Some(restart) = evidence.restart {
        at = at.max(threshold(restart.at));
    }
    let proven_from = match policy.signals {
        Signals::Logins => None,
        Signals::LoginsAndAudit => evidence.trail.from(),
    };
    for from in proven_from.into_iter().chain([coverage.from]) {
        if from > evidence.clock_start()? {
            at = at.max(threshold(from));
        }
    }
    for exemption in policy.exemptions.iter().filter(|e| e.names(&evidence.account)) {
        at = at.max(exemption.ends()?);
    }
    let mut later = evidence.clone();
    later.coverage = Some(Coverage { from: coverage.from, to: at });
    later.checked_at = Some(at);
    (judge(policy, &later, at).verdict() == Verdict::Inactive).then_some(at)
}
