//! `restore`: enables accounts again that dormouse disabled, by run or by account, and only where nobody
//! changed them since. The same machinery as `apply`, the other way.

use std::sync::Arc;

use super::{
    Context,
    act::{AT_ONCE, Acting, After, Target, settle::settle, show},
    interrupt::Interrupt,
    sync::{self, Depth, Orders, Progress, Purpose, Work, preflight},
    writing,
};
use crate::{
    cli::{self, AccountRef},
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Outcome},
    },
    exit::{Exit, Failure},
    portal::PortalReader,
    prompt::Consent,
    report::{Format, table::Table, when},
    store::{self, Mode, Store, StoreError, portal::OwnerChange, runs::Command},
};

/// Runs the command.
///
/// # Errors
/// Nothing of ours is to be undone (usage), declined, or stopped on the way; what was done is in the
/// history.
pub async fn run(cx: &mut Context, args: cli::Restore) -> anyhow::Result<Exit> {
    if !cx.settings.database.exists() {
        return Err(StoreError::Missing(cx.settings.database.clone()).into());
    }
    let mut reading = cx.open(Mode::Read).await?;
    let chosen = choose(&mut reading, &args).await?;
    reading.close().await?;
    present(cx, &chosen)?;
    if args.dry_run {
        cx.out.note("dry run: nothing was done, and the portal was not asked");
        return Ok(Exit::Done);
    }
    let agreed = agree(cx, &args, chosen.len());
    let _lock = cx.lock()?;
    let mut store = cx.open(Mode::Record).await?;
    store::sync_runs::close_killed(store.conn(), cx.clock.now()).await?;
    let run_id = writing::start_run(cx, &mut store, Command::Restore, overrides(&args)).await?;
    let mut done = Vec::new();
    let result = match agreed {
        Ok(()) if chosen.is_empty() => Ok(()),
        Ok(()) => carry_out(cx, &mut store, run_id, chosen, &mut done).await,
        Err(error) => Err(error),
    };
    let counts = show::Counts::of(&done);
    let outcome = match &result {
        Ok(()) => Ok((counts.exit(), counts.to_string())),
        Err(error) => Err(error),
    };
    writing::finish_run(cx, &mut store, run_id, None, outcome).await?;
    store.close().await?;
    if result.is_ok() || !done.is_empty() {
        show::show(cx, Some(run_id), None, &done)?;
    }
    result?;
    Ok(counts.exit())
}

fn overrides(args: &cli::Restore) -> String {
    let mut flags = Vec::new();
    flags.extend(args.run.map(|n| format!("--run {n}")));
    flags.extend(args.accounts.iter().map(ToString::to_string));
    flags.extend(args.yes.then(|| "--yes".to_owned()));
    flags.join(" ")
}

/// The newest disabling of each account that was ours and is not undone.
async fn choose(store: &mut Store, args: &cli::Restore) -> anyhow::Result<Vec<Draft>> {
    let mut ours: Vec<Draft> = Vec::new();
    for pair in store::history::pairs(store.conn()).await? {
        if pair.outcome() != Some(Outcome::Applied) {
            continue;
        }
        ours.retain(|d| d.account_id != pair.intent.account_id);
        if pair.intent.action == Action::Disable {
            ours.extend(pair.outcomes.last().cloned());
        }
    }
    if let Some(run) = args.run {
        ours.retain(|d| d.run_id == run);
        if ours.is_empty() {
            return Err(Failure::usage(format!(
                "run {run} disabled nobody who could be enabled again; `dormouse history --run {run}` \
                 shows what it did"
            ))
            .into());
        }
        return Ok(ours);
    }
    for name in &args.accounts {
        if !ours.iter().any(|d| is_named(d, name)) {
            return Err(Failure::usage(format!(
                "{name}: dormouse did not disable this account, or enabled it again since; nothing was \
                 done"
            ))
            .into());
        }
    }
    ours.retain(|d| args.accounts.iter().any(|name| is_named(d, name)));
    Ok(ours)
}

fn is_named(draft: &Draft, name: &AccountRef) -> bool {
    match name {
        AccountRef::Id(id) => draft.account_id == *id,
        AccountRef::Email(email) => draft.email.to_lowercase() == email.to_lowercase(),
    }
}

