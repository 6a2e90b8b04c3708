//! `policy`: stub
use super::Context;
use crate::{cli, exit::Exit};
/// Runs.
/// # Errors
/// None.
pub async fn run(_cx: &mut Context, _args: cli::Policy) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
