//! The whole job in one go, on a portal and a mail server in memory: sync, decide, apply, notify, history,
//! restore, verify. Needs no network and no arguments; leaves `demo.db` and `demo.html` to look at.

#![expect(clippy::print_stdout, reason = "a demo talks to whoever runs it")]

use std::{io::IsTerminal, path::Path};

use anyhow::{Context, ensure};
use dormouse::{
    app::{self, World},
    config::Env,
    output::Terminal,
    prompt::{Input, Prompt},
    time::{Clock, SystemClock},
};
use sandbox::{MailServer, Sandbox, scenarios};

/// The same people and events each time.
const SEED: u64 = 7;
const STORE: &str = "demo.db";
const REPORT: &str = "demo.html";
/// Both are removed at the end.
const CONFIG: &str = "demo.toml";
const AUTHORITY: &str = "demo-ca.pem";
/// Of tables where there is no terminal.
const COLUMNS: u16 = 100;
/// Runs are counted from 1: sync, decide, apply.
const APPLY_RUN: i64 = 3;

fn main() -> anyhow::Result<()> {
    for name in [STORE, "demo.db-wal", "demo.db-shm"] {
        if Path::new(name).exists() {
            std::fs::remove_file(name).with_context(|| format!("cannot replace {name}"))?;
        }
    }
    let (portal, _) = scenarios::demo(SystemClock.now().into(), SEED);
    let portal = Sandbox::spawn(portal)?;
    let post = MailServer::spawn()?;
    std::fs::write(AUTHORITY, post.authority())?;
    std::fs::write(CONFIG, notices(&post))?;
    let demo =
        Demo { host: portal.url(), key: portal.admin_key(), password: post.password().to_owned() };
    println!("A portal in memory answers at {}. Everything below is the real program.", demo.host);

    demo.step(
        "sync",
        "Copy accounts and login events into demo.db. Accounts that look inactive from logins alone \
         are double-checked against the audit trail.",
    )?;
    demo.step(
        "backtest --thresholds 30,60,90",
        "Before you choose a threshold: how many accounts would it have disabled, and how many people came back?",
    )?;
    demo.step(
        "decide",
        "Decide from the copy alone, without asking the portal: who has been inactive for 30 days, and \
         is that proven?",
    )?;
    demo.step(
        "apply --yes",
        "Check these accounts once more and disable them, one call each: the intent is on disk before \
         the call, the outcome after it.",
    )?;
    demo.step("apply --yes", "Run it again: nothing is left to do.")?;
    demo.step(
        &format!("--config {CONFIG} notify --limit 3"),
        "Tell the people who are next, here the first three, through a mail server that runs in this \
         demo.",
    )?;
    show_letters(&post);
    demo.step("history", "Show what was done.")?;
    demo.step("history verify", "Check the hash chain of the history.")?;
    demo.step(
        "decide verify 1",
        "Compute the decision again from what was known when it was made.",
    )?;
    demo.step(
        &format!("restore --run {APPLY_RUN} --yes"),
        "Undo the whole run; that is recorded too.",
    )?;
    demo.step("history verify", "The chain holds.")?;
    demo.step(
        &format!("report 1 -o {REPORT}"),
        "Write all of it for an auditor, as one page that opens in any browser.",
    )?;
    for name in [CONFIG, AUTHORITY] {
        std::fs::remove_file(name)?;
    }
    println!(
        "\nNow look at {REPORT} in a browser, and at {STORE} with sqlite3 or any SQLite browser. For example:\n"
    );
    println!(
        "    sqlite3 -box {STORE} \"SELECT at, email, action, outcome FROM history WHERE phase = 'outcome'\""
    );
    Ok(())
}

fn notices(post: &MailServer) -> String {
    format!(
        "[portal]\nca_file = \"{AUTHORITY}\"\n\n[notices]\nbefore_days = [14, 3]\nto = [\"account\"]\nfrom = \
         \"Access reviews <reviews@example.com>\"\nsmtp = \"{}\"\nper_minute = 6000\n",
        post.url()
    )
}

/// What the mail server has accepted: the first one whole, of the others the subject.
fn show_letters(post: &MailServer) {
    for (place, letter) in post.letters().iter().enumerate() {
        println!("\n    To: {}\n    Subject: {}", letter.to.join(", "), letter.subject());
        if place == 0 {
            println!();
            for line in letter.text().lines() {
                println!("    | {line}");
            }
        }
    }
}

struct Demo {
    host: String,
    key: String,
    password: String,
}

impl Demo {
    /// Runs a command as the program would, and says what it is for.
    fn step(&self, line: &str, why: &str) -> anyhow::Result<()> {
        println!("\n$ dormouse {line}\n# {why}\n");
        let mut world = World::of_process()?;
        // The surroundings must not decide, but for the terminal.
        let color = if std::io::stdout().is_terminal() { "" } else { "1" };
        world.env = [
            ("DOCSPACE_API_HOST", self.host.as_str()),
            ("DOCSPACE_API_KEY", &self.key),
            ("DORMOUSE_SMTP_PASSWORD", &self.password),
            ("DATABASE_URL", STORE),
            ("NO_COLOR", color),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .collect::<Env>();
        world.input = Input { reader: Box::new(std::io::empty()), prompt: Prompt::Nobody };
        if world.streams.stdout_is == Terminal::None {
            world.streams.stdout_is = Terminal::Columns(COLUMNS);
        }
        let args = std::iter::once("dormouse").chain(line.split_whitespace());
        let exit = app::parse(args, &mut world).map_or_else(|e| e, |cli| app::run(cli, world));
        ensure!(exit.code() == 0, "dormouse {line} ended with exit code {}", exit.code());
        Ok(())
    }
}
