//! Which accounts a run would disable, and whether it may: the decision must be the newest current one
//! on fresh evidence, and the brakes must hold. Nothing here touches anyone.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::{
    cli::{self, AccountRef},
    commands::{Context, decide},
    domain::{
        account::{AccountId, Status},
        brakes::{self, Brakes, Load},
        decision::Finding,
        time::{Instant, format},
        verdict::{Reason, Verdict},
    },
    exit::Failure,
    store::{
        self, Store,
        decisions::{Currency, DecisionHead},
        evidence::{Dated, gather},
    },
};

/// What is to be done.
pub(super) struct Plan {
    pub(super) decision_id: i64,
    pub(super) head: DecisionHead,
    /// Accounts to disable, longest idle first.
    pub(super) chosen: Vec<Finding>,
    /// How much that is.
    pub(super) load: Load,
}

/// Chooses from decision `args.decision`, by default the newest current one.
///
/// # Errors
/// There is none, it is historical, a newer one exists, its evidence is too old (refused), or an
/// account named is not among its inactive ones (usage).
pub(super) async fn plan(
    cx: &Context,
    store: &mut Store,
    args: &cli::Apply,
) -> anyhow::Result<Plan> {
    let now = cx.clock.now();
    let newest = store::decisions::newest_current(store.conn()).await?.ok_or_else(|| {
        Failure::refused("there is no current decision to apply; run `dormouse decide`")
    })?;
    let decision_id = args.decision.unwrap_or(newest);
    let head = decide::decision(store, decision_id).await?;
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
                format(head.as_of)
            ))
            .into());
        }
    }
    fresh(&head, now, cx.settings.brakes.max_evidence_age)?;

    let verdicts = store::decisions::verdicts(store.conn(), decision_id).await?;
    let disabled = disabled_meanwhile(store).await?;
    let is_enabled = |f: &&Finding| {
        f.reason.verdict() != Verdict::Disabled
            && f.reason != Reason::NotOnPortal
            && !disabled.contains_key(&f.account_id)
    };
    let enabled = verdicts.iter().filter(is_enabled).count();
    let mut chosen: Vec<Finding> = verdicts
        .iter()
        .filter(|f| f.reason.verdict() == Verdict::Inactive)
        .filter(is_enabled)
        .cloned()
        .collect();
    only(&mut chosen, &verdicts, &args.only, decision_id)?;
    chosen.sort_by_key(|f| (std::cmp::Reverse(f.idle_days), f.account_id));
    chosen.truncate(args.limit.map_or(usize::MAX, |n| n as usize));
    let recent = store::history::disabled_since(store.conn(), now - TimeDelta::hours(24)).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let load = Load { acting_on: count(chosen.len()), recent, enabled: count(enabled) };
    Ok(Plan { decision_id, head, chosen, load })
}

fn fresh(head: &DecisionHead, now: Instant, most: TimeDelta) -> Result<(), Failure> {
    let age = now - head.as_of;
    if age <= most {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the decision's evidence ends at {}, {} hours ago, more than max_evidence_age_hours = {}; run \
         `dormouse sync` and `dormouse decide`",
        format(head.as_of),
        age.num_hours(),
        most.num_hours()
    )))
}

/// Accounts that are known to be disabled now.
async fn disabled_meanwhile(store: &mut Store) -> anyhow::Result<HashMap<AccountId, Status>> {
    let Some(generation) = store::evidence::newest(store.conn()).await? else {
        return Ok(HashMap::new());
    };
    let gathered = gather(store.conn(), &generation, Dated::Any).await?;
    let statuses = gathered.facts.accounts().map(|a| (a.id, a.status));
    Ok(statuses.filter(|(_, status)| *status == Status::Disabled).collect())
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
pub(super) fn test_brakes(
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
