//! `restore`: enables accounts again that dormouse disabled, by run or by account, and only those that
//! nobody changed since. The same machinery as `apply`, the other way.

use std::collections::HashMap;

use clap::Args as ClapArgs;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use crate::{
    cli::values::number,
    commands::{Context, show_change},
    domain::{
        account::{AccountId, Status},
        account_ref::AccountRef,
        history::{Action, Draft, Outcome},
        outcomes::Skip,
        policy::{Policy, Signals},
        timeline::Timeline,
    },
    engine::status_change::{
        Candidate, ChangeOptions, ChangeRun, Cleared, LOOK_LIFE, Session, Target,
    },
    exit::{Exit, Failure},
    output::{
        Format,
        outcomes::{OutcomeRow, show_planned},
        table::Table,
        when,
    },
    portal::PortalError,
    prompt::Consent,
    store::{self, Mode, Store, history::ActionFilter, portal::OwnerChange, runs::Command},
    time::{MAX_CLOCK_SKEW, Timestamp},
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Accounts to enable again, by id or e-mail
    #[arg(value_name = "ACCOUNT", required_unless_present = "run", conflicts_with = "run")]
    accounts: Vec<AccountRef>,

    /// Enable all accounts that this run of apply disabled
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    run: Option<i64>,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,

    /// Show what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
}

const CHANGED: &str = "changed by someone else";

/// A disabling of ours that stands.
#[derive(Debug, Clone)]
struct Disabled {
    account_id: AccountId,
    email: String,
    at: Timestamp,
    run_id: i64,
    /// Account of the key that was used.
    actor: String,
    /// The row that names the portal's audit event for it, where it was found.
    corroboration: Option<Draft>,
}

impl Args {
    fn options(&self) -> ChangeOptions {
        let mut flags = Vec::new();
        flags.extend(self.run.map(|n| format!("--run {n}")));
        flags.extend(self.accounts.iter().map(ToString::to_string));
        flags.extend(self.yes.then(|| "--yes".to_owned()));
        ChangeOptions {
            command: Command::Restore,
            action: Action::Enable,
            owner: OwnerChange::Refuse,
            overrides: flags.join(" "),
        }
    }
}

pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    if args.dry_run {
        return dry_run(cx, &args).await;
    }
    let mut run = ChangeRun::start(&cx.engine(), args.options()).await?;
    let result = restore(cx, &args, &mut run).await;
    let report = run.finish(cx.clock.as_ref(), result).await;
    show_change(cx, report)
}

async fn dry_run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let chosen = choose(&mut store, args).await;
    store.close().await?;
    let chosen = chosen?;
    present(cx, &chosen)?;
    let detail = |d: &Disabled| format!("would be enabled: disabled by run {}", d.run_id);
    let details: Vec<String> = chosen.iter().map(detail).collect();
    let rows: Vec<_> = chosen
        .iter()
        .zip(&details)
        .map(|(d, detail)| OutcomeRow {
            account_id: d.account_id,
            email: &d.email,
            outcome: None,
            detail,
        })
        .collect();
    show_planned(&mut cx.out, None, &rows)?;
    cx.out.note("dry run: nothing was done, and the portal was not asked");
    Ok(Exit::Done)
}

async fn restore(cx: &mut Context, args: &Args, run: &mut ChangeRun) -> anyhow::Result<()> {
    run.settle(&mut cx.engine()).await?;
    let mut chosen = choose(&mut run.recorded.store, args).await?;
    let shown = present(cx, &chosen);
    if !args.yes {
        shown?;
        run.recorded.release()?;
        agree(cx, chosen.len())?;
        run.recorded.retake(cx.clock.as_ref())?;
        cx.reload_settings()?;
        run.settle(&mut cx.engine()).await?;
        let agreed = chosen;
        chosen = choose(&mut run.recorded.store, args).await?;
        chosen.retain(|d| agreed.iter().any(|a| a.account_id == d.account_id));
    }
    if chosen.is_empty() {
        return Ok(());
    }
    let mut session = run.connect(cx.engine()).await?;
    let result = enable(&mut session, chosen).await;
    session.end(result).await
}

