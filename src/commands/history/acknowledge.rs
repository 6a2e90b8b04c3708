//! `history acknowledge`: a person explains a change that no row accounts for, or one of ours that the
//! portal's audit trail never showed. The explanation is a row of the history like any other.

use clap::Args as ClapArgs;

use crate::{
    cli::values::number,
    commands::Context,
    domain::{
        account::{AccountId, Status},
        history::{Action, Draft, Entry, Phase, names_until},
        human::many,
    },
    engine::recorded_run::{RecordedRun, RunSummary},
    exit::{Exit, Failure},
    store::{self, StoreError, runs::Command, signals::ChangedAccount},
};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// The portal's audit event that `history verify` names
    #[arg(value_name = "EVENT_ID", value_parser = number(), required_unless_present = "seq")]
    event: Option<i64>,

    /// Our own row that the portal's audit trail never showed
    #[arg(long, value_name = "N", value_parser = number(), conflicts_with = "event")]
    seq: Option<i64>,

    /// What happened, in your words
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

fn reason(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("say what happened"),
        text => Ok(text.to_owned()),
    }
}

pub(super) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let what = match (args.event, args.seq) {
        (Some(event), _) => format!("event {event}"),
        (None, seq) => format!("--seq {}", seq.unwrap_or_default()),
    };
    let mut run = RecordedRun::open(&cx.engine(), Command::Acknowledge, what.clone()).await?;
    let operator = cx.engine().operator.to_owned();
    let result = acknowledge(cx, &mut run, &args, operator).await;
    let summary =
        RunSummary::of(&result, |n| RunSummary::done(format!("{what}: {} added", many(*n, "row"))));
    run.end(cx.clock.as_ref(), summary).await?;
    result?;
    cx.out.note(format_args!("acknowledged: {what}"));
    Ok(Exit::Done)
}

/// Adds the rows and says how many.
async fn acknowledge(
    cx: &Context,
    run: &mut RecordedRun,
    args: &Args,
    operator: String,
) -> anyhow::Result<usize> {
    let (now, run_id) = (cx.clock.now(), run.id);
    let mut tx = run.store.begin().await?;
    let entries = store::history::all(&mut tx).await?;
    let changed = match args.event {
        Some(event) => store::signals::changed_accounts(&mut tx, event).await?,
        None => Vec::new(),
    };
    let changed_at = changed.first().map(|c| c.changed_at);
    let subjects = match (args.event, args.seq) {
        (Some(_), _) => of_event(changed, run_id),
        (None, seq) => entries.iter().filter(|e| Some(e.seq) == seq).map(Subject::of).collect(),
    };
    if subjects.is_empty() {
        return Err(Failure::usage(
            "there is nothing of this number to acknowledge; `dormouse history verify` names what \
             needs it",
        )
        .into());
    }
    let rows: Vec<Draft> = subjects
        .into_iter()
        .map(|Subject { run_id, decision_id, account_id, email, action }| Draft {
            at: now,
            run_id,
            decision_id,
            account_id,
            email,
            action,
            phase: Phase::Acknowledgement,
            outcome: None,
            detail: args.reason.clone(),
            actor: operator.clone(),
            status_before: None,
            status_after: None,
            http_status: None,
            portal_event_id: args.event,
        })
        .collect();
    let is_same = |old: &Draft, new: &Draft| {
        old.phase == Phase::Acknowledgement
            && old.portal_event_id == new.portal_event_id
            && old.account_id == new.account_id
            && changed_at.is_none_or(|at| at <= names_until(old.at))
            && (new.portal_event_id.is_some()
                || (old.run_id, old.action) == (new.run_id, new.action))
    };
    if let Some(old) = entries.iter().find(|e| rows.iter().any(|row| is_same(&e.draft, row))) {
        return Err(Failure::usage(format!("row {} acknowledges this already", old.seq)).into());
    }
    let added = rows.len();
    for row in rows {
        store::history::append(&mut tx, row).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(added)
}

/// What an acknowledgement is about.
struct Subject {
    run_id: i64,
    decision_id: Option<i64>,
    account_id: AccountId,
    email: String,
    action: Action,
}

impl Subject {
    fn of(entry: &Entry) -> Self {
        let Draft { run_id, decision_id, account_id, email, action, .. } = entry.draft.clone();
        Self { run_id, decision_id, account_id, email, action }
    }
}

/// The portal does not say which status was set: what the account shows now tells.
fn of_event(changed: Vec<ChangedAccount>, run_id: i64) -> Vec<Subject> {
    let action = |status| match status {
        Some(Status::Disabled) => Action::Disable,
        Some(Status::Active | Status::Pending | Status::Unknown) | None => Action::Enable,
    };
    let subject = |ChangedAccount { account_id, email, status, .. }| Subject {
        run_id,
        decision_id: None,
        account_id,
        email,
        action: action(status),
    };
    changed.into_iter().map(subject).collect()
}
