//! Brakes on `apply`: limits that stop a run before it touches anyone. They never trim a list.

use chrono::TimeDelta;

/// The limits in force for one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brakes {
    /// Most accounts disabled within 24 hours, this run included.
    pub max_accounts: u32,
    /// The same as a share of the population's accounts not yet disabled.
    pub max_percent: u32,
    /// Oldest evidence that may be acted on, from the end of coverage.
    pub max_evidence_age: TimeDelta,
    /// Longest time without any recorded event before coverage ends.
    pub max_silence: TimeDelta,
    /// Smallest roster accepted, as a share of the last one.
    pub min_roster_ratio: f64,
}

/// Below this many accounts a share says nothing.
const PERCENT_COUNTS_ABOVE: u32 = 10;

/// How much a run would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Accounts that this run would disable.
    pub acting_on: u32,
    /// Accounts that dormouse disabled in the last 24 hours.
    pub recent: u32,
    /// The population's accounts that are not disabled.
    pub enabled: u32,
}

/// Why a run was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Braked {
    /// Too many accounts.
    #[error(
        "{acting_on} accounts to disable and {recent} disabled in the last 24 hours are more than \
         max_accounts = {max}; nothing was done; to go on this once: --max {}", acting_on.saturating_add(*recent)
    )]
    Accounts {
        /// To be disabled now.
        acting_on: u32,
        /// Disabled in the last 24 hours.
        recent: u32,
        /// The limit.
        max: u32,
    },
    /// Too large a share.
    #[error(
        "{acting_on} accounts to disable and {recent} disabled in the last 24 hours are {share} % \
         of the {enabled} accounts not yet disabled, more than max_percent = {max}; nothing was \
         done; to go on this once: --max-percent {share}"
    )]
    Percent {
        /// To be disabled now.
        acting_on: u32,
        /// Disabled in the last 24 hours.
        recent: u32,
        /// Population not yet disabled.
        enabled: u32,
        /// Share in percent, rounded up.
        share: u32,
        /// The limit.
        max: u32,
    },
}

/// Tests a run against the limits.
///
/// # Errors
/// A limit is exceeded; the error names the numbers and the flag that overrides it for one run.
pub fn test(brakes: &Brakes, load: Load) -> Result<(), Braked> {
    let Load { acting_on, recent, enabled } = load;
    let total = acting_on.saturating_add(recent);
    if acting_on == 0 {
        return Ok(());
    }
    if total > brakes.max_accounts {
        return Err(Braked::Accounts { acting_on, recent, max: brakes.max_accounts });
    }
    let over = u64::from(total) * 100 > u64::from(brakes.max_percent) * u64::from(enabled);
    if acting_on > PERCENT_COUNTS_ABOVE && over {
        let share = (u64::from(total) * 100).div_ceil(u64::from(enabled.max(1)));
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        return Err(Braked::Percent { acting_on, recent, enabled, share, max: brakes.max_percent });
    }
    Ok(())
}
