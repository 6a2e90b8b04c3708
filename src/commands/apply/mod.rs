//! `apply`: disables the inactive accounts of the newest current decision. Looks again before it acts,
//! acts on one account a call, and writes down each intent before and each outcome after.

mod plan;
mod recheck;

use std::sync::Arc;

use chrono::TimeDelta;

use self::{
    plan::{Plan, plan, test_brakes},
    recheck::Recheck,
};
use super::{
    Context,
    act::{AT_ONCE, Acting, After, Done, settle::settle, show},
    decide::{judged, warnings},
    interrupt::Interrupt,
    sync::{self, Depth, Orders, Portal, Progress, Purpose, Work, preflight},
    writing,
};
use crate::{
    cli,
    domain::{
        account::AccountId,
        history::{Action, Outcome},
        policy::Policy,
        time::{Instant, format},
    },
    exit::{Exit, Failure},
    portal::PortalReader,
    report::{Format, style::Style, table::Table, when},
    store::{
        self, Mode, Store, StoreError, accounts::AccountKeys, decisions::Currency,
        portal::OwnerChange, runs::Command,
    },
};

/// Runs the command.
///
/// # Errors
/// Refused or braked before anything was done, or stopped on the way; the message says which, and
/// what was done is in the history.
pub async fn run(cx: &mut Context, args: cli::Apply) -> anyhow::Result<Exit> {
    if !cx.settings.database.exists() {
        return Err(StoreError::Missing(cx.settings.database.clone()).into());
    }
    let mut reading = cx.open(Mode::Read).await?;
    let planned = plan(cx, &mut reading, &args).await;
    reading.close().await?;
    let planned = match planned {
        Ok(plan) => {
            test_brakes(&cx.settings.brakes, &args, plan.load).map(|()| plan).map_err(Into::into)
        }
        Err(error) => Err(error),
    };
    if args.dry_run {
        let plan = planned?;
        present(cx, &plan)?;
        cx.out.note("dry run: nothing was done, and the portal was not asked");
        return Ok(Exit::Done);
    }
    let agreed = match planned {
        Ok(plan) => {
            present(cx, &plan)?;
            agree(cx, &args, &plan).map(|()| plan)
        }
        Err(error) => Err(error),
    };
    let _lock = cx.lock()?;
    let mut store = cx.open(Mode::Record).await?;
    store::sync_runs::close_killed(store.conn(), cx.clock.now()).await?;
    let run_id = writing::start_run(cx, &mut store, Command::Apply, overrides(&args)).await?;
    let mut done = Vec::new();
    let decision_id = agreed.as_ref().ok().map(|p| p.decision_id);
    let result = match agreed {
        Ok(plan) if plan.chosen.is_empty() => Ok(()),
        Ok(plan) => carry_out(cx, &args, &mut store, run_id, plan, &mut done).await,
        Err(error) => Err(error),
    };
    let counts = show::Counts::of(&done);
    let outcome = match &result {
        Ok(()) => Ok((counts.exit(), counts.to_string())),
        Err(error) => Err(error),
    };
    writing::finish_run(cx, &mut store, run_id, decision_id, outcome).await?;
    store.close().await?;
    if result.is_ok() || !done.is_empty() {
        show::show(cx, Some(run_id), decision_id, &done)?;
    }
    result?;
    Ok(counts.exit())
}

fn overrides(args: &cli::Apply) -> String {
    let mut flags = Vec::new();
    flags.extend(args.yes.then(|| "--yes".to_owned()));
    flags.extend(args.limit.map(|n| format!("--limit {n}")));
    flags.extend(args.only.iter().map(|a| format!("--only {a}")));
    flags.extend(args.max.map(|n| format!("--max {n}")));
    flags.extend(args.max_percent.map(|n| format!("--max-percent {n}")));
    flags.extend(args.accept_owner.then(|| "--accept-owner".to_owned()));
    flags.join(" ")
}

/// Shows who would be disabled, why, and on which decision that rests.
fn present(cx: &mut Context, plan: &Plan) -> anyhow::Result<()> {
    let Plan { decision_id, head, chosen, .. } = plan;
    if cx.out.format() != Format::Table {
        cx.out.note(format_args!(
            "decision {decision_id} ({}): {} accounts to disable",
            head.digest,
            chosen.len()
        ));
        return Ok(());
    }
    let title = format!(
        "Decision {decision_id} as of {}: {} accounts to disable",
        when::minute(head.as_of),
        chosen.len()
    );
    let title = cx.out.paint(Style::Strong, &title);
    cx.out.line(title)?;
    if !chosen.is_empty() {
        let mut table = Table::new(["e-mail", "name", "kind", "reason", "last activity", "idle"])
            .right(["idle"])
            .at_most(60, "`dormouse decide --dry-run --format csv` shows all");
        for f in chosen {
            table.row([
                f.email.as_str().into(),
                f.display_name.as_str().into(),
                f.kind.as_str().into(),
                f.reason.as_str().into(),
                f.last_activity.map_or_else(|| "none".to_owned(), |a| when::date(a.at)).into(),
                f.idle_days.map_or_else(String::new, |d| format!("{d} d")).into(),
            ]);
        }
        cx.out.table(&table)?;
    }
    let digest = cx.out.paint(Style::Dim, &format!("digest {}", head.digest));
    Ok(cx.out.line(digest)?)
}

