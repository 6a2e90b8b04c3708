//! Pulls evidence from the portal into the store: accounts, login events, activity checks. What is
//! proven is stored with its proof, so a run that fails or is killed grants nothing that it did not
//! prove and loses nothing that it did.

mod accounts;
mod activity;
mod prefetch;
mod preflight;
mod pull;
mod roster;
mod trail;
mod walk;

pub(crate) use self::{
    activity::check,
    preflight::{Portal, Purpose, preflight},
    pull::{Depth, MustMatch, NewRoster, Past, PullContext, PullOptions, Pulled},
};
use crate::{
    domain::{
        coverage::{Coverage, LATENESS},
        policy::Policy,
    },
    engine::{
        Progress, evaluate,
        own_actions::settle,
        sync::{
            preflight::still_passes,
            pull::{Pull, PullCounts},
            walk::{Bounds, Retention, Walk, Walked},
        },
    },
    store::{
        self, Store, StoreError,
        accounts::AccountKeys,
        recording::Proof,
        sync_runs::{SyncEnd, SyncStatus},
    },
    time::days,
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
    store::events::postpone_indexes(pull.store.conn()).await?;
    let result = pull.steps(options).await;
    // However it ended. The steps have done it already where they went on after the walk.
    store::events::complete_indexes(pull.store.conn()).await?;
    let counts = pull.counts;
    // What is void covers nothing.
    let began = store::void::record_began(pull.store.conn(), sync_run).await?;
    let before = before.filter(|_| began.is_none_or(|(run, _)| run != sync_run));
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
        let Some(listing) = self.list_accounts(options).await? else {
            return Ok(Steps::Cancelled);
        };
        if options.past == Past::StartAgain {
            self.start_again().await?;
        }
        let bounds = self.bounds(options).await?;
        let changes = self.status_changes(options.depth, bounds.lookback).await?;
        self.progress.history(bounds.top, bounds.lookback);
        let walked = Walk::new(self, bounds, options.depth).await?.run().await?;
        let Walked::ToTheEnd { whole_from } = walked else { return Ok(Steps::Cancelled) };
        store::events::complete_indexes(self.store.conn()).await?;
        let newest = store::segments::load(self.store.conn()).await?.into_iter().next();
        let proven = newest.and_then(|s| Coverage::up_to(s.from, Some(s.to.min(bounds.top))));
        // A change of status can restart a clock, and a key can be anybody's: where these are not known,
        // nothing is decided.
        let whole_from = whole_from.max(Some(changes.from)).max(self.learn_key_uses().await?);
        let trail_from = self.probe_trail(options.policy, &bounds).await?;
        let proof = proven.map(|proven| {
            let timezone = portal.timezone.clone();
            Proof { proven, whole_from, timezone, trail_from }
        });
        let coverage = self.prove(proof, options.policy).await?;
        let as_of = coverage.map_or(portal.time, |c| c.to);
        let population =
            self.judge_by_logins(options, &listing, &changes.found, coverage, as_of).await?;
        if !self.check_activity(&population.candidates).await? {
            return Ok(Steps::Cancelled);
        }
        // A plan, a role or a key that lapsed on the way: what was read may be a part of it only.
        still_passes(self.cx.reader, portal).await?;
        self.record_accounts(&listing, options.roster.as_ref(), &population).await?;
        self.note_changes(changes).await?;
        store::portal::adopt(self.store.conn(), &portal.known).await?;
        if options.past == Past::StartAgain {
            // The trail may have lost what it said of them: what the portal shows decides.
            let PullContext { reader, clock, cancel, run_id, .. } = *self.cx;
            settle::settle(self.store, reader, clock, cancel, run_id).await?;
        }
        Ok(Steps::Complete(coverage))
    }

    /// Files what is proven, and gives what of it the policy takes for covered.
    async fn prove(
        &mut self,
        proof: Option<Proof>,
        policy: &Policy,
    ) -> anyhow::Result<Option<Coverage>> {
        let Some(proof) = proof else { return Ok(None) };
        let conn = self.store.conn();
        store::recording::prove(conn, self.sync_run, &proof).await?;
        Ok(evaluate::coverage(conn, self.sync_run, Some(proof.proven), policy).await?)
    }

    /// Begins a new record.
    async fn start_again(&mut self) -> Result<(), StoreError> {
        let Self { store, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        store::void::void_evidence(&mut tx, *sync_run).await?;
        Ok(tx.commit().await?)
    }

    async fn bounds(&mut self, options: &PullOptions<'_>) -> Result<Bounds, StoreError> {
        let Portal { time, facts, .. } = self.cx.portal;
        let policy = options.policy;
        let conn = self.store.conn();
        let kept_before =
            store::sync_runs::newest_ended(conn).await?.and_then(|run| run.facts.retention_days);
        let is_changed = kept_before.is_some_and(|days| Some(days) != facts.retention_days);
        Ok(Bounds {
            now: *time,
            top: *time - LATENESS,
            lookback: *time - days(options.lookback_days),
            window: days(policy.inactivity_days.max(policy.grace_days)),
            whole_before: store::recording::last_whole_from(conn).await?,
            retained: time.days_before(facts.retention_days.unwrap_or(MAX_RETENTION_DAYS)),
            retention: if is_changed { Retention::Changed } else { Retention::Same },
        })
    }
}
