//! `history`: not built yet.

use anyhow::bail;

use super::Context;
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Always, until it is built.
pub async fn run(_cx: &mut Context, _args: cli::History) -> anyhow::Result<Exit> {
    bail!("history is not built yet")
}
