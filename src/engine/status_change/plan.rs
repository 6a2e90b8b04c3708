//! Which accounts a run would disable, and whether it may: the decision must be the newest current one
//! on fresh evidence, and the brakes must hold. Nothing here touches anyone.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    config::Settings,
    domain::{
        account::{AccountId, Status},
        account_ref::AccountRef,
        brakes::{BrakeLoad, Brakes, RECENT},
        decision::Finding,
        history::{Action, Outcome, Pair},
        human::{many, minute},
        notices::stretch,
        verdict::{Reason, Verdict},
    },
    engine::{cited::decision_head, status_change::gate::Gate},
    exit::Failure,
    store::{
        self, Store, StoreError,
        decisions::{Currency, DecisionHead},
        evidence::{AsOfBound, gather},
        history::ActionFilter,
    },
    time::Timestamp,
};

/// What is asked for; nothing set is every inactive account of the newest current decision.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) decision: Option<i64>,
    pub(crate) only: Vec<AccountRef>,
    /// Most calls.
    pub(crate) limit: Option<u32>,
    /// Limits that this run replaces.
    pub(crate) max: Option<u32>,
    pub(crate) max_percent: Option<u32>,
}

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) decision_id: i64,
    pub(crate) head: DecisionHead,
    /// Accounts that may be disabled, longest idle first: where one is skipped the next takes its place.
    pub(crate) candidates: Vec<Finding>,
    /// Most calls.
    pub(crate) limit: usize,
    /// Inactive accounts whose people were not told in time, each with the reason.
    pub(crate) untold: Vec<(Finding, String)>,
    load: BrakeLoad,
    brakes: Brakes,
}

impl Plan {
    /// Those that are disabled if none is skipped.
    pub(crate) fn chosen(&self) -> &[Finding] {
        &self.candidates[..self.limit]
    }

    /// Tests the brakes with the limits of this run.
    ///
    /// # Errors
    /// A limit is exceeded; nobody was touched.
    pub(crate) fn test_brakes(&self) -> anyhow::Result<()> {
        Ok(self.brakes.test(self.load)?)
    }
}

/// Chooses the accounts to disable.
///
/// # Errors
/// There is no decision, it is historical, a newer one exists, its evidence is too old (refused), or
/// an account named is not among its inactive ones (usage).
pub(crate) async fn plan(
    store: &mut Store,
    settings: &Settings,
    now: Timestamp,
    selection: &Selection,
) -> anyhow::Result<Plan> {
    let (decision_id, head) = current(store, selection.decision).await?;
    refuse_stale(&head, now, settings.brakes.max_evidence_age)?;
    let verdicts = store::decisions::verdicts(store.conn(), decision_id).await?;
    let Present { enabled, stretches } = present(store, &verdicts).await?;
    let mut candidates: Vec<Finding> = verdicts
        .iter()
        .filter(|f| f.reason.verdict() == Verdict::Inactive && enabled.contains(&f.account_id))
        .cloned()
        .collect();
    keep_named(&mut candidates, &verdicts, &selection.only, decision_id)?;
    candidates.sort_by(Finding::by_idleness);
    let ids: Vec<AccountId> = candidates.iter().map(|f| f.account_id).collect();
    let gate = Gate::load(store.conn(), settings, &ids).await?;
    let mut untold = Vec::new();
    candidates.retain(|finding| {
        let stretch = stretches.get(&finding.account_id).copied();
        match gate.as_ref().and_then(|gate| gate.objection(finding.account_id, stretch, now)) {
            Some(why) => {
                untold.push((finding.clone(), why));
                false
            }
            None => true,
        }
    });
    let limit = selection.limit.map_or(usize::MAX, |n| n as usize).min(candidates.len());
    let chosen: HashSet<AccountId> = candidates[..limit].iter().map(|f| f.account_id).collect();
    let load = brake_load(store.conn(), &chosen, &enabled, now).await?;
    let brakes = Brakes {
        max_accounts: selection.max.unwrap_or(settings.brakes.max_accounts),
        max_percent: selection.max_percent.unwrap_or(settings.brakes.max_percent),
        ..settings.brakes
    };
    Ok(Plan { decision_id, head, candidates, limit, untold, load, brakes })
}

