//! `completions`: a script for the shell, on stdout.

use clap::CommandFactory;

use crate::commands::Start;
use crate::{
    cli::{Cli, Completions},
    exit::Exit,
};

/// Writes the script.
///
/// # Errors
/// Stdout cannot be written.
pub(crate) fn run(start: &mut Start, args: &Completions) -> anyhow::Result<Exit> {
    // The generator panics where its stream fails, so it gets a buffer.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dormouse", &mut script);
    start.out.stdout().write_all(&script)?;
    Ok(Exit::Done)
}
