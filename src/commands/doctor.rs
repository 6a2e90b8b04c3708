//! `doctor`: not built yet.

use anyhow::bail;

use super::Context;
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Always, until it is built.
pub async fn run(_cx: &mut Context, _args: cli::Doctor) -> anyhow::Result<Exit> {
    bail!("doctor is not built yet")
}
