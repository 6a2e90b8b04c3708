//! Flags of the commands around the work: `init`, `policy`, `config`, `completions`, `man`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use crate::cli::values::days;

/// Flags of `init`.
#[derive(Debug, Clone, Default, Args)]
pub struct Init {
    /// Base URL of the portal; without it, init asks
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// File that holds the API key; without it, init asks for the key
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,

    /// Call an account inactive after this many days [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub inactivity_days: Option<u32>,
}

/// Flags of `policy`.
#[derive(Debug, Clone, Args)]
pub struct Policy {
    /// What to do with the policy.
    #[command(subcommand)]
    pub action: PolicyAction,
}

/// What `policy` can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum PolicyAction {
    /// Check the policy: groups and exemptions that match nobody, exemptions that expired
    Check,
    /// Show the effective policy, population, exemptions and their digest
    Show,
}

/// Flags of `config`.
#[derive(Debug, Clone, Default, Args)]
pub struct Config {}

/// Flags of `completions`.
#[derive(Debug, Clone, Args)]
pub struct Completions {
    /// Shell to write for
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Flags of `man`.
#[derive(Debug, Clone, Args)]
pub struct Man {
    /// Directory to write to; made where missing
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}
