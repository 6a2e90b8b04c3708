//! `decide`: verdicts from the store alone, stored and shown. Needs no portal and gives the same answer
//! on any machine, any day.

mod due;
mod next;
mod reconciliation;
mod show;
mod thresholds;
mod verify;

use clap::{Args as ClapArgs, Subcommand};
use futures_util::future::join;

use crate::{
    cli::values::{days, number, since},
    commands::Context,
    domain::{brakes::BrakeLoad, decision::Finding, verdict::Verdict},
    engine::{
        cited::decision_head,
        evaluate::{Judged, judge, moment, newest},
        recorded_run::{RecordedRun, RunSummary},
        silences::{Silences, silences},
        status_change::plan::load_of,
        warnings::warnings,
    },
    exit::Exit,
    store::{self, Mode, Store, StoreError, runs::Command},
    time::Timestamp,
};

#[derive(Debug, Clone, Default, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub action: Option<Action>,

    /// Treat accounts as inactive after this many days [env: INACTIVITY_DAYS] [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub inactivity_days: Option<u32>,

    /// Decide as of this date or time (UTC) [default: the end of coverage]
    ///
    /// A decision as of any other moment than the default is historical: it can be shown and
    /// reported, never applied. A date means the start of that day.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub as_of: Option<Timestamp>,

    /// Show the decision without storing it
    #[arg(long)]
    pub dry_run: bool,

    /// Exit with 10 if any account is inactive
    #[arg(long)]
    pub check: bool,

    /// Show whose verdict changed since this decision, and why
    #[arg(long, value_name = "N", value_parser = number())]
    pub compare: Option<i64>,

    /// Count verdicts under several thresholds side by side; nothing is stored
    #[arg(
        long,
        value_name = "DAYS,…",
        value_delimiter = ',',
        value_parser = days(),
        conflicts_with_all = ["inactivity_days", "compare", "check"],
    )]
    pub thresholds: Vec<u32>,

    /// Show who becomes inactive within this many days if nothing happens; nothing is stored
    #[arg(
        long,
        value_name = "DAYS",
        value_parser = days(),
        conflicts_with_all = ["thresholds", "compare", "check"],
    )]
    pub due: Option<u32>,

    /// Show all rows of the table
    #[arg(long)]
    pub all: bool,
}

/// How much of a long list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Cut,
    All,
}

impl Args {
    fn length(&self) -> Length {
        if self.all { Length::All } else { Length::Cut }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Recompute a decision and compare digests
    ///
    /// Decides again from what was known when decision N was made. A difference is shown and exits
    /// with 1.
    Verify {
        /// Number of the decision
        #[arg(value_name = "N", value_parser = number())]
        decision: i64,
    },
}

/// A decision that was made, and the verdicts of the one that it is compared with.
struct Made {
    /// None where it was not stored.
    id: Option<i64>,
    judged: Judged,
    older: Option<Vec<Finding>>,
    /// What disabling the inactive accounts would weigh.
    load: BrakeLoad,
    silences: Silences,
}

pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    match &args.action {
        Some(Action::Verify { decision }) => return verify::run(cx, *decision).await,
        None if !args.thresholds.is_empty() => return thresholds::run(cx, &args).await,
        None => {}
    }
    if let Some(days) = args.due {
        return due::run(cx, &args, days).await;
    }
    let made = if args.dry_run {
        let mut store = cx.open(Mode::Read).await?;
        made(cx, &mut store, &args).await?
    } else {
        stored(cx, &args).await?
    };
    for warning in warnings(&made.judged, &made.silences, cx.clock.now()) {
        cx.out.warn(warning);
    }
    show::show(cx, &made, args.length())?;
    let found = made.judged.findings.iter().any(|f| f.reason.verdict() == Verdict::Inactive);
    Ok(if args.check && found { Exit::FoundInactive } else { Exit::Done })
}

/// Decides and stores: run, verdicts and decision are on disk before anything is shown.
async fn stored(cx: &mut Context, args: &Args) -> anyhow::Result<Made> {
    let overrides = args.as_of.map(|at| format!("--as-of {at}")).unwrap_or_default();
    let mut run = RecordedRun::open(&cx.engine(), Command::Decide, overrides).await?;
    let result = save(cx, &mut run.store, args).await;
    let summary = RunSummary::of(&result, |(id, made)| RunSummary {
        decision_id: Some(*id),
        ..RunSummary::done(format!("decision {id}: {}", show::counts(&made.judged.findings)))
    });
    run.end(cx.clock.as_ref(), summary).await?;
    let (id, made) = result?;
    Ok(Made { id: Some(id), ..made })
}

async fn save(cx: &Context, store: &mut Store, args: &Args) -> anyhow::Result<(i64, Made)> {
    let made = made(cx, store, args).await?;
    let mut tx = store.begin().await?;
    // SQLite works in a thread of its own, so the digest is computed meanwhile.
    let adding = store::decisions::add_verdicts(&mut tx, &made.judged.findings);
    let (id, head) = join(adding, async { made.judged.head(cx.clock.now()) }).await;
    let id = id?;
    store::decisions::seal(&mut tx, id, &head?).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok((id, made))
}

async fn made(cx: &Context, store: &mut Store, args: &Args) -> anyhow::Result<Made> {
    let judged = evaluated(cx, store, args).await?;
    let older = match args.compare {
        None => None,
        Some(id) => {
            decision_head(store, id).await?;
            Some(store::decisions::verdicts(store.conn(), id).await?)
        }
    };
    let load = load_of(store.conn(), &judged.findings, cx.clock.now()).await?;
    let run = &judged.snapshot.sync_run;
    let silences = silences(store.conn(), run.id, run.coverage, &judged.policy).await?;
    Ok(Made { id: None, judged, older, load, silences })
}

async fn evaluated(cx: &Context, store: &mut Store, args: &Args) -> anyhow::Result<Judged> {
    let (snapshot, end) = newest(store.conn(), &cx.settings.policy).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    let policy = cx.settings.policy.clone();
    judge(store.conn(), snapshot, policy, as_of, currency).await
}
