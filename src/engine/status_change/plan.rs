//! Which accounts a run would disable, and whether it may: the decision must be the newest current one
//! on fresh evidence, and the brakes must hold. Nothing here touches anyone.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::{
    cli::{self, AccountRef},
    commands::Context,
    domain::{
        account::{AccountId, Status},
        brakes::{self, Brakes, Load},
        decision::Finding,
        verdict::{Reason, Verdict},
    },
    engine::cited::decision_head,
    exit::Failure,
    store::{
        self, Store,
        decisions::{Currency, DecisionHead},
        evidence::{AsOfBound, gather},
    },
    time::Timestamp,
};

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) decision_id: i64,
    pub(crate) head: DecisionHead,
    /// Accounts to disable, longest idle first.
    pub(crate) chosen: Vec<Finding>,
    /// How much that is.
    pub(crate) load: Load,
}

/// Chooses from decision `args.decision`, by default the newest current one.
///
/// # Errors
/// There is none, it is historical, a newer one exists, its evidence is too old (refused), or an
/// account named is not among its inactive ones (usage).
pub(crate) async fn plan(
    cx: &Context,
    store: &mut Store,
    args: &cli::Apply,
) -> anyhow::Result<Plan> {
    let (decision_id, head) = current(cx, store, args.decision).await?;
    let verdicts = store::decisions::verdicts(store.conn(), decision_id).await?;
    let enabled = not_disabled(store, &verdicts).await?;
    let mut chosen: Vec<Finding> = verdicts
        .iter()
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .filter(|f| enabled.contains(&f.account_id))
        .cloned()
        .collect();
    only(&mut chosen, &verdicts, &args.only, decision_id)?;
    chosen.sort_by_key(|f| (std::cmp::Reverse(f.idle_days), f.account_id));
    chosen.truncate(args.limit.map_or(usize::MAX, |n| n as usize));
    let load = load(cx, store, &enabled, &chosen).await?;
    Ok(Plan { decision_id, head, chosen, load })
}

/// Tests once more what was tested before the question: while it waited, a decision can have been made,
/// an account disabled, or an interrupted run settled.
///
/// # Errors
/// Refused or braked, as at first; nobody was touched.
pub(crate) async fn still_holds(
    cx: &Context,
    store: &mut Store,
    args: &cli::Apply,
    decision_id: i64,
    agreed: &[Finding],
) -> anyhow::Result<()> {
    current(cx, store, Some(decision_id)).await?;
    let verdicts = store::decisions::verdicts(store.conn(), decision_id).await?;
    let enabled = not_disabled(store, &verdicts).await?;
    let load = load(cx, store, &enabled, agreed).await?;
    Ok(test_brakes(&cx.settings.brakes, args, load)?)
}

/// The decision asked for, by default the newest current one.
async fn current(
    cx: &Context,
    store: &mut Store,
    asked: Option<i64>,
) -> anyhow::Result<(i64, DecisionHead)> {
    let newest = store::decisions::newest_current(store.conn()).await?.ok_or_else(|| {
        Failure::refused("there is no current decision to apply; run `dormouse decide`")
    })?;
    let decision_id = asked.unwrap_or(newest);
    let head = decision_head(store, decision_id).await?;
    match head.currency {
        Currency::Current if decision_id == newest => {}
        Currency::Current => {
            return Err(Failure::refused(format!(
                "decision {decision_id} is not the newest current one, that is {newest}; look at it \
                 and apply that"
            ))
            .into());
        }
        Currency::Historical => {
            return Err(Failure::refused(format!(
                "decision {decision_id} is historical, as of {}: it can be shown and reported, never \
                 applied; run `dormouse decide`",
                head.as_of.to_string()
            ))
            .into());
        }
    }
    fresh(&head, cx.clock.now(), cx.settings.brakes.max_evidence_age)?;
    Ok((decision_id, head))
}

fn fresh(head: &DecisionHead, now: Timestamp, most: TimeDelta) -> Result<(), Failure> {
    let age = now - head.as_of;
    if age <= most {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the decision's evidence ends at {}, {} hours ago, more than max_evidence_age_hours = {}; run \
         `dormouse sync` and `dormouse decide`",
        head.as_of.to_string(),
        age.num_hours(),
        most.num_hours()
    )))
}

/// Accounts of a decision that are on the portal and, as far as is known now, not disabled.
async fn not_disabled(
    store: &mut Store,
    verdicts: &[Finding],
) -> anyhow::Result<HashSet<AccountId>> {
    let mut enabled: HashSet<AccountId> = verdicts
        .iter()
        .filter(|f| f.reason.verdict() != Verdict::Disabled && f.reason != Reason::NotOnPortal)
        .map(|f| f.account_id)
        .collect();
    if let Some(snapshot) = store::evidence::newest(store.conn()).await? {
        let gathered = gather(store.conn(), &snapshot, AsOfBound::None).await?;
        for account in gathered.facts.accounts().filter(|a| a.status == Status::Disabled) {
            enabled.remove(&account.id);
        }
    }
    Ok(enabled)
}

async fn load(
    cx: &Context,
    store: &mut Store,
    enabled: &HashSet<AccountId>,
    chosen: &[Finding],
) -> anyhow::Result<Load> {
    let since = cx.clock.now() - TimeDelta::hours(24);
    let recent = store::history::disabled_since(store.conn(), since).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let acting_on = chosen.iter().filter(|f| enabled.contains(&f.account_id)).count();
    Ok(Load { acting_on: count(acting_on), recent, enabled: count(enabled.len()) })
}

/// Keeps those that `--only` names.
fn only(
    chosen: &mut Vec<Finding>,
    verdicts: &[Finding],
    only: &[AccountRef],
    decision_id: i64,
) -> Result<(), Failure> {
    if only.is_empty() {
        return Ok(());
    }
    for name in only {
        if chosen.iter().any(|f| is_named(f, name)) {
            continue;
        }
        let said = match verdicts.iter().find(|f| is_named(f, name)) {
            Some(f) if f.reason.verdict() == Verdict::Inactive => "disabled already".to_owned(),
            Some(f) => format!("{} ({})", f.reason.verdict(), f.reason),
            None => "not under review".to_owned(),
        };
        return Err(Failure::usage(format!(
            "--only {name}: this account is {said} in decision {decision_id}; nothing was done"
        )));
    }
    chosen.retain(|f| only.iter().any(|name| is_named(f, name)));
    Ok(())
}

fn is_named(finding: &Finding, name: &AccountRef) -> bool {
    match name {
        AccountRef::Id(id) => finding.account_id == *id,
        AccountRef::Email(email) => finding.email.to_lowercase() == email.to_lowercase(),
    }
}

/// Tests the brakes, with those limits replaced that this run replaces.
///
/// # Errors
/// A limit is exceeded; nobody was touched.
pub(crate) fn test_brakes(
    brakes: &Brakes,
    args: &cli::Apply,
    load: Load,
) -> Result<(), brakes::Braked> {
    let brakes = Brakes {
        max_accounts: args.max.unwrap_or(brakes.max_accounts),
        max_percent: args.max_percent.unwrap_or(brakes.max_percent),
        ..*brakes
    };
    brakes::test(&brakes, load)
}
