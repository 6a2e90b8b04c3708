//! Flags of the commands that change the portal: `apply`, `restore`.

use clap::Args;

use crate::cli::values::{AccountRef, at_least_one, number, percent};

/// Flags of `apply`.
#[derive(Debug, Clone, Default, Args)]
pub struct Apply {
    /// Decision to apply [default: the newest current one]
    #[arg(value_name = "N", value_parser = number())]
    pub decision: Option<i64>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// Show what would be done and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Disable at most this many accounts, longest idle first
    ///
    /// Run it again for the next portion.
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub limit: Option<u32>,

    /// Disable only this account (id or e-mail); repeat for more
    #[arg(long, value_name = "ACCOUNT")]
    pub only: Vec<AccountRef>,

    /// Accept that the portal has a new owner
    #[arg(long)]
    pub accept_owner: bool,

    /// Replace the limit max_accounts for this run
    #[arg(long, value_name = "N", value_parser = at_least_one(), help_heading = "Brakes")]
    pub max: Option<u32>,

    /// Replace the limit max_percent for this run
    #[arg(long, value_name = "P", value_parser = percent(), help_heading = "Brakes")]
    pub max_percent: Option<u32>,
}

/// Flags of `restore`.
#[derive(Debug, Clone, Default, Args)]
pub struct Restore {
    /// Accounts to enable again, by id or e-mail
    #[arg(value_name = "ACCOUNT", required_unless_present = "run", conflicts_with = "run")]
    pub accounts: Vec<AccountRef>,

    /// Enable all accounts that this run of apply disabled
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    pub run: Option<i64>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// Show what would be done and change nothing
    #[arg(long)]
    pub dry_run: bool,
}
