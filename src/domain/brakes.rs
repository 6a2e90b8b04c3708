//! Brakes on `apply`: limits that stop a run before it touches anyone. They never trim a list.

use std::fmt;

use chrono::TimeDelta;

use crate::domain::human::{many, thousands};

/// The limits in force for one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brakes {
    /// Most accounts disabled within [`RECENT`], this run included.
    pub max_accounts: u32,
    /// The same as a share of the population that was not disabled before.
    pub max_percent: u32,
    /// Oldest evidence that may be acted on, from the end of coverage.
    pub max_evidence_age: TimeDelta,
    /// Smallest roster accepted, as a share of the last one.
    pub min_roster_ratio: f64,
}

/// Earlier runs count for so long. Less than a day, so that a nightly schedule does not count the night
/// before.
pub const RECENT: TimeDelta = TimeDelta::hours(20);

/// Of fewer accounts a share says nothing.
const PERCENT_COUNTS_ABOVE: u64 = 10;

/// How much a run would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrakeLoad {
    pub acting_on: u32,
    /// Other accounts that dormouse disabled, or may have disabled, within [`RECENT`].
    pub recent: u32,
    /// The population's accounts that are not disabled, and the recent ones.
    pub population: u32,
}

/// Why a run was stopped: every limit that it exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Braked {
    pub load: BrakeLoad,
    /// `max_accounts`, where it is exceeded.
    pub max_accounts: Option<u32>,
    pub max_percent: Option<ExceededShare>,
    /// How many accounts may be disabled now.
    pub room: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExceededShare {
    /// In percent, rounded up.
    pub share: u32,
    pub max: u32,
}

impl Brakes {
    /// Tests a run against all limits.
    ///
    /// # Errors
    /// A limit is exceeded.
    pub fn test(&self, load: BrakeLoad) -> Result<(), Braked> {
        let total = load.total();
        let accounts = (total > u64::from(self.max_accounts)).then_some(self.max_accounts);
        let percent = self.is_share_exceeded(load).then(|| {
            let share = (total * 100).div_ceil(u64::from(load.population.max(1)));
            ExceededShare { share: u32::try_from(share).unwrap_or(u32::MAX), max: self.max_percent }
        });
        if load.acting_on == 0 || (accounts.is_none() && percent.is_none()) {
            return Ok(());
        }
        let room = self.room(load);
        Err(Braked { load, max_accounts: accounts, max_percent: percent, room })
    }

    fn is_share_exceeded(&self, load: BrakeLoad) -> bool {
        let total = load.total();
        total > PERCENT_COUNTS_ABOVE
            && total * 100 > u64::from(self.max_percent) * u64::from(load.population)
    }

    fn room(&self, load: BrakeLoad) -> u32 {
        let share = u64::from(self.max_percent) * u64::from(load.population) / 100;
        let most = share.max(PERCENT_COUNTS_ABOVE).min(self.max_accounts.into());
        let room = most.saturating_sub(load.recent.into()).min(load.acting_on.into());
        u32::try_from(room).unwrap_or(u32::MAX)
    }
}

impl BrakeLoad {
    fn total(self) -> u64 {
        u64::from(self.acting_on) + u64::from(self.recent)
    }
}

impl std::error::Error for Braked {}

impl fmt::Display for Braked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BrakeLoad { acting_on, recent, population } = self.load;
        let total = self.load.total();
        write!(f, "{} to disable", many(acting_on, "account"))?;
        if recent > 0 {
            let hours = RECENT.num_hours();
            write!(f, " and {recent} disabled in the last {hours} hours make {total}")?;
        }
        if let Some(max) = self.max_accounts {
            write!(f, ": more than max_accounts = {max}")?;
        }
        if let Some(ExceededShare { share, max }) = self.max_percent {
            let also = if self.max_accounts.is_some() { ", and" } else { ":" };
            write!(
                f,
                "{also} {share} % of the {} accounts that were not disabled, more than max_percent = {max}",
                thousands(population.into())
            )?;
        }
        f.write_str("; nothing was done; ")?;
        match self.room {
            0 => f.write_str("run it again when those count no longer")?,
            room => write!(f, "to disable the longest idle first: --limit {room}")?,
        }
        f.write_str("; to exceed the limit once, after a review:")?;
        if self.max_accounts.is_some() {
            write!(f, " --max {total}")?;
        }
        if let Some(ExceededShare { share, .. }) = self.max_percent {
            write!(f, " --max-percent {share}")?;
        }
        Ok(())
    }
}
