//! Gathers the facts that a decision may use: those known at one generation, dated up to a bound.
//! The same generation and bound give the same facts, whatever was learned since.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::{
    StoreError,
    accounts::{self, Presence, Version},
    codec::Column,
    history, population,
    population::Roster,
    sync_runs::{self, SyncRow},
};
use crate::domain::{
    account::{Account, AccountId},
    decision::Facts,
    evidence::{Activity, Evidence, KeyOwner, Match, Source},
    history::Phase,
    login::{EventClass, class_of},
    time::{Instant, format},
    timeline::{Acted, ChangeCode, Changed, Shown, Timeline},
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
    UpTo(Instant),
}

impl Dated {
    fn text(self) -> String {
        match self {
            Self::Any => "9999-12-31T23:59:59.999Z".to_owned(),
            Self::UpTo(at) => format(at),
        }
    }

    fn millis(self) -> i64 {
        match self {
            Self::Any => i64::MAX,
            Self::UpTo(at) => at.timestamp_millis(),
        }
    }

    fn counts(self, at: Instant) -> bool {
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
    /// What happened to each account's status.
    pub timelines: HashMap<AccountId, Timeline>,
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
    let run = generation.sync_run.id;
    let versions = accounts::versions(conn, run).await?;
    let mut activity = last_logins(conn, generation, dated).await?;
    for (pk, seen) in audited(conn, run, dated).await? {
        note(&mut activity, pk, seen);
    }
    for (pk, seen) in key_uses(conn, run, dated).await? {
        note(&mut activity, pk, seen);
    }
    let checked = checks(conn, run, dated).await?;
    let mut changed = status_changes(conn, run, dated).await?;
    let mut acted = outcomes(conn, generation.history_seq, dated).await?;

    let mut facts = Facts { evidence: Vec::new(), coverage: generation.sync_run.coverage };
    let mut timelines = HashMap::new();
    for versions in versions.chunk_by(|a, b| a.pk == b.pk) {
        let in_force = in_force(versions, dated);
        let newest = &in_force[in_force.len() - 1];
        let id = newest.account.id;
        let timeline = Timeline {
            shown: in_force.iter().map(shown).collect(),
            acted: acted.remove(&id).unwrap_or_default(),
            changed: changed.remove(&newest.pk).unwrap_or_default(),
        };
        let registered_by_then = newest.account.registered_at.is_none_or(|at| dated.counts(at));
        if let (Some(status), false, true) = (timeline.status(), id.is_system(), registered_by_then)
        {
            facts.evidence.push(Evidence {
                account: Account { status, ..newest.account.clone() },
                matched: Match::Unique,
                key_owner: if generation.sync_run.key_account == Some(id) {
                    KeyOwner::Own
                } else {
                    KeyOwner::Other
                },
                last_activity: activity.get(&newest.pk).copied(),
                restart: timeline.restart(),
                checked_at: checked.get(&newest.pk).copied(),
                coverage: generation.sync_run.coverage,
            });
        }
        timelines.insert(id, timeline);
    }
    let roster = population::roster(conn, run, &dated.text()).await?;
    Ok(Gathered { facts, roster, timelines })
}

/// The versions that count: those shown by then, otherwise the earliest one known.
fn in_force(versions: &[Version], dated: Dated) -> &[Version] {
    let count = versions.iter().take_while(|v| dated.counts(v.at)).count();
    &versions[..count.max(1)]
}

fn shown(version: &Version) -> Shown {
    Shown {
        at: version.at,
        history_seq: version.history_seq,
        status: match version.presence {
            Presence::Listed => Some(version.account.status),
            Presence::Gone => None,
        },
    }
}

fn note(activity: &mut HashMap<i64, Activity>, pk: i64, seen: Activity) {
    activity.entry(pk).and_modify(|known| *known = known.newer(seen)).or_insert(seen);
}

/// Newest login event of each account that is no failure. Where nothing newer was learned and no
/// bound is set, the table kept for this answers at once; otherwise the index is walked.
async fn last_logins(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let newest = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "id!: i64" FROM sync_runs"#)
        .fetch_one(&mut *conn)
        .await?;
    if dated == Dated::Any && newest == generation.sync_run.id {
        kept_logins(conn).await
    } else {
        indexed_logins(conn, generation.sync_run.id, dated).await
    }
}

async fn kept_logins(conn: &mut SqliteConnection) -> Result<HashMap<i64, Activity>, StoreError> {
    let rows = sqlx::query!("SELECT account_pk, class, at_ms, event_id FROM last_events")
        .fetch_all(conn)
        .await?;
    let mut activity = HashMap::with_capacity(rows.len());
    for r in rows {
        let class: EventClass = Column("last_events", "class").named(&r.class)?;
        let at = Column("last_events", "at_ms").millis(r.at_ms)?;
        if let Some(source) = Source::of(class) {
            note(&mut activity, r.account_pk, Activity { at, source, event_id: Some(r.event_id) });
        }
    }
    Ok(activity)
}

async fn indexed_logins(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<HashMap<i64, Activity>, StoreError> {
    let bound = dated.millis();
    // The condition on action_code is that of the partial index, word for word. Ties are broken as
    // in Activity::newer: the stronger source, then the higher id.
    let rows = sqlx::query!(
        r#"SELECT e.account_pk, e.event_id, e.at_ms, e.action_code
           FROM account_keys k JOIN events e ON e.event_id = (
               SELECT x.event_id FROM events x
               WHERE x.account_pk = k.pk
                 AND action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026)
                 AND x.at_ms <= ? AND x.sync_run_id <= ?
               ORDER BY x.at_ms DESC,
                        CASE WHEN x.action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 0
                             WHEN x.action_code IN (1006, 1016, 1017) THEN 1 ELSE 2 END,
                        x.event_id DESC
               LIMIT 1)
           WHERE k.first_seen_at IS NOT NULL"#,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let mut activity = HashMap::with_capacity(rows.len());
    for r in rows {
        let at = Column("events", "at_ms").millis(r.at_ms)?;
        if let Some(source) = Source::of(class_of(r.action_code)) {
            note(&mut activity, r.account_pk, Activity { at, source, event_id: Some(r.event_id) });
        }
    }
    Ok(activity)
}

async fn audited(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(event_at || '/' || printf('%020d', event_id)) AS "newest!: String",
                  event_at AS "event_at!", event_id AS "event_id!"
           FROM checks
           WHERE event_at IS NOT NULL AND event_at <= ? AND sync_run_id <= ? GROUP BY account_pk"#,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let at = Column("checks", "event_at").time(&r.event_at)?;
            Ok((r.account_pk, Activity { at, source: Source::Audit, event_id: Some(r.event_id) }))
        })
        .collect()
}

