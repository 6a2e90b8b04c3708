//! The command line as types: every command, flag and value, and the help that people read. No
//! logic, and nothing read from the environment.

mod examples;
mod global;
pub(crate) mod values;

use clap::{Parser, Subcommand};
pub use global::{Global, LogFormat};
pub use values::{AccountRef, HistoryHead, MAX_DAYS};

use crate::commands::{
    apply, backup, completions, config, decide, doctor, explain, history, init, man, policy,
    report, restore, status, sync,
};

/// Disable the contractor accounts that nobody uses, and prove it
///
/// dormouse copies the accounts and the login history of an ONLYOFFICE DocSpace portal into one
/// SQLite file, decides from that copy alone which contractors have not been there for a number of
/// days, disables them after another look at the portal, and keeps a history that cannot be changed
/// unnoticed. What could not be looked at is never called unused.
///
/// The usual order is init, doctor, sync, decide, apply; explain, history and report answer the
/// questions that come later.
#[derive(Debug, Parser)]
#[command(
    name = "dormouse",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = examples::OVERVIEW,
    after_long_help = examples::OVERVIEW_LONG,
)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented dormouse.toml and .env
    ///
    /// Asks for what the flags do not say. Overwrites nothing.
    #[command(after_help = examples::INIT)]
    Init(init::Args),

    /// Copy accounts and login events from the portal into the store
    ///
    /// Reads only what is new, proves that nothing is missing in between, and looks into the audit
    /// trail for every account that would otherwise be called inactive. Changes nothing on the
    /// portal. Creates the store where there is none.
    #[command(after_help = examples::SYNC)]
    Sync(sync::Args),

    /// Decide who is inactive, from the store alone
    ///
    /// Gives every contractor one verdict with one reason, and stores the decision with a digest
    /// over evidence, policy and verdicts. Needs no portal.
    #[command(after_help = examples::DECIDE)]
    Decide(decide::Args),

    /// Explain the verdict on one account
    ///
    /// Shows the evidence, each rule in order, the verdict, the first date on which the account
    /// would become inactive, and what was done to it.
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Args),

    /// Disable the accounts that a decision found inactive
    ///
    /// Checks each account again right before its call and skips those that became active again.
    /// Each change is written to the history before the request leaves and again when the answer
    /// is in. Asks first, unless --yes is given.
    #[command(after_help = examples::APPLY)]
    Apply(apply::Args),

    /// Enable accounts again that dormouse disabled
    ///
    /// Skips accounts that someone else has changed since.
    #[command(after_help = examples::RESTORE)]
    Restore(restore::Args),

    /// Show every action ever taken, and prove that the record is whole
    #[command(after_help = examples::HISTORY)]
    History(history::Args),

    /// Write an audit report for a decision, a period or a run
    #[command(after_help = examples::REPORT)]
    Report(report::Args),

    /// Write a copy of the store as one file, also while it is in use
    ///
    /// The hash chain of the copy is verified before the file gets its name.
    #[command(after_help = examples::BACKUP)]
    Backup(backup::Args),

    /// Show coverage, freshness, last runs, open intents and what to do next
    #[command(after_help = examples::STATUS)]
    Status(status::Args),

    /// Look for what would go wrong, with advice for each finding
    ///
    /// Checks configuration, key, permissions, plan, retention, session lifetime, clock and store.
    /// Changes nothing.
    #[command(after_help = examples::DOCTOR)]
    Doctor(doctor::Args),

    /// Check or show the policy
    #[command(after_help = examples::POLICY)]
    Policy(policy::Args),

    /// Show each effective setting and where it came from
    ///
    /// Secrets are never shown.
    #[command(after_help = examples::CONFIG)]
    Config(config::Args),

    /// Print shell completions
    #[command(after_help = examples::COMPLETIONS)]
    Completions(completions::Args),

    /// Write manual pages into a directory
    #[command(after_help = examples::MAN)]
    Man(man::Args),
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;
    use crate::output::Format;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("dormouse").chain(line.split_whitespace()))
    }

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in Cli::command().get_subcommands().filter(|c| c.get_name() != "help") {
            assert!(command.get_after_help().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn the_format_of_report_is_its_own_and_elsewhere_global() {
        for line in ["--format json report", "report --format json"] {
            let cli = parse(line).unwrap();
            assert!(matches!(cli.command, Command::Report(r) if r.format == Some(Format::Json)));
        }
        assert_eq!(parse("decide --format csv").unwrap().global.format, Some(Format::Csv));
        assert!(parse("decide --format html").is_err());
        assert!(parse("report --format table").is_err());
        let cli = parse("report --format html").unwrap();
        assert!(matches!(cli.command, Command::Report(r) if r.format == Some(Format::Html)));
    }

    #[test]
    fn numbers_are_checked_on_the_command_line() {
        for line in [
            "decide --inactivity-days 0",
            "decide --thresholds 30,0",
            "decide --compare 0",
            "apply 0",
            "apply --max-percent 101",
            "apply --limit 0",
            "apply --max=-1",
            "sync --lookback-days x",
        ] {
            assert_eq!(parse(line).unwrap_err().kind(), ErrorKind::ValueValidation, "{line}");
        }
    }

    #[test]
    fn restore_takes_a_run_or_accounts() {
        assert!(parse("restore").is_err());
        assert!(parse("restore --run 7 ann@example.com").is_err());
        assert!(parse("restore --run 7").is_ok());
        assert!(parse("restore ann@example.com bob@example.com --yes").is_ok());
    }

    #[test]
    fn verify_and_head_sit_below_their_commands() {
        let cli = parse("decide verify 41 --format json").unwrap();
        assert_eq!(cli.global.format, Some(Format::Json));
        assert!(parse("--format json history verify").is_ok());
        assert!(parse("decide --dry-run verify 41").is_err());
    }
}
