//! How the rows of a roster are matched with accounts. Matching is strict: a row that could mean someone
//! else is ambiguous, never a guess.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::account::{Account, AccountId, email_key};

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
    /// The GUID in the id column, in any of its forms.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.id.as_deref()?.trim().parse().ok()
    }

    /// `None` also for an empty address: two of them are not one person.
    fn email_key(&self) -> Option<String> {
        self.email.as_deref().map(email_key).filter(|email| !email.is_empty())
    }

    fn has_ended(&self, day: NaiveDate) -> bool {
        self.contract_end.is_some_and(|end| end < day)
    }
}

/// How a roster file is written, where it differs from what is usual. Column names are compared without
/// regard to case, spaces and punctuation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterFormat {
    pub id: Option<String>,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub contract_end: Option<String>,
    /// As `strftime` writes it; `None` is `YYYY-MM-DD`.
    pub date_format: Option<String>,
}

/// What the GUIDs in a roster are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RosterIds {
    #[default]
    Accounts,
    /// HR's own references: none of them was ever an account here, so that rows match by e-mail.
    References,
}

/// A roster, with what the store knows about the people in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    pub rows: Vec<RosterRow>,
    pub ids: RosterIds,
    /// Accounts whose address changed, by every address that they had. Keys are as [`email_key`]
    /// makes them.
    pub past_addresses: BTreeMap<String, BTreeSet<AccountId>>,
    /// Accounts that an earlier roster named.
    pub named_before: BTreeSet<AccountId>,
}

/// What a row of a roster means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowMatch {
    Account(AccountId),
    /// Several accounts, or an address that the roster has twice.
    Ambiguous(BTreeSet<AccountId>),
    /// The row names an account id that the portal does not have.
    UnknownId(AccountId),
    Nobody,
}

/// Finds the accounts of rows.
pub(super) struct Matcher<'a> {
    roster: &'a Roster,
    day: NaiveDate,
    ids: BTreeSet<AccountId>,
    by_email: HashMap<String, Vec<AccountId>>,
    rows_by_email: HashMap<String, Rows>,
}

/// Rows with one address.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    running: usize,
    ended: usize,
}

impl<'a> Matcher<'a> {
    /// `accounts` are those on the portal; contracts that end before `day` have ended.
    pub(super) fn new<'b>(
        roster: &'a Roster,
        accounts: impl Iterator<Item = &'b Account>,
        day: NaiveDate,
    ) -> Self {
        let mut ids = BTreeSet::new();
        let mut by_email: HashMap<String, Vec<AccountId>> = HashMap::new();
        for account in accounts {
            ids.insert(account.id);
            by_email.entry(email_key(&account.email)).or_default().push(account.id);
        }
        let mut rows_by_email: HashMap<String, Rows> = HashMap::new();
        for row in &roster.rows {
            let Some(email) = row.email_key() else { continue };
            let rows = rows_by_email.entry(email).or_default();
            match row.has_ended(day) {
                true => rows.ended += 1,
                false => rows.running += 1,
            }
        }
        Self { roster, day, ids, by_email, rows_by_email }
    }

    pub(super) fn account_of(&self, row: &RosterRow) -> RowMatch {
        let mut candidates = BTreeSet::new();
        if let Some(id) = self.named_id(row) {
            if !self.ids.contains(&id) {
                // The id is the stronger claim: an account re-invited under the same address is
                // somebody new, so the address alone does not carry the review over to it.
                return RowMatch::UnknownId(id);
            }
            candidates.insert(id);
        }
        let email = row.email_key();
        candidates.extend(email.as_ref().map(|email| self.with_address(email)).unwrap_or_default());
        let repeated = email.is_some_and(|email| self.is_repeated(&email));
        match candidates.first() {
            None => RowMatch::Nobody,
            Some(id) if candidates.len() == 1 && !repeated => RowMatch::Account(*id),
            Some(_) => RowMatch::Ambiguous(candidates),
        }
    }

    /// True where the contract of the row has ended and no other row of the same person runs on.
    pub(super) fn has_left(&self, row: &RosterRow) -> bool {
        let renewed = row
            .email_key()
            .and_then(|email| self.rows_by_email.get(&email))
            .is_some_and(|rows| rows.running > 0);
        row.has_ended(self.day) && !renewed
    }

    fn named_id(&self, row: &RosterRow) -> Option<AccountId> {
        match self.roster.ids {
            RosterIds::Accounts => row.account_id(),
            RosterIds::References => None,
        }
    }

    /// Accounts that have the address; where none has, those that had it before theirs changed.
    fn with_address(&self, email: &str) -> Vec<AccountId> {
        if let Some(now) = self.by_email.get(email) {
            return now.clone();
        }
        let past = self.roster.past_addresses.get(email).into_iter().flatten();
        past.filter(|id| self.ids.contains(*id)).copied().collect()
    }

    /// One running contract beside ended ones is one person.
    fn is_repeated(&self, email: &str) -> bool {
        let Rows { running, ended } = self.rows_by_email.get(email).copied().unwrap_or_default();
        match running {
            0 => ended > 1,
            n => n > 1,
        }
    }
}
