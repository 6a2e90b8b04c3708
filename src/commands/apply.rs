//! `apply`: disables the inactive accounts of the newest current decision. Looks again before it acts,
//! acts on one account a call, and writes down each intent before and each outcome after.

use chrono::TimeDelta;
use clap::Args as ClapArgs;

use crate::{
    cli::values::{at_least_one, number, percent},
    commands::{Context, show_change},
    domain::{
        account_ref::AccountRef,
        decision::Finding,
        history::{Action, Outcome, Pair},
        outcomes::Skip,
        policy::Policy,
    },
    engine::{
        evaluate,
        silences::silences,
        status_change::{
            ChangeOptions, ChangeRun, Session, Target,
            plan::{Plan, Selection, plan},
            recheck::Recheck,
        },
        warnings::warnings,
    },
    exit::{Exit, Failure},
    output::{
        Format,
        outcomes::{OutcomeRow, show_planned},
        style::Style,
        table::{Cell, Table},
        verdicts::{VerdictColumn, verdict_table},
        when,
    },
    store::{
        self, Mode, decisions::Currency, history::ActionFilter, portal::OwnerChange, runs::Command,
    },
    time::{MAX_CLOCK_SKEW, Timestamp, days},
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Decision to apply [default: the newest current one]
    #[arg(value_name = "N", value_parser = number())]
    decision: Option<i64>,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,

    /// Show what would be done and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Disable at most this many accounts, longest idle first
    ///
    /// Run it again for the next portion.
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    limit: Option<u32>,

    /// Disable only this account (id or e-mail); repeat for more
    #[arg(long, value_name = "ACCOUNT")]
    only: Vec<AccountRef>,

    /// Accept that the portal has a new owner
    #[arg(long)]
    accept_owner: bool,

    /// Replace the limit max_accounts for this run
    #[arg(long, value_name = "N", value_parser = at_least_one(), help_heading = "Brakes")]
    max: Option<u32>,

    /// Replace the limit max_percent for this run
    #[arg(long, value_name = "P", value_parser = percent(), help_heading = "Brakes")]
    max_percent: Option<u32>,
}

impl Args {
    fn selection(&self) -> Selection {
        Selection {
            decision: self.decision,
            only: self.only.clone(),
            limit: self.limit,
            max: self.max,
            max_percent: self.max_percent,
        }
    }

    fn options(&self) -> ChangeOptions {
        let mut flags = Vec::new();
        flags.extend(self.yes.then(|| "--yes".to_owned()));
        flags.extend(self.limit.map(|n| format!("--limit {n}")));
        flags.extend(self.only.iter().map(|a| format!("--only {a}")));
        flags.extend(self.max.map(|n| format!("--max {n}")));
        flags.extend(self.max_percent.map(|n| format!("--max-percent {n}")));
        flags.extend(self.accept_owner.then(|| "--accept-owner".to_owned()));
        ChangeOptions {
            command: Command::Apply,
            action: Action::Disable,
            owner: if self.accept_owner { OwnerChange::Accept } else { OwnerChange::Refuse },
            overrides: flags.join(" "),
        }
    }
}

pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    if args.dry_run {
        return dry_run(cx, &args).await;
    }
    let mut run = match ChangeRun::start(&cx.engine(), args.options()).await {
        Ok(run) => run,
        Err(error) => {
            // Where another run holds the store, what would be refused anyway is said first.
            if Exit::of(&error) == Exit::Locked {
                read_plan(cx, &args).await?;
            }
            return Err(error);
        }
    };
    let result = apply(cx, &args, &mut run).await;
    let report = run.finish(cx.clock.as_ref(), result).await;
    show_change(cx, report)
}

async fn read_plan(cx: &Context, args: &Args) -> anyhow::Result<Plan> {
    let mut store = cx.open(Mode::Read).await?;
    let plan = plan(&mut store, &cx.settings, cx.clock.now(), &args.selection()).await;
    store.close().await?;
    plan
}

