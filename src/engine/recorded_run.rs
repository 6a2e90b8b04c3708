//! What every command that writes to the store does: the row of its run, at its start and at its end.

use crate::commands::Context;
use crate::{
    exit::Exit,
    store::{
        Store, StoreError,
        runs::{self, Command, NewRun, RunEnd},
    },
};

/// Writes the row of a run that starts.
pub(crate) async fn start_run(
    cx: &Context,
    store: &mut Store,
    command: Command,
    overrides: String,
) -> Result<i64, StoreError> {
    let run = NewRun { command, started_at: cx.clock.now(), actor: actor(), overrides };
    runs::start(store.conn(), &run).await
}

/// Finishes it with what came of it.
pub(crate) async fn finish_run(
    cx: &Context,
    store: &mut Store,
    id: i64,
    decision_id: Option<i64>,
    outcome: Result<(Exit, String), &anyhow::Error>,
) -> Result<(), StoreError> {
    let (exit, detail) = match outcome {
        Ok(done) => done,
        Err(error) => (Exit::of(error), format!("{error:#}")),
    };
    let end = RunEnd { finished_at: cx.clock.now(), exit_code: exit.code(), decision_id, detail };
    runs::finish(store.conn(), id, &end).await
}

/// Operating system user and host. Services often run without USER; their number is known all the same.
fn actor() -> String {
    let var = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let user = var("USER").or_else(|| var("LOGNAME")).or_else(uid);
    let host = std::fs::read_to_string("/etc/hostname").ok().map(|h| h.trim().to_owned());
    let host = host.or_else(|| var("HOSTNAME")).or_else(|| var("COMPUTERNAME"));
    format!("{}@{}", user.unwrap_or_else(|| "unknown".to_owned()), host.unwrap_or_default())
}

#[cfg(unix)]
fn uid() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    Some(format!("uid {}", std::fs::metadata("/proc/self").ok()?.uid()))
}

#[cfg(not(unix))]
fn uid() -> Option<String> {
    None
}
