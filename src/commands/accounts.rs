//! `accounts`: everyone under review with their verdict by the newest evidence. Stores nothing.

use std::{
    cmp::Reverse,
    io::{self, Write},
};

use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use crate::{
    commands::Context,
    domain::{
        account::{Kind, domain_key, email_domain},
        decision::Finding,
        digest::VerdictRows,
        verdict::Verdict,
    },
    engine::evaluate::{judge, moment, newest},
    exit::Exit,
    output::{
        Output,
        decision::verdicts_csv,
        style::Style,
        table::Cell,
        terminal::View,
        verdicts::{VerdictColumn, verdict_table},
        when::{minute, thousands},
    },
    store::Mode,
    time::Timestamp,
};

/// Rows of a list before it is cut.
const MOST: usize = 40;

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Show only accounts with this verdict
    #[arg(long, value_name = "VERDICT", value_parser = verdict)]
    pub verdict: Option<Verdict>,

    /// Show only accounts of this kind
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<Kind>,

    /// Show only accounts with an e-mail address in this domain
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,

    /// Sort by this
    #[arg(long, value_enum, default_value = "idle", value_name = "ORDER")]
    pub sort: Order,

    /// Show all rows
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Order {
    /// Longest idle first
    #[default]
    Idle,
    /// Last seen first
    Seen,
    /// E-mail
    Email,
}

fn verdict(text: &str) -> Result<Verdict, String> {
    text.parse::<Verdict>().map_err(|error| error.to_string())
}

fn kind(text: &str) -> Result<Kind, String> {
    text.parse::<Kind>().map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct Accounts<'a> {
    schema: &'static str,
    as_of: Timestamp,
    accounts: VerdictRows<'a>,
    #[serde(skip)]
    all: bool,
}

pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let (snapshot, end) = newest(store.conn(), &cx.settings.policy).await?;
    let (as_of, currency) = moment(None, end)?;
    let policy = cx.settings.policy.clone();
    let judged = judge(store.conn(), snapshot, policy, as_of, currency).await?;
    store.close().await?;
    let mut found = judged.findings;
    found.retain(|finding| args.names(finding));
    match args.sort {
        Order::Idle => {
            found.sort_by(|a, b| a.by_idleness(b));
        }
        Order::Seen => {
            found.sort_by_key(|f| (Reverse(f.last_activity.map(|a| a.at)), f.account_id))
        }
        Order::Email => {
            found.sort_by(|a, b| (&a.email, a.account_id).cmp(&(&b.email, b.account_id)))
        }
    }
    let accounts = VerdictRows(&found);
    cx.out.show(&Accounts { schema: "dormouse.accounts/1", as_of, accounts, all: args.all })?;
    Ok(Exit::Done)
}

impl Args {
    fn names(&self, finding: &Finding) -> bool {
        self.verdict.is_none_or(|verdict| finding.reason.verdict() == verdict)
            && self.kind.is_none_or(|kind| finding.kind == kind)
            && self.domain.as_ref().is_none_or(|domain| {
                email_domain(&finding.email) == Some(domain_key(domain.trim_start_matches('@')))
            })
    }
}

impl View for Accounts<'_> {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        verdicts_csv(to, self.accounts.0)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let found = self.accounts.0;
        if found.is_empty() {
            return out.line(format_args!("no such accounts as of {}", minute(self.as_of)));
        }
        let title = format!("ACCOUNTS ({})", thousands(found.len() as u64));
        let table = verdict_table(Cell::styled(title, Style::Strong), VerdictColumn::Shown, found);
        out.table(&if self.all { table } else { table.at_most(MOST, "--all shows all") })
    }
}
