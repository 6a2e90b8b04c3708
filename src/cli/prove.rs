//! Flags of `report`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::values::{number, one_of, since, until};
use crate::{output::Format, time::Timestamp};

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
