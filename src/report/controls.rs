//! Controls that ask for what a report shows, by identifier only, with what of each it supports and what
//! it does not. Whether a control is met is for the assessor to say.

use serde::Serialize;

use crate::output::when::many;

#[derive(Debug, Serialize)]
pub(crate) struct Control {
    pub(crate) catalogue: &'static str,
    pub(crate) id: &'static str,
    /// What to look at.
    pub(crate) evidence: &'static str,
    /// What of the control this report supports.
    pub(crate) supported: String,
    /// What it leaves to others.
    pub(crate) not_supported: &'static str,
}

/// A control as it is known before there is a decision.
struct Known {
    catalogue: &'static str,
    id: &'static str,
    /// Days of inactivity that the control itself names.
    days: Option<u32>,
    evidence: &'static str,
    supported: &'static str,
    not_supported: &'static str,
}

/// All of them, those with a period of their own compared with the threshold.
pub(crate) fn controls(threshold_days: Option<u32>) -> Vec<Control> {
    let control = |known: &Known| {
        let compared = known.days.zip(threshold_days).map(|(days, threshold)| {
            let is = if threshold > days { "is longer than" } else { "is within" };
            let threshold = many(threshold, "day");
            format!("; the threshold of {threshold} {is} the {days} that it asks for")
        });
        Control {
            catalogue: known.catalogue,
            id: known.id,
            evidence: known.evidence,
            supported: format!("{}{}", known.supported, compared.unwrap_or_default()),
            not_supported: known.not_supported,
        }
    };
    KNOWN.iter().map(control).collect()
}

const KNOWN: [Known; 9] = [
    Known {
        catalogue: "NIST SP 800-53",
        id: "AC-2(3)",
        days: None,
        evidence: "threshold, verdicts, disabled accounts, days over the threshold",
        supported: "(d): accounts inactive for the threshold are disabled, with the days that it took",
        not_supported: "(a) to (c): expired accounts, accounts of nobody and violations of policy; a roster \
                        only lists people whose contract ended",
    },
    Known {
        catalogue: "NIST SP 800-53",
        id: "AC-2(4)",
        days: None,
        evidence: "actions with actor, time, outcome and the portal's own audit event",
        supported: "disabling and enabling by dormouse",
        not_supported: "creation, modification, removal, and changes made by others: see the portal's audit \
                        trail",
    },
    Known {
        catalogue: "NIST SP 800-53",
        id: "AU-9(3)",
        days: None,
        evidence: "hash chain of the history, its head, digests of decision and policy",
        supported: "changes to the record of actions show; a head kept elsewhere proves all rows up to it",
        not_supported: "the portal's own logs",
    },
    Known {
        catalogue: "NIST SP 800-53",
        id: "AU-11",
        days: None,
        evidence: "coverage: a copy of the login history that outlives the portal's retention",
        supported: "login history and actions stay for as long as the store is kept",
        not_supported: "how long that has to be, and the rest of the portal's audit trail",
    },
    Known {
        catalogue: "PCI DSS 4.0",
        id: "8.2.6",
        days: Some(90),
        evidence: "threshold, verdicts, disabled accounts",
        supported: "inactive accounts under review are disabled",
        not_supported: "accounts that are not under review, exempt ones, other systems",
    },
    Known {
        catalogue: "CIS Controls 8",
        id: "5.3",
        days: Some(45),
        evidence: "measures M1 to M6",
        supported: "dormant accounts under review are disabled, counted as its specification does",
        not_supported: "accounts that are not under review, other systems",
    },
    Known {
        catalogue: "ISO/IEC 27001:2022",
        id: "A.5.18",
        days: None,
        evidence: "review of access rights: population, verdicts, exemptions, sign-off",
        supported: "a review of whether accounts are used, and removal of those that are not",
        not_supported: "which rights an account has, and whether it needs them",
    },
    Known {
        catalogue: "SOC 2",
        id: "CC6.2",
        days: None,
        evidence: "removal of access that is no longer used, with who did it and when",
        supported: "removal of access that is no longer used",
        not_supported: "how access was authorized, and removal at the end of a contract",
    },
    Known {
        catalogue: "Essential Eight",
        id: "ISM-1404",
        days: Some(45),
        evidence: "threshold, verdicts, disabled accounts",
        supported: "unprivileged access under review is disabled",
        not_supported: "privileged access: owner and administrators are exempt",
    },
];