/// The newest disabling of each account that was ours and is not undone.
async fn choose(store: &mut Store, args: &Args) -> anyhow::Result<Vec<Disabled>> {
    let mut ours: Vec<Disabled> = Vec::new();
    for pair in store::history::pairs(store.conn(), ActionFilter::All).await? {
        let (Some(Outcome::Applied), Some(end)) = (pair.outcome(), pair.outcomes.last()) else {
            continue;
        };
        let Draft { account_id, email, run_id, actor, action, .. } = pair.intent.clone();
        ours.retain(|d| d.account_id != account_id);
        if action == Action::Disable {
            let corroboration = pair.corroboration;
            ours.push(Disabled { account_id, email, at: end.at, run_id, actor, corroboration });
        }
    }
    if let Some(run) = args.run {
        ours.retain(|d| d.run_id == run);
        if ours.is_empty() {
            return Err(Failure::usage(format!(
                "run {run} disabled no account that can be enabled again; `dormouse history --run {run}` \
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

fn is_named(disabled: &Disabled, name: &AccountRef) -> bool {
    match name {
        AccountRef::Id(id) => disabled.account_id == *id,
        AccountRef::Email(email) => disabled.email.to_lowercase() == email.to_lowercase(),
    }
}

fn present(cx: &mut Context, chosen: &[Disabled]) -> anyhow::Result<()> {
    if cx.out.format() != Format::Table {
        cx.out.note(format_args!("{} to enable", when::many(chosen.len(), "account")));
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
    Ok(cx.out.table(&table)?)
}

fn agree(cx: &mut Context, number: usize) -> anyhow::Result<()> {
    cx.out.flush()?;
    let question = match number {
        1 => "Enable this account again?".to_owned(),
        n => format!("Enable these {} again?", when::many(n, "account")),
    };
    match cx.input.confirm(&mut cx.out, &question)? {
        Consent::Given => Ok(()),
        Consent::Declined => Err(Failure::declined().into()),
    }
}

async fn enable(session: &mut Session<'_>, chosen: Vec<Disabled>) -> anyhow::Result<()> {
    // No account is evaluated here, so none needs an activity check.
    let policy = Policy { signals: Signals::Logins, ..session.engine.settings.policy.clone() };
    session.pull(&policy).await?;
    if let Some(first) = chosen.iter().map(|d| d.at).min() {
        session.note_changes(first - MAX_CLOCK_SKEW).await?;
    }
    let timelines = timelines(session.store).await?;
    let look = async |session: &mut Session<'_>, group: &[Disabled]| {
        session.room_for_looks(group.len()).await;
        let (reader, leave_by) = (session.reader.clone(), Instant::now() + LOOK_LIFE);
        let shown: Vec<_> = stream::iter(group)
            .map(async |d| PortalError::unless_unclear(reader.account(d.account_id).await))
            .buffered(group.len())
            .try_collect()
            .await?;
        let mut cleared = Vec::new();
        for (disabled, shown) in group.iter().zip(shown) {
            let target = |status| Target {
                account_id: disabled.account_id,
                email: disabled.email.clone(),
                status,
            };
            let target = match shown {
                Ok(shown) => target(shown.value.map(|a| a.status)),
                Err(why) => {
                    session.skip(target(None), Skip::new("could not be read", why)).await?;
                    continue;
                }
            };
            let timeline = timelines.get(&disabled.account_id);
            match objection(session.store, disabled, target.status, timeline).await? {
                None => {
                    let cites = format!("undoes run {}", disabled.run_id);
                    cleared.push(Cleared { target, cites, leave_by });
                }
                Some(skip) => session.skip(target, skip).await?,
            }
        }
        Ok(cleared)
    };
    session.in_groups(&chosen, chosen.len(), look).await
}

impl Candidate for Disabled {
    fn account_id(&self) -> AccountId {
        self.account_id
    }
}

async fn timelines(store: &mut Store) -> anyhow::Result<HashMap<AccountId, Timeline>> {
    match store::evidence::newest(store.conn()).await? {
        Some(generation) => Ok(store::evidence::timelines(store.conn(), &generation).await?),
        None => Ok(HashMap::new()),
    }
}

/// Why an account that we disabled is not enabled again.
async fn objection(
    store: &mut Store,
    disabled: &Disabled,
    status: Option<Status>,
    timeline: Option<&Timeline>,
) -> anyhow::Result<Option<Skip>> {
    match status {
        None => return Ok(Some(Skip::deleted())),
        Some(Status::Disabled) => {}
        Some(status) => {
            return Ok(Some(Skip::new("already enabled", format!("it is {status} already"))));
        }
    }
    let Disabled { account_id, ref corroboration, at, ref actor, .. } = *disabled;
    let other = match corroboration {
        Some(row) => store::signals::changed_after(store.conn(), row).await?,
        // Without our own event to go by, the clocks decide, and what is close counts as later.
        None => {
            store::signals::changed_by_others(store.conn(), account_id, at - MAX_CLOCK_SKEW, actor)
                .await?
        }
    };
    if let Some((event, actor)) = other {
        let why = format!("changed by someone else since ({actor}, event {event}): left as it is");
        return Ok(Some(Skip::new(CHANGED, why)));
    }
    let came_back = timeline.is_some_and(was_enabled_since);
    let why = "enabled since and disabled again, not by dormouse: left as it is";
    Ok(came_back.then(|| Skip::new(CHANGED, why)))
}

/// Whether anything showed the account enabled after our newest disabling.
fn was_enabled_since(timeline: &Timeline) -> bool {
    let ours = timeline
        .acted
        .iter()
        .rfind(|a| a.action == Action::Disable && a.outcome == Outcome::Applied);
    let is_enabled = |status: Option<Status>| status.is_some_and(|s| s != Status::Disabled);
    ours.is_some_and(|ours| {
        timeline.shown.iter().any(|s| s.history_seq >= ours.seq && is_enabled(s.status))
            || timeline.acted.iter().any(|a| a.seq > ours.seq && is_enabled(a.status_after))
    })
}
