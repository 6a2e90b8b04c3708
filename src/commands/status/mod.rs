//! `status`: one look at the store, without lock, portal or change, and the one next thing to do.
//! Ends with 3 where the evidence is missing or too old to act on, so that monitoring sees it.

mod facts;
mod json;
mod next;
mod show;

use crate::commands::Context;
use crate::{cli, exit::Exit, output::Format, store::Mode};

/// Runs the command.
///
/// # Errors
/// There is no store, it cannot be read, or stdout cannot be written.
pub async fn run(cx: &mut Context, _args: cli::Status) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    // A sync that runs beside us must not show half of its work.
    let facts = facts::gather(&mut *store.snapshot().await?, cx).await?;
    store.close().await?;
    let next = next::step(&facts);
    match cx.out.format() {
        Format::Json => cx.out.json(&json::json(&facts, &next))?,
        Format::Csv => show::csv(&mut cx.out, &facts, &next)?,
        Format::Table | Format::Html => show::screen(&mut cx.out, &facts, &next)?,
    }
    Ok(if facts.freshness().is_good() { Exit::Done } else { Exit::Refused })
}
