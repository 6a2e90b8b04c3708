//! The frame of every command that writes to the store: the writer's lock, the store, and the row of
//! the run, which is written at its start and finished with what came of it.

use crate::{
    engine::Engine,
    exit::Exit,
    lock::{LockError, WriterLock},
    store::{
        Mode, Store, StoreError,
        runs::{self, Command, NewRun, RunEnd},
        sync_runs,
    },
    time::Clock,
};

/// A run under way. The store is closed before the lock is given back.
pub(crate) struct RecordedRun {
    pub(crate) id: i64,
    pub(crate) store: Store,
    lock: WriterLock,
}

/// What is written at the end of a run.
pub(crate) struct RunSummary {
    pub(crate) exit: Exit,
    /// The decision made or acted on.
    pub(crate) decision_id: Option<i64>,
    pub(crate) detail: String,
}

impl RunSummary {
    pub(crate) fn done(detail: String) -> Self {
        Self { exit: Exit::Done, decision_id: None, detail }
    }

    pub(crate) fn failed(error: &anyhow::Error) -> Self {
        Self { exit: Exit::of(error), decision_id: None, detail: format!("{error:#}") }
    }

    pub(crate) fn of<T>(result: &anyhow::Result<T>, done: impl FnOnce(&T) -> Self) -> Self {
        result.as_ref().map_or_else(Self::failed, done)
    }
}

impl RecordedRun {
    /// Takes the lock, opens a store that exists, and writes the row.
    pub(crate) async fn open(
        engine: &Engine<'_>,
        command: Command,
        overrides: String,
    ) -> anyhow::Result<Self> {
        let path = &engine.settings.database;
        if !path.exists() {
            return Err(StoreError::Missing(path.clone()).into());
        }
        let lock = engine.lock()?;
        let mut store = Store::open(path, Mode::Record).await?;
        sync_runs::close_killed(store.conn(), engine.clock.now()).await?;
        Self::start(engine, lock, store, command, overrides).await
    }

    /// Writes the row of a run whose store is open already.
    pub(crate) async fn start(
        engine: &Engine<'_>,
        lock: WriterLock,
        mut store: Store,
        command: Command,
        overrides: String,
    ) -> anyhow::Result<Self> {
        let (started_at, actor) = (engine.clock.now(), engine.operator.to_owned());
        let run = NewRun { command, started_at, actor, overrides };
        let id = runs::start(store.conn(), &run).await?;
        Ok(Self { id, store, lock })
    }

    /// Lets others write while a person is asked; the store stays open.
    pub(crate) fn release(&self) -> Result<(), LockError> {
        self.lock.release()
    }

    pub(crate) fn retake(&self, clock: &dyn Clock) -> Result<(), LockError> {
        self.lock.retake(clock.now())
    }

    pub(crate) async fn finish(
        &mut self,
        clock: &dyn Clock,
        summary: RunSummary,
    ) -> Result<(), StoreError> {
        let RunSummary { exit, decision_id, detail } = summary;
        let (finished_at, exit_code) = (clock.now(), exit.code());
        let end = RunEnd { finished_at, exit_code, decision_id, detail };
        runs::finish(self.store.conn(), self.id, &end).await
    }

    /// Finishes the row and closes the store.
    pub(crate) async fn end(
        mut self,
        clock: &dyn Clock,
        summary: RunSummary,
    ) -> Result<(), StoreError> {
        let finished = self.finish(clock, summary).await;
        let closed = self.close().await;
        finished.and(closed)
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        let closed = self.store.close().await;
        drop(self.lock);
        closed
    }
}
