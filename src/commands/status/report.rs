//! What `status` knows (`dormouse.status/1`): read once from the store, evaluated by the policy in force.
//! Nothing is stored.

use std::{collections::BTreeMap, fmt};

use chrono::TimeDelta;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    commands::{Context, status::next::step},
    domain::{
        account::{AccountId, Status},
        brakes::BrakeLoad,
        history::{Action, IN_DOUBT},
        policy::{Exemption, PopulationSource},
        population::MatchCounts,
        recorded::QuietPeriod,
        verdict::{Reason, Verdict},
    },
    engine::{
        due::{DueAccount, due_within},
        evaluate::{Judged, coverage, judge},
        silences::{SilenceFound, Silences, silences},
        status_change::plan::load_of,
    },
    output::next::Next,
    store::{
        self, StoreError,
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

#[derive(Serialize)]
pub(super) struct StatusReport {
    schema: &'static str,
    pub(super) at: Timestamp,
    pub(super) evidence: Freshness,
    pub(super) coverage: Option<KnownStretch>,
    pub(super) holes: Vec<Hole>,
    /// Stretches in which the portal may not have recorded.
    pub(super) silences: Vec<SilenceFound>,
    /// Stretches for which somebody vouches.
    pub(super) quiet: Vec<QuietRow>,
    #[serde(skip)]
    pub(super) refuted: Vec<String>,
    pub(super) store: String,
    pub(super) portal: Option<KnownPortal>,
    pub(super) last_sync: Option<LastSync>,
    /// Of a sync that has not ended: at work, or killed.
    pub(super) sync_running_since: Option<Timestamp>,
    pub(super) inactivity_days: u32,
    pub(super) population: Option<Population>,
    pub(super) roster: Option<RosterStatus>,
    pub(super) decision: Option<Decided>,
    pub(super) open_intents: Vec<OpenIntent>,
    pub(super) exemptions: Exemptions,
    pub(super) runs: Vec<RunRow>,
    pub(super) next: Next,
    #[serde(skip)]
    pub(super) max_age: TimeDelta,
}

/// Whether the evidence may be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// Coverage, and until when it may be acted on.
#[derive(Serialize)]
pub(super) struct KnownStretch {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    age_hours: i64,
    pub(super) good_until: Timestamp,
}

#[derive(Serialize)]
pub(super) struct LastSync {
    id: i64,
    run_id: i64,
    pub(super) status: SyncStatus,
    pub(super) reason: String,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    /// Its start by the portal's clock.
    #[serde(skip)]
    pub(super) portal_time: Option<Timestamp>,
}

/// The population as the newest evidence shows it.
#[derive(Serialize)]
pub(super) struct Population {
    pub(super) source: PopulationSource,
    pub(super) as_of: Timestamp,
    pub(super) accounts: usize,
    pub(super) pending: usize,
    pub(super) disabled: usize,
    pub(super) not_on_portal: usize,
    pub(super) verdicts: BTreeMap<Verdict, usize>,
    pub(super) inactive_soon: Vec<DueAccount>,
    #[serde(skip)]
    pub(super) unchecked: usize,
    #[serde(skip)]
    inactive: Vec<AccountId>,
    /// What disabling the inactive accounts would weigh.
    #[serde(skip)]
    pub(super) load: BrakeLoad,
}

impl Population {
    pub(super) fn with_verdict(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }
}

/// The newest roster, and how its rows matched at the last sync.
#[derive(Serialize)]
pub(super) struct RosterStatus {
    pub(super) at: Timestamp,
    pub(super) files: Vec<String>,
    pub(super) rows: u64,
    #[serde(flatten)]
    pub(super) counts: MatchCounts,
}

/// The newest current decision, and whether it still says what the newest evidence says.
#[derive(Serialize)]
pub(super) struct Decided {
    pub(super) id: i64,
    pub(super) as_of: Timestamp,
    pub(super) inactive: usize,
    /// Those of them that are not disabled yet.
    pub(super) to_disable: usize,
    /// Accounts that are inactive by the newest evidence and policy but not in the decision.
    #[serde(skip)]
    pub(super) not_in_it: usize,
}

#[derive(Serialize)]
pub(super) struct OpenIntent {
    pub(super) run_id: i64,
    account_id: AccountId,
    pub(super) email: String,
    pub(super) action: Action,
    pub(super) at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Exemptions {
    pub(super) ended: Vec<ExemptionRow>,
    pub(super) ending: Vec<ExemptionRow>,
}

#[derive(Serialize)]
pub(super) struct ExemptionRow {
    pub(super) subject: String,
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    /// The last day on which it holds.
    pub(super) expires: Option<String>,
}

pub(super) async fn gather(
    conn: &mut SqliteConnection,
    cx: &Context,
) -> anyhow::Result<StatusReport> {
    let now = cx.clock.now();
    let policy = &cx.settings.policy;
    let max_age = cx.settings.brakes.max_evidence_age;
    let mut newest = sync_runs::newest_ended(conn).await?;
    let mut silent = Silences::default();
    if let Some(run) = &mut newest {
        run.coverage = coverage(conn, run.id, run.coverage, policy).await?;
        silent = silences(conn, run.id, policy).await?;
    }
    let last = sync_runs::newest(conn, 1).await?.pop();
    let population = match evidence::newest(conn).await? {
        Some(mut snapshot) => {
            let run = &mut snapshot.sync_run;
            run.coverage = coverage(conn, run.id, run.coverage, policy).await?;
            let as_of = snapshot.sync_run.coverage.map_or(now, |c| c.to);
            let policy = policy.clone();
            let judged = judge(conn, snapshot, policy, as_of, Currency::Current).await?;
            let load = load_of(conn, &judged.findings, now).await?;
            Some(population(&judged, load))
        }
        None => None,
    };
    let newest_run = newest.as_ref().map_or(0, |run| run.id);
    let known = newest.as_ref().and_then(|run| run.coverage);
    let known = known.map(|c| KnownStretch {
        from: c.from,
        to: c.to,
        age_hours: (now - c.to).num_hours(),
        good_until: c.to + max_age,
    });
    let evidence = match &known {
        None => Freshness::Missing,
        Some(known) if now > known.good_until => Freshness::TooOld,
        Some(_) => Freshness::Good,
    };
    let rows = |list: Vec<&Exemption>| list.into_iter().map(ExemptionRow::of).collect();
    let decision = decided(conn, population.as_ref()).await?;
    let mut report = StatusReport {
        schema: "dormouse.status/1",
        at: now,
        evidence,
        coverage: known,
        holes: segments::holes(conn).await?,
        quiet: silent.quiet.iter().map(QuietRow::of).collect(),
        refuted: silent.refuted().collect(),
        silences: silent.found,
        store: cx.settings.database.display().to_string(),
        portal: portal::known(conn).await?,
        last_sync: newest.map(LastSync::from),
        sync_running_since: last
            .filter(|run| run.status == SyncStatus::Running)
            .map(|run| run.started_at),
        inactivity_days: policy.inactivity_days,
        roster: roster(conn, newest_run).await?,
        population,
        decision,
        open_intents: open_intents(conn, now).await?,
        exemptions: Exemptions {
            ended: rows(policy.expired_exemptions(now)),
            ending: rows(policy.ending_within(now, ENDING_DAYS)),
        },
        runs: runs::newest(conn, RUNS).await?,
        next: Next::default(),
        max_age,
    };
    report.next = step(&report, cx);
    Ok(report)
}

#[derive(Serialize)]
pub(super) struct QuietRow {
    pub(super) from: String,
    /// Inclusive.
    pub(super) to: String,
    pub(super) reason: String,
    pub(super) owner: String,
}

impl fmt::Display for QuietRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, reason, owner } = self;
        write!(f, "{from} to {to}, {owner}: {reason}")
    }
}

