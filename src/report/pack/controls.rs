//! Controls that ask for what a report shows, by identifier only. Whether one is met is for the
//! assessor to say.

use serde::Serialize;

/// One control and the part of the report that speaks to it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Control {
    /// Catalogue.
    pub catalogue: &'static str,
    /// Identifier.
    pub id: &'static str,
    /// What to look at.
    pub evidence: &'static str,
}

/// All of them.
pub const CONTROLS: &[Control] = &[
    Control {
        catalogue: "NIST SP 800-53",
        id: "AC-2(3)",
        evidence: "threshold, verdicts, disabled accounts, days over the threshold",
    },
    Control {
        catalogue: "NIST SP 800-53",
        id: "AC-2(4)",
        evidence: "actions with actor, time, outcome and the portal's own audit event",
    },
    Control {
        catalogue: "NIST SP 800-53",
        id: "AU-9(3)",
        evidence: "hash chain of the history, its head, digests of decision and policy",
    },
    Control {
        catalogue: "NIST SP 800-53",
        id: "AU-11",
        evidence: "coverage: a copy of the login history that outlives the portal's retention",
    },
    Control {
        catalogue: "PCI DSS 4.0",
        id: "8.2.6",
        evidence: "threshold, verdicts, disabled accounts",
    },
    Control { catalogue: "CIS Controls 8", id: "5.3", evidence: "measures M1 to M6" },
    Control {
        catalogue: "ISO/IEC 27001:2022",
        id: "A.5.18",
        evidence: "review of access rights: population, verdicts, exemptions",
    },
    Control {
        catalogue: "SOC 2",
        id: "CC6.2",
        evidence: "removal of access that is no longer used, with who did it and when",
    },
    Control {
        catalogue: "Essential Eight",
        id: "ISM-1404",
        evidence: "threshold, verdicts, disabled accounts",
    },
];
