//! `status`: one look at the store, without lock, portal or change, and the one next thing to do.
//! Ends with 3 where the evidence is missing or too old to act on, so that monitoring sees it.

mod document;
mod next;
mod print;
mod report;

use clap::Args as ClapArgs;

use crate::{commands::Context, exit::Exit, store::Mode};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {}

pub async fn run(cx: &mut Context, _args: Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    // A sync that runs beside us must not show half of its work.
    let report = report::gather(&mut *store.snapshot().await?, cx).await?;
    store.close().await?;
    let freshness = report.evidence;
    cx.out.show(&report)?;
    Ok(if freshness.is_good() { Exit::Done } else { Exit::Refused })
}
