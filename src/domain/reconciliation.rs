//! Where roster and portal disagree, with what is needed to find the rows. No verdict depends on it.

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{
    account::{Account, AccountId},
    population::{Reconciliation, RosterRow},
};

#[derive(Debug, Default, Serialize)]
pub struct Reconciled {
    roster_without_account: Vec<RosterPlace>,
    ambiguous: Vec<RosterPlace>,
    accounts_not_in_roster: Vec<AccountPlace>,
    contract_ended: Vec<RosterPlace>,
}

/// A row of a roster: where it is and what it says of the person, as written.
#[derive(Debug, Serialize)]
pub struct RosterPlace {
    pub file: String,
    pub line: u32,
    pub id: Option<String>,
    pub email: Option<String>,
    pub display_name: Option<String>,
    #[serde(skip)]
    pub contract_end: Option<NaiveDate>,
}

/// An account that the roster does not have.
#[derive(Debug, Serialize)]
pub struct AccountPlace {
    pub account_id: AccountId,
    pub email: String,
    pub display_name: String,
}

impl Reconciled {
    #[must_use]
    pub fn new(lists: &Reconciliation, accounts_not_in_roster: Vec<AccountPlace>) -> Self {
        let places = |rows: &[RosterRow]| rows.iter().map(RosterPlace::of).collect();
        Self {
            roster_without_account: places(&lists.roster_without_account),
            ambiguous: places(&lists.ambiguous),
            accounts_not_in_roster,
            contract_ended: places(&lists.contract_ended),
        }
    }

    /// The lists that are about rows of the roster, each with what it lists.
    #[must_use]
    pub fn rows(&self) -> [(&'static str, &[RosterPlace]); 3] {
        [
            ("Roster rows without an account", &self.roster_without_account),
            ("Roster rows that could mean several accounts", &self.ambiguous),
            ("People whose contract has ended", &self.contract_ended),
        ]
    }

    /// Accounts of the kinds reviewed that the roster lacks.
    #[must_use]
    pub fn unlisted(&self) -> &[AccountPlace] {
        &self.accounts_not_in_roster
    }
}

impl RosterPlace {
    #[must_use]
    pub fn of(row: &RosterRow) -> Self {
        Self {
            file: row.file.clone(),
            line: row.line,
            id: row.id.clone(),
            email: row.email.clone(),
            display_name: row.display_name.clone(),
            contract_end: row.contract_end,
        }
    }
}

impl AccountPlace {
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self {
            account_id: account.id,
            email: account.email.clone(),
            display_name: account.display_name.clone(),
        }
    }
}
