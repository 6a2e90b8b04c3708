//! The frame of `apply` and `restore`: lock, row of the run, portal, settling, the work itself, a last
//! reading of everything changed, and what the audit trail shows of it. However it ends, what was done
//! is recorded and shown.

use anyhow::Context as _;

use crate::{
    commands::outcomes as show,
    engine::status_change::{
        change::{Done, Run, Target},
        corroboration,
        reenabled::returned,
        settle,
    },
};
use crate::{
    commands::{Context, is_closed_pipe},
    domain::{
        history::{Action, Outcome},
        policy::Policy,
    },
    engine::{
        cancel::Interrupt,
        recorded_run,
        sync::{Depth, Orders, Portal, Progress, Purpose, Work, preflight, pull::pull},
    },
    exit::{Exit, Failure},
    lock::WriterLock,
    portal::{PortalReader, PortalWriter},
    store::{
        self, Mode, Store, accounts::AccountKeys, portal::OwnerChange, runs::Command,
        sync_runs::SyncStatus,
    },
    time::Timestamp,
};

/// Calls at the same time: enough to hide the way there and back, few enough to be looked at again
/// directly before.
pub(crate) const AT_ONCE: usize = 4;

/// What is to be run.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) action: Action,
    /// One-shot flags, as typed.
    pub(crate) overrides: String,
    pub(crate) decision_id: Option<i64>,
    pub(crate) owner: OwnerChange,
}

/// A run that changes accounts.
pub(crate) struct Session<'a> {
    pub(crate) cx: &'a mut Context,
    pub(crate) store: &'a mut Store,
    pub(crate) reader: PortalReader,
    pub(crate) writer: PortalWriter,
    pub(crate) portal: Portal,
    pub(crate) run: Run,
    /// The pull that this run made; what is learned later is filed there.
    pub(crate) sync_run: Option<i64>,
    pub(crate) concurrency: usize,
    pub(crate) done: Vec<Done>,
    interrupt: Interrupt,
    /// Why the rest was not touched, where the portal takes no more.
    rest: Option<String>,
}

/// Runs `act` over what was agreed on. What was not agreed on is recorded as refused, if that is
/// possible.
///
/// # Errors
/// Refused, braked or declined before anything was done, or stopped on the way.
pub(crate) async fn run<T>(
    cx: &mut Context,
    order: Order,
    agreed: anyhow::Result<Vec<T>>,
    act: impl AsyncFnOnce(&mut Session<'_>, Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let (_lock, mut store, run_id) = match open(cx, &order).await {
        Ok(opened) => opened,
        Err(error) => {
            agreed?;
            return Err(error);
        }
    };
    let mut done = Vec::new();
    let result = match agreed {
        Ok(todo) => work(cx, &mut store, &order, run_id, todo, act, &mut done).await,
        Err(error) => Err(error),
    };
    let counts = show::Counts::of(&done);
    let result = match result {
        // Refused means that nobody was touched.
        Err(error) if counts.called() && Exit::of(&error) == Exit::Refused => {
            Err(error.context(Failure::new(Exit::Failed, "stopped on the way")))
        }
        result => result,
    };
    let outcome = match &result {
        Ok(None) => Ok((counts.exit(), counts.to_string())),
        Ok(Some(rest)) => Ok((Exit::Partly, format!("{counts}; {rest}"))),
        Err(error) => Err(error),
    };
    let recorded =
        recorded_run::finish_run(cx, &mut store, run_id, order.decision_id, outcome).await;
    let closed = store.close().await;
    let shown = match result.is_ok() || !done.is_empty() {
        true => show::show(cx, run_id, order.decision_id, &done),
        false => Ok(()),
    };
    let rest = result?;
    recorded?;
    closed?;
    match shown {
        Err(error) if !is_closed_pipe(&error) => return Err(error),
        Ok(()) | Err(_) => {}
    }
    match rest {
        None => Ok(counts.exit()),
        Some(rest) => {
            cx.out.warn(rest);
            Ok(Exit::Partly)
        }
    }
}

async fn open(cx: &Context, order: &Order) -> anyhow::Result<(WriterLock, Store, i64)> {
    let lock = cx.lock()?;
    let mut store = cx.open(Mode::Record).await?;
    store::sync_runs::close_killed(store.conn(), cx.clock.now()).await?;
    let overrides = order.overrides.clone();
    let run_id = recorded_run::start_run(cx, &mut store, order.command, overrides).await?;
    Ok((lock, store, run_id))
}

