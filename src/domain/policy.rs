//! The policy: who is reviewed, what counts as unused, and who is spared, as plain data.

use chrono::NaiveDate;

use super::{
    account::{Account, AccountId, Kind, email_domain, named},
    time::Instant,
};

named! {
    /// Published thresholds by name.
    Preset {
        /// DISA STIG: 35 days.
        Stig35 = "stig-35",
        /// CIS Control 5.3 and Essential Eight: 45 days.
        Cis45 = "cis-45",
        /// PCI DSS 8.2.6 and FedRAMP: 90 days.
        Pci90 = "pci-90",
    }
}

impl Preset {
    /// The threshold in days.
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            Self::Stig35 => 35,
            Self::Cis45 => 45,
            Self::Pci90 => 90,
        }
    }
}

named! {
    /// What must have been looked at before inactivity counts as proven.
    Signals {
        /// The login history alone. People who work on an old session are not seen by it.
        Logins = "logins",
        /// The login history, and the audit trail asked for each candidate.
        LoginsAndAudit = "logins+audit",
    }
}

/// Where the list of contractors comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopulationSource {
    /// The roster last given to `sync --contractors`.
    Roster,
    /// The portal's own accounts, by the selectors below.
    Portal,
}

/// Who is under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Roster or portal; `None` means the roster where one was ever given, else the portal.
    pub source: Option<PopulationSource>,
    /// Kinds reviewed; also those whose absence from the roster is reported.
    pub kinds: Vec<Kind>,
    /// Names of groups whose members are reviewed too.
    pub groups: Vec<String>,
    /// E-mail domains whose accounts are reviewed too.
    pub email_domains: Vec<String>,
}

/// Whom an exemption spares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExemptionSubject {
    /// One account by id.
    Account(AccountId),
    /// One account by e-mail, without case.
    Email(String),
    /// All addresses of a domain, without case.
    Domain(String),
    /// All members of the group of exactly this name.
    Group(String),
}

/// A named exception from the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// Whom it spares.
    pub subject: ExemptionSubject,
    /// Why; never empty.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day on which it holds, UTC, inclusive.
    pub expires: Option<NaiveDate>,
}

impl Exemption {
    /// True where it still holds at `as_of`.
    #[must_use]
    pub fn in_force(&self, as_of: Instant) -> bool {
        self.expires.is_none_or(|last| as_of.date_naive() <= last)
    }

    /// True where it names this account.
    #[must_use]
    pub fn names(&self, account: &Account) -> bool {
        match &self.subject {
            ExemptionSubject::Account(id) => *id == account.id,
            ExemptionSubject::Email(email) => email.to_lowercase() == account.email.to_lowercase(),
            ExemptionSubject::Domain(domain) => {
                email_domain(&account.email) == Some(domain.to_lowercase())
            }
            ExemptionSubject::Group(name) => account.groups.iter().any(|g| g.name == *name),
        }
    }
}

/// The rules that a decision applies. Brakes are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Days of 24 hours without activity after which an account is inactive.
    pub inactivity_days: u32,
    /// The same for accounts that were never active, counted from registration.
    pub grace_days: u32,
    /// What must have been looked at.
    pub signals: Signals,
    /// Who is reviewed.
    pub population: Population,
    /// Who is spared.
    pub exemptions: Vec<Exemption>,
}
