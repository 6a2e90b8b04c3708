//! `sync`: pulls evidence from the portal into the store. What is proven is stored with its proof; a
//! run that fails or is killed grants nothing that it did not prove and loses nothing that it did.

mod accounts;
mod ahead;
mod preflight;
mod progress;
mod signals;
mod summary;
mod walk;

use chrono::TimeDelta;

pub(super) use self::signals::check;
use self::walk::{Bounds, Walk, Walked};
pub use self::{
    preflight::{Portal, Purpose, preflight},
    progress::Progress,
    walk::Depth,
};
use super::{Context, interrupt::Interrupt, writing};
use crate::{
    cli,
    clock::Clock,
    config::IpRetention,
    domain::{
        brakes::Brakes,
        coverage::{Coverage, horizon},
        policy::Policy,
        time::{Instant, days},
    },
    exit::{Exit, Failure},
    portal::PortalReader,
    roster::{self, Roster},
    store::{
        self, Store, StoreError,
        accounts::AccountKeys,
        portal::OwnerChange,
        runs::Command,
        sync_runs::{SyncEnd, SyncStatus},
    },
};

/// What a pull counts while it works.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Pages of the login history.
    pub pages: usize,
    /// New login events.
    pub events_added: u64,
    /// Distinct accounts listed.
    pub accounts: u64,
    /// Accounts in the population.
    pub contractors: u64,
    /// Activity checks made.
    pub checks: u64,
    /// Our own actions found in the portal's audit trail.
    pub corroborated: u64,
}

/// What a pull is asked to do.
pub struct Orders<'a> {
    /// Selects whom to check in the audit trail.
    pub policy: &'a Policy,
    /// `max_silence` bounds coverage.
    pub brakes: &'a Brakes,
    /// A new roster, if one was given.
    pub roster: Option<&'a Roster>,
    /// How far the first read goes back.
    pub lookback_days: u32,
    /// Jump over what is known, or not.
    pub depth: Depth,
    /// Keep addresses or not.
    pub ip: IpRetention,
}

/// One pull at work.
pub struct Pull<'a> {
    store: &'a mut Store,
    keys: AccountKeys,
    sync_run: i64,
    reader: PortalReader,
    ip: IpRetention,
    concurrency: usize,
    counts: Counts,
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
}

/// What came of a pull.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Its row.
    pub sync_run: i64,
    /// How it ended.
    pub status: SyncStatus,
    /// What it counted.
    pub counts: Counts,
    /// Covered before it.
    pub before: Option<Coverage>,
    /// Covered after it.
    pub after: Option<Coverage>,
}

/// Runs the command.
///
/// # Errors
/// The portal, the roster or the store does not allow it; the message says what is kept.
pub async fn run(cx: &mut Context, args: cli::Sync) -> anyhow::Result<Exit> {
    let connection = cx.connection()?;
    let given = match args.contractors.as_slice() {
        [] => None,
        files => Some(roster::read(files, &cx.cwd, &mut cx.input.reader)?),
    };
    let lock = cx.lock()?;
    let reader = PortalReader::new(&connection)?;
    let portal = preflight(&reader, cx.clock.now(), Purpose::Read).await;
    if portal.is_err() && !cx.settings.database.exists() {
        // Nothing was learned: no store is made for it.
        portal?;
        return Ok(Exit::Failed);
    }
    let fresh = !cx.settings.database.exists();
    let mut store = cx.open(store::Mode::Create).await?;
    if fresh {
        cx.out.note(format!("created the store {}", store.path().display()));
    }
    let owner = if args.accept_owner { OwnerChange::Accept } else { OwnerChange::Refuse };
    if let Ok(portal) = &portal {
        store::portal::bind(store.conn(), &portal.known, owner, cx.clock.now()).await?;
    }
    let overrides = overrides(&args);
    let run_id = writing::start_run(cx, &mut store, Command::Sync, overrides).await?;
    let depth = if args.full { Depth::Full } else { Depth::Incremental };
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(&cx.out);
    let result = async {
        let portal = match portal {
            Ok(portal) => portal,
            Err(error) => {
                let (now, reason) = (cx.clock.now(), format!("{error:#}"));
                store::sync_runs::refused(store.conn(), run_id, now, &reason).await?;
                return Err(error);
            }
        };
        accept_roster(&mut store, given.as_ref(), &cx.settings.brakes, args.accept_shrink).await?;
        let orders = Orders {
            policy: &cx.settings.policy,
            brakes: &cx.settings.brakes,
            roster: given.as_ref(),
            lookback_days: cx.settings.lookback_days,
            depth,
            ip: cx.settings.ip,
        };
        let work = Work {
            reader: &reader,
            portal: &portal,
            run_id,
            concurrency: connection.pace.concurrency,
        };
        pull(&mut store, &work, &orders, cx.clock.as_ref(), &interrupt, &mut progress).await
    }
    .await;
    progress.finish();
    let outcome = match &result {
        Ok(pulled) => Ok((Exit::Done, summary::sentence(pulled))),
        Err(error) => Err(error),
    };
    writing::finish_run(cx, &mut store, run_id, None, outcome).await?;
    drop(lock);
    let pulled = result?;
    if pulled.status == SyncStatus::Interrupted {
        anyhow::bail!(
            "stopped on request; {} login events are stored with their proof and the next sync goes on \
             from there",
            pulled.counts.events_added
        );
    }
    summary::show(cx, &mut store, &pulled, reader.traffic()).await?;
    store.close().await?;
    Ok(Exit::Done)
}

