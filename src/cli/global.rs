//! Flags that every command takes. Variables are named in the help but read in `config`, which
//! alone knows where a value came from.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::cli::values::any_format;
use crate::output::{ColorMode, Format, Verbosity};

/// Flags before or after the name of any command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Configuration file [default: dormouse.toml if present]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Store, a path or URL [env: DATABASE_URL] [default: dormouse.db]
    ///
    /// sqlite://dormouse.db is a file in the working directory, sqlite:///var/lib/dormouse.db an
    /// absolute path. Only `sync` creates a store.
    #[arg(long, global = true, value_name = "URL")]
    pub db: Option<String>,

    /// Output format: table, json or csv [default: table]
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_parser = any_format(),
    )]
    pub format: Option<Format>,

    /// Less output (-q: errors only)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,

    /// More output (-v: what is being done, -vv: every request)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// Hide progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,

    /// Use colours: auto, always or never
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: ColorMode,

    /// Format of log lines on stderr: text or json
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORM")]
    pub log_format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for a collector.
    Json,
}

impl Global {
    /// How much is said on stderr.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (2.., _) => Verbosity::Silent,
            (1, _) => Verbosity::Errors,
            (0, 0) => Verbosity::Normal,
            (0, 1) => Verbosity::Verbose,
            (0, 2..) => Verbosity::Debug,
        }
    }
}