impl QuietRow {
    fn of(period: &QuietPeriod) -> Self {
        Self {
            from: period.from.to_string(),
            to: period.to.to_string(),
            reason: period.reason.clone(),
            owner: period.owner.clone(),
        }
    }
}

impl ExemptionRow {
    fn of(exemption: &Exemption) -> Self {
        Self {
            subject: exemption.subject.to_string(),
            reason: exemption.reason.clone(),
            owner: exemption.owner.clone(),
            expires: exemption.expires.map(|day| day.to_string()),
        }
    }
}

impl From<SyncRow> for LastSync {
    fn from(run: SyncRow) -> Self {
        Self {
            id: run.id,
            run_id: run.run_id,
            status: run.status,
            reason: run.reason,
            started_at: run.started_at,
            finished_at: run.finished_at,
            portal_time: run.portal_time,
        }
    }
}

fn population(judged: &Judged, load: BrakeLoad) -> Population {
    let Judged { as_of, findings, .. } = judged;
    let evidence = judged.evidence();
    let with_status = |status| evidence.values().filter(|e| e.account.status == status).count();
    let mut verdicts: BTreeMap<Verdict, usize> =
        Verdict::ALL.iter().map(|verdict| (*verdict, 0)).collect();
    for finding in findings {
        *verdicts.entry(finding.reason.verdict()).or_default() += 1;
    }
    let inactive = findings.iter().filter(|f| f.reason.verdict() == Verdict::Inactive);
    Population {
        source: judged.resolved.source,
        as_of: *as_of,
        accounts: evidence.len(),
        pending: with_status(Status::Pending),
        disabled: with_status(Status::Disabled),
        not_on_portal: findings.len() - evidence.len(),
        verdicts,
        inactive_soon: due_within(judged, SOON_DAYS),
        unchecked: findings.iter().filter(|f| f.reason == Reason::NoActivityCheck).count(),
        inactive: inactive.map(|f| f.account_id).collect(),
        load,
    }
}

