//! `sync`: not built yet.

use anyhow::bail;

use super::Context;
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Always, until it is built.
pub async fn run(_cx: &mut Context, _args: cli::Sync) -> anyhow::Result<Exit> {
    bail!("sync is not built yet")
}
