//! `man`: one manual page for dormouse and one for each command.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::{Args as ClapArgs, CommandFactory};

use crate::{cli::Cli, commands::Start, exit::Exit};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Directory to write to; created if missing
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

pub(crate) fn run(start: &mut Start, args: &Args) -> anyhow::Result<Exit> {
    let dir = start.cwd.join(&args.dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    clap_mangen::generate_to(Cli::command(), &dir)
        .with_context(|| format!("cannot write pages to {}", dir.display()))?;
    start.out.note(format!("manual pages written to {}", dir.display()));
    Ok(Exit::Done)
}
