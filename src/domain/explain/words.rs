//! The words for each rule: as a message where it decides, as a sentence where it is passed. Always
//! the numbers that were compared; days are of 24 hours, dates UTC. Text from the portal or the
//! policy is not escaped here.

use crate::{
    domain::{
        evidence::{Activity, Evidence, RestartCause, Source},
        human::{self, many, minute},
        policy::{Exemption, Policy, Signals},
        recorded::LowerBound,
        silence::Silence,
        trail::TrailProof,
        verdict::{Reason, idle_since, needed},
    },
    time::Timestamp,
};

/// A verdict, its reason, and its [`message`], as rows of the history have them.
#[must_use]
pub(crate) fn conclusion(
    reason: Reason,
    policy: &Policy,
    evidence: &Evidence,
    as_of: Timestamp,
) -> String {
    format!("{} ({reason}): {}", reason.verdict(), message(reason, policy, evidence, as_of))
}

/// The one-line arithmetic of a verdict's reason.
#[must_use]
pub fn message(reason: Reason, policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    let limit = policy.inactivity_days;
    match reason {
        Reason::AlreadyDisabled => "already disabled on the portal".into(),
        Reason::Owner => "owner of the portal, never disabled".into(),
        Reason::Admin => "DocSpace admin, never disabled".into(),
        Reason::Own => "owner of the API key in use, never disabled".into(),
        Reason::DirectoryManaged => "managed by an LDAP directory".into(),
        Reason::Exemption => policy
            .exemption_for(&evidence.account, as_of)
            .map_or_else(|| "exempt".into(), exemption),
        Reason::RecentActivity => {
            let seen = last_activity(evidence, as_of);
            format!("{seen}; inactive after {}", many(limit, "day"))
        }
        Reason::RecentlyEnabled => {
            format!("{}; inactive after {}", restart(evidence, as_of), many(limit, "day"))
        }
        Reason::WithinGrace => within_grace(policy, evidence, as_of),
        Reason::AmbiguousMatch => "the roster could mean several accounts".into(),
        Reason::UnknownKind => {
            let account = &evidence.account;
            format!("kind {}, status {}: nothing to rely on", account.kind, account.status)
        }
        Reason::UnknownRegistration => {
            "the portal gives no registration date, so the account's age is unknown".into()
        }
        Reason::InsufficientCoverage => insufficient_coverage(policy, evidence, as_of),
        Reason::NoActivityCheck => no_activity_check(policy, evidence, as_of),
        Reason::NotOnPortal => {
            "the roster names an id that is not an account on this portal".into()
        }
        Reason::NeverLoggedIn => {
            let start = evidence.coverage.map(|c| c.from);
            format!(
                "{}, never active since, grace {}; the record starts {}",
                registered(evidence, as_of),
                many(policy.grace_days, "day"),
                date(start)
            )
        }
        Reason::Idle => idle(policy, evidence, as_of),
    }
}

/// Why a rule did not hold.
pub(super) fn passed(
    rule: Reason,
    policy: &Policy,
    evidence: &Evidence,
    as_of: Timestamp,
) -> String {
    let account = &evidence.account;
    match rule {
        Reason::AlreadyDisabled => format!("status {}", account.status),
        Reason::Owner | Reason::Admin => format!("kind {}", account.kind),
        Reason::Own => "the key in use belongs to another account".into(),
        Reason::DirectoryManaged => "managed on the portal".into(),
        Reason::Exemption => no_exemption(policy, evidence),
        Reason::RecentActivity => last_activity(evidence, as_of),
        Reason::RecentlyEnabled => restart(evidence, as_of),
        Reason::WithinGrace => {
            format!("{}, grace {}", registered(evidence, as_of), many(policy.grace_days, "day"))
        }
        Reason::AmbiguousMatch => "matched to exactly one account".into(),
        Reason::UnknownKind => format!("kind {}, status {}", account.kind, account.status),
        Reason::UnknownRegistration => registered(evidence, as_of),
        Reason::InsufficientCoverage => {
            let needed = needed(policy, evidence, as_of).map(|n| n.from);
            let (from, to) = (evidence.coverage.map(|c| c.from), evidence.coverage.map(|c| c.to));
            format!(
                "needs the history from {}, known from {} to {}",
                time(needed),
                time(from),
                time(to)
            )
        }
        Reason::NoActivityCheck => match policy.signals {
            Signals::Logins => "the policy relies on the login history alone".into(),
            Signals::LoginsAndAudit => {
                format!("the audit trail was checked at {}", time(evidence.checked_at))
            }
        },
        Reason::NeverLoggedIn if evidence.last_activity.is_some() => "activity is on record".into(),
        Reason::NeverLoggedIn => format!(
            "the record starts {}, after the registration {}",
            date(evidence.coverage.map(|c| c.from)),
            date(account.registered_at)
        ),
        Reason::NotOnPortal => "an account on this portal".into(),
        Reason::Idle => "not proven idle".into(),
    }
}

fn within_grace(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    // Once active it owes the threshold as well, whichever ends later.
    let (name, span) = match evidence.last_activity {
        Some(_) if policy.inactivity_days > policy.grace_days => {
            ("threshold", policy.inactivity_days)
        }
        Some(_) | None => ("grace", policy.grace_days),
    };
    let ends = evidence.account.registered_at.map(|at| at.days_after(span));
    format!("{}, {name} {}, ends {}", registered(evidence, as_of), many(span, "day"), date(ends))
}