async fn work<T>(
    cx: &mut Context,
    store: &mut Store,
    order: &Order,
    run_id: i64,
    todo: Vec<T>,
    act: impl AsyncFnOnce(&mut Session<'_>, Vec<T>) -> anyhow::Result<()>,
    done: &mut Vec<Done>,
) -> anyhow::Result<Option<String>> {
    if todo.is_empty() && settle::open(store).await?.is_empty() {
        return Ok(None);
    }
    let connection = cx.connection()?;
    let reader = PortalReader::new(&connection)?;
    let portal = preflight(&reader, cx.clock.now(), Purpose::Write).await?;
    store::portal::bind(store.conn(), &portal.known, order.owner, cx.clock.now()).await?;
    let interrupt = Interrupt::listen();
    let settled = settle::settle(store, &reader, cx.clock.as_ref(), &interrupt, run_id).await?;
    if settled > 0 {
        cx.out.note(format_args!("{settled} interrupted actions of earlier runs were settled"));
    }
    if todo.is_empty() {
        return Ok(None);
    }
    let run = Run {
        id: run_id,
        decision_id: order.decision_id,
        actor: portal.key_account,
        action: order.action,
    };
    let mut session = Session {
        cx,
        store,
        writer: reader.writer(),
        reader,
        portal,
        run,
        sync_run: None,
        concurrency: connection.pace.concurrency,
        done: Vec::new(),
        interrupt,
        rest: None,
    };
    let result = act(&mut session, todo).await;
    let confirmed = session.confirm().await;
    session.corroborate().await;
    done.append(&mut session.done);
    result?;
    confirmed?;
    Ok(session.rest)
}

impl Session<'_> {
    /// Brings the store up to date, as `sync` does, and says who came back.
    pub(crate) async fn pull(&mut self, policy: &Policy) -> anyhow::Result<()> {
        let Self { cx, store, reader, portal, interrupt, .. } = self;
        let mut progress = Progress::new(&cx.out);
        let orders = Orders {
            policy,
            brakes: &cx.settings.brakes,
            roster: None,
            lookback_days: cx.settings.lookback_days,
            depth: Depth::Incremental,
            ip: cx.settings.ip,
        };
        let work = Work { reader, portal, run_id: self.run.id, concurrency: self.concurrency };
        let pulled = pull(store, &work, &orders, cx.clock.as_ref(), interrupt, &mut progress).await;
        progress.finish();
        let pulled = pulled?;
        if pulled.status != SyncStatus::Complete {
            anyhow::bail!("stopped on request before anything was done");
        }
        self.sync_run = Some(pulled.sync_run);
        for account in returned(self.store, pulled.sync_run).await? {
            self.cx.out.warn(account);
        }
        Ok(())
    }

    /// Goes through `todo` a few at a time: `look` says who may be changed and on what that rests.
    /// Stops between two groups when asked to, and where the portal takes no more.
    pub(crate) async fn in_groups<T>(
        &mut self,
        todo: &[T],
        mut look: impl AsyncFnMut(&mut Self, &[T]) -> anyhow::Result<Vec<(Target, String)>>,
    ) -> anyhow::Result<()> {
        let mut untouched = todo.len();
        for group in todo.chunks(AT_ONCE) {
            if self.interrupt.is_set() {
                anyhow::bail!("stopped on request; {}", not_touched(untouched));
            }
            let stopped = || format!("stopped; {}", not_touched(untouched));
            let passed = look(self, group).await.with_context(stopped)?;
            untouched -= group.len();
            let stop = self.change(passed).await?;
            if let Some(why) = stop.filter(|_| untouched > 0) {
                self.rest = Some(format!("{}: {why}", not_touched(untouched)));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Reads the changes of status in the audit trail since `from` and notes which were ours.
    pub(crate) async fn note_changes(&mut self, from: Timestamp) -> anyhow::Result<()> {
        let Some(sync_run) = self.sync_run else { return Ok(()) };
        let found = self.reader.actions_since(corroboration::STATUS_CODE, from).await?;
        let mut keys = AccountKeys::load(self.store.conn()).await?;
        corroboration::note_changes(self.store, &mut keys, sync_run, found, self.cx.clock.as_ref())
            .await?;
        Ok(())
    }

    /// Looks for our own changes in the audit trail at once; what is not there yet is found by a
    /// later sync.
    async fn corroborate(&mut self) {
        if !self.done.iter().any(|d| d.outcome == Outcome::Applied) {
            return;
        }
        if let Err(error) = self.note_changes(self.portal.time).await {
            self.cx.out.warn(format_args!(
                "the audit trail could not be read after the changes: {error:#}"
            ));
        }
    }
}

fn not_touched(accounts: usize) -> String {
    match accounts {
        1 => "1 account was not touched".to_owned(),
        n => format!("{n} accounts were not touched"),
    }
}