async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<Vec<(i64, Activity)>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(used_at) AS "used_at!: String" FROM key_uses
           WHERE used_at <= ? AND sync_run_id <= ? GROUP BY account_pk"#,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let at = Column("key_uses", "used_at").time(&r.used_at)?;
            Ok((r.account_pk, Activity { at, source: Source::ApiKey, event_id: None }))
        })
        .collect()
}

/// When the audit trail was last asked about each account. A check whose newest action is later than
/// the bound says nothing about the time up to it.
async fn checks(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<HashMap<i64, Instant>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT account_pk AS "account_pk!", max(checked_at) AS "checked_at!: String" FROM checks
           WHERE (event_at IS NULL OR event_at <= ?) AND sync_run_id <= ? GROUP BY account_pk"#,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| Ok((r.account_pk, Column("checks", "checked_at").time(&r.checked_at)?)))
        .collect()
}

async fn status_changes(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
) -> Result<HashMap<i64, Vec<Changed>>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        "SELECT account_pk, at, action_code FROM status_changes WHERE at <= ? AND sync_run_id <= ?",
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let mut changed: HashMap<i64, Vec<Changed>> = HashMap::new();
    for r in rows {
        let at = Column("status_changes", "at").time(&r.at)?;
        let code = if r.action_code == 4020 { ChangeCode::Status } else { ChangeCode::Profile };
        changed.entry(r.account_pk).or_default().push(Changed { at, code });
    }
    Ok(changed)
}

async fn outcomes(
    conn: &mut SqliteConnection,
    seq: i64,
    dated: Dated,
) -> Result<HashMap<AccountId, Vec<Acted>>, StoreError> {
    let mut acted: HashMap<AccountId, Vec<Acted>> = HashMap::new();
    for entry in history::up_to(conn, seq).await? {
        let d = entry.draft;
        if let (Phase::Outcome, Some(outcome), true) = (d.phase, d.outcome, dated.counts(d.at)) {
            acted.entry(d.account_id).or_default().push(Acted {
                seq: entry.seq,
                at: d.at,
                action: d.action,
                outcome,
                status_after: d.status_after,
            });
        }
    }
    Ok(acted)
}
