//! The policy as plain data: the accounts under review, what counts as inactive, the exemptions.

mod canonical;
mod exemption;
mod unmatched;

pub use canonical::PolicyError;
pub use exemption::{Exemption, ExemptionSubject};
pub(super) use unmatched::groups_by_name;
pub use unmatched::{Found, Selector, Unmatched, unmatched};

use crate::domain::{
    account::{Kind, named},
    recorded::SilencePolicy,
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

impl Signals {
    /// The list that the configuration and the canonical text write.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Logins => &["logins"],
            Self::LoginsAndAudit => &["logins", "audit"],
        }
    }

    /// Reads that list, in any order; `None` where it is no choice that exists.
    #[must_use]
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Option<Self> {
        let has = |name: &str| names.iter().any(|n| n.as_ref() == name);
        if !names.iter().all(|n| Self::LoginsAndAudit.names().contains(&n.as_ref())) {
            return None;
        }
        match (has("logins"), has("audit")) {
            (true, true) => Some(Self::LoginsAndAudit),
            (true, false) => Some(Self::Logins),
            (false, _) => None,
        }
    }
}

named! {
    /// Where the list of contractors comes from.
    PopulationSource {
        /// The roster last given to `sync --contractors`.
        Roster = "roster",
        /// The portal's own accounts, by the selectors of [`Population`].
        Portal = "portal",
    }
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

/// The rules that a decision applies. Brakes are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Days of 24 hours without activity after which an account is inactive.
    pub inactivity_days: u32,
    /// The same for accounts that were never active, counted from registration.
    pub grace_days: u32,
    pub signals: Signals,
    pub population: Population,
    pub exemptions: Vec<Exemption>,
    /// How silences of the login history are read. `None` is a policy of a release that had no such rule:
    /// its decisions rest on the coverage that the sync run wrote down.
    pub silence: Option<SilencePolicy>,
}

impl Policy {
    /// The same with another threshold. A grace that equals the threshold follows it.
    #[must_use]
    pub fn with_threshold(&self, inactivity_days: u32) -> Self {
        let grace_days = match self.grace_days == self.inactivity_days {
            true => inactivity_days,
            false => self.grace_days,
        };
        Self { inactivity_days, grace_days, ..self.clone() }
    }
}
