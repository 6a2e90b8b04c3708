//! Gathers the facts that a decision may use: those known at one generation, dated up to a bound.
//! The same generation and bound give the same facts, whatever was learned since.

mod activity;
mod dossier;
mod packed;
mod reach;
mod status;

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::store::evidence::{
    activity::Logins,
    status::{History, Outcomes},
};
pub use crate::store::evidence::{
    dossier::{
        AccountRecord, Action, Change, Check, Event, EventOrigin, KeyUse, Version, account_record,
    },
    reach::{by_email, by_id, gather_about},
};
use crate::store::{
    StoreError, history,
    population::{self, Roster},
    sync_runs::{self, SyncRow},
};
use crate::{
    domain::{
        account::{Account, AccountId},
        decision::Facts,
        evidence::{Evidence, KeyOwner, Match},
        timeline::Timeline,
    },
    time::Timestamp,
};

/// What was known at some time: all facts of sync runs and history rows up to these.
#[derive(Debug, Clone)]
pub struct Generation {
    /// The newest sync run that counts.
    pub sync_run: SyncRow,
    /// The newest history row that counts.
    pub history_seq: i64,
}

/// Which of the known facts count by their own date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// All: nobody seen this morning is inactive.
    Any,
    /// Those dated up to the moment decided.
    UpTo(Timestamp),
}

impl Dated {
    pub(super) fn text(self) -> String {
        match self {
            Self::Any => "9999-12-31T23:59:59.999Z".to_owned(),
            Self::UpTo(at) => at.to_string(),
        }
    }

    fn millis(self) -> i64 {
        match self {
            Self::Any => i64::MAX,
            Self::UpTo(at) => at.timestamp_millis(),
        }
    }

    fn counts(self, at: Timestamp) -> bool {
        match self {
            Self::Any => true,
            Self::UpTo(bound) => at <= bound,
        }
    }
}

/// Everything that a decision rests on.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// Accounts and what is known of each.
    pub facts: Facts,
    /// The roster that counts, if one was ever given.
    pub roster: Option<Roster>,
}

/// An account by both its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The portal's id.
    pub id: AccountId,
    /// The store's short key.
    pub pk: i64,
}

impl Key {
    /// An id that the store never saw. Short keys begin at 1, so nothing is known of it.
    #[must_use]
    pub fn unseen(id: AccountId) -> Self {
        Self { id, pk: 0 }
    }
}

/// Accounts that one statement is about, by short key, both ends included.
#[derive(Debug, Clone, Copy)]
struct Span(i64, i64);

impl Span {
    /// Accounts of one statement: enough for their number not to count, few enough for their rows
    /// to be a text of moderate size.
    const WIDTH: i64 = 2000;

    /// Everybody, part by part.
    async fn all(conn: &mut SqliteConnection) -> Result<Vec<Self>, StoreError> {
        let last =
            sqlx::query_scalar!(r#"SELECT coalesce(max(pk), 0) AS "n!: i64" FROM account_keys"#)
                .fetch_one(conn)
                .await?;
        let parts = 0..last.div_euclid(Self::WIDTH) + 1;
        Ok(parts.map(|n| Self(n * Self::WIDTH, (n + 1) * Self::WIDTH - 1)).collect())
    }
}

/// The newest generation, if a sync run has ended.
///
/// # Errors
/// The store cannot be read.
pub async fn newest(conn: &mut SqliteConnection) -> Result<Option<Generation>, StoreError> {
    let Some(sync_run) = sync_runs::newest_ended(conn).await? else { return Ok(None) };
    Ok(Some(Generation { sync_run, history_seq: history::last_seq(conn).await? }))
}

/// Gathers the facts known at `generation`.
///
/// # Errors
/// The store cannot be read.
pub async fn gather(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
) -> Result<Gathered, StoreError> {
    let mut facts = Facts { evidence: Vec::new(), coverage: generation.sync_run.coverage };
    let mut acted = status::outcomes(conn, generation.history_seq, dated, None).await?;
    let logins = Logins::of(conn, generation, dated).await?;
    for span in Span::all(conn).await? {
        let part = evidence(conn, generation, dated, span, logins, &mut acted).await?;
        facts.evidence.extend(part);
    }
    let roster = population::roster(conn, generation.sync_run.id, dated).await?;
    Ok(Gathered { facts, roster })
}

/// Gathers the facts about some accounts only, without a roster.
///
/// # Errors
/// The store cannot be read.
pub async fn facts_of(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
    accounts: &[Key],
) -> Result<Facts, StoreError> {
    let mut facts = Facts { evidence: Vec::new(), coverage: generation.sync_run.coverage };
    let logins = Logins::of(conn, generation, dated).await?;
    for Key { id, pk } in accounts {
        let seq = generation.history_seq;
        let mut acted = status::outcomes(conn, seq, dated, Some(*id)).await?;
        let span = Span(*pk, *pk);
        let part = evidence(conn, generation, dated, span, logins, &mut acted).await?;
        facts.evidence.extend(part);
    }
    Ok(facts)
}

/// What happened to the status of every account.
///
/// # Errors
/// The store cannot be read.
pub async fn timelines(
    conn: &mut SqliteConnection,
    generation: &Generation,
) -> Result<HashMap<AccountId, Timeline>, StoreError> {
    let (run, dated) = (generation.sync_run.id, Dated::Any);
    let mut acted = status::outcomes(conn, generation.history_seq, dated, None).await?;
    let mut timelines = HashMap::new();
    for span in Span::all(conn).await? {
        let histories = status::histories(conn, run, dated, span, &mut acted).await?;
        timelines.extend(histories.into_iter().map(|h| (h.account.id, h.timeline)));
    }
    Ok(timelines)
}

async fn evidence(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
    span: Span,
    logins: Logins,
    acted: &mut Outcomes,
) -> Result<impl Iterator<Item = Evidence>, StoreError> {
    let run = generation.sync_run.id;
    let activity = activity::newest(conn, run, dated, span, logins).await?;
    let checked = activity::checked(conn, run, dated, span).await?;
    let histories = status::histories(conn, run, dated, span, acted).await?;
    let (coverage, own) = (generation.sync_run.coverage, generation.sync_run.key_account);
    Ok(histories.into_iter().filter_map(move |history| {
        let History { pk, account, timeline } = history;
        let status = timeline.status()?;
        let registered_by_then = account.registered_at.is_none_or(|at| dated.counts(at));
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
            restart: timeline.restart(),
            checked_at: checked.get(&pk).copied(),
            coverage,
        })
    }))
}
