//! The accounts under review, and how the roster agrees with the portal. Matching is strict: what could
//! mean someone else is ambiguous, never a guess.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

pub use crate::domain::roster::{Roster, RosterFormat, RosterIds, RosterRow};
use crate::{
    domain::{
        account::{Account, AccountId, domain_key, email_domain},
        evidence::Match,
        policy::{Population, PopulationSource, groups_by_name},
        roster::{Matcher, RowMatch},
    },
    time::Timestamp,
};

/// One member of the population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// An account on the portal.
    Account {
        id: AccountId,
        /// Whether the roster names it beyond doubt.
        matched: Match,
    },
    /// A roster id that is no account on the portal.
    NotOnPortal {
        id: AccountId,
        /// The roster row that names it.
        row: RosterRow,
    },
}

/// Where roster and portal disagree. Verdicts do not depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// People on the roster without an account.
    pub roster_without_account: Vec<RosterRow>,
    /// Rows that could mean more than one account, or whose address the roster has twice.
    pub ambiguous: Vec<RosterRow>,
    /// Accounts that the roster does not have: those of the kinds reviewed, and those of any kind that
    /// an earlier roster named.
    pub accounts_not_in_roster: Vec<AccountId>,
    /// People whose contract ended before the day decided.
    pub contract_ended: Vec<RosterRow>,
}

/// How many rows of a roster name one account, could mean several, and name none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct MatchCounts {
    pub matched: u64,
    pub without_account: u64,
    pub ambiguous: u64,
}

/// The population and what was found while matching it, ordered by account id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub source: PopulationSource,
    pub members: Vec<Member>,
    pub reconciliation: Reconciliation,
}

/// Resolves who is under review. `accounts` are those on the portal; `roster` is the newest one
/// ever given, if any.
#[must_use]
pub fn resolve<A: Borrow<Account>>(
    population: &Population,
    roster: Option<&Roster>,
    accounts: &[A],
    as_of: Timestamp,
) -> Resolved {
    match (&population.source, roster) {
        (Some(PopulationSource::Portal), _) | (None, None) => Resolved {
            source: PopulationSource::Portal,
            members: selected(population, accounts)
                .map(|(account, matched)| Member::Account { id: account.id, matched })
                .collect(),
            reconciliation: Reconciliation::default(),
        },
        (Some(PopulationSource::Roster) | None, roster) => {
            let none = Roster::default();
            match_roster(population, roster.unwrap_or(&none), accounts, as_of)
        }
    }
}

/// Accounts that the selectors name, by id. System users are never counted.
fn selected<'a, A: Borrow<Account>>(
    population: &'a Population,
    accounts: &'a [A],
) -> impl Iterator<Item = (&'a Account, Match)> {
    let groups = groups_by_name(accounts);
    let bearers = |name: &str| groups.get(name).map_or(0, BTreeSet::len);
    let by_id: BTreeMap<AccountId, (&Account, Match)> = accounts
        .iter()
        .map(Borrow::borrow)
        .filter(|a| !a.id.is_system())
        .filter_map(|a| Some((a.id, (a, selection(population, &bearers, a)?))))
        .collect();
    by_id.into_values()
}

/// How the selectors name an account; `None` where they do not. A group name that several groups
/// bear could mean the other one, so membership by it alone is ambiguous.
fn selection(
    population: &Population,
    bearers: &impl Fn(&str) -> usize,
    account: &Account,
) -> Option<Match> {
    let is_hosted = || {
        email_domain(&account.email)
            .is_some_and(|domain| population.email_domains.iter().any(|d| domain_key(d) == domain))
    };
    if population.kinds.contains(&account.kind) || is_hosted() {
        return Some(Match::Unique);
    }
    let named = account.groups.iter().filter(|g| population.groups.contains(&g.name));
    // One name that is beyond doubt suffices.
    named
        .map(|g| bearers(&g.name))
        .min()
        .map(|fewest| if fewest > 1 { Match::Ambiguous } else { Match::Unique })
}

