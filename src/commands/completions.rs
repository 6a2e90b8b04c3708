//! `completions`: a script for the shell, on stdout.

use clap::{Args as ClapArgs, CommandFactory};
use clap_complete::Shell;

use crate::{cli::Cli, commands::Start, exit::Exit};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Shell to write for
    #[arg(value_enum)]
    pub shell: Shell,
}

pub(crate) fn run(start: &mut Start, args: &Args) -> anyhow::Result<Exit> {
    // The generator panics where its stream fails, so it gets a buffer.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dormouse", &mut script);
    start.out.stdout().write_all(&script)?;
    Ok(Exit::Done)
}
