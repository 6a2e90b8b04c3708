//! `history`: what was done, whether the record of it is whole, and copies of it to keep elsewhere.
//! Shows what is stored, even where dormouse did not write it; `acknowledge` alone adds to it.

mod acknowledge;
mod list;
mod verify;

use std::io::{self, Write};

use clap::{Args as ClapArgs, Subcommand};
use futures_util::TryStreamExt;

use crate::{
    cli::values::{HistoryHead, number, since},
    commands::Context,
    domain::account_ref::AccountRef,
    exit::{Exit, Failure},
    output::{
        Format, Output,
        rows::{row, write_csv},
        terminal::View,
    },
    store::{self, Mode, history::RowFilter},
    time::Timestamp,
};

#[derive(Debug, Clone, Default, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub action: Option<Action>,

    /// Show only this account (id or e-mail)
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<AccountRef>,

    /// Show only what happened at or after this date or time (UTC)
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub since: Option<Timestamp>,

    /// Show only this run
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    pub run: Option<i64>,

    /// Show the rows of the chain instead of one line an action
    #[arg(long)]
    pub raw: bool,

    /// Show all lines
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Recompute every hash of the chain
    ///
    /// With --head also proves that the history still begins with the head kept elsewhere: nothing
    /// was cut off and rewritten.
    Verify {
        /// Head kept from an earlier `history head`
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<HistoryHead>,
    },
    /// Print SEQ:HASH of the newest entry, to be kept elsewhere
    Head,
    /// Write every entry with all columns, oldest first
    Export,
    /// Explain a finding of `history verify`: a change that no row accounts for
    Acknowledge(acknowledge::Args),
}

row! {
    struct HeadRow {
        seq: i64,
        hash: String,
    }
}

#[derive(serde::Serialize)]
struct Head {
    schema: &'static str,
    #[serde(flatten)]
    row: HeadRow,
}

pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    match args.action {
        None => list::run(cx, &args).await,
        Some(Action::Verify { head }) => verify::run(cx, head).await,
        Some(Action::Head) => head(cx).await,
        Some(Action::Export) => export(cx).await,
        Some(Action::Acknowledge(args)) => acknowledge::run(cx, args).await,
    }
}

async fn head(cx: &mut Context) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let (seq, hash) = store::history::head(store.conn()).await?;
    store.close().await?;
    cx.out.show(&Head { schema: "dormouse.history_head/1", row: HeadRow { seq, hash } })?;
    Ok(Exit::Done)
}

impl View for Head {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, [&self.row])
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        // For a file or a script, so not silenced by --quiet.
        writeln!(out.stdout(), "{}:{}", self.row.seq, self.row.hash)
    }
}

async fn export(cx: &mut Context) -> anyhow::Result<Exit> {
    if cx.out.format() == Format::Csv {
        let advice =
            "an export is JSON, one object a line; for CSV: `dormouse history --format csv`";
        return Err(Failure::usage(advice).into());
    }
    let mut store = cx.open(Mode::Read).await?;
    let everything = RowFilter::default();
    let mut rows = std::pin::pin!(store::history::rows(store.conn(), &everything));
    while let Some(row) = rows.try_next().await? {
        serde_json::to_writer(cx.out.stdout(), &row)?;
        writeln!(cx.out.stdout())?;
    }
    Ok(Exit::Done)
}
