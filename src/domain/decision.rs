//! A decision: the verdicts on a whole population at one moment, ordered by account id.

use std::{
    borrow::Cow,
    cmp::{Ordering, Reverse},
    collections::HashMap,
};

use crate::{
    domain::{
        account::{Account, AccountId, Kind},
        coverage::Coverage,
        evidence::{Activity, Evidence, Match},
        policy::Policy,
        population::{Member, Resolved},
        verdict::{Reason, idle_since, judge},
    },
    time::Timestamp,
};

/// One verdict with the facts that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub account_id: AccountId,
    pub email: String,
    pub display_name: String,
    pub kind: Kind,
    /// Registration or invitation.
    pub registered_at: Option<Timestamp>,
    /// Verdict and reason in one.
    pub reason: Reason,
    pub last_activity: Option<Activity>,
    /// Whole days since the account is known to be idle; 0 where that lies after the moment decided.
    pub idle_days: Option<u32>,
}

impl Finding {
    /// The order in which inactive accounts are shown and disabled: longest idle first.
    pub(crate) fn by_idleness(&self, other: &Self) -> Ordering {
        let key = |f: &Self| (Reverse(f.idle_days), f.last_activity.map(|a| a.at));
        key(self).cmp(&key(other)).then_with(|| self.email.cmp(&other.email))
    }
}

/// All facts that a decision may use, gathered from the store.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Accounts on the portal and what is known of each, except how the population names them.
    pub evidence: Vec<Evidence>,
    /// The interval for which the login history is known complete.
    pub coverage: Option<Coverage>,
}

impl Facts {
    /// The accounts, without what is known of them.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.evidence.iter().map(|e| &e.account)
    }
}

/// Judges every member of the population.
#[must_use]
pub fn decide(
    policy: &Policy,
    facts: &Facts,
    population: &Resolved,
    as_of: Timestamp,
) -> Vec<Finding> {
    let by_id: HashMap<AccountId, &Evidence> =
        facts.evidence.iter().map(|e| (e.account.id, e)).collect();
    population
        .members
        .iter()
        .filter_map(|member| match member {
            Member::Account { id, matched } => {
                by_id.get(id).map(|e| finding(policy, e, *matched, as_of))
            }
            Member::NotOnPortal { id, row } => Some(Finding {
                account_id: *id,
                email: row.email.clone().unwrap_or_default(),
                display_name: row.display_name.clone().unwrap_or_default(),
                kind: Kind::Unknown,
                registered_at: None,
                reason: Reason::NotOnPortal,
                last_activity: None,
                idle_days: None,
            }),
        })
        .collect()
}

fn finding(policy: &Policy, evidence: &Evidence, matched: Match, as_of: Timestamp) -> Finding {
    let evidence = as_matched(evidence, matched);
    let Account { id, email, display_name, kind, registered_at, .. } = &evidence.account;
    Finding {
        account_id: *id,
        email: email.clone(),
        display_name: display_name.clone(),
        kind: *kind,
        registered_at: *registered_at,
        reason: judge(policy, &evidence, as_of),
        last_activity: evidence.last_activity,
        idle_days: idle_since(&evidence).map(|since| as_of.whole_days_since(since)),
    }
}

/// The evidence with how the population names its account.
#[must_use]
pub fn as_matched(evidence: &Evidence, matched: Match) -> Cow<'_, Evidence> {
    match evidence.matched == matched {
        true => Cow::Borrowed(evidence),
        false => Cow::Owned(Evidence { matched, ..evidence.clone() }),
    }
}
