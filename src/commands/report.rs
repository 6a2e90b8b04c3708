//! `report`: not built yet.

use anyhow::bail;

use super::Context;
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Always, until it is built.
pub async fn run(_cx: &mut Context, _args: cli::Report) -> anyhow::Result<Exit> {
    bail!("report is not built yet")
}
