//! The command line as types: every command, flag and value, and the help that people read. No
//! logic, and nothing read from the environment.

mod examples;
mod global;
pub(crate) mod values;

use clap::{Arg, CommandFactory, Parser, Subcommand};
pub use global::{Global, LogFormat};
pub use values::{HistoryHead, MAX_DAYS};

use crate::commands::{
    accounts, apply, backtest, backup, completions, config, decide, doctor, explain, history, init,
    man, notify, policy, report, restore, status, sync,
};

/// Disable inactive contractor accounts, with proof
///
/// dormouse copies the accounts and the login history of an ONLYOFFICE DocSpace portal into one
/// SQLite file, decides from that copy alone which contractors have been inactive too long, checks
/// the portal again before it disables them, and keeps a history that cannot be changed unnoticed.
/// Accounts that could not be checked are never treated as inactive.
///
/// Start with init, doctor, sync, decide, apply; explain, history and report answer the questions
/// that come later.
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
    #[command(flatten)]
    pub global: Global,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented dormouse.toml and .env
    ///
    /// Asks for what the flags do not give. Overwrites nothing.
    #[command(after_help = examples::INIT)]
    Init(init::Args),

    /// Copy accounts and login events from the portal into the store
    ///
    /// Reads only what is new and proves that nothing is missing in between. Accounts that look
    /// inactive from logins alone are double-checked against the audit trail. Changes nothing on
    /// the portal. Creates the store if there is none.
    #[command(after_help = examples::SYNC)]
    Sync(sync::Args),

    /// Decide who is inactive, from the store alone
    ///
    /// Gives every contractor one verdict with one reason, and stores the decision with a digest
    /// of evidence, policy and verdicts. Does not contact the portal.
    #[command(after_help = examples::DECIDE)]
    Decide(decide::Args),

    /// Try thresholds on the recorded past
    ///
    /// Replays the recorded past as if a review had taken place at the start of each day. Shows for
    /// each threshold how many accounts it would have disabled, how many of these people came back
    /// within 30, 60 and 90 days, how many days of unused access it would have closed, and how many
    /// days cannot be judged because the record does not reach back far enough. Uses the population
    /// and exemptions of decide, and each account as it was on that day, or as it was first known.
    /// Requires no activity check and stores nothing. It is an estimate: a disabled person could not
    /// have come back.
    #[command(after_help = examples::BACKTEST)]
    Backtest(backtest::Args),

    /// List the accounts under review with their verdict
    ///
    /// By the newest evidence and the policy in force; nothing is stored.
    #[command(after_help = examples::ACCOUNTS)]
    Accounts(accounts::Args),

    /// Explain the verdict on one account
    ///
    /// Shows the evidence, each rule in order, the verdict, the first date on which the account
    /// would become inactive, and what was done to it.
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Args),

    /// Tell people before their accounts are disabled
    ///
    /// Brings the store up to date and sends messages about accounts that soon become inactive, to
    /// the people that [notices] in the configuration names. Each message is recorded in the history
    /// before it is sent and again once the server has answered. None is sent twice unless --resend
    /// asks for it.
    #[command(after_help = examples::NOTIFY)]
    Notify(notify::Args),

    /// Disable the accounts that a decision found inactive
    ///
    /// Checks each account again before it acts and skips those that became active. Each change is
    /// recorded in the history before the request is sent and again once the result is known. Asks
    /// first, unless --yes is given.
    #[command(after_help = examples::APPLY)]
    Apply(apply::Args),

    /// Re-enable accounts that dormouse disabled
    ///
    /// Skips accounts that someone else has changed since.
    #[command(after_help = examples::RESTORE)]
    Restore(restore::Args),

    /// Show every action taken, and prove that the record is complete
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

    /// Check the setup and suggest fixes
    ///
    /// Looks at configuration, key, permissions, plan, retention, session lifetime, clock and store.
    /// Changes nothing.
    #[command(after_help = examples::DOCTOR)]
    Doctor(doctor::Args),

    /// Check or show the policy
    #[command(after_help = examples::POLICY)]
    Policy(policy::Args),

    /// Show each effective setting and where it came from
    ///
    /// Secrets are not shown.
    #[command(after_help = examples::CONFIG)]
    Config(config::Args),

    /// Print shell completions
    #[command(after_help = examples::COMPLETIONS)]
    Completions(completions::Args),

    /// Write manual pages into a directory
    #[command(after_help = examples::MAN)]
    Man(man::Args),
}

/// The command line as it is parsed. The help of a command has the flags that every command takes in
/// one line, that of dormouse itself explains them.
#[must_use]
pub fn parser() -> clap::Command {
    let plain = Cli::command();
    let globals = || plain.get_arguments().filter(|arg| arg.is_global_set());
    let flags: Vec<String> =
        globals().filter_map(Arg::get_long).map(|long| format!("--{long}")).collect();
    let line = format!("Global options (see `dormouse --help`): {}", flags.join(" "));
    let explained: Vec<String> = globals().map(explained).collect();
    let long = format!("Global options:\n{}\n\n{}", explained.join("\n"), examples::OVERVIEW_LONG);
    let hidden = |arg: Arg| if arg.is_global_set() { arg.hide(true) } else { arg };
    plain.clone().mut_args(hidden).mut_subcommands(|c| with_line(c, &line)).after_long_help(long)
}

/// Adds a line below the help of a command and of those below it.
fn with_line(command: clap::Command, line: &str) -> clap::Command {
    let help = match command.get_after_help() {
        Some(examples) => format!("{examples}\n\n{line}"),
        None => line.to_owned(),
    };
    command.after_help(help).mut_subcommands(|below| with_line(below, line))
}

/// A flag and its help in one line.
fn explained(arg: &Arg) -> String {
    let short = arg.get_short().map_or_else(|| "    ".to_owned(), |c| format!("-{c}, "));
    let long = arg.get_long().unwrap_or_default();
    let takes_value = arg.get_action().takes_values();
    let value = arg
        .get_value_names()
        .filter(|_| takes_value)
        .map_or_else(String::new, |names| format!(" <{}>", names.join(" ")));
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    format!("  {short}{:<24} {help}", format!("--{long}{value}"))
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

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
    fn flags_of_every_command_are_one_line_of_its_help() {
        let mut parser = parser();
        let decide = parser.find_subcommand_mut("decide").unwrap().render_long_help().to_string();
        assert!(decide.contains("Global options (see `dormouse --help`): --config"), "{decide}");
        assert!(!decide.contains("--log-format <"), "{decide}");
        let own = parser.render_long_help().to_string();
        assert!(own.contains("--log-format <FORM>"), "{own}");
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
