//! `history`: what was done, whether the record of it is whole, and copies of it to keep elsewhere. Only
//! ever reads; shows what is stored, also where dormouse never wrote it.

mod list;
mod verify;

use futures_util::TryStreamExt;
use serde::Serialize;

use crate::commands::Context;
use crate::{
    cli::{self, HistoryAction},
    exit::{Exit, Failure},
    output::Format,
    store::{self, Mode, history::Wanted},
};

/// Runs the command.
///
/// # Errors
/// The store is missing or cannot be read, an account or run is unknown, or the history does not
/// verify.
pub async fn run(cx: &mut Context, args: cli::History) -> anyhow::Result<Exit> {
    match args.action {
        None => list::run(cx, &args).await,
        Some(HistoryAction::Verify { head }) => verify::run(cx, head).await,
        Some(HistoryAction::Head) => head(cx).await,
        Some(HistoryAction::Export) => export(cx).await,
    }
}

#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    seq: i64,
    hash: &'a str,
}

async fn head(cx: &mut Context) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let (seq, hash) = store::history::head(store.conn()).await?;
    store.close().await?;
    match cx.out.format() {
        Format::Json => {
            cx.out.json(&Head { schema: "dormouse.history_head/1", seq, hash: &hash })?;
        }
        Format::Csv => {
            let mut csv = cx.out.csv(["seq", "hash"])?;
            csv.record([seq.into(), hash.into()])?;
            csv.finish()?;
        }
        Format::Table | Format::Html => cx.out.line(format_args!("{seq}:{hash}"))?,
    }
    Ok(Exit::Done)
}

async fn export(cx: &mut Context) -> anyhow::Result<Exit> {
    if cx.out.format() == Format::Csv {
        let advice =
            "an export is JSON, one object a line; for CSV: `dormouse history --format csv`";
        return Err(Failure::usage(advice).into());
    }
    let mut store = cx.open(Mode::Read).await?;
    let everything = Wanted::default();
    let mut rows = std::pin::pin!(store::history::rows(store.conn(), &everything));
    while let Some(row) = rows.try_next().await? {
        serde_json::to_writer(cx.out.stdout(), &row)?;
        writeln!(cx.out.stdout())?;
    }
    Ok(Exit::Done)
}
