//! `decide`: verdicts from the store alone, stored and shown. Needs no portal and gives the same answer
//! on any machine, any day.

mod reconciliation;
mod show;
mod thresholds;
mod verify;
pub(crate) mod warnings;

use futures_util::future::join;

use crate::engine::evaluate::{Judged, judge, moment, newest};
use crate::{
    cli::{self, DecideAction},
    domain::{decision::Finding, verdict::Verdict},
    exit::{Exit, Failure},
    store::{self, Mode, Store, StoreError, runs::Command},
};
use crate::{commands::Context, engine::recorded_run};

/// Runs the command.
///
/// # Errors
/// There is no store or no evidence (refused), or the store cannot be used.
pub async fn run(cx: &mut Context, args: cli::Decide) -> anyhow::Result<Exit> {
    match &args.action {
        Some(DecideAction::Verify { decision }) => return verify::run(cx, *decision).await,
        None if !args.thresholds.is_empty() => return thresholds::run(cx, &args).await,
        None => {}
    }
    let (id, judged, older) = if args.dry_run {
        let mut store = cx.open(Mode::Read).await?;
        let judged = judge_now(cx, &mut store, &args).await?;
        let older = older(&mut store, args.compare).await?;
        (None, judged, older)
    } else {
        stored(cx, &args).await?
    };
    warnings::say(cx, &judged);
    show::show(cx, &judged, id, older.as_deref())?;
    let found = judged.findings.iter().any(|f| f.reason.verdict() == Verdict::Inactive);
    Ok(if args.check && found { Exit::FoundInactive } else { Exit::Done })
}

/// Decides and stores: run, verdicts and decision are on disk before anything is shown.
async fn stored(
    cx: &mut Context,
    args: &cli::Decide,
) -> anyhow::Result<(Option<i64>, Judged, Option<Vec<Finding>>)> {
    let _lock = match cx.settings.database.exists() {
        true => cx.lock()?,
        false => return Err(StoreError::Missing(cx.settings.database.clone()).into()),
    };
    let mut store = cx.open(Mode::Record).await?;
    store::sync_runs::close_killed(store.conn(), cx.clock.now()).await?;
    let overrides = args.as_of.map(|at| format!("--as-of {}", at.to_string()));
    let run_id =
        recorded_run::start_run(cx, &mut store, Command::Decide, overrides.unwrap_or_default())
            .await?;
    let result = save(cx, &mut store, args).await;
    let outcome = match &result {
        Ok((id, judged, _)) => {
            Ok((Exit::Done, format!("decision {id}: {}", show::counted(judged))))
        }
        Err(error) => Err(error),
    };
    let decision = result.as_ref().ok().map(|(id, ..)| *id);
    recorded_run::finish_run(cx, &mut store, run_id, decision, outcome).await?;
    let (id, judged, older) = result?;
    store.close().await?;
    Ok((Some(id), judged, older))
}

async fn save(
    cx: &Context,
    store: &mut Store,
    args: &cli::Decide,
) -> anyhow::Result<(i64, Judged, Option<Vec<Finding>>)> {
    let judged = judge_now(cx, store, args).await?;
    let older = older(store, args.compare).await?;
    let mut tx = store.begin().await?;
    // SQLite works in a thread of its own, so the digest is taken meanwhile.
    let adding = store::decisions::add_verdicts(&mut tx, &judged.findings);
    let (id, head) = join(adding, async { judged.head(cx.clock.now()) }).await;
    let id = id?;
    store::decisions::seal(&mut tx, id, &head?).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok((id, judged, older))
}

async fn judge_now(cx: &Context, store: &mut Store, args: &cli::Decide) -> anyhow::Result<Judged> {
    let (generation, end) = newest(store.conn()).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    judge(store.conn(), generation, cx.settings.policy.clone(), as_of, currency).await
}

async fn older(store: &mut Store, id: Option<i64>) -> anyhow::Result<Option<Vec<Finding>>> {
    let Some(id) = id else { return Ok(None) };
    decision(store, id).await?;
    Ok(Some(store::decisions::verdicts(store.conn(), id).await?))
}

/// A stored decision.
///
/// # Errors
/// There is none of this number: usage.
pub(crate) async fn decision(
    store: &mut Store,
    id: i64,
) -> anyhow::Result<store::decisions::DecisionHead> {
    let found = store::decisions::get(store.conn(), id).await?;
    let newest = store::decisions::newest(store.conn()).await?;
    found.ok_or_else(|| {
        let known = newest.map_or_else(
            || "none is stored yet; run `dormouse decide`".to_owned(),
            |n| format!("the newest is {n}"),
        );
        Failure::usage(format!("there is no decision {id}; {known}")).into()
    })
}