/// Who is under review, asked of one version of an account at a time.
#[derive(Debug, Clone)]
pub enum Review {
    /// Those that the roster names now: it says nothing of earlier days.
    Roster(HashMap<AccountId, Match>),
    /// Those that the selectors name, as the version shows them.
    Selectors {
        population: Population,
        /// How many groups bear each name.
        groups: HashMap<String, usize>,
    },
}

impl Review {
    /// As [`resolve`] has found it among `accounts`.
    #[must_use]
    pub fn new<A: Borrow<Account>>(
        population: &Population,
        resolved: &Resolved,
        accounts: &[A],
    ) -> Self {
        let matched = |member: &Member| match member {
            Member::Account { id, matched } => Some((*id, *matched)),
            Member::NotOnPortal { .. } => None,
        };
        let bearers = |(name, ids): (&str, BTreeSet<&str>)| (name.to_owned(), ids.len());
        match resolved.source {
            PopulationSource::Roster => {
                Self::Roster(resolved.members.iter().filter_map(matched).collect())
            }
            PopulationSource::Portal => Self::Selectors {
                population: population.clone(),
                groups: groups_by_name(accounts).into_iter().map(bearers).collect(),
            },
        }
    }

    /// How an account is named; `None` where it is not under review.
    #[must_use]
    pub fn matched(&self, account: &Account) -> Option<Match> {
        if account.id.is_system() {
            return None;
        }
        match self {
            Self::Roster(members) => members.get(&account.id).copied(),
            Self::Selectors { population, groups } => {
                // A group that only an earlier version shows is one of its name.
                let bearers = |name: &str| groups.get(name).copied().unwrap_or(1);
                selection(population, &bearers, account)
            }
        }
    }
}

fn match_roster<A: Borrow<Account>>(
    population: &Population,
    roster: &Roster,
    accounts: &[A],
    as_of: Timestamp,
) -> Resolved {
    let people = || accounts.iter().map(Borrow::borrow).filter(|a| !a.id.is_system());
    let matcher = Matcher::new(roster, people(), as_of.date_naive());
    let mut members: BTreeMap<AccountId, Member> = BTreeMap::new();
    let mut reconciliation = Reconciliation::default();
    for row in &roster.rows {
        if matcher.has_left(row) {
            reconciliation.contract_ended.push(row.clone());
        }
        match matcher.account_of(row) {
            RowMatch::Account(id) => {
                // Ambiguous by another row stays so.
                let member = Member::Account { id, matched: Match::Unique };
                members.entry(id).or_insert(member);
            }
            RowMatch::Ambiguous(ids) => {
                reconciliation.ambiguous.push(row.clone());
                let matched = Match::Ambiguous;
                members.extend(ids.into_iter().map(|id| (id, Member::Account { id, matched })));
            }
            RowMatch::UnknownId(id) => {
                reconciliation.roster_without_account.push(row.clone());
                members.entry(id).or_insert_with(|| Member::NotOnPortal { id, row: row.clone() });
            }
            RowMatch::Nobody => reconciliation.roster_without_account.push(row.clone()),
        }
    }
    let reviewed = selected(population, accounts).map(|(account, _)| account.id);
    let left = people().map(|a| a.id).filter(|id| roster.named_before.contains(id));
    let missing: BTreeSet<AccountId> =
        reviewed.chain(left).filter(|id| !members.contains_key(id)).collect();
    reconciliation.accounts_not_in_roster = missing.into_iter().collect();
    Resolved {
        source: PopulationSource::Roster,
        members: members.into_values().collect(),
        reconciliation,
    }
}

/// How the rows of a roster fare, whatever the population is.
#[must_use]
pub fn match_counts<A: Borrow<Account>>(
    roster: &Roster,
    accounts: &[A],
    as_of: Timestamp,
) -> MatchCounts {
    let people = accounts.iter().map(Borrow::borrow).filter(|a| !a.id.is_system());
    let matcher = Matcher::new(roster, people, as_of.date_naive());
    let mut counts = MatchCounts::default();
    for row in &roster.rows {
        match matcher.account_of(row) {
            RowMatch::Account(_) => counts.matched += 1,
            RowMatch::Ambiguous(_) => counts.ambiguous += 1,
            RowMatch::UnknownId(_) | RowMatch::Nobody => counts.without_account += 1,
        }
    }
    counts
}