/// Shows what a run would do, and by which brakes it would be stopped.
async fn dry_run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let plan = read_plan(cx, args).await?;
    present(cx, &plan)?;
    let details: Vec<String> = plan
        .chosen()
        .iter()
        .map(|f| {
            let idle =
                f.idle_days.map_or_else(String::new, |d| format!(", {}", when::many(d, "day")));
            format!("would be disabled: {}{idle}", f.reason)
        })
        .collect();
    let untold: Vec<String> =
        plan.untold.iter().map(|(_, why)| format!("would be skipped: {why}")).collect();
    let rows: Vec<_> = plan
        .chosen()
        .iter()
        .zip(&details)
        .chain(plan.untold.iter().map(|(f, _)| f).zip(&untold))
        .map(|(f, detail)| OutcomeRow {
            account_id: f.account_id,
            email: &f.email,
            outcome: None,
            detail,
        })
        .collect();
    show_planned(&mut cx.out, Some(plan.decision_id), &rows)?;
    plan.test_brakes()?;
    cx.out.note("dry run: nothing was done, and the portal was not asked");
    Ok(Exit::Done)
}

/// Shows which accounts would be disabled, why, and on which decision that rests.
fn present(cx: &mut Context, plan: &Plan) -> anyhow::Result<()> {
    let Plan { decision_id, head, candidates, limit, untold, .. } = plan;
    let what = match (*limit, candidates.len()) {
        (1, 1) => "1 account to disable".to_owned(),
        (n, all) if n == all => format!("{} to disable", when::many(n, "account")),
        (n, all) => format!(
            "{} of {} to disable, longest idle first",
            when::thousands(n as u64),
            when::many(all, "account")
        ),
    };
    if cx.out.format() != Format::Table {
        cx.out.note(format_args!("decision {decision_id} ({}): {what}", head.digest));
        return Ok(());
    }
    let title = format!("Decision {decision_id} as of {}: {what}", when::minute(head.as_of));
    let title = cx.out.paint(Style::Strong, &title);
    cx.out.line(title)?;
    if *limit > 0 {
        let title = Cell::styled("ACCOUNT", Style::Strong);
        let table = verdict_table(title, VerdictColumn::Hidden, plan.chosen())
            .at_most(60, "`dormouse apply --dry-run --format csv` shows all");
        cx.out.table(&table)?;
    }
    if *limit < candidates.len() {
        cx.out.line("Where one of these is skipped, the next longest idle takes its place.")?;
    }
    if !untold.is_empty() {
        let accounts = when::many(untold.len(), "account");
        cx.out.line(format_args!(
            "{accounts} skipped until their people have been told ([notices] required)"
        ))?;
        let mut table = Table::new(["e-mail", "why"]).at_most(60, "--format csv shows all");
        for (finding, why) in untold {
            table.row([finding.email.as_str().into(), why.as_str().into()]);
        }
        cx.out.table(&table)?;
    }
    let digest = cx.out.paint(Style::Dim, &format!("digest {}", head.digest));
    Ok(cx.out.line(digest)?)
}

async fn apply(cx: &mut Context, args: &Args, run: &mut ChangeRun) -> anyhow::Result<()> {
    run.settle(&mut cx.engine()).await?;
    let mut selection = args.selection();
    let mut plan = choose(cx, &selection, run).await?;
    let shown = present(cx, &plan);
    if !args.yes && plan.limit > 0 {
        shown?;
        run.recorded.release()?;
        agree(cx, plan.limit)?;
        // While the question waited, a decision can have been made, an account disabled or exempted.
        run.recorded.retake(cx.clock.as_ref())?;
        cx.reload_settings()?;
        run.settle(&mut cx.engine()).await?;
        let agreed = plan;
        selection.decision = Some(agreed.decision_id);
        plan = choose(cx, &selection, run).await?;
        let was_agreed =
            |f: &Finding| agreed.candidates.iter().any(|a| a.account_id == f.account_id);
        plan.candidates.retain(was_agreed);
        plan.limit = plan.limit.min(agreed.limit).min(plan.candidates.len());
    }
    if plan.limit == 0 && plan.untold.is_empty() {
        return Ok(());
    }
    let mut session = run.connect(cx.engine()).await?;
    let result = disable(&mut session, plan).await;
    session.end(result).await
}

