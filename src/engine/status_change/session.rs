//! A run at the portal: a pull of evidence, the accounts in small groups, a last reading of everything
//! changed, and what the audit trail shows of it.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        account::AccountId,
        history::{Action, Outcome, SHOWN_BEFORE},
        human::{many, thousands},
        outcomes::AccountOutcome,
        policy::Policy,
    },
    engine::{
        Engine, cancel, connection,
        own_actions::{corroboration, reenabled::reenabled},
        status_change::{
            row::{Cleared, GroupEnd, Row},
            run::ChangeRun,
        },
        sync::{Depth, Past, Portal, PullContext, PullOptions, pull},
    },
    exit::Failure,
    portal::{PortalReader, PortalWriter},
    store::{Store, accounts::AccountKeys, sync_runs::SyncStatus},
    time::Timestamp,
};

/// A call leaves so soon after the look at its account, or the look is repeated.
pub(crate) const LOOK_LIFE: Duration = Duration::from_secs(10);

/// Calls, or messages, after which a run without a bar says how far it is.
pub(crate) const MILESTONE: usize = 25;

/// So long calls of one group are postponed by the portal's limits before the run ends: the portal's
/// window is a minute long, and what lasts longer is its limit for the day.
const POSTPONED_MOST: Duration = Duration::from_secs(90);

/// Requests of a look and its call: for each account, and for the group.
const REQUESTS_EACH: usize = 3;
const REQUESTS_SHARED: usize = 2;

/// Calls at the same time: enough to hide the way there and back, few enough to be looked at again
/// directly before.
const AT_ONCE: usize = 4;

/// One of the accounts that a run goes through.
pub(crate) trait Candidate: Clone {
    fn account_id(&self) -> AccountId;
}

pub(crate) struct Session<'a> {
    pub(crate) engine: Engine<'a>,
    pub(crate) store: &'a mut Store,
    pub(crate) reader: PortalReader,
    pub(crate) writer: PortalWriter,
    pub(crate) portal: Portal,
    /// What the rows of this run have in common.
    pub(super) row: Row,
    pub(super) concurrency: usize,
    /// Accounts whose looks and calls fit into the limits together.
    pub(crate) group_size: usize,
    pub(crate) outcomes: &'a mut Vec<AccountOutcome>,
    pub(crate) rest: &'a mut Option<String>,
    /// The pull that this run made; what is learned later is filed there.
    sync_run: Option<i64>,
    pub(crate) cancel: CancellationToken,
}

impl ChangeRun {
    /// Goes to the portal. From here on a signal stops the run at the next safe place.
    pub(crate) async fn connect<'a>(
        &'a mut self,
        mut engine: Engine<'a>,
    ) -> anyhow::Result<Session<'a>> {
        let connection = connection(engine.settings)?;
        let group_size = group_size(connection.pace.requests_per_minute)?;
        let reader = PortalReader::in_step(&connection, engine.clock)?;
        let cancel = cancel::on_signal();
        let portal = self.preflight(&mut engine, &reader).await?;
        self.settle_with(&mut engine, &reader, &cancel).await?;
        let row = Row {
            run_id: self.recorded.id,
            decision_id: self.decision_id,
            actor: portal.key_account,
            action: self.action,
        };
        Ok(Session {
            engine,
            store: &mut self.recorded.store,
            writer: reader.writer(),
            reader,
            portal,
            row,
            concurrency: connection.pace.concurrency,
            group_size,
            outcomes: &mut self.outcomes,
            rest: &mut self.rest,
            sync_run: None,
            cancel,
        })
    }
}

