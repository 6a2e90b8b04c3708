//! Flags of the commands that show and prove: `history`, `report`, `status`, `doctor`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::values::{AccountRef, HistoryHead, number, one_of, since, until};
use crate::{output::Format, time::Timestamp};

/// Flags of `history`.
#[derive(Debug, Clone, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct History {
    /// What to do instead of listing.
    #[command(subcommand)]
    pub action: Option<HistoryAction>,

    /// Show only this account (id or e-mail)
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<AccountRef>,

    /// Show only what happened at or after this date or time (UTC)
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub since: Option<Timestamp>,

    /// Show only this run
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    pub run: Option<i64>,
}

/// What `history` can do besides listing.
#[derive(Debug, Clone, Subcommand)]
pub enum HistoryAction {
    /// Recompute every hash of the chain
    ///
    /// With --head also proves that the history kept elsewhere is a beginning of this one: nothing
    /// was cut off and written anew.
    Verify {
        /// Head kept from an earlier `history head`
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<HistoryHead>,
    },
    /// Print SEQ:HASH of the newest entry, to be kept elsewhere
    Head,
    /// Write every entry with all columns, oldest first
    Export,
}

/// Flags of `report`.
#[derive(Debug, Clone, Default, Args)]
pub struct Report {
    /// Report this decision [default: the newest one]
    #[arg(value_name = "DECISION", value_parser = number(), conflicts_with_all = ["from", "to", "run"])]
    pub decision: Option<i64>,

    /// Report a period, from this date or time (UTC)
    #[arg(long, value_name = "WHEN", value_parser = since, conflicts_with = "run")]
    pub from: Option<Timestamp>,

    /// End of the period; a date is included [default: now]
    #[arg(long, value_name = "WHEN", value_parser = until, requires = "from")]
    pub to: Option<Timestamp>,

    /// Report one run
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    pub run: Option<i64>,

    /// Write the report in this form [default: html]
    // The same name and type as the global flag, which this replaces.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(&[Format::Html, Format::Csv, Format::Json]))]
    pub format: Option<Format>,

    /// Write to this file, for csv into this folder [default: stdout]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// Flags of `status`.
#[derive(Debug, Clone, Default, Args)]
pub struct Status {}

/// Flags of `doctor`.
#[derive(Debug, Clone, Default, Args)]
pub struct Doctor {}