fn insufficient_coverage(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    let limit = policy.inactivity_days;
    let needs = format!("needs {} without activity", many(limit, "day"));
    let Some(coverage) = evidence.coverage else {
        return format!("{needs}, history covers none; run `dormouse sync`");
    };
    if coverage.to < as_of {
        let (to, as_of) = (minute(coverage.to), minute(as_of));
        return format!("{needs} up to {as_of}, history ends {to}; run `dormouse sync`");
    }
    let known = as_of.whole_days_since(coverage.from);
    match evidence.bound {
        LowerBound::Whole => format!(
            "{needs}, history covers {known}, because the last sync looked for late rows no further back; \
             run `dormouse sync --inactivity-days {limit}`, or with --full where that is not enough"
        ),
        LowerBound::Record | LowerBound::Silence(_) => {
            let first = date(Some(coverage.from.days_after(limit)));
            format!("{needs}, history covers {known}; can be decided from {first}")
        }
    }
}

fn no_activity_check(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    let limit = policy.inactivity_days;
    if evidence.checked_at.is_none_or(|at| at < as_of) {
        // A sync checks who looks inactive when it runs; what was done since hides what was not.
        if evidence.coverage.is_some_and(|c| c.to > as_of) {
            return format!(
                "no check of the audit trail covers {}, and a sync cannot make up for it: it checks accounts \
                 that look inactive on its own day; `dormouse backtest` judges past days by logins",
                minute(as_of)
            );
        }
        return format!(
            "the audit trail was not checked for this account at {} or later; run `dormouse sync \
             --inactivity-days {limit}`",
            minute(as_of)
        );
    }
    match evidence.trail {
        TrailProof::After(Silence { from, to, .. }) => format!(
            "the audit trail has no action by anybody but the key's account from {} to {}, so it \
             may not have recorded what this account did; can be decided from {}",
            minute(from),
            minute(to),
            date(Some(to.days_after(limit)))
        ),
        TrailProof::Since { from } => format!(
            "the audit trail shows nobody but the key's account before {}, so it may not have recorded \
             what this account did; can be decided from {}",
            minute(from),
            date(Some(from.days_after(limit)))
        ),
        TrailProof::NotProbed => format!("inactive after {}", many(limit, "day")),
    }
}

fn idle(policy: &Policy, evidence: &Evidence, as_of: Timestamp) -> String {
    let limit = many(policy.inactivity_days, "day");
    let Some(since) = idle_since(evidence) else {
        return format!("inactive after {limit}");
    };
    let idle = many(as_of.whole_days_since(since), "day");
    let Some(activity) = evidence.last_activity else {
        let bound = if evidence.coverage.is_some_and(|c| c.from == since) {
            "the record starts"
        } else {
            "its clock started"
        };
        return format!(
            "no activity for at least {idle}: {bound} {}; inactive after {limit}",
            date(Some(since))
        );
    };
    let seen = last_activity(evidence, as_of);
    if activity.at == since {
        format!("{seen}; inactive after {limit}")
    } else {
        format!(
            "{seen}; {idle} since its clock started {}; inactive after {limit}",
            date(Some(since))
        )
    }
}

fn last_activity(evidence: &Evidence, as_of: Timestamp) -> String {
    evidence.last_activity.map_or_else(
        || "no activity on record".into(),
        |a| format!("last activity {} by {}, {}", minute(a.at), record(a), ago(a.at, as_of)),
    )
}

fn record(activity: Activity) -> String {
    let source = match activity.source {
        Source::Login => "login",
        Source::Presence => "logout or session",
        Source::Other => "a login event of unknown code",
        Source::Audit => "an audited action",
        Source::ApiKey => "use of an API key",
    };
    activity.event_id.map_or_else(|| source.into(), |id| format!("{source} (event {id})"))
}

fn restart(evidence: &Evidence, as_of: Timestamp) -> String {
    let Some(restart) = evidence.restart else {
        return "its clock was never restarted".into();
    };
    let cause = match restart.cause {
        RestartCause::SeenActive => "became active again",
        RestartCause::StatusChange => "a change of status in the audit trail",
        RestartCause::Enabled => "enabled by dormouse",
        RestartCause::RecordBegan => "the record of the portal began again (--accept-history)",
    };
    format!("clock restarted {}, {}: {cause}", minute(restart.at), ago(restart.at, as_of))
}

fn registered(evidence: &Evidence, as_of: Timestamp) -> String {
    evidence.account.registered_at.map_or_else(
        || "registered at an unknown time".into(),
        |at| format!("registered {}", ago(at, as_of)),
    )
}

fn exemption(exemption: &Exemption) -> String {
    let owner = exemption.owner.as_ref().map_or_else(String::new, |o| format!(", owner {o}"));
    let end = exemption
        .expires
        .map_or_else(|| "no end".into(), |last| format!("until the end of {last}"));
    format!("exemption of {}: {}{owner}, {end}", exemption.subject, exemption.reason)
}

fn no_exemption(policy: &Policy, evidence: &Evidence) -> String {
    let ended =
        policy.exemptions.iter().filter(|e| e.names(&evidence.account)).max_by_key(|e| e.expires);
    match ended.and_then(|e| Some((&e.subject, e.expires?))) {
        Some((subject, last)) => format!("the exemption of {subject} ended with {last}"),
        None => "no exemption names it".into(),
    }
}

fn ago(at: Timestamp, as_of: Timestamp) -> String {
    if at > as_of {
        "after the moment decided".to_owned()
    } else {
        format!("{} ago", many(as_of.whole_days_since(at), "day"))
    }
}

fn date(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "at an unknown time".into(), human::date)
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".into(), minute)
}
