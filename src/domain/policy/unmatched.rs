//! Names in a policy that mean nobody, or more than one group: most often a typing error, and for
//! an exemption one that would cost someone their account.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::domain::account::{Account, domain_key, email_domain};
use crate::domain::policy::{ExemptionSubject, Policy};

/// The part of the policy that names somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    Exemption(ExemptionSubject),
    Group(String),
    Domain(String),
}

/// What it names instead of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    Nobody,
    /// Members of this many groups of the same name.
    Groups(usize),
}

/// A name in the policy that does not do what it was written for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmatched {
    pub selector: Selector,
    pub found: Found,
}

/// Every such name, each once, in a fixed order.
#[must_use]
pub fn unmatched<A: Borrow<Account>>(policy: &Policy, accounts: &[A]) -> Vec<Unmatched> {
    let groups = groups_by_name(accounts);
    let domains: BTreeSet<String> = match policy.population.email_domains.is_empty() {
        true => BTreeSet::new(),
        false => accounts.iter().filter_map(|a| email_domain(&a.borrow().email)).collect(),
    };
    let group = |name: &str| match groups.get(name).map_or(0, BTreeSet::len) {
        0 => Some(Found::Nobody),
        1 => None,
        several => Some(Found::Groups(several)),
    };
    let exempted = policy.exemptions.iter().map(|exemption| {
        let found = match &exemption.subject {
            ExemptionSubject::Group(name) => group(name),
            subject @ (ExemptionSubject::Account(_)
            | ExemptionSubject::Email(_)
            | ExemptionSubject::Domain(_)) => {
                (!accounts.iter().any(|a| subject.names(a.borrow()))).then_some(Found::Nobody)
            }
        };
        (Selector::Exemption(exemption.subject.clone()), found)
    });
    let population = &policy.population;
    let grouped = population.groups.iter().map(|name| (Selector::Group(name.clone()), group(name)));
    let hosted = population.email_domains.iter().map(|domain| {
        let missing = !domains.contains(&domain_key(domain));
        (Selector::Domain(domain.clone()), missing.then_some(Found::Nobody))
    });
    exempted
        .chain(grouped)
        .chain(hosted)
        .filter_map(|(selector, found)| found.map(|found| Unmatched { selector, found }))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Ids of the groups that go by each name, as far as an account is shown in them.
pub(in crate::domain) fn groups_by_name<A: Borrow<Account>>(
    accounts: &[A],
) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for group in accounts.iter().flat_map(|a| &a.borrow().groups) {
        groups.entry(&group.name).or_default().insert(&group.id);
    }
    groups
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_group = match &self.selector {
            Selector::Exemption(subject) => {
                write!(f, "exemption of {subject} ")?;
                matches!(subject, ExemptionSubject::Group(_))
            }
            Selector::Group(name) => {
                write!(f, "population group \"{name}\" ")?;
                true
            }
            Selector::Domain(domain) => {
                write!(f, "population domain {domain} ")?;
                false
            }
        };
        match self.found {
            Found::Nobody => f.write_str("matches no account on the portal")?,
            Found::Groups(count) => write!(f, "matches {count} groups of that name")?,
        }
        if is_group {
            f.write_str("; group names match exactly, and guests are never in groups")?;
        }
        Ok(())
    }
}