/// What disabling everyone that these verdicts call inactive would weigh.
pub(crate) async fn load_of(
    conn: &mut SqliteConnection,
    findings: &[Finding],
    now: Timestamp,
) -> Result<BrakeLoad, StoreError> {
    let ids = |is_counted: fn(&Finding) -> bool| -> HashSet<AccountId> {
        findings.iter().filter(|f| is_counted(f)).map(|f| f.account_id).collect()
    };
    let inactive = ids(|f| f.reason.verdict() == Verdict::Inactive);
    let enabled =
        ids(|f| f.reason.verdict() != Verdict::Disabled && f.reason != Reason::NotOnPortal);
    brake_load(conn, &inactive, &enabled, now).await
}

async fn brake_load(
    conn: &mut SqliteConnection,
    chosen: &HashSet<AccountId>,
    enabled: &HashSet<AccountId>,
    now: Timestamp,
) -> Result<BrakeLoad, StoreError> {
    let since = now - RECENT;
    let pairs = store::history::pairs(conn, ActionFilter::Since(since)).await?;
    let recent = recently_disabled(&pairs, since);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(BrakeLoad {
        acting_on: count(chosen.len()),
        recent: count(recent.difference(chosen).count()),
        population: count(enabled.union(&recent).count()),
    })
}

/// Accounts that dormouse disabled or may have disabled since `since`, and that it did not enable again.
fn recently_disabled(pairs: &[Pair], since: Timestamp) -> HashSet<AccountId> {
    let mut disabled = HashSet::new();
    for pair in pairs {
        match (pair.intent.action, pair.outcome()) {
            (Action::Disable, None | Some(Outcome::Applied | Outcome::Failed)) => {
                if pair.intent.at >= since {
                    disabled.insert(pair.intent.account_id);
                }
            }
            (Action::Enable, Some(Outcome::Applied)) => {
                disabled.remove(&pair.intent.account_id);
            }
            (Action::Disable, Some(Outcome::Skipped | Outcome::Refused))
            | (
                Action::Enable,
                None | Some(Outcome::Skipped | Outcome::Refused | Outcome::Failed),
            )
            | (Action::Notify, _) => {}
        }
    }
    disabled
}

/// The decision asked for, by default the newest current one.
async fn current(store: &mut Store, asked: Option<i64>) -> anyhow::Result<(i64, DecisionHead)> {
    let newest = store::decisions::newest_current(store.conn()).await?.ok_or_else(|| {
        Failure::refused("there is no current decision to apply; run `dormouse decide`")
    })?;
    let decision_id = asked.unwrap_or(newest);
    let head = decision_head(store, decision_id).await?;
    match head.currency {
        Currency::Current if decision_id == newest => Ok((decision_id, head)),
        Currency::Current => Err(Failure::refused(format!(
            "decision {decision_id} is not the newest current one, which is {newest}; review and \
             apply that one"
        ))
        .into()),
        Currency::Historical => Err(Failure::refused(format!(
            "decision {decision_id} is historical, as of {}: it can be shown and reported, never \
             applied; run `dormouse decide`",
            minute(head.as_of)
        ))
        .into()),
    }
}

fn refuse_stale(head: &DecisionHead, now: Timestamp, most: TimeDelta) -> Result<(), Failure> {
    let age = now - head.as_of;
    if age <= most {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the decision's evidence ends at {}, {} ago, more than max_evidence_age_hours = {}; run \
         `dormouse sync` and `dormouse decide`",
        minute(head.as_of),
        many(age.num_hours(), "hour"),
        most.num_hours()
    )))
}

/// What is known now of the accounts of a decision.
struct Present {
    /// Those on the portal that are not disabled.
    enabled: HashSet<AccountId>,
    /// When each became idle.
    stretches: HashMap<AccountId, Timestamp>,
}

async fn present(store: &mut Store, verdicts: &[Finding]) -> anyhow::Result<Present> {
    let mut enabled: HashSet<AccountId> = verdicts
        .iter()
        .filter(|f| f.reason.verdict() != Verdict::Disabled && f.reason != Reason::NotOnPortal)
        .map(|f| f.account_id)
        .collect();
    let mut stretches = HashMap::new();
    if let Some(snapshot) = store::evidence::newest(store.conn()).await? {
        let gathered = gather(store.conn(), &snapshot, AsOfBound::None).await?;
        for account in gathered.facts.accounts().filter(|a| a.status == Status::Disabled) {
            enabled.remove(&account.id);
        }
        let known = gathered.facts.evidence.iter();
        stretches.extend(known.filter_map(|e| Some((e.account.id, stretch(e)?))));
    }
    Ok(Present { enabled, stretches })
}

/// Keeps those that `--only` names.
fn keep_named(
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
