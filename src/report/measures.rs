//! The measures of CIS Controls 8, safeguard 5.3, as its assessment specification counts them. An
//! account that could not be judged is in neither M3 nor M4, and counted beside them.

use serde::Serialize;

use crate::{
    domain::verdict::{Reason, Verdict},
    report::{Account, Standing},
};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Measures {
    pub(crate) m1_accounts: usize,
    pub(crate) m2_threshold_days: u32,
    /// Verdict inactive, or disabled or exempt and idle for the threshold or longer.
    pub(crate) m3_dormant: usize,
    /// Verdict active, or disabled or exempt and idle for less.
    pub(crate) m4_within_threshold: usize,
    /// Of M3, disabled: before the decision, or by dormouse since and not enabled again.
    pub(crate) m5_dormant_disabled: usize,
    /// Of M3, still enabled; exempt accounts are counted here.
    pub(crate) m6_dormant_enabled: usize,
    pub(crate) not_judged: usize,
}

impl Measures {
    /// Roster ids that are not an account are not counted.
    pub(crate) fn of(accounts: &[Account], threshold_days: u32) -> Self {
        let mut m = Self { m2_threshold_days: threshold_days, ..Self::default() };
        for account in accounts.iter().filter(|a| a.reason != Reason::NotOnPortal) {
            m.m1_accounts += 1;
            let is_disabled = account.standing == Standing::Disabled;
            let counter = match (is_dormant(account, threshold_days), is_disabled) {
                (None, _) => &mut m.not_judged,
                (Some(false), _) => &mut m.m4_within_threshold,
                (Some(true), true) => &mut m.m5_dormant_disabled,
                (Some(true), false) => &mut m.m6_dormant_enabled,
            };
            *counter += 1;
        }
        m.m3_dormant = m.m5_dormant_disabled + m.m6_dormant_enabled;
        m
    }
}

/// Whether the account reached the threshold; none where that could not be judged.
pub(crate) fn is_dormant(account: &Account, threshold_days: u32) -> Option<bool> {
    match account.verdict {
        Verdict::Inactive => Some(true),
        Verdict::Active => Some(false),
        Verdict::Disabled | Verdict::Exempt => account.idle_days.map(|days| days >= threshold_days),
        Verdict::Undetermined => None,
    }
}
