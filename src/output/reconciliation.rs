//! Where roster and portal disagree, with what is needed to find the rows.

use serde::Serialize;

use crate::domain::{
    account::AccountId,
    population::{Reconciliation, RosterRow},
};

/// Where roster and portal disagree, with what is needed to find the rows.
#[derive(Debug, Default, Serialize)]
pub struct Reconciled {
    roster_without_account: Vec<RosterPlace>,
    ambiguous: Vec<RosterPlace>,
    accounts_not_in_roster: Vec<AccountPlace>,
    contract_ended: Vec<RosterPlace>,
}

/// A row of a roster.
#[derive(Debug, Serialize)]
pub struct RosterPlace {
    /// File name as given.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// As written.
    pub id: Option<String>,
    /// As written.
    pub email: Option<String>,
    /// As written.
    pub display_name: Option<String>,
}

/// An account that the roster does not have.
#[derive(Debug, Serialize)]
pub struct AccountPlace {
    /// Its id.
    pub account_id: String,
    /// Its address.
    pub email: String,
    /// Its name.
    pub display_name: String,
}

impl Reconciled {
    /// Gathers the four lists.
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
            ("people on the roster without an account", &self.roster_without_account),
            ("roster rows that could mean several accounts", &self.ambiguous),
            ("people whose contract has ended", &self.contract_ended),
        ]
    }

    /// Accounts of the kinds reviewed that the roster lacks.
    #[must_use]
    pub fn unlisted(&self) -> &[AccountPlace] {
        &self.accounts_not_in_roster
    }
}

impl RosterPlace {
    /// Where a row stands and what it says of the person.
    #[must_use]
    pub fn of(row: &RosterRow) -> Self {
        Self {
            file: row.file.clone(),
            line: row.line,
            id: row.id.clone(),
            email: row.email.clone(),
            display_name: row.display_name.clone(),
        }
    }
}

/// An account for the reconciliation.
#[must_use]
pub fn account_place(id: AccountId, email: &str, display_name: &str) -> AccountPlace {
    AccountPlace {
        account_id: id.to_string(),
        email: email.to_owned(),
        display_name: display_name.to_owned(),
    }
}
