//! A run of `apply`, `restore` or `notify` in the store: its lock, its row, the settling of what killed runs
//! left open, and what came of each account. However it ends, what was done is recorded.

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        history::Action,
        outcomes::{AccountOutcome, OutcomeCounts, summary},
    },
    engine::{
        Engine, connection,
        own_actions::settle,
        recorded_run::{RecordedRun, RunSummary},
        sync::{Portal, Purpose, preflight},
    },
    exit::{Exit, Failure},
    portal::PortalReader,
    store::{self, portal::OwnerChange, runs::Command},
    time::Clock,
};

#[derive(Debug)]
pub(crate) struct ChangeOptions {
    pub(crate) command: Command,
    pub(crate) action: Action,
    pub(crate) owner: OwnerChange,
    /// One-shot flags as typed, for the record.
    pub(crate) overrides: String,
}

pub(crate) struct ChangeRun {
    pub(crate) recorded: RecordedRun,
    pub(crate) action: Action,
    /// The decision acted on.
    pub(crate) decision_id: Option<i64>,
    pub(super) outcomes: Vec<AccountOutcome>,
    /// Why the rest was not touched, where the portal takes no more.
    pub(super) rest: Option<String>,
    owner: OwnerChange,
}

/// What came of a run, to be shown.
pub(crate) struct ChangeReport {
    pub(crate) run_id: i64,
    pub(crate) action: Action,
    pub(crate) decision_id: Option<i64>,
    pub(crate) outcomes: Vec<AccountOutcome>,
    pub(crate) rest: Option<String>,
    pub(crate) result: anyhow::Result<Exit>,
}

impl ChangeRun {
    /// Takes the lock and writes the row.
    pub(crate) async fn start(engine: &Engine<'_>, options: ChangeOptions) -> anyhow::Result<Self> {
        let ChangeOptions { command, action, owner, overrides } = options;
        let recorded = RecordedRun::open(engine, command, overrides).await?;
        let (decision_id, outcomes, rest) = (None, Vec::new(), None);
        Ok(Self { recorded, action, decision_id, outcomes, rest, owner })
    }

    /// Settles what killed runs left open: before anything is chosen, so that the choice rests on a
    /// true record, and again after the lock was released.
    pub(crate) async fn settle(&mut self, engine: &mut Engine<'_>) -> anyhow::Result<()> {
        if settle::open(&mut self.recorded.store).await?.is_empty() {
            return Ok(());
        }
        let reader = PortalReader::in_step(&connection(engine.settings)?, engine.clock)?;
        self.preflight(engine, &reader).await?;
        self.settle_with(engine, &reader, &CancellationToken::new()).await
    }

    pub(super) async fn settle_with(
        &mut self,
        engine: &mut Engine<'_>,
        reader: &PortalReader,
        cancel: &CancellationToken,
    ) -> anyhow::Result<()> {
        let RecordedRun { store, id, .. } = &mut self.recorded;
        match settle::settle(store, reader, engine.clock.as_ref(), cancel, *id).await? {
            0 => {}
            1 => engine.notes.note(&"1 interrupted action of an earlier run was settled"),
            n => engine
                .notes
                .note(&format_args!("{n} interrupted actions of earlier runs were settled")),
        }
        Ok(())
    }

    pub(super) async fn preflight(
        &mut self,
        engine: &mut Engine<'_>,
        reader: &PortalReader,
    ) -> anyhow::Result<Portal> {
        let purpose = match self.action {
            Action::Disable | Action::Enable => Purpose::Write,
            Action::Notify => Purpose::Read,
        };
        let portal = preflight(reader, purpose).await?;
        let conn = self.recorded.store.conn();
        let now = engine.clock.now();
        let bound = store::portal::bind(conn, &portal.known, self.owner, now).await?;
        if let Some(note) = bound.note(&portal.known.url) {
            engine.notes.note(&note);
        }
        Ok(portal)
    }

    /// Finishes the row and gives the lock back.
    pub(crate) async fn finish(
        self,
        clock: &dyn Clock,
        result: anyhow::Result<()>,
    ) -> ChangeReport {
        let counts = OutcomeCounts::of(self.outcomes.iter().map(|o| o.outcome));
        let done = summary(self.action, self.outcomes.iter().map(|o| (o.outcome, o.skipped_as)));
        let result = match result {
            // Refused means that no account was touched.
            Err(error) if counts.called() > 0 && Exit::of(&error) == Exit::Refused => {
                Err(error.context(Failure::new(Exit::Failed, "stopped on the way")))
            }
            Err(error) => Err(error),
            // What was skipped is as it should be.
            Ok(()) if counts.not_done() > 0 || self.rest.is_some() => Ok(Exit::Partly),
            Ok(()) => Ok(Exit::Done),
        };
        let summary = RunSummary {
            decision_id: self.decision_id,
            ..RunSummary::of(&result, |exit| RunSummary {
                exit: *exit,
                ..RunSummary::done(match &self.rest {
                    Some(rest) => format!("{done}; {rest}"),
                    None => done.clone(),
                })
            })
        };
        let run_id = self.recorded.id;
        let recorded = self.recorded.end(clock, summary).await;
        let result = result.and_then(|exit| Ok(recorded.map(|()| exit)?));
        let Self { action, decision_id, outcomes, rest, .. } = self;
        ChangeReport { run_id, action, decision_id, outcomes, rest, result }
    }
}