/// Typing the number shows that it was read.
fn agree(cx: &mut Context, args: &cli::Apply, plan: &Plan) -> anyhow::Result<()> {
    let number = plan.chosen.len();
    if args.yes || number == 0 {
        return Ok(());
    }
    cx.out.flush()?;
    let answer = cx.input.line(
        &mut cx.out,
        &format!("To disable these accounts type their number, {number}:"),
        "",
        "there is no terminal to ask on; --yes answers the question beforehand",
    )?;
    if answer == number.to_string() {
        return Ok(());
    }
    Err(Failure::braked(format!("\"{answer}\" is not {number}: declined, nothing was done")).into())
}

async fn carry_out(
    cx: &mut Context,
    args: &cli::Apply,
    store: &mut Store,
    run_id: i64,
    plan: Plan,
    done: &mut Vec<Done>,
) -> anyhow::Result<()> {
    let connection = cx.connection()?;
    let reader = PortalReader::new(&connection)?;
    let portal = preflight(&reader, cx.clock.now(), Purpose::Write).await?;
    let owner = if args.accept_owner { OwnerChange::Accept } else { OwnerChange::Refuse };
    store::portal::bind(store.conn(), &portal.known, owner, cx.clock.now()).await?;
    settle(store, &reader, cx.clock.as_ref(), run_id).await?;

    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(&cx.out);
    // Exemptions are those of today: one added since the decision spares at once.
    let policy = Policy {
        exemptions: cx.settings.policy.exemptions.clone(),
        ..Policy::from_canonical_json(&plan.head.policy)?
    };
    let orders = Orders {
        policy: &policy,
        brakes: &cx.settings.brakes,
        roster: None,
        lookback_days: cx.settings.lookback_days,
        depth: Depth::Incremental,
        ip: cx.settings.ip,
    };
    let work =
        Work { reader: &reader, portal: &portal, run_id, concurrency: connection.pace.concurrency };
    let pulled =
        sync::pull(store, &work, &orders, cx.clock.as_ref(), &interrupt, &mut progress).await;
    progress.finish();
    let since = plan.head.as_of - crate::domain::time::days(policy.inactivity_days);
    if pulled?.status != store::sync_runs::SyncStatus::Complete {
        anyhow::bail!("stopped on request before anything was done");
    }
    recording(store, &portal, since).await?;

    let (generation, end) = judged::newest(store.conn()).await?;
    let judged = judged::judge(store.conn(), generation, policy, end, Currency::Current).await?;
    warnings::say(cx, &judged);
    let keys = AccountKeys::load(store.conn()).await?;
    let sync_run = judged.generation.sync_run.id;
    let mut recheck = Recheck::new(&judged, keys);
    let mut acting = Acting {
        store,
        reader: reader.clone(),
        writer: reader.writer(),
        clock: Arc::clone(&cx.clock),
        interrupt: &interrupt,
        run_id,
        decision_id: Some(plan.decision_id),
        actor: portal.key_account,
        action: Action::Disable,
        cites: plan.head.digest.clone(),
        done: Vec::new(),
    };
    let result = disable(&mut acting, &mut recheck, plan.chosen, &judged).await;
    let started = portal.time;
    let confirmed = acting.confirm().await;
    done.append(&mut acting.done);
    corroborate(store, &reader, cx, sync_run, started, done).await;
    result?;
    confirmed
}

async fn disable(
    acting: &mut Acting<'_>,
    recheck: &mut Recheck,
    chosen: Vec<crate::domain::decision::Finding>,
    judged: &judged::Judged,
) -> anyhow::Result<()> {
    let kept = recheck.keep_inactive(acting, chosen, &judged.findings).await?;
    let mut untouched = kept.len();
    for group in kept.chunks(AT_ONCE) {
        if acting.interrupt.is_set() {
            anyhow::bail!("stopped on request; {untouched} accounts were not touched");
        }
        let passed = recheck.pass(acting, group).await?;
        untouched -= group.len();
        if let After::Stop(why) = acting.change(passed).await? {
            tracing::warn!(untouched, "the portal takes no more changes: {why}");
            return Ok(());
        }
    }
    Ok(())
}

/// Refuses to act on a portal that does not record: an hour after a change of our own its audit trail
/// must show it.
async fn recording(store: &mut Store, portal: &Portal, since: Instant) -> anyhow::Result<()> {
    let due = portal.time - TimeDelta::hours(1);
    let missing: Option<(AccountId, Instant)> = store::history::pairs(store.conn())
        .await?
        .into_iter()
        .filter(|p| p.outcome() == Some(Outcome::Applied) && p.corroboration.is_none())
        .map(|p| (p.intent.account_id, p.intent.at))
        .find(|(_, at)| (since..=due).contains(at));
    match missing {
        None => Ok(()),
        Some((account, at)) => Err(Failure::refused(format!(
            "the portal's audit trail does not show our change of {account} at {}: it is not recording, \
             so absence of activity proves nothing; look at the portal's audit settings",
            format(at)
        ))
        .into()),
    }
}

/// Looks for our own changes in the audit trail at once; what is not there yet is found by a later
/// sync.
async fn corroborate(
    store: &mut Store,
    reader: &PortalReader,
    cx: &Context,
    sync_run: i64,
    started: Instant,
    done: &[Done],
) {
    if !done.iter().any(|d| d.outcome == Outcome::Applied) {
        return;
    }
    let found = async {
        let found = reader.actions_since(sync::STATUS_CODE, started).await?;
        let mut keys = AccountKeys::load(store.conn()).await?;
        sync::note_changes(store, &mut keys, sync_run, found, cx.clock.as_ref()).await
    };
    if let Err(error) = found.await {
        tracing::warn!(%error, "the audit trail could not be read after the changes");
    }
}