fn present(cx: &mut Context, chosen: &[Draft]) -> anyhow::Result<()> {
    if cx.out.format() != Format::Table {
        cx.out.note(format_args!("{} accounts to enable", chosen.len()));
        return Ok(());
    }
    let mut table = Table::new(["e-mail", "disabled", "by run"]).right(["by run"]);
    for d in chosen {
        table.row([
            d.email.as_str().into(),
            when::minute(d.at).into(),
            d.run_id.to_string().into(),
        ]);
    }
    cx.out.table(&table)?;
    Ok(())
}

fn agree(cx: &mut Context, args: &cli::Restore, number: usize) -> anyhow::Result<()> {
    if args.yes || number == 0 {
        return Ok(());
    }
    cx.out.flush()?;
    match cx.input.confirm(&mut cx.out, &format!("Enable {number} accounts again?"))? {
        Consent::Given => Ok(()),
        Consent::Declined => Err(Failure::braked("declined, nothing was done").into()),
    }
}

async fn carry_out(
    cx: &mut Context,
    store: &mut Store,
    run_id: i64,
    chosen: Vec<Draft>,
    done: &mut Vec<super::act::Done>,
) -> anyhow::Result<()> {
    let connection = cx.connection()?;
    let reader = PortalReader::new(&connection)?;
    let portal = preflight(&reader, cx.clock.now(), Purpose::Write).await?;
    store::portal::bind(store.conn(), &portal.known, OwnerChange::Refuse, cx.clock.now()).await?;
    settle(store, &reader, cx.clock.as_ref(), run_id).await?;
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(&cx.out);
    let orders = Orders {
        policy: &cx.settings.policy,
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
    if pulled?.status != store::sync_runs::SyncStatus::Complete {
        anyhow::bail!("stopped on request before anything was done");
    }
    let mut acting = Acting {
        store,
        reader: reader.clone(),
        writer: reader.writer(),
        clock: Arc::clone(&cx.clock),
        interrupt: &interrupt,
        run_id,
        decision_id: None,
        actor: portal.key_account,
        action: Action::Enable,
        cites: String::new(),
        done: Vec::new(),
    };
    let result = enable(&mut acting, chosen).await;
    let confirmed = acting.confirm().await;
    done.append(&mut acting.done);
    result?;
    confirmed
}

async fn enable(acting: &mut Acting<'_>, chosen: Vec<Draft>) -> anyhow::Result<()> {
    let mut untouched = chosen.len();
    for group in chosen.chunks(AT_ONCE) {
        if acting.interrupt.is_set() {
            anyhow::bail!("stopped on request; {untouched} accounts were not touched");
        }
        untouched -= group.len();
        let mut passed = Vec::new();
        for disabled in group {
            let id = disabled.account_id;
            let account = acting.reader.account(id).await?.value;
            let target = Target {
                account_id: id,
                email: disabled.email.clone(),
                status: account.as_ref().map(|a| a.status),
            };
            match objection(acting.store, disabled, target.status).await? {
                None => passed.push(target),
                Some(why) => acting.skip(&target, why).await?,
            }
        }
        acting.cites = format!("undoes run {}", group[0].run_id);
        if let After::Stop(why) = acting.change(passed).await? {
            tracing::warn!(untouched, "the portal takes no more changes: {why}");
            return Ok(());
        }
    }
    Ok(())
}

/// Why an account that we disabled is not enabled again.
async fn objection(
    store: &mut Store,
    disabled: &Draft,
    status: Option<Status>,
) -> anyhow::Result<Option<String>> {
    match status {
        None => return Ok(Some("deleted on the portal".to_owned())),
        Some(Status::Disabled) => {}
        Some(status) => return Ok(Some(format!("it is {status} already"))),
    }
    let id: AccountId = disabled.account_id;
    let others =
        store::signals::changed_by_others(store.conn(), id, disabled.at, &disabled.actor).await?;
    Ok(others.map(|(event, actor)| {
        format!("changed by someone else since ({actor}, event {event}): left as it is")
    }))
}