impl Session<'_> {
    /// Brings the store up to date, as `sync` does, and says who is enabled again.
    pub(crate) async fn pull(&mut self, policy: &Policy) -> anyhow::Result<()> {
        let settings = self.engine.settings;
        let options = PullOptions {
            policy,
            roster: None,
            lookback_days: settings.lookback_days,
            depth: Depth::Incremental,
            past: Past::MustBeOurs,
            ip: settings.ip,
            notice_days: match self.row.action {
                Action::Notify => settings.notice_days(),
                Action::Disable | Action::Enable => 0,
            },
        };
        let context = PullContext {
            reader: &self.reader,
            portal: &self.portal,
            run_id: self.row.run_id,
            concurrency: self.concurrency,
            clock: self.engine.clock.as_ref(),
            cancel: &self.cancel,
        };
        let mut progress = self.engine.notes.progress();
        let pulled = pull(self.store, &context, &options, progress.as_mut()).await;
        drop(progress);
        let pulled = pulled?;
        if pulled.status != SyncStatus::Complete {
            anyhow::bail!("stopped on request before anything was done");
        }
        self.sync_run = Some(pulled.sync_run);
        for account in reenabled(self.store, pulled.sync_run).await? {
            self.engine.notes.warn(&account);
        }
        Ok(())
    }

    /// Goes through `todo` in order, a few at a time, until `most` calls were made: `look` says who may
    /// be changed. Stops between two groups when asked to, and where the portal takes no more.
    pub(crate) async fn in_groups<T: Candidate>(
        &mut self,
        todo: &[T],
        most: usize,
        mut look: impl AsyncFnMut(&mut Self, &[T]) -> anyhow::Result<Vec<Cleared>>,
    ) -> anyhow::Result<()> {
        let (mut rest, mut calls) = (todo, most);
        let mut progress = self.engine.notes.progress();
        progress.changes(most.min(todo.len()));
        while calls > 0 && !rest.is_empty() {
            let untouched = calls.min(rest.len());
            if self.cancel.is_cancelled() {
                anyhow::bail!("stopped on request; {}", not_touched(untouched));
            }
            let (group, after) = rest.split_at(self.group_size.min(untouched));
            let stopped = || format!("stopped; {}", not_touched(untouched));
            let cleared = look(self, group).await.with_context(stopped)?;
            (rest, calls) = (after, calls - cleared.len());
            if cleared.is_empty() {
                continue;
            }
            self.intend(&cleared).await?;
            let called = cleared.len();
            let stop = self.change(group, cleared, &mut look).await?;
            progress.changed(called);
            let done = most - calls;
            if done / MILESTONE > (done - called) / MILESTONE {
                let [done, all] = [done, most.min(todo.len())].map(|n| thousands(n as u64));
                self.engine.notes.milestone(&format!("{done} of {all} done"));
            }
            let untouched = calls.min(rest.len());
            if let Some(why) = stop.filter(|_| untouched > 0) {
                *self.rest = Some(format!("{}: {why}", not_touched(untouched)));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Calls until each account of the group is done; what is postponed is looked at again first.
    /// Returns why no call after these can succeed, if that is so.
    async fn change<T: Candidate>(
        &mut self,
        group: &[T],
        mut cleared: Vec<Cleared>,
        look: &mut impl AsyncFnMut(&mut Self, &[T]) -> anyhow::Result<Vec<Cleared>>,
    ) -> anyhow::Result<Option<String>> {
        let began = Instant::now();
        loop {
            let GroupEnd { postponed, stop } = self.call(cleared).await?;
            if postponed.is_empty() {
                return Ok(stop);
            }
            if stop.is_some() || began.elapsed() > POSTPONED_MOST || self.cancel.is_cancelled() {
                let why = stop.or_else(|| postponed.first().map(|(_, error)| error.to_string()));
                self.give_up(postponed).await?;
                return Ok(why);
            }
            let is_postponed =
                |t: &&T| postponed.iter().any(|(target, _)| target.account_id == t.account_id());
            let again: Vec<T> = group.iter().filter(is_postponed).cloned().collect();
            cleared = match look(self, &again).await {
                Ok(cleared) => cleared,
                Err(error) => {
                    self.give_up(postponed).await?;
                    return Err(error);
                }
            };
        }
    }

    pub(crate) fn run_id(&self) -> i64 {
        self.row.run_id
    }

    /// Waits until the looks at so many accounts and their calls fit into the limits.
    pub(crate) async fn room_for_looks(&self, accounts: usize) {
        self.reader.room_for(REQUESTS_SHARED + REQUESTS_EACH * accounts).await;
    }

    /// Reads the changes of status in the audit trail since `from` and notes which were ours.
    pub(crate) async fn note_changes(&mut self, from: Timestamp) -> anyhow::Result<()> {
        let Some(sync_run) = self.sync_run else { return Ok(()) };
        let found = self.reader.actions_since(corroboration::STATUS_CODE, from).await?.rows;
        let mut keys = AccountKeys::load(self.store.conn()).await?;
        let clock = self.engine.clock.as_ref();
        let noted =
            corroboration::note_changes(self.store, &mut keys, sync_run, found, clock).await?;
        for row in noted.overtaken.into_iter().filter(|row| row.run_id == self.row.run_id) {
            let of_it = |o: &&mut AccountOutcome| o.account_id == row.account_id;
            if let Some(outcome) = self.outcomes.iter_mut().find(of_it) {
                (outcome.outcome, outcome.detail) = (Outcome::Skipped, row.detail);
                outcome.skipped_as = Some("changed by someone else");
            }
        }
        Ok(())
    }

    /// Ends the run, however far it came: reads every changed account once more, and looks for our own
    /// changes in the audit trail. What is not there yet is found by a later sync.
    pub(crate) async fn end(mut self, result: anyhow::Result<()>) -> anyhow::Result<()> {
        let confirmed = self.confirm().await;
        if self.outcomes.iter().any(|o| o.outcome == Outcome::Applied)
            && let Err(error) = self.note_changes(self.portal.time - SHOWN_BEFORE).await
        {
            self.engine.notes.warn(&format_args!(
                "the audit trail could not be read after the changes: {error:#}"
            ));
        }
        if let (Err(_), Err(error)) = (&result, &confirmed) {
            let says = format_args!("the changed accounts could not be read once more: {error:#}");
            self.engine.notes.warn(&says);
        }
        result.and(confirmed)
    }
}

/// # Errors
/// Not even one account can be looked at directly before its call: usage.
fn group_size(requests_per_minute: u32) -> Result<usize, Failure> {
    let a_minute = usize::try_from(requests_per_minute).unwrap_or(usize::MAX);
    match a_minute.saturating_sub(REQUESTS_SHARED) / REQUESTS_EACH {
        0 => Err(Failure::usage(format!(
            "requests_per_minute = {a_minute} is too low to look at an account directly before its \
             call; allow {} or more",
            REQUESTS_SHARED + REQUESTS_EACH
        ))),
        accounts => Ok(accounts.min(AT_ONCE)),
    }
}

fn not_touched(accounts: usize) -> String {
    match accounts {
        1 => "1 account was not touched".to_owned(),
        n => format!("{} were not touched", many(n, "account")),
    }
}
