//! One judgement: the facts of a snapshot, who is under review, and the verdicts. `decide`, `apply`,
//! `explain` and `decide verify` judge with this and nothing else.

use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use sqlx::SqliteConnection;

use crate::{
    domain::{
        account::{Account, AccountId},
        coverage::Coverage,
        decision::{Finding, as_matched, decide},
        digest::{DecisionSubject, digest},
        evidence::Evidence,
        human::minute,
        policy::Policy,
        population::{Member, Resolved, RosterRow, resolve},
        reconciliation::{AccountPlace, Reconciled},
        recorded::{CoverageByClock, Recorded},
        trail::TrailProof,
        verdict::Reason,
    },
    exit::Failure,
    store::{
        self, StoreError,
        decisions::{Currency, DecisionHead},
        evidence::{AsOfBound, Gathered, Snapshot, gather},
        sync_runs::SyncRow,
    },
    time::Timestamp,
};

/// Verdicts with all that they rest on.
pub(crate) struct Judged {
    pub(crate) snapshot: Snapshot,
    pub(crate) policy: Policy,
    pub(crate) as_of: Timestamp,
    pub(crate) currency: Currency,
    pub(crate) gathered: Gathered,
    pub(crate) resolved: Resolved,
    pub(crate) findings: Vec<Finding>,
    digest: OnceCell<String>,
}

/// The newest snapshot and the end of its coverage.
///
/// # Errors
/// No sync has completed, or none has proven anything: refused.
pub(crate) async fn newest(
    conn: &mut SqliteConnection,
    policy: &Policy,
) -> anyhow::Result<(Snapshot, Timestamp)> {
    let mut snapshot = store::evidence::newest(conn).await?.ok_or_else(|| {
        Failure::refused("no sync has ended yet, so nothing is known; run `dormouse sync`")
    })?;
    read_by(policy, conn, &mut snapshot).await?;
    let coverage = snapshot.sync_run.coverage.ok_or_else(|| {
        let SyncRow { id, status, reason, .. } = &snapshot.sync_run;
        Failure::refused(format!(
            "no stretch of the login history is proven complete yet (sync run {id}: {status}{}{reason}); \
             run `dormouse sync`",
            if reason.is_empty() { "" } else { ", " }
        ))
    })?;
    Ok((snapshot, coverage.to))
}

/// Whether `as_of` is now or another moment, as the snapshot knows it.
///
/// # Errors
/// It is after the end of coverage: refused.
pub(crate) fn moment(
    as_of: Option<Timestamp>,
    end: Timestamp,
) -> Result<(Timestamp, Currency), Failure> {
    match as_of {
        None => Ok((end, Currency::Current)),
        Some(at) if at == end => Ok((end, Currency::Current)),
        Some(at) if at < end => Ok((at, Currency::Historical)),
        Some(at) => Err(Failure::refused(format!(
            "{} is after the end of coverage, {}: what happened then is not known; run `dormouse \
             sync`, or ask for an earlier moment",
            minute(at),
            minute(end)
        ))),
    }
}

/// Puts coverage and the record of the audit trail as the policy reads them, and gives what it read.
pub(crate) async fn read_by(
    policy: &Policy,
    conn: &mut SqliteConnection,
    snapshot: &mut Snapshot,
) -> Result<Option<(Recorded, CoverageByClock)>, StoreError> {
    let read = by_clock(conn, snapshot.sync_run.id, policy).await?;
    if let (Some((recorded, by_clock)), Some(silence)) = (&read, &policy.silence) {
        snapshot.sync_run.coverage = by_clock.coverage;
        snapshot.bound = by_clock.bound;
        snapshot.trail = recorded.trail(silence);
    }
    Ok(read)
}

/// Coverage after a sync run, as the policy reads the silences of the login history. Runs of releases that
/// knew no such rule, and policies of their decisions, have what was written then.
pub(crate) async fn coverage(
    conn: &mut SqliteConnection,
    sync_run: i64,
    written: Option<Coverage>,
    policy: &Policy,
) -> Result<Option<Coverage>, StoreError> {
    Ok(match by_clock(conn, sync_run, policy).await? {
        Some((_, by_clock)) => by_clock.coverage,
        None => written,
    })
}

/// The same with what bounds it, for those who explain it.
pub(crate) async fn by_clock(
    conn: &mut SqliteConnection,
    sync_run: i64,
    policy: &Policy,
) -> Result<Option<(Recorded, CoverageByClock)>, StoreError> {
    let Some(silence) = &policy.silence else { return Ok(None) };
    let recorded = store::recording::recorded(conn, sync_run).await?;
    Ok(recorded.map(|recorded| {
        let by_clock = recorded.coverage(silence);
        (recorded, by_clock)
    }))
}

