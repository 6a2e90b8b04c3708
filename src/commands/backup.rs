//! `backup`: a copy of the store as one file, consistent while others write, with its chain verified
//! before it gets its name.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    commands::Context,
    domain::history::Check,
    exit::{Exit, Failure},
    output::{
        Output,
        files::{Existing, Readers, Target},
        rows::{row, write_csv},
        terminal::View,
        text::printable,
    },
    store::{self, Mode, Store},
};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// File to write; it must not exist yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

row! {
    struct Copied {
        file: String,
        entries: u64,
        head_seq: i64,
        head_hash: String,
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    #[serde(flatten)]
    copied: Copied,
}

impl View for Document {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, [&self.copied])
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let Copied { file, entries, head_seq, head_hash } = &self.copied;
        let file = printable(file);
        out.line(format_args!("wrote {file}: {entries} history entries, chain verified"))?;
        out.line(format_args!("head {head_seq}:{head_hash}"))
    }
}

pub(crate) async fn run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let path = cx.cwd.join(&args.file);
    let target = Target::find(&path, Existing::Keep, &cx.protected())?;
    // In its own schema: a backup before an upgrade is one that older releases can read.
    let mut store = Store::open_as_found(&cx.settings.database).await?;
    let temporary = target.temporary(Readers::Owner)?;
    store::backup::copy(&mut store, temporary.path()).await?;
    store.close().await?;

    let mut copy = Store::open(temporary.path(), Mode::Read).await?;
    let verified = store::verification::verify(copy.conn(), None).await?;
    copy.close().await?;
    let broken =
        |check| matches!(check, Check::Sequence | Check::Link | Check::Hash | Check::Value);
    if let Some(finding) = verified.findings.iter().find(|f| broken(f.check)) {
        let problem = format!(
            "the history in the store does not verify: {}; no backup was written; run \
             `dormouse history verify`",
            finding.message
        );
        return Err(Failure::new(Exit::Failed, problem).into());
    }
    target.finish(temporary)?;

    let (head_seq, head_hash) = verified.head;
    let file = path.display().to_string();
    let copied = Copied { file, entries: verified.rows, head_seq, head_hash };
    cx.out.show(&Document { schema: "dormouse.backup/1", copied })?;
    Ok(Exit::Done)
}
