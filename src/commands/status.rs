//! `status`: not built yet.

use anyhow::bail;

use super::Context;
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Always, until it is built.
pub async fn run(_cx: &mut Context, _args: cli::Status) -> anyhow::Result<Exit> {
    bail!("status is not built yet")
}