async fn choose(cx: &Context, selection: &Selection, run: &mut ChangeRun) -> anyhow::Result<Plan> {
    let (store, now) = (&mut run.recorded.store, cx.clock.now());
    let plan = plan(store, &cx.settings, now, selection).await?;
    run.decision_id = Some(plan.decision_id);
    plan.test_brakes()?;
    Ok(plan)
}

/// Typing the number shows that it was read.
fn agree(cx: &mut Context, number: usize) -> anyhow::Result<()> {
    cx.out.flush()?;
    let question = match number {
        1 => "Type 1 to disable this account:".to_owned(),
        n => format!("Type {n} to disable these {}:", when::many(n, "account")),
    };
    let otherwise = "cannot prompt without a terminal; pass --yes";
    let answer = cx.input.line(&mut cx.out, &question, "", otherwise)?;
    if answer == number.to_string() {
        return Ok(());
    }
    Err(Failure::declined().into())
}

async fn disable(session: &mut Session<'_>, plan: Plan) -> anyhow::Result<()> {
    // Exemptions are those of today: one added since the decision spares at once. A quiet period must
    // stand in both: one that was taken back vouches for nothing.
    let today = &session.engine.settings.policy;
    let mut policy = Policy {
        exemptions: today.exemptions.clone(),
        ..Policy::from_canonical_json(&plan.head.policy)?
    };
    if let (Some(decided), Some(today)) = (&mut policy.silence, &today.silence) {
        decided.quiet.retain(|period| today.quiet.contains(period));
    }
    session.pull(&policy).await?;
    let (snapshot, end) = evaluate::newest(session.store.conn(), &policy).await?;
    refuse_unrecorded(session, end - days(policy.inactivity_days)).await?;
    let conn = session.store.conn();
    let judged = evaluate::judge(conn, snapshot, policy, end, Currency::Current).await?;
    let run = &judged.snapshot.sync_run;
    let silences = silences(conn, run.id, run.coverage, &judged.policy).await?;
    for warning in warnings(&judged, &silences, session.engine.clock.now()) {
        session.engine.notes.warn(&warning);
    }
    for (finding, why) in plan.untold {
        let Finding { account_id, email, .. } = finding;
        let target = Target { account_id, email, status: None };
        session.skip(target, Skip::not_told(why)).await?;
    }
    let mut recheck = Recheck::new(session, &judged, plan.head.digest).await?;
    let look =
        async |session: &mut Session<'_>, group: &[Finding]| recheck.pass(session, group).await;
    session.in_groups(&plan.candidates, plan.limit, look).await
}

/// Refuses to act on a portal that does not record: an hour after a change of our own its audit trail
/// must show it, or at least something later. One that is missing among others is a finding of
/// `history verify`. Only changes that the portal answered with 200 count: one that fails on the way is
/// done without an entry in the trail.
async fn refuse_unrecorded(
    session: &mut Session<'_>,
    looked_from: Timestamp,
) -> anyhow::Result<()> {
    let due = looked_from + MAX_CLOCK_SKEW..=session.portal.time - TimeDelta::hours(1);
    let newest = store::history::pairs(session.store.conn(), ActionFilter::Since(looked_from))
        .await?
        .into_iter()
        .filter(|p| p.outcome() == Some(Outcome::Applied) && due.contains(&p.intent.at))
        .rfind(|p| p.outcomes.last().is_some_and(|o| o.http_status == Some(200)));
    let Some(Pair { intent, .. }) = newest.filter(|p| p.corroboration.is_none()) else {
        return Ok(());
    };
    let trail = session.reader.newest_action().await?.value;
    if trail.is_some_and(|newest| newest.at > intent.at + MAX_CLOCK_SKEW) {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the portal's audit trail does not show our change of {} at {}, nor anything later: it is not \
         recording, so absence of activity proves nothing; look at the portal's audit settings",
        intent.email,
        when::minute(intent.at)
    ))
    .into())
}
