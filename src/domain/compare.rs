//! What changed from one decision to another, and why, in words. Verdicts rest on facts, so a change
//! is explained by the facts that differ; where none does, time has passed or the policy changed.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use crate::domain::{
    account::AccountId,
    decision::Finding,
    evidence::Activity,
    human::{many, minute},
    verdict::{RULES, Reason},
};

/// What became of one account's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Only in the new decision.
    Appeared(Reason),
    /// Only in the old one.
    Disappeared(Reason),
    /// In both, for different reasons.
    Changed { from: Reason, to: Reason },
}

/// One account whose verdict or reason differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub account_id: AccountId,
    /// Address as the newer of the two decisions has it.
    pub email: String,
    /// Name as the newer of the two decisions has it.
    pub display_name: String,
    pub shift: Shift,
    pub why: String,
}

/// The accounts whose verdict or reason differs, by id.
#[must_use]
pub fn compare(old: &[Finding], new: &[Finding]) -> Vec<Change> {
    let old: BTreeMap<AccountId, &Finding> = old.iter().map(|f| (f.account_id, f)).collect();
    let new: BTreeMap<AccountId, &Finding> = new.iter().map(|f| (f.account_id, f)).collect();
    let ids: BTreeSet<AccountId> = old.keys().chain(new.keys()).copied().collect();
    ids.into_iter()
        .filter_map(|id| match (old.get(&id), new.get(&id)) {
            (Some(old), Some(new)) => (old.reason != new.reason).then(|| {
                let shift = Shift::Changed { from: old.reason, to: new.reason };
                change(new, shift, why(old, new))
            }),
            (Some(old), None) => {
                Some(change(old, Shift::Disappeared(old.reason), "no longer under review".into()))
            }
            (None, Some(new)) => {
                Some(change(new, Shift::Appeared(new.reason), "not under review before".into()))
            }
            (None, None) => None,
        })
        .collect()
}

fn change(shown: &Finding, shift: Shift, why: String) -> Change {
    let Finding { account_id, email, display_name, .. } = shown.clone();
    Change { account_id, email, display_name, shift, why }
}

fn why(old: &Finding, new: &Finding) -> String {
    // Of the two rules the one that is tested first has changed: the other was, or is now, not
    // reached, so nothing is known of it.
    let rank = |reason: Reason| RULES.iter().position(|rule| *rule == reason);
    let ruled =
        if rank(new.reason) < rank(old.reason) { entered(new.reason) } else { left(old.reason) };
    let mut facts: Vec<String> = ruled.map(ToOwned::to_owned).into_iter().collect();
    if old.kind != new.kind {
        facts.push(format!("kind {} is now {}", old.kind, new.kind));
    }
    if old.registered_at != new.registered_at {
        let date = |at: Option<crate::time::Timestamp>| at.map_or_else(|| "unknown".into(), minute);
        facts.push(format!(
            "registration {} is now {}",
            date(old.registered_at),
            date(new.registered_at)
        ));
    }
    let newest = |finding: &Finding| finding.last_activity.map(|a| a.at);
    match newest(new).cmp(&newest(old)) {
        Ordering::Greater => {
            facts.extend(new.last_activity.map(|a| format!("newer {}", record(a))))
        }
        Ordering::Less => {
            facts.extend(old.last_activity.map(|a| format!("{} no longer counts", record(a))))
        }
        Ordering::Equal => {}
    }
    match (old.idle_days, new.idle_days) {
        (Some(old), Some(new)) if old != new => {
            facts.push(format!("idle for {}, before for {old}", many(new, "day")));
        }
        (None, Some(new)) => facts.push(format!("idle for {}, before unknown", many(new, "day"))),
        (Some(_) | None, _) => {}
    }
    if facts.is_empty() {
        "the policy or the time of the decision differs".into()
    } else {
        facts.join("; ")
    }
}

fn record(activity: Activity) -> String {
    let event = activity.event_id.map_or_else(String::new, |id| format!(" event {id}"));
    format!("activity {} ({}{event})", minute(activity.at), activity.source)
}

/// What ended, where the old reason was a state of things; nothing where it was arithmetic.
fn left(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::AlreadyDisabled => Some("no longer disabled on the portal"),
        Reason::Owner => Some("no longer owner of the portal"),
        Reason::Admin => Some("no longer DocSpace admin"),
        Reason::Own => Some("the key in use belongs to another account"),
        Reason::DirectoryManaged => Some("no longer managed by a directory"),
        Reason::Exemption => Some("no exemption applies any more"),
        Reason::WithinGrace => Some("no longer within grace"),
        Reason::RecentlyEnabled => Some("no longer recently enabled"),
        Reason::AmbiguousMatch => Some("matched to one account now"),
        Reason::NotOnPortal => Some("an account on the portal now"),
        Reason::UnknownKind => Some("kind and status are known now"),
        Reason::UnknownRegistration => Some("registration is known now"),
        Reason::InsufficientCoverage => Some("the history covers enough now"),
        Reason::NoActivityCheck => Some("the audit trail has been checked"),
        Reason::RecentActivity | Reason::NeverLoggedIn | Reason::Idle => None,
    }
}

/// What began, where the new reason is a state of things; nothing where it is arithmetic.
fn entered(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::AlreadyDisabled => Some("disabled on the portal now"),
        Reason::Owner => Some("owner of the portal now"),
        Reason::Admin => Some("DocSpace admin now"),
        Reason::Own => Some("the key in use is its own"),
        Reason::DirectoryManaged => Some("managed by a directory now"),
        Reason::Exemption => Some("exempt now"),
        Reason::WithinGrace => Some("within grace"),
        Reason::RecentlyEnabled => Some("its clock restarted"),
        Reason::AmbiguousMatch => Some("named ambiguously now"),
        Reason::NotOnPortal => Some("no longer an account on the portal"),
        Reason::UnknownKind => Some("kind or status became unknown"),
        Reason::UnknownRegistration => Some("registration became unknown"),
        Reason::InsufficientCoverage => Some("the history covers too little now"),
        Reason::NoActivityCheck => Some("the audit trail has not been checked"),
        Reason::RecentActivity | Reason::NeverLoggedIn | Reason::Idle => None,
    }
}
