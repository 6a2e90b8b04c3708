//! The measures of CIS Controls 8, safeguard 5.3, as its assessment specification counts them. An
//! account that could not be judged is in neither M3 nor M4, and said beside them.

use serde::Serialize;

use crate::report::pack::Account;

/// The six measures and what lies outside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measures {
    /// Accounts under review.
    pub m1_accounts: usize,
    /// Threshold in days.
    pub m2_threshold_days: u32,
    /// Dormant: verdict inactive, or disabled or exempt and idle for the threshold or longer.
    pub m3_dormant: usize,
    /// Within the threshold: verdict active, or disabled or exempt and idle for less.
    pub m4_within_threshold: usize,
    /// Of M3, disabled: before the decision, or by dormouse since and not enabled again.
    pub m5_dormant_disabled: usize,
    /// Of M3, still enabled; exempt accounts are counted here.
    pub m6_dormant_enabled: usize,
    /// Accounts that could not be judged.
    pub not_judged: usize,
}

impl Measures {
    /// Counts verdicts; those of roster ids that are no account are no accounts.
    #[must_use]
    pub fn of(accounts: &[Account], threshold_days: u32) -> Self {
        let mut m = Self {
            m1_accounts: 0,
            m2_threshold_days: threshold_days,
            m3_dormant: 0,
            m4_within_threshold: 0,
            m5_dormant_disabled: 0,
            m6_dormant_enabled: 0,
            not_judged: 0,
        };
        for account in accounts.iter().filter(|a| a.reason != "not_on_portal") {
            m.m1_accounts += 1;
            match dormant(account, threshold_days) {
                None => m.not_judged += 1,
                Some(false) => m.m4_within_threshold += 1,
                Some(true) => {
                    m.m3_dormant += 1;
                    if is_disabled(account) {
                        m.m5_dormant_disabled += 1;
                    } else {
                        m.m6_dormant_enabled += 1;
                    }
                }
            }
        }
        m
    }
}

fn dormant(account: &Account, threshold_days: u32) -> Option<bool> {
    match account.verdict {
        "inactive" => Some(true),
        "active" => Some(false),
        "disabled" | "exempt" => account.idle_days.map(|idle| idle >= threshold_days),
        _ => None,
    }
}

/// The verdict's status, changed by what was shown applied since.
fn is_disabled(account: &Account) -> bool {
    match (account.action, account.outcome) {
        (Some("disable"), Some("applied")) => true,
        (Some("enable"), Some("applied")) => false,
        _ => account.verdict == "disabled",
    }
}