/// Which facts count by their own date.
pub(crate) fn bound(as_of: Timestamp, currency: Currency) -> AsOfBound {
    match currency {
        Currency::Current => AsOfBound::None,
        Currency::Historical => AsOfBound::UpTo(as_of),
    }
}

/// Judges everybody under review.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn judge(
    conn: &mut SqliteConnection,
    snapshot: Snapshot,
    policy: Policy,
    as_of: Timestamp,
    currency: Currency,
) -> anyhow::Result<Judged> {
    let gathered = gather(conn, &snapshot, bound(as_of, currency)).await?;
    Ok(conclude(snapshot, policy, as_of, currency, gathered))
}

/// Judges on facts that are gathered already.
pub(crate) fn conclude(
    snapshot: Snapshot,
    policy: Policy,
    as_of: Timestamp,
    currency: Currency,
    gathered: Gathered,
) -> Judged {
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    let roster = gathered.roster.as_ref().map(|r| &r.roster);
    let resolved = resolve(&policy.population, roster, &accounts, as_of);
    let findings = decide(&policy, &gathered.facts, &resolved, as_of);
    let digest = OnceCell::new();
    Judged { snapshot, policy, as_of, currency, gathered, resolved, findings, digest }
}

impl Judged {
    /// What the decision is about, for JSON and digest.
    pub(crate) fn subject(&self) -> DecisionSubject {
        DecisionSubject {
            as_of: self.as_of,
            inactivity_days: self.policy.inactivity_days,
            policy_sha256: self.policy.sha256(),
            coverage: self.snapshot.sync_run.coverage,
        }
    }

    /// The digest over what was decided.
    pub(crate) fn digest(&self) -> anyhow::Result<&str> {
        if let Some(digest) = self.digest.get() {
            return Ok(digest);
        }
        let digest = digest(&self.subject(), &self.findings)?;
        Ok(self.digest.get_or_init(|| digest))
    }

    /// The row that is stored for it.
    pub(crate) fn head(&self, decided_at: Timestamp) -> anyhow::Result<DecisionHead> {
        Ok(DecisionHead {
            decided_at,
            as_of: self.as_of,
            currency: self.currency,
            inactivity_days: self.policy.inactivity_days,
            policy: self.policy.canonical_json(),
            policy_sha256: self.policy.sha256(),
            digest: self.digest()?.to_owned(),
            sync_run_id: self.snapshot.sync_run.id,
            history_seq: self.snapshot.history_seq,
            coverage: self.snapshot.sync_run.coverage,
        })
    }

    /// What each verdict rests on, with how the population names the account.
    pub(crate) fn evidence(&self) -> HashMap<AccountId, Cow<'_, Evidence>> {
        let known: HashMap<AccountId, &Evidence> =
            self.gathered.facts.evidence.iter().map(|e| (e.account.id, e)).collect();
        let members = self.resolved.members.iter();
        members
            .filter_map(|member| match member {
                Member::Account { id, matched } => {
                    Some((*id, as_matched(known.get(id)?, *matched)))
                }
                Member::NotOnPortal { .. } => None,
            })
            .collect()
    }

    /// Accounts without a verdict for want of a check that another sync would make.
    pub(crate) fn unchecked(&self) -> usize {
        let evidence = self.evidence();
        let can_be_checked = |id| match evidence.get(&id).map(|e| e.trail) {
            Some(TrailProof::After(_)) => false,
            Some(TrailProof::NotProbed | TrailProof::Since { .. }) | None => true,
        };
        let unchecked = self.findings.iter().filter(|f| f.reason == Reason::NoActivityCheck);
        unchecked.filter(|f| can_be_checked(f.account_id)).count()
    }

    /// The roster's row of an id that is not an account on the portal.
    pub(crate) fn row_without_account(&self, id: AccountId) -> Option<&RosterRow> {
        self.resolved.members.iter().find_map(|member| match member {
            Member::NotOnPortal { id: missing, row } if *missing == id => Some(row),
            Member::NotOnPortal { .. } | Member::Account { .. } => None,
        })
    }

    /// Where roster and portal disagree.
    pub(crate) fn reconciled(&self) -> Reconciled {
        let lists = &self.resolved.reconciliation;
        let missing: HashSet<AccountId> = lists.accounts_not_in_roster.iter().copied().collect();
        let mut missing: Vec<&Account> = match missing.is_empty() {
            true => Vec::new(),
            false => self.gathered.facts.accounts().filter(|a| missing.contains(&a.id)).collect(),
        };
        missing.sort_by_key(|a| a.id);
        let missing = missing.into_iter().map(AccountPlace::of).collect();
        Reconciled::new(lists, missing)
    }
}
