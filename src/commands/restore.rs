//! `restore`: enables accounts again that dormouse disabled, by run or by account, and only where nobody
//! changed them since. The same machinery as `apply`, the other way.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    cli::{self, AccountRef},
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Outcome},
        policy::{Policy, Signals},
        timeline::Timeline,
    },
    exit::{Exit, Failure},
    output::{Format, table::Table, when},
    prompt::Consent,
    store::{self, Mode, Store, StoreError, portal::OwnerChange, runs::Command},
    time::{MAX_CLOCK_SKEW, Timestamp},
};
use crate::{
    commands::{Context, outcomes as show},
    engine::status_change::{Order, Session, Target, session},
};

/// A disabling of ours that stands.
#[derive(Debug, Clone)]
struct Disabled {
    account_id: AccountId,
    email: String,
    at: Timestamp,
    run_id: i64,
    /// Account of the key that was used.
    actor: String,
    /// The portal's audit event for it, where it was found.
    event: Option<i64>,
}

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
    let chosen = choose(&mut reading, &args).await;
    reading.close().await?;
    if args.dry_run {
        let chosen = chosen?;
        present(cx, &chosen)?;
        let rows = chosen.iter().map(|d| {
            let detail = format!("would be enabled: disabled by run {}", d.run_id);
            (d.account_id, d.email.as_str(), detail)
        });
        show::planned(cx, None, rows)?;
        cx.out.note("dry run: nothing was done, and the portal was not asked");
        return Ok(Exit::Done);
    }
    let order = Order {
        command: Command::Restore,
        action: Action::Enable,
        overrides: overrides(&args),
        decision_id: None,
        owner: OwnerChange::Refuse,
    };
    let agreed = match chosen {
        Ok(chosen) => agree(cx, &args, &chosen).map(|()| chosen),
        Err(error) => Err(error),
    };
    session::run(cx, order, agreed, enable).await
}

fn overrides(args: &cli::Restore) -> String {
    let mut flags = Vec::new();
    flags.extend(args.run.map(|n| format!("--run {n}")));
    flags.extend(args.accounts.iter().map(ToString::to_string));
    flags.extend(args.yes.then(|| "--yes".to_owned()));
    flags.join(" ")
}

/// The newest disabling of each account that was ours and is not undone.
async fn choose(store: &mut Store, args: &cli::Restore) -> anyhow::Result<Vec<Disabled>> {
    let mut ours: Vec<Disabled> = Vec::new();
    for pair in store::history::pairs(store.conn()).await? {
        let (Some(Outcome::Applied), Some(end)) = (pair.outcome(), pair.outcomes.last()) else {
            continue;
        };
        let Draft { account_id, email, run_id, actor, action, .. } = pair.intent.clone();
        ours.retain(|d| d.account_id != account_id);
        if action == Action::Disable {
            let event = pair.corroboration.and_then(|c| c.portal_event_id);
            ours.push(Disabled { account_id, email, at: end.at, run_id, actor, event });
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

fn is_named(disabled: &Disabled, name: &AccountRef) -> bool {
    match name {
        AccountRef::Id(id) => disabled.account_id == *id,
        AccountRef::Email(email) => disabled.email.to_lowercase() == email.to_lowercase(),
    }
}

fn present(cx: &mut Context, chosen: &[Disabled]) -> anyhow::Result<()> {
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
    Ok(cx.out.table(&table)?)
}

fn agree(cx: &mut Context, args: &cli::Restore, chosen: &[Disabled]) -> anyhow::Result<()> {
    let shown = present(cx, chosen);
    if args.yes {
        // Nobody is to read it first.
        return Ok(());
    }
    shown?;
    cx.out.flush()?;
    match cx.input.confirm(&mut cx.out, &format!("Enable {} accounts again?", chosen.len()))? {
        Consent::Given => Ok(()),
        Consent::Declined => Err(Failure::braked("declined, nothing was done").into()),
    }
}

async fn enable(session: &mut Session<'_>, chosen: Vec<Disabled>) -> anyhow::Result<()> {
    // Nobody is judged here, so nobody's actions need to be looked up.
    let policy = Policy { signals: Signals::Logins, ..session.cx.settings.policy.clone() };
    session.pull(&policy).await?;
    if let Some(first) = chosen.iter().map(|d| d.at).min() {
        session.note_changes(first - MAX_CLOCK_SKEW).await?;
    }
    let timelines = timelines(session.store).await?;
    let look = async |session: &mut Session<'_>, group: &[Disabled]| {
        let reader = session.reader.clone();
        let shown: Vec<_> = stream::iter(group)
            .map(|d| reader.account(d.account_id))
            .buffered(group.len())
            .try_collect()
            .await?;
        let mut passed = Vec::new();
        for (disabled, shown) in group.iter().zip(shown) {
            let target = Target {
                account_id: disabled.account_id,
                email: disabled.email.clone(),
                status: shown.value.map(|a| a.status),
            };
            let timeline = timelines.get(&disabled.account_id);
            match objection(session.store, disabled, target.status, timeline).await? {
                None => passed.push((target, format!("undoes run {}", disabled.run_id))),
                Some(why) => session.skip(target, why).await?,
            }
        }
        Ok(passed)
    };
    session.in_groups(&chosen, look).await
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
) -> anyhow::Result<Option<String>> {
    match status {
        None => return Ok(Some("deleted on the portal".to_owned())),
        Some(Status::Disabled) => {}
        Some(status) => return Ok(Some(format!("it is {status} already"))),
    }
    let Disabled { account_id, event, at, ref actor, .. } = *disabled;
    let other = match event {
        Some(event) => store::signals::changed_after(store.conn(), account_id, event).await?,
        // Without our own event to go by, the clocks decide, and what is close counts as later.
        None => {
            store::signals::changed_by_others(store.conn(), account_id, at - MAX_CLOCK_SKEW, actor)
                .await?
        }
    };
    if let Some((event, actor)) = other {
        let why = format!("changed by someone else since ({actor}, event {event}): left as it is");
        return Ok(Some(why));
    }
    let came_back = timeline.is_some_and(was_enabled_since);
    let why = "enabled since and disabled again, not by dormouse: left as it is";
    Ok(came_back.then(|| why.to_owned()))
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
