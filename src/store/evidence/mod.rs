//! Gathers the facts that a decision may use: those known at one snapshot, dated up to a bound.
//! The same snapshot and bound give the same facts, whatever was learned since.

mod activity;
mod related_accounts;
pub(super) mod timelines;

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::domain::{
    account::{Account, AccountId},
    decision::Facts,
    evidence::{Evidence, KeyOwner, Match, Restart, RestartCause},
    recorded::LowerBound,
    timeline::Timeline,
    trail::TrailRecord,
};
use crate::store::{
    StoreError,
    accounts::Span,
    evidence::{
        activity::LoginSource,
        timelines::{Outcomes, TrackedAccount},
    },
    history,
    population::{self, GivenRoster},
    sync_runs::{self, SyncRow},
    void,
};
pub use crate::store::{
    as_of::AsOfBound,
    evidence::related_accounts::{by_email, by_id, gather_about},
};

/// What was known at some time: all facts of sync runs and history rows up to these.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The newest sync run that counts.
    pub sync_run: SyncRow,
    /// The newest history row that counts.
    pub history_seq: i64,
    /// What was known of the audit trail, as the policy reads it.
    pub trail: TrailRecord,
    /// Why coverage reaches no further back.
    pub bound: LowerBound,
}

impl Snapshot {
    /// As written, before a policy has read it.
    #[must_use]
    pub fn of(sync_run: SyncRow, history_seq: i64) -> Self {
        let (trail, bound) = (TrailRecord::NotProbed, LowerBound::Record);
        Self { sync_run, history_seq, trail, bound }
    }
}

/// Everything that a decision rests on.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// Accounts and what is known of each.
    pub facts: Facts,
    /// The roster that counts, if one was ever given.
    pub roster: Option<GivenRoster>,
}

/// An account by both its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The portal's id.
    pub id: AccountId,
    /// The store's short key; none for an id that the store never saw.
    pub pk: Option<i64>,
}

impl Key {
    /// An id that the store never saw: nothing is known of it.
    #[must_use]
    pub fn unseen(id: AccountId) -> Self {
        Self { id, pk: None }
    }
}

/// The newest snapshot, if a sync run has ended.
pub async fn newest(conn: &mut SqliteConnection) -> Result<Option<Snapshot>, StoreError> {
    let Some(sync_run) = sync_runs::newest_ended(conn).await? else { return Ok(None) };
    let history_seq = history::last_seq(conn).await?;
    Ok(Some(Snapshot::of(sync_run, history_seq)))
}

/// Gathers the facts known at `snapshot`.
pub async fn gather(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    bound: AsOfBound,
) -> Result<Gathered, StoreError> {
    let mut facts = Facts { evidence: Vec::new(), coverage: snapshot.sync_run.coverage };
    let mut outcomes = timelines::outcomes(conn, snapshot.history_seq, bound).await?;
    let logins = LoginSource::of(conn, snapshot, bound).await?;
    for span in Span::all(conn).await? {
        let part = evidence(conn, snapshot, bound, span, logins, &mut outcomes).await?;
        facts.evidence.extend(part);
    }
    let roster = population::roster(conn, snapshot.sync_run.id, bound).await?;
    Ok(Gathered { facts, roster })
}

/// Gathers the facts about some accounts only, without a roster.
pub async fn facts_of(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    bound: AsOfBound,
    accounts: &[Key],
) -> Result<Facts, StoreError> {
    let mut facts = Facts { evidence: Vec::new(), coverage: snapshot.sync_run.coverage };
    let logins = LoginSource::of(conn, snapshot, bound).await?;
    for Key { id, pk } in accounts {
        let seq = snapshot.history_seq;
        let mut outcomes = timelines::outcomes_of(conn, seq, bound, *id).await?;
        let span = Span::one(*pk);
        let part = evidence(conn, snapshot, bound, span, logins, &mut outcomes).await?;
        facts.evidence.extend(part);
    }
    Ok(facts)
}

/// What happened to the status of every account.
pub async fn timelines(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
) -> Result<HashMap<AccountId, Timeline>, StoreError> {
    let (run, bound) = (snapshot.sync_run.id, AsOfBound::None);
    let mut outcomes = timelines::outcomes(conn, snapshot.history_seq, bound).await?;
    let mut timelines = HashMap::new();
    for span in Span::all(conn).await? {
        let tracked = timelines::tracked(conn, run, bound, span, &mut outcomes).await?;
        timelines.extend(tracked.into_iter().map(|t| (t.account.id, t.timeline)));
    }
    Ok(timelines)
}

async fn evidence(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    bound: AsOfBound,
    span: Span,
    logins: LoginSource,
    outcomes: &mut Outcomes,
) -> Result<impl Iterator<Item = Evidence>, StoreError> {
    let run = snapshot.sync_run.id;
    let activity = activity::newest(conn, run, bound, span, logins).await?;
    let checked = activity::checked(conn, run, bound, span).await?;
    let tracked = timelines::tracked(conn, run, bound, span, outcomes).await?;
    let (coverage, own) = (snapshot.sync_run.coverage, snapshot.sync_run.key_account);
    let (trail, lower) = (snapshot.trail.until(bound.moment()), snapshot.bound);
    let began = void::record_began(conn, run).await?;
    let began = began.map(|(_, at)| Restart { at, cause: RestartCause::RecordBegan });
    Ok(tracked.into_iter().filter_map(move |tracked| {
        let TrackedAccount { pk, account, timeline } = tracked;
        let status = timeline.status()?;
        let registered_by_then = account.registered_at.is_none_or(|at| bound.admits(at));
        if account.id.is_system() || !registered_by_then {
            return None;
        }
        Some(Evidence {
            key_owner: match own {
                Some(id) if id == account.id => KeyOwner::Own,
                Some(_) | None => KeyOwner::Other,
            },
            account: Account { status, ..account },
            matched: Match::Unique,
            last_activity: activity.get(&pk).copied(),
            restart: timeline.restart().into_iter().chain(began).max_by_key(|restart| restart.at),
            checked_at: checked.get(&pk).copied(),
            trail,
            coverage,
            bound: lower,
        })
    }))
}
