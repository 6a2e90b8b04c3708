//! What `status` knows: read once from the store, evaluated by the policy in force. Nothing is stored.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::{
    commands::{
        Context,
        status::{
            document::{
                Decided, ENDING_DAYS, ExemptionRow, Exemptions, Freshness, KnownStretch, LastSync,
                OpenIntent, Population, RosterStatus, SOON_DAYS, StatusReport,
            },
            next::step,
        },
    },
    domain::{
        account::{AccountId, Status},
        brakes::BrakeLoad,
        decision::Finding,
        history::IN_DOUBT,
        policy::Exemption,
        verdict::Verdict,
    },
    engine::{
        due::due_within,
        evaluate::{Judged, judge, read_by},
        notify::{Order, due_letters},
        silences::{Silences, silences_in},
        status_change::plan::load_of,
    },
    output::next::Next,
    store::{
        self, StoreError,
        decisions::{self, Currency},
        evidence, history, portal, runs, segments,
        sync_runs::{self, SyncStatus},
    },
    time::Timestamp,
};

/// Runs shown.
const RUNS: u32 = 5;

pub(super) async fn gather(
    conn: &mut SqliteConnection,
    cx: &Context,
) -> anyhow::Result<StatusReport> {
    let now = cx.clock.now();
    let policy = &cx.settings.policy;
    let max_age = cx.settings.brakes.max_evidence_age;
    let mut snapshot = evidence::newest(conn).await?;
    let mut silent = Silences::default();
    if let Some(snapshot) = &mut snapshot {
        let read = read_by(policy, conn, snapshot).await?;
        let run = &snapshot.sync_run;
        silent = silences_in(conn, run.id, run.coverage, policy, read).await?;
    }
    let newest = snapshot.as_ref().map(|snapshot| snapshot.sync_run.clone());
    let last = sync_runs::newest(conn, 1).await?.pop();
    let mut notices_due = None;
    let population = match snapshot {
        Some(snapshot) => {
            let as_of = silent.coverage.map_or(now, |c| c.to);
            let policy = policy.clone();
            let judged = judge(conn, snapshot, policy, as_of, Currency::Current).await?;
            let load = load_of(conn, &judged.findings, now).await?;
            if let Some(notices) = &cx.settings.notices {
                let due = due_letters(conn, &judged, notices, &Order::default()).await?;
                notices_due = Some(due.letters.len());
            }
            Some(population(&judged, load))
        }
        None => None,
    };
    let newest_run = newest.as_ref().map_or(0, |run| run.id);
    let known = silent.coverage.map(|c| KnownStretch {
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
        refuted: silent.refuted().collect(),
        quiet: silent.quiet,
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
        notices_due,
        exemptions: Exemptions {
            ended: rows(policy.expired_exemptions(now)),
            ending: rows(policy.ending_within(now, ENDING_DAYS)),
        },
        runs: runs::newest(conn, RUNS).await?,
        commands: runs::by_command(conn).await?,
        next: Next::default(),
        max_age,
    };
    report.next = step(&report, cx);
    Ok(report)
}

fn population(judged: &Judged, load: BrakeLoad) -> Population {
    let Judged { as_of, findings, .. } = judged;
    let evidence = judged.evidence();
    let with_status = |status| evidence.values().filter(|e| e.account.status == status).count();
    let inactive = findings.iter().filter(|f| f.reason.verdict() == Verdict::Inactive);
    Population {
        source: judged.resolved.source,
        as_of: *as_of,
        accounts: evidence.len(),
        pending: with_status(Status::Pending),
        disabled: with_status(Status::Disabled),
        not_on_portal: findings.len() - evidence.len(),
        verdicts: by_verdict(findings),
        inactive_soon: due_within(judged, SOON_DAYS),
        unchecked: judged.unchecked(),
        inactive: inactive.map(|f| f.account_id).collect(),
        load,
    }
}

fn by_verdict(findings: &[Finding]) -> BTreeMap<Verdict, usize> {
    let mut counts: BTreeMap<Verdict, usize> =
        Verdict::ALL.iter().map(|verdict| (*verdict, 0)).collect();
    for finding in findings {
        *counts.entry(finding.reason.verdict()).or_default() += 1;
    }
    counts
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
    let findings = decisions::verdicts(conn, id).await?;
    let verdicts = by_verdict(&findings);
    let inactive: Vec<AccountId> = findings
        .into_iter()
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .map(|f| f.account_id)
        .collect();
    let now = population.map(|p| p.inactive.as_slice()).unwrap_or_default();
    Ok(Some(Decided {
        id,
        as_of: head.as_of,
        verdicts,
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