async fn roster(conn: &mut SqliteConnection, run: i64) -> Result<Option<RosterStatus>, StoreError> {
    let Some(head) = store::population::roster_head(conn, run).await? else { return Ok(None) };
    let counts = store::roster::newest_match(conn).await?.unwrap_or_default();
    Ok(Some(RosterStatus {
        at: head.at,
        rows: head.rows(),
        files: head.files.into_iter().map(|(file, _)| file).collect(),
        counts,
    }))
}

async fn decided(
    conn: &mut SqliteConnection,
    population: Option<&Population>,
) -> Result<Option<Decided>, StoreError> {
    let Some(id) = decisions::newest_current(conn).await? else { return Ok(None) };
    let Some(head) = decisions::get(conn, id).await? else { return Ok(None) };
    let verdicts = decisions::verdicts(conn, id).await?.into_iter();
    let inactive: Vec<AccountId> = verdicts
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .map(|f| f.account_id)
        .collect();
    let now = population.map(|p| p.inactive.as_slice()).unwrap_or_default();
    Ok(Some(Decided {
        id,
        as_of: head.as_of,
        inactive: inactive.len(),
        to_disable: inactive.iter().filter(|id| now.contains(id)).count(),
        not_in_it: now.iter().filter(|id| !inactive.contains(id)).count(),
    }))
}

/// Intents without an outcome: after a crash, or of a run that is still at work.
async fn open_intents(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<OpenIntent>, StoreError> {
    let open = history::open(conn).await?.into_iter().map(|pair| pair.intent);
    let open = open.filter(|intent| now - intent.at >= IN_DOUBT).map(|intent| OpenIntent {
        run_id: intent.run_id,
        account_id: intent.account_id,
        email: intent.email,
        action: intent.action,
        at: intent.at,
    });
    Ok(open.collect())
}
