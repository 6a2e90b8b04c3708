//! One pull of evidence: accounts, login events and activity checks, and the row that says how it ended.

use crate::engine::sync::{
    preflight::Portal,
    progress::Progress,
    walk::{Bounds, Depth, Walk, Walked},
};
use crate::{
    config::IpRetention,
    domain::{
        brakes::Brakes,
        coverage::{Coverage, horizon},
        policy::Policy,
    },
    engine::cancel::Interrupt,
    portal::PortalReader,
    roster::Roster,
    store::{
        self, Store, StoreError,
        accounts::AccountKeys,
        sync_runs::{SyncEnd, SyncStatus},
    },
    time::{Clock, Timestamp, days},
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
pub(crate) struct Pull<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) keys: AccountKeys,
    pub(crate) sync_run: i64,
    pub(crate) reader: PortalReader,
    pub(crate) ip: IpRetention,
    pub(crate) concurrency: usize,
    pub(crate) counts: Counts,
    pub(crate) progress: &'a mut Progress,
    pub(crate) interrupt: &'a Interrupt,
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
    store::events::postpone_index(pull.store.conn()).await?;
    let result = pull.everything(orders, work.portal, clock).await;
    // However it ended. `everything` has done it already where it went on after the walk.
    store::events::complete_index(pull.store.conn()).await?;
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
                store::events::complete_index(self.store.conn()).await?;
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
    async fn covered(&mut self, top: Timestamp) -> Result<Option<Coverage>, StoreError> {
        let segments = store::segments::load(self.store.conn()).await?;
        Ok(segments.first().and_then(|s| Coverage::up_to(s.from, Some(s.to.min(top)))))
    }
}
