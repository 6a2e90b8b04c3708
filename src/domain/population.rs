//! The accounts under review, and how the roster agrees with the portal. Matching is strict: what could
//! mean someone else is ambiguous, never a guess.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use chrono::NaiveDate;

use crate::{
    domain::{
        account::{Account, AccountId, domain_key, email_domain, email_key},
        evidence::Match,
        policy::{Population, PopulationSource, groups_by_name},
    },
    time::Timestamp,
};

/// One row of a roster, as the file had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// File name as given, `-` for stdin.
    pub file: String,
    /// Line of the row in it, from 1.
    pub line: u32,
    /// HR's reference, or the account's GUID.
    pub id: Option<String>,
    /// Address as written.
    pub email: Option<String>,
    pub display_name: Option<String>,
    /// Last day of the contract.
    pub contract_end: Option<NaiveDate>,
}

impl RosterRow {
    /// The account that it names by id; none where the id is HR's own reference.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.id.as_deref()?.trim().parse().ok()
    }

    /// `None` also for an empty address: two of them are not one person.
    fn email_key(&self) -> Option<String> {
        self.email.as_deref().map(email_key).filter(|email| !email.is_empty())
    }
}

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
    /// Accounts of the kinds reviewed that the roster does not have.
    pub accounts_not_in_roster: Vec<AccountId>,
    /// People whose contract ended before the day decided.
    pub contract_ended: Vec<RosterRow>,
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
    roster: Option<&[RosterRow]>,
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
            match_roster(population, roster.unwrap_or_default(), accounts, as_of)
        }
    }
}

/// Accounts that the selectors name, by id. System users are never counted.
fn selected<'a, A: Borrow<Account>>(
    population: &'a Population,
    accounts: &'a [A],
) -> impl Iterator<Item = (&'a Account, Match)> {
    let groups = groups_by_name(accounts);
    let by_id: BTreeMap<AccountId, (&Account, Match)> = accounts
        .iter()
        .map(Borrow::borrow)
        .filter(|a| !a.id.is_system())
        .filter_map(|a| Some((a.id, (a, selection(population, &groups, a)?))))
        .collect();
    by_id.into_values()
}

/// How the selectors name an account; `None` where they do not. A group name that several groups
/// bear could mean the other one, so membership by it alone is ambiguous.
fn selection(
    population: &Population,
    groups: &BTreeMap<&str, BTreeSet<&str>>,
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
    let bearers = named.map(|g| groups.get(g.name.as_str()).map_or(0, BTreeSet::len));
    // One name that is beyond doubt suffices.
    bearers.min().map(|fewest| if fewest > 1 { Match::Ambiguous } else { Match::Unique })
}

fn match_roster<A: Borrow<Account>>(
    population: &Population,
    roster: &[RosterRow],
    accounts: &[A],
    as_of: Timestamp,
) -> Resolved {
    let people = || accounts.iter().map(Borrow::borrow).filter(|a| !a.id.is_system());
    let ids: BTreeSet<AccountId> = people().map(|a| a.id).collect();
    let mut by_email: HashMap<String, Vec<AccountId>> = HashMap::new();
    for account in people() {
        by_email.entry(email_key(&account.email)).or_default().push(account.id);
    }
    let mut email_uses: HashMap<String, usize> = HashMap::new();
    for email in roster.iter().filter_map(RosterRow::email_key) {
        *email_uses.entry(email).or_default() += 1;
    }

    let mut members: BTreeMap<AccountId, Member> = BTreeMap::new();
    let mut reconciliation = Reconciliation::default();
    for row in roster {
        if row.contract_end.is_some_and(|end| end < as_of.date_naive()) {
            reconciliation.contract_ended.push(row.clone());
        }
        let email = row.email_key();
        let by_address = email.as_ref().and_then(|e| by_email.get(e)).cloned().unwrap_or_default();
        let mut candidates: BTreeSet<AccountId> = by_address.into_iter().collect();
        if let Some(id) = row.account_id() {
            if !ids.contains(&id) {
                // The id is the stronger claim: an account re-invited under the same address is
                // somebody new, so the address alone does not carry the review over to it.
                members.entry(id).or_insert_with(|| Member::NotOnPortal { id, row: row.clone() });
                reconciliation.roster_without_account.push(row.clone());
                continue;
            }
            candidates.insert(id);
        }
        let repeated = email.is_some_and(|e| email_uses.get(&e).is_some_and(|n| *n > 1));
        let ambiguous = candidates.len() > 1 || (repeated && !candidates.is_empty());
        if ambiguous {
            reconciliation.ambiguous.push(row.clone());
        }
        if candidates.is_empty() {
            reconciliation.roster_without_account.push(row.clone());
        }
        for id in candidates {
            let matched = if ambiguous { Match::Ambiguous } else { Match::Unique };
            members
                .entry(id)
                .and_modify(|member| {
                    if ambiguous {
                        *member = Member::Account { id, matched };
                    }
                })
                .or_insert(Member::Account { id, matched });
        }
    }
    reconciliation.accounts_not_in_roster = selected(population, accounts)
        .map(|(account, _)| account.id)
        .filter(|id| !members.contains_key(id))
        .collect();
    Resolved {
        source: PopulationSource::Roster,
        members: members.into_values().collect(),
        reconciliation,
    }
}
