//! `status`: one look at the store, without lock, portal or change, and the one next thing to do.
//! Ends with 3 where the evidence is missing or too old to act on, so that monitoring sees it.

mod document;
mod metrics;
mod next;
mod print;
mod report;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args as ClapArgs;

use crate::{
    cli::values::one_of,
    commands::Context,
    exit::{Exit, Failure},
    output::{
        Format,
        files::{Existing, Readers, Target},
    },
    store::Mode,
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Output format: table, json, csv or prometheus [default: table]
    // The same name and type as the global flag, which this replaces.
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = one_of(&[Format::Table, Format::Json, Format::Csv, Format::Prometheus]),
    )]
    pub format: Option<Format>,

    /// Write a prometheus textfile to this file; `-` is stdout [default: -]
    ///
    /// The file is replaced as a whole. One that exists is replaced only where it is such a textfile.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let format = args.format.unwrap_or_else(|| cx.out.format());
    let target = target(cx, format, args.output.as_deref())?;
    let mut store = cx.open(Mode::Read).await?;
    // A sync that runs beside us must not show half of its work.
    let report = report::gather(&mut *store.snapshot().await?, cx).await?;
    store.close().await?;
    let freshness = report.evidence;
    if format == Format::Prometheus {
        let text = metrics::text(&report)?;
        match target {
            Some(target) => target
                .write(text.as_bytes(), Readers::Collector)
                .context("cannot write the textfile")?,
            None => cx.out.stdout().write_all(text.as_bytes())?,
        }
    } else {
        cx.out.show(&report)?;
    }
    Ok(if freshness.is_good() { Exit::Done } else { Exit::Refused })
}

/// Refuses what cannot be written before anything is read. `None` is stdout.
fn target(cx: &Context, format: Format, output: Option<&Path>) -> anyhow::Result<Option<Target>> {
    let Some(file) = output else { return Ok(None) };
    if format != Format::Prometheus {
        return Err(Failure::usage("--output is for --format prometheus").into());
    }
    if file == Path::new("-") {
        return Ok(None);
    }
    let path = cx.cwd.join(file);
    let existing = Existing::replace_marked(&path, &[metrics::MARK]);
    Ok(Some(Target::find(&path, existing, &cx.protected())?))
}