/// One-shot flags as typed, for the record.
fn overrides(args: &cli::Sync) -> String {
    let mut flags = Vec::new();
    if args.full {
        flags.push("--full");
    }
    if args.accept_shrink {
        flags.push("--accept-shrink");
    }
    if args.accept_owner {
        flags.push("--accept-owner");
    }
    flags.join(" ")
}

/// Refuses a roster that is empty or much smaller than the last: a broken export would otherwise
/// take everybody out of the review.
async fn accept_roster(
    store: &mut Store,
    roster: Option<&Roster>,
    brakes: &Brakes,
    accept_shrink: bool,
) -> anyhow::Result<()> {
    let Some(roster) = roster else { return Ok(()) };
    let rows = roster.rows.len();
    if accept_shrink {
        return Ok(());
    }
    if rows == 0 {
        return Err(Failure::braked(
            "the roster has no rows; nothing was changed; if nobody is left, run once with --accept-shrink",
        )
        .into());
    }
    let last = store::population::newest_size(store.conn()).await?.unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "rosters are far smaller than 2^52 rows")]
    let shrunken = (rows as f64) < last as f64 * brakes.min_roster_ratio;
    if shrunken {
        return Err(Failure::braked(format!(
            "the roster has {rows} rows and the last one had {last}, less than min_roster_ratio = {} \
             allows; nothing was changed; if it is right, run once with --accept-shrink",
            brakes.min_roster_ratio
        ))
        .into());
    }
    Ok(())
}

/// Who pulls from where.
pub struct Work<'a> {
    /// The portal.
    pub reader: &'a PortalReader,
    /// What it said of itself.
    pub portal: &'a Portal,
    /// The run that pulls.
    pub run_id: i64,
    /// Requests at the same time.
    pub concurrency: usize,
}

/// Pulls everything once and writes the row that says so, however it ends.
///
/// # Errors
/// The portal or the store does not allow it; the row has the reason.
pub async fn pull(
    store: &mut Store,
    work: &Work<'_>,
    orders: &Orders<'_>,
    clock: &dyn Clock,
    interrupt: &Interrupt,
    progress: &mut Progress,
) -> anyhow::Result<Pulled> {
    let before = store::sync_runs::newest_ended(store.conn()).await?.and_then(|r| r.coverage);
    let sync_run = store::sync_runs::start(store.conn(), work.run_id, clock.now()).await?;
    let Portal { time, key_account, facts, .. } = work.portal;
    store::sync_runs::describe(store.conn(), sync_run, *time, *key_account, facts).await?;
    let traffic = work.reader.traffic();
    let keys = AccountKeys::load(store.conn()).await?;
    let mut pull = Pull {
        store,
        keys,
        sync_run,
        reader: work.reader.clone(),
        ip: orders.ip,
        concurrency: work.concurrency,
        counts: Counts::default(),
        progress,
        interrupt,
    };
    let result = pull.everything(orders, work.portal, clock).await;
    let counts = pull.counts;
    let (status, coverage, reason) = match &result {
        Ok(Some(coverage)) => (SyncStatus::Complete, *coverage, String::new()),
        Ok(None) => (SyncStatus::Interrupted, before, "stopped on request".to_owned()),
        Err(error) => (SyncStatus::Failed, before, format!("{error:#}")),
    };
    let used = work.reader.traffic();
    let end = SyncEnd {
        finished_at: clock.now(),
        status,
        reason,
        events_added: counts.events_added,
        accounts_seen: counts.accounts,
        contractors_seen: counts.contractors,
        requests: used.requests - traffic.requests,
        retries: used.retries - traffic.retries,
        coverage,
    };
    store::sync_runs::finish(store.conn(), sync_run, &end).await?;
    result?;
    Ok(Pulled { sync_run, status, counts, before, after: coverage })
}

impl Pull<'_> {
    /// The steps of a pull. `Some` is what is covered after a complete one, none means that the user
    /// stopped it.
    async fn everything(
        &mut self,
        orders: &Orders<'_>,
        portal: &Portal,
        clock: &dyn Clock,
    ) -> anyhow::Result<Option<Option<Coverage>>> {
        self.list_accounts(orders.roster).await?;
        let top = horizon(portal.time, portal.newest, orders.brakes.max_silence);
        let coverage = match top {
            Some(top) => {
                let lookback = portal.time - days(orders.lookback_days);
                let bounds = Bounds { now: portal.time, top, lookback };
                self.progress.events(bounds.top, bounds.lookback);
                if Walk::new(self, bounds, orders.depth).await?.run().await? == Walked::Interrupted
                {
                    return Ok(None);
                }
                self.covered(top).await?
            }
            // Nothing was ever recorded: an empty history proves nothing.
            None => None,
        };
        let as_of = coverage.map_or(portal.time, |c| c.to);
        self.learn_key_uses().await?;
        self.learn_status_changes(as_of - days(orders.policy.inactivity_days), clock).await?;
        let candidates = self.judge(orders.policy, coverage, as_of, portal.key_account).await?;
        if !self.check_activity(candidates).await? {
            return Ok(None);
        }
        Ok(Some(coverage))
    }

    /// The segment that reaches the newest event, as far as it may be relied on.
    async fn covered(&mut self, top: Instant) -> Result<Option<Coverage>, StoreError> {
        let segments = store::segments::load(self.store.conn()).await?;
        Ok(segments.first().and_then(|s| Coverage::up_to(s.from, Some(s.to.min(top)))))
    }
}

/// Longest difference between this machine's clock and the portal's.
pub(super) const SKEW: TimeDelta = TimeDelta::minutes(5);
