//! Flags of the commands that gather evidence and judge it: `sync`, `decide`, `explain`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::values::{AccountRef, days, instant, number};
use crate::time::Timestamp;

/// Flags of `sync`.
#[derive(Debug, Clone, Default, Args)]
pub struct Sync {
    /// Read the roster from this file; repeat for more files, `-` is stdin
    ///
    /// CSV or JSON. All files of one run together are the whole roster: who is in none of them is
    /// no contractor any more.
    #[arg(long, value_name = "FILE")]
    pub contractors: Vec<PathBuf>,

    /// Read again all that the portal still has
    #[arg(long)]
    pub full: bool,

    /// Let the first read go back this many days [env: LOGIN_LOOKBACK_DAYS] [default: 180]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub lookback_days: Option<u32>,

    /// Check accounts idle for this many days [env: INACTIVITY_DAYS] [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub inactivity_days: Option<u32>,

    /// Accept a roster that is empty or much smaller than the last
    #[arg(long)]
    pub accept_shrink: bool,

    /// Accept that the portal has a new owner
    #[arg(long)]
    pub accept_owner: bool,
}

/// Flags of `decide`.
#[derive(Debug, Clone, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Decide {
    /// What to do instead of deciding.
    #[command(subcommand)]
    pub action: Option<DecideAction>,

    /// Call an account inactive after this many days [env: INACTIVITY_DAYS] [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub inactivity_days: Option<u32>,

    /// Judge as of this moment [default: the end of coverage]
    ///
    /// A decision as of any other moment than the default is historical: it can be shown and
    /// reported, never applied.
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub as_of: Option<Timestamp>,

    /// Show the decision and store nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Exit with 10 when someone is inactive
    #[arg(long)]
    pub check: bool,

    /// Show who changed verdict since this decision, and why
    #[arg(long, value_name = "N", value_parser = number())]
    pub compare: Option<i64>,

    /// Count verdicts under several thresholds side by side; nothing is stored
    #[arg(
        long,
        value_name = "DAYS,…",
        value_delimiter = ',',
        value_parser = days(),
        conflicts_with_all = ["inactivity_days", "compare", "check"],
    )]
    pub thresholds: Vec<u32>,
}

/// What `decide` can do besides deciding.
#[derive(Debug, Clone, Subcommand)]
pub enum DecideAction {
    /// Recompute a decision and compare digests
    ///
    /// Decides again from what was known when decision N was made. A difference is shown and exits
    /// with 1.
    Verify {
        /// Number of the decision
        #[arg(value_name = "N", value_parser = number())]
        decision: i64,
    },
}

/// Flags of `explain`.
#[derive(Debug, Clone, Args)]
pub struct Explain {
    /// Account id or e-mail address
    #[arg(value_name = "ACCOUNT")]
    pub account: AccountRef,

    /// Explain this decision [default: what would be decided now]
    #[arg(long, value_name = "N", value_parser = number(), conflicts_with = "as_of")]
    pub decision: Option<i64>,

    /// Judge as of this moment [default: the end of coverage]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub as_of: Option<Timestamp>,
}
