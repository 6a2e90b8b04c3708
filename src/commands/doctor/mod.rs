//! `doctor`: looks for what would go wrong and says what to do about it. Changes nothing, and works
//! as far as it can where the portal or the store is missing. Ends with 1 where it found a problem.

mod check;
mod files;
mod portal;
mod rules;
mod show;
mod store;

use crate::commands::Context;
use crate::commands::doctor::check::{Check, Finding};
use crate::{cli, exit::Exit};

/// Runs the command.
///
/// # Errors
/// Stdout cannot be written. What is found is no error of the command.
pub async fn run(cx: &mut Context, _args: cli::Doctor) -> anyhow::Result<Exit> {
    let (mut checks, known) = store::examine(cx).await;
    checks.extend(files::examine(cx));
    let mut found = portal::examine(cx, &known).await;
    found.extend(checks);
    show::show(&mut cx.out, &found)?;
    Ok(if found.iter().any(Check::is_problem) { Exit::Failed } else { Exit::Done })
}

/// How many checks came out this way.
fn count(checks: &[Check], finding: Finding) -> usize {
    checks.iter().filter(|c| c.finding == finding).count()
}
