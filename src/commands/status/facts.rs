//! What `status` knows: read once from the store, judged by the policy in force. Nothing is stored.

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    commands::Context,
    domain::{
        account::{Account, AccountId, Status},
        coverage::Coverage,
        decision::Finding,
        history::Draft,
        policy::{Exemption, PopulationSource},
        verdict::{Reason, Verdict, first_inactive},
    },
    engine::evaluate::{Judged, judge},
    store::{
        StoreError,
        decisions::{self, Currency},
        evidence, history,
        portal::{self, KnownPortal},
        runs::{self, RunRow},
        segments::{self, Hole},
        sync_runs::{self, SyncRow, SyncStatus},
    },
    time::Timestamp,
};

/// How far ahead becoming inactive is announced.
pub(super) const SOON_DAYS: u32 = 7;
/// How far ahead the end of an exemption is announced.
pub(super) const ENDING_DAYS: u32 = 14;
/// Runs shown.
const RUNS: u32 = 5;
/// A younger intent may belong to a portal that is still working.
const OPEN_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Everything that is shown.
pub(super) struct Facts {
    pub(super) now: Timestamp,
    pub(super) store: String,
    pub(super) portal: Option<KnownPortal>,
    pub(super) max_age: TimeDelta,
    pub(super) inactivity_days: u32,
    pub(super) newest: Option<SyncRow>,
    /// A pull that has not ended: at work, or killed.
    pub(super) running: Option<SyncRow>,
    pub(super) holes: Vec<Hole>,
    pub(super) population: Option<Population>,
    pub(super) decision: Option<Decided>,
    pub(super) open: Vec<Draft>,
    pub(super) ended: Vec<Exemption>,
    pub(super) ending: Vec<Exemption>,
    pub(super) runs: Vec<RunRow>,
}

/// The population as the newest evidence shows it.
pub(super) struct Population {
    pub(super) source: PopulationSource,
    pub(super) as_of: Timestamp,
    pub(super) not_on_portal: usize,
    pub(super) statuses: Vec<Status>,
    pub(super) findings: Vec<Finding>,
    pub(super) soon: Vec<Soon>,
}

impl Population {
    pub(super) fn with_status(&self, status: Status) -> usize {
        self.statuses.iter().filter(|s| **s == status).count()
    }

    pub(super) fn with_verdict(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|f| f.reason.verdict() == verdict).count()
    }

    pub(super) fn with_reason(&self, reason: Reason) -> usize {
        self.findings.iter().filter(|f| f.reason == reason).count()
    }
}

/// An account that becomes inactive if nothing happens.
pub(super) struct Soon {
    pub(super) account: Account,
    pub(super) at: Timestamp,
}

/// The newest current decision, and whether it still says what the newest evidence says.
pub(super) struct Decided {
    pub(super) id: i64,
    pub(super) as_of: Timestamp,
    pub(super) inactive: usize,
    /// Those of them that nobody has disabled since.
    pub(super) to_do: usize,
    /// Accounts that are inactive by the newest evidence and policy, and not in the decision.
    pub(super) not_in_it: usize,
}

/// Whether the evidence may be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    Missing,
    TooOld,
    Good,
}

impl Freshness {
    pub(super) fn is_good(self) -> bool {
        self == Self::Good
    }
}

impl Facts {
    pub(super) fn coverage(&self) -> Option<Coverage> {
        self.newest.as_ref()?.coverage
    }

    pub(super) fn freshness(&self) -> Freshness {
        match self.coverage() {
            None => Freshness::Missing,
            Some(c) if self.now - c.to > self.max_age => Freshness::TooOld,
            Some(_) => Freshness::Good,
        }
    }
}

pub(super) async fn gather(conn: &mut SqliteConnection, cx: &Context) -> anyhow::Result<Facts> {
    let now = cx.clock.now();
    let policy = &cx.settings.policy;
    let newest = sync_runs::newest_ended(conn).await?;
    let last = sync_runs::newest(conn, 1).await?.pop();
    let population = match evidence::newest(conn).await? {
        Some(generation) => {
            let as_of = generation.sync_run.coverage.map_or(now, |c| c.to);
            Some(population(
                &judge(conn, generation, policy.clone(), as_of, Currency::Current).await?,
            ))
        }
        None => None,
    };
    let decision = decided(conn, population.as_ref()).await?;
    Ok(Facts {
        now,
        store: cx.settings.database.display().to_string(),
        portal: portal::known(conn).await?,
        max_age: cx.settings.brakes.max_evidence_age,
        inactivity_days: policy.inactivity_days,
        newest,
        running: last.filter(|r| r.status == SyncStatus::Running),
        holes: segments::holes(conn).await?,
        population,
        decision,
        open: open_intents(conn, now).await?,
        ended: policy.expired_exemptions(now).into_iter().cloned().collect(),
        ending: policy.ending_within(now, ENDING_DAYS).into_iter().cloned().collect(),
        runs: runs::newest(conn, RUNS).await?,
    })
}

fn population(judged: &Judged) -> Population {
    let Judged { policy, as_of, .. } = judged;
    let evidence = judged.evidence();
    let mut soon: Vec<Soon> = evidence
        .values()
        .filter_map(|e| Some(Soon { at: first_inactive(policy, e)?, account: e.account.clone() }))
        .filter(|s| s.at > *as_of && s.at <= (*as_of).days_after(SOON_DAYS))
        .collect();
    soon.sort_by(|a, b| (a.at, &a.account.email).cmp(&(b.at, &b.account.email)));
    Population {
        source: judged.resolved.source,
        as_of: *as_of,
        not_on_portal: judged.findings.len() - evidence.len(),
        statuses: evidence.values().map(|e| e.account.status).collect(),
        findings: judged.findings.clone(),
        soon,
    }
}

async fn decided(
    conn: &mut SqliteConnection,
    population: Option<&Population>,
) -> Result<Option<Decided>, StoreError> {
    let Some(id) = decisions::newest_current(conn).await? else { return Ok(None) };
    let Some(head) = decisions::get(conn, id).await? else { return Ok(None) };
    let inactive: Vec<AccountId> = decisions::verdicts(conn, id)
        .await?
        .into_iter()
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .map(|f| f.account_id)
        .collect();
    let inactive_now: Vec<AccountId> = population
        .iter()
        .flat_map(|p| &p.findings)
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .map(|f| f.account_id)
        .collect();
    Ok(Some(Decided {
        id,
        as_of: head.as_of,
        inactive: inactive.len(),
        to_do: inactive.iter().filter(|id| inactive_now.contains(id)).count(),
        not_in_it: inactive_now.iter().filter(|id| !inactive.contains(id)).count(),
    }))
}

/// Intents without an outcome: a crash, or a run that is still at work.
async fn open_intents(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<Draft>, StoreError> {
    let pairs = history::pairs(conn).await?.into_iter();
    let open = pairs.filter(|p| p.outcomes.is_empty()).map(|p| p.intent);
    Ok(open.filter(|intent| now - intent.at >= OPEN_AFTER).collect())
}
