//! `apply`: disables the inactive accounts of the newest current decision. Looks again before it acts,
//! acts on one account a call, and writes down each intent before and each outcome after.

use chrono::TimeDelta;

use crate::engine::status_change::{
    plan::{Plan, plan, still_holds, test_brakes},
    recheck::Recheck,
};
use crate::engine::warnings::warnings;
use crate::{
    cli,
    domain::{
        account::AccountId,
        decision::Finding,
        history::{Action, Outcome},
        policy::Policy,
    },
    exit::{Exit, Failure},
    output::{Format, style::Style, table::Table, when},
    store::{
        self, Mode, StoreError,
        accounts::AccountKeys,
        decisions::{Currency, DecisionHead},
        portal::OwnerChange,
        runs::Command,
    },
    time::{MAX_CLOCK_SKEW, Timestamp, days},
};
use crate::{
    commands::{Context, outcomes as show},
    engine::{
        evaluate,
        status_change::{Order, Session, session},
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
    if args.dry_run {
        return dry_run(cx, &args, &planned?);
    }
    let mut order = Order {
        command: Command::Apply,
        action: Action::Disable,
        overrides: overrides(&args),
        decision_id: None,
        owner: if args.accept_owner { OwnerChange::Accept } else { OwnerChange::Refuse },
    };
    let (head, agreed) = match planned {
        Ok(plan) => {
            order.decision_id = Some(plan.decision_id);
            let agreed = agree(cx, &args, &plan);
            (Some((plan.decision_id, plan.head)), agreed.map(|()| plan.chosen))
        }
        Err(error) => (None, Err(error)),
    };
    let disable = async |session: &mut Session<'_>, chosen: Vec<Finding>| {
        let Some((decision_id, head)) = head else { return Ok(()) };
        still_holds(session.cx, session.store, &args, decision_id, &chosen).await?;
        disable(session, &head, chosen).await
    };
    session::run(cx, order, agreed, disable).await
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

/// Shows what a run would do, and by which brake it would be stopped.
fn dry_run(cx: &mut Context, args: &cli::Apply, plan: &Plan) -> anyhow::Result<Exit> {
    present(cx, plan)?;
    let rows = plan.chosen.iter().map(|f| {
        let idle = f.idle_days.map_or_else(String::new, |d| format!(", {d} days"));
        (f.account_id, f.email.as_str(), format!("would be disabled: {}{idle}", f.reason))
    });
    show::planned(cx, Some(plan.decision_id), rows)?;
    test_brakes(&cx.settings.brakes, args, plan.load)?;
    cx.out.note("dry run: nothing was done, and the portal was not asked");
    Ok(Exit::Done)
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
            .at_most(60, "`dormouse apply --dry-run --format csv` shows all");
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

/// The brakes first, then the question. Typing the number shows that it was read.
fn agree(cx: &mut Context, args: &cli::Apply, plan: &Plan) -> anyhow::Result<()> {
    test_brakes(&cx.settings.brakes, args, plan.load)?;
    let shown = present(cx, plan);
    let number = plan.chosen.len();
    if args.yes || number == 0 {
        // Nobody is to read it first.
        return Ok(());
    }
    shown?;
    cx.out.flush()?;
    let answer = cx.input.line(
        &mut cx.out,
        &format!("To disable these accounts type their number, {number}:"),
        "",
        "cannot prompt without a terminal; pass --yes",
    )?;
    if answer == number.to_string() {
        return Ok(());
    }
    Err(Failure::braked(format!("\"{answer}\" is not {number}: declined, nothing was done")).into())
}

async fn disable(
    session: &mut Session<'_>,
    head: &DecisionHead,
    chosen: Vec<Finding>,
) -> anyhow::Result<()> {
    // Exemptions are those of today: one added since the decision spares at once.
    let policy = Policy {
        exemptions: session.cx.settings.policy.exemptions.clone(),
        ..Policy::from_canonical_json(&head.policy)?
    };
    session.pull(&policy).await?;
    let (snapshot, end) = evaluate::newest(session.store.conn()).await?;
    recording(session, end - days(policy.inactivity_days)).await?;
    let conn = session.store.conn();
    let judged = evaluate::judge(conn, snapshot, policy, end, Currency::Current).await?;
    for warning in warnings(&judged, session.cx.clock.now()) {
        session.cx.out.warn(warning);
    }
    let keys = AccountKeys::load(session.store.conn()).await?;
    let mut recheck = Recheck::new(&judged, keys, session.portal.time);
    let kept = recheck.keep_inactive(session, chosen, &judged.findings).await?;
    let look = async |session: &mut Session<'_>, group: &[Finding]| {
        let passed = recheck.pass(session, group).await?;
        Ok(passed.into_iter().map(|target| (target, head.digest.clone())).collect())
    };
    session.in_groups(&kept, look).await
}

/// Refuses to act on a portal that does not record: an hour after a change of our own its audit trail
/// must show it. Asked only about changes that this run's pull looked for, and that the portal answered
/// with 200: one that fails on the way is done without an entry in the trail.
async fn recording(session: &mut Session<'_>, looked_from: Timestamp) -> anyhow::Result<()> {
    let due = looked_from + MAX_CLOCK_SKEW..=session.portal.time - TimeDelta::hours(1);
    let missing: Option<(AccountId, Timestamp)> = store::history::pairs(session.store.conn())
        .await?
        .into_iter()
        .filter(|p| p.outcome() == Some(Outcome::Applied) && p.corroboration.is_none())
        .filter(|p| p.outcomes.last().is_some_and(|o| o.http_status == Some(200)))
        .map(|p| (p.intent.account_id, p.intent.at))
        .find(|(_, at)| due.contains(at));
    match missing {
        None => Ok(()),
        Some((account, at)) => Err(Failure::refused(format!(
            "the portal's audit trail does not show our change of {account} at {}: it is not recording, \
             so absence of activity proves nothing; look at the portal's audit settings",
            at.to_string()
        ))
        .into()),
    }
}
