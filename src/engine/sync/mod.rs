//! Pulls evidence from the portal into the store: accounts, login events, activity checks. What is
//! proven is stored with its proof, so a run that fails or is killed grants nothing that it did not
//! prove and loses nothing that it did.

mod accounts;
mod activity;
mod prefetch;
mod preflight;
mod pull;
mod roster;
mod walk;

pub(crate) use self::{
    activity::check,
    preflight::{Portal, Purpose, preflight},
    pull::{Depth, MustMatch, NewRoster, Progress, PullContext, PullOptions, Pulled},
};
use crate::{
    domain::{
        coverage::{Coverage, LATENESS},
        policy::Policy,
    },
    engine::{
        evaluate,
        sync::{
            pull::{Pull, PullCounts},
            walk::{Bounds, Walk, Walked},
        },
    },
    store::{
        self, Store,
        accounts::AccountKeys,
        recording::Proof,
        sync_runs::{SyncEnd, SyncStatus},
    },
    time::{Timestamp, days},
};

/// The longest time for which the server keeps login events (TenantAuditSettings.cs).
const MAX_RETENTION_DAYS: u32 = 180;

/// How far the steps of a pull came.
enum Steps {
    Complete(Option<Coverage>),
    /// The user stopped it.
    Cancelled,
}

/// Pulls everything once and writes the row that says so, however it ends.
pub(crate) async fn pull(
    store: &mut Store,
    cx: &PullContext<'_>,
    options: &PullOptions<'_>,
    progress: &mut dyn Progress,
) -> anyhow::Result<Pulled> {
    let before = store::sync_runs::newest_ended(store.conn()).await?.and_then(|r| r.coverage);
    let sync_run = store::sync_runs::start(store.conn(), cx.run_id, cx.clock.now()).await?;
    let Portal { time, key_account, facts, .. } = cx.portal;
    store::sync_runs::describe(store.conn(), sync_run, *time, *key_account, facts).await?;
    let traffic = cx.reader.traffic();
    let keys = AccountKeys::load(store.conn()).await?;
    let counts = PullCounts::default();
    let mut pull = Pull { cx, store, keys, sync_run, ip: options.ip, counts, progress };
    store::events::postpone_index(pull.store.conn()).await?;
    let result = pull.steps(options).await;
    // However it ended. The steps have done it already where they went on after the walk.
    store::events::complete_index(pull.store.conn()).await?;
    let counts = pull.counts;
    let (status, coverage, reason) = match &result {
        Ok(Steps::Complete(coverage)) => (SyncStatus::Complete, *coverage, String::new()),
        Ok(Steps::Cancelled) => (SyncStatus::Interrupted, before, "stopped on request".to_owned()),
        Err(error) => (SyncStatus::Failed, before, format!("{error:#}")),
    };
    let used = cx.reader.traffic();
    let end = SyncEnd {
        finished_at: cx.clock.now(),
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
    async fn steps(&mut self, options: &PullOptions<'_>) -> anyhow::Result<Steps> {
        let portal = self.cx.portal;
        if !self.list_accounts(options.roster.as_ref()).await? {
            return Ok(Steps::Cancelled);
        }
        let bounds = Bounds {
            now: portal.time,
            top: portal.time - LATENESS,
            lookback: portal.time - days(options.lookback_days),
            kept_from: portal
                .time
                .days_before(portal.facts.retention_days.unwrap_or(MAX_RETENTION_DAYS)),
        };
        self.progress.history(bounds.top, bounds.lookback);
        if Walk::new(self, bounds, options.depth).await?.run().await? == Walked::Cancelled {
            return Ok(Steps::Cancelled);
        }
        store::events::complete_index(self.store.conn()).await?;
        let coverage = self.prove(bounds.top, options.policy).await?;
        let as_of = coverage.map_or(portal.time, |c| c.to);
        self.learn_key_uses().await?;
        self.learn_status_changes(as_of - days(options.policy.inactivity_days)).await?;
        let candidates = self.candidates(options.policy, coverage, as_of).await?;
        if !self.check_activity(candidates).await? {
            return Ok(Steps::Cancelled);
        }
        Ok(Steps::Complete(coverage))
    }

    /// Files the newest stretch that is proven, and gives what of it the policy takes for covered.
    async fn prove(&mut self, top: Timestamp, policy: &Policy) -> anyhow::Result<Option<Coverage>> {
        let conn = self.store.conn();
        let segments = store::segments::load(conn).await?;
        let newest = segments.first();
        let Some(proven) = newest.and_then(|s| Coverage::up_to(s.from, Some(s.to.min(top)))) else {
            return Ok(None);
        };
        let timezone = self.cx.portal.timezone.clone();
        let proof = Proof { proven, whole_from: None, timezone };
        store::recording::prove(conn, self.sync_run, &proof).await?;
        Ok(evaluate::coverage(conn, self.sync_run, Some(proven), policy).await?)
    }
}
