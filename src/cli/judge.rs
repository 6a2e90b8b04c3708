//! Flags of `sync`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::values::days;

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
