//! Exemptions: named exceptions from the policy, each with a reason, judged at the moment decided.

use std::{cmp::Reverse, fmt};

use chrono::NaiveDate;

use crate::domain::policy::Policy;
use crate::{
    domain::account::{Account, AccountId, domain_key, email_domain, email_key},
    time::Timestamp,
};

/// The accounts that an exemption spares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExemptionSubject {
    Account(AccountId),
    /// One account by e-mail, without case.
    Email(String),
    /// All addresses of a domain, without case; subdomains are domains of their own.
    Domain(String),
    /// All members of the group of exactly this name.
    Group(String),
}

impl ExemptionSubject {
    /// True where it names this account.
    #[must_use]
    pub fn names(&self, account: &Account) -> bool {
        match self {
            Self::Account(id) => *id == account.id,
            Self::Email(email) => email_key(email) == email_key(&account.email),
            Self::Domain(domain) => email_domain(&account.email) == Some(domain_key(domain)),
            Self::Group(name) => account.groups.iter().any(|g| g.name == *name),
        }
    }
}

impl fmt::Display for ExemptionSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account {id}"),
            Self::Email(email) => write!(f, "email {email}"),
            Self::Domain(domain) => write!(f, "domain {domain}"),
            Self::Group(name) => write!(f, "group \"{name}\""),
        }
    }
}

/// A named exception from the policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    pub subject: ExemptionSubject,
    /// Why; never empty.
    pub reason: String,
    pub owner: Option<String>,
    /// Last day on which it holds, UTC, inclusive.
    pub expires: Option<NaiveDate>,
}

impl Exemption {
    /// True where it still holds at `as_of`.
    #[must_use]
    pub fn in_force(&self, as_of: Timestamp) -> bool {
        self.expires.is_none_or(|last| as_of.date_naive() <= last)
    }

    /// The first moment at which it no longer holds; `None` where it never ends.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        Some(self.expires?.succ_opt()?.and_hms_opt(0, 0, 0)?.and_utc().into())
    }

    /// True where it names this account.
    #[must_use]
    pub fn names(&self, account: &Account) -> bool {
        self.subject.names(account)
    }
}

impl Policy {
    /// The exemption that spares this account at `as_of`; of several the one that holds longest.
    #[must_use]
    pub fn exemption_for(&self, account: &Account, as_of: Timestamp) -> Option<&Exemption> {
        self.exemptions
            .iter()
            .filter(|e| e.in_force(as_of) && e.names(account))
            .max_by_key(|e| (e.expires.is_none(), e.expires, Reverse(*e)))
    }

    /// Exemptions that no longer hold at `as_of`, in the order of the policy.
    #[must_use]
    pub fn expired_exemptions(&self, as_of: Timestamp) -> Vec<&Exemption> {
        self.exemptions.iter().filter(|e| !e.in_force(as_of)).collect()
    }

    /// Exemptions that hold at `as_of` and no longer do `days` days later, in the order of the
    /// policy.
    #[must_use]
    pub fn ending_within(&self, as_of: Timestamp, days: u32) -> Vec<&Exemption> {
        let then = as_of.days_after(days);
        self.exemptions.iter().filter(|e| e.in_force(as_of) && !e.in_force(then)).collect()
    }
}
