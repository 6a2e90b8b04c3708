//! `man`: one manual page for dormouse and one for each command.

use std::fs;

use anyhow::Context as _;
use clap::CommandFactory;

use crate::commands::Start;
use crate::{
    cli::{Cli, Man},
    exit::Exit,
};

/// Writes the pages; pages of the same name are replaced.
///
/// # Errors
/// The directory cannot be made or written.
pub(crate) fn run(start: &mut Start, args: &Man) -> anyhow::Result<Exit> {
    let dir = start.cwd.join(&args.dir);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    clap_mangen::generate_to(Cli::command(), &dir)
        .with_context(|| format!("cannot write pages to {}", dir.display()))?;
    start.out.note(format!("manual pages written to {}", dir.display()));
    Ok(Exit::Done)
}
