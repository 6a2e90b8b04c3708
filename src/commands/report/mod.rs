//! `report`: the auditor's pack from the store alone, as one page, a folder of CSV files, or JSON.
//! Reads one snapshot and changes nothing.

mod actions;
mod gather;
mod rows;
mod scope;
mod write;

use crate::commands::Context;
use crate::{cli, exit::Exit, output::Format, store::Mode};

/// Runs the command.
///
/// # Errors
/// There is no store, no decision, no such decision or run, or the report cannot be written.
pub async fn run(cx: &mut Context, args: cli::Report) -> anyhow::Result<Exit> {
    let format = args.format.unwrap_or_else(|| cx.out.format());
    write::possible(cx, format, args.output.as_deref())?;
    let mut store = cx.open(Mode::Read).await?;
    let pack = {
        let mut snapshot = store.snapshot().await?;
        let scope = scope::resolve(&mut snapshot, &args, cx.clock.now()).await?;
        gather::pack(&mut snapshot, scope, cx.clock.now()).await?
    };
    store.close().await?;
    for warning in &pack.warnings {
        cx.out.warn(warning);
    }
    let format = if format == Format::Table { Format::Html } else { format };
    write::write(cx, &pack, format, args.output.as_deref())?;
    Ok(Exit::Done)
}
