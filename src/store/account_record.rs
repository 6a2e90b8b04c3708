//! All that the store knows of one account, for the person who asks why. Facts of the same snapshot
//! and bound as the verdict; only what was done to the account is shown up to now. Each query goes by
//! the account's key, so its cost does not grow with the store.

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::store::{
    StoreError,
    accounts::{AccountVersion, Presence, Span, versions},
    evidence::{AsOfBound, Key, Snapshot},
    types::Millis,
};
use crate::{
    domain::{
        account::{AccountId, Kind, Management, Status},
        evidence::Source,
        login::EventClass,
    },
    time::Timestamp,
};

/// Events shown, newest first: enough to see a pattern.
const EVENTS: i64 = 10;

/// What is known of one account. The facts print as they are; each names the sync run that learned it.
#[derive(Debug, Clone, Default)]
pub struct AccountRecord {
    /// What listings showed, oldest first.
    pub versions: Vec<Version>,
    /// The newest login event of each class that proves presence.
    pub newest: Vec<Event>,
    /// The newest login events that are not failures, newest first.
    pub events: Vec<Event>,
    /// Answers of the audit trail, newest first.
    pub checks: Vec<Check>,
    /// Uses of API keys, newest first.
    pub key_uses: Vec<KeyUse>,
    /// Changes of status or profile, newest first.
    pub changes: Vec<Change>,
    /// What dormouse did or declined to do, in order.
    pub actions: Vec<Action>,
}

/// An account as a listing showed it; of a gone account, what was shown last.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// The portal's clock.
    pub at: Timestamp,
    pub sync_run_id: i64,
    pub presence: Presence,
    pub email: String,
    pub display_name: String,
    pub kind: Kind,
    pub status: Status,
    pub registered_at: Option<Timestamp>,
    pub management: Management,
    pub groups: Vec<String>,
    pub invited_by: Option<AccountId>,
}

impl Version {
    fn of(shown: AccountVersion) -> Self {
        let AccountVersion { at, sync_run, presence, account, .. } = shown;
        Self {
            at,
            sync_run_id: sync_run,
            presence,
            email: account.email,
            display_name: account.display_name,
            kind: account.kind,
            status: account.status,
            registered_at: account.registered_at,
            management: account.management,
            groups: account.groups.into_iter().map(|group| group.name).collect(),
            invited_by: account.invited_by,
        }
    }
}

/// An activity: mostly a login event, also the newest audited action or key use.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub source: Source,
    pub at: Timestamp,
    /// The portal's id; a key use has none.
    pub event_id: Option<i64>,
    /// MessageAction number.
    pub action_code: Option<i64>,
    #[serde(skip)]
    pub origin: EventOrigin,
}

/// Where a login event came from, as far as the portal recorded it.
#[derive(Debug, Clone, Default)]
pub struct EventOrigin {
    pub ip: Option<String>,
    pub country: Option<String>,
    pub browser: Option<String>,
    pub platform: Option<String>,
}

/// An answer to "what did this account do last?"; without an event where the trail had none.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// The portal's clock.
    pub checked_at: Timestamp,
    pub event_id: Option<i64>,
    pub event_at: Option<Timestamp>,
    pub action_code: Option<i64>,
    pub sync_run_id: i64,
}

/// A use of one of its API keys.
#[derive(Debug, Clone, Serialize)]
pub struct KeyUse {
    pub used_at: Timestamp,
    pub sync_run_id: i64,
}

/// An audit event that named the account.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub event_id: i64,
    pub at: Timestamp,
    /// 4020, a change of status, or 4006, any edit of the profile.
    pub action_code: i64,
    pub actor_id: String,
    pub actor_email: Option<String>,
    /// How many accounts the event named.
    pub targets: i64,
    pub sync_run_id: i64,
}

/// A row of the history as stored: somebody who changed the file need not have kept to our values.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    pub seq: i64,
    pub at: String,
    pub run_id: i64,
    pub decision_id: Option<i64>,
    pub action: String,
    pub phase: String,
    pub outcome: Option<String>,
    pub detail: String,
    /// Account of the key used.
    pub actor: String,
    pub status_after: Option<String>,
    pub portal_event_id: Option<i64>,
}

pub async fn account_record(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    bound: AsOfBound,
    about: Key,
) -> Result<AccountRecord, StoreError> {
    let run = snapshot.sync_run.id;
    let mut versions: Vec<Version> =
        versions(conn, run, Span::one(about.pk)).await?.into_iter().map(Version::of).collect();
    // As in the verdict: where nothing was shown by then, the earliest version counts.
    if let Some(later) = versions.iter().skip(1).position(|v| !bound.admits(v.at)) {
        versions.truncate(later + 1);
    }
    Ok(AccountRecord {
        versions,
        newest: newest(conn, run, bound, about).await?,
        events: events(conn, run, bound, about).await?,
        checks: checks(conn, run, bound, about).await?,
        key_uses: key_uses(conn, run, bound, about).await?,
        changes: changes(conn, run, bound, about).await?,
        actions: actions(conn, about.id).await?,
    })
}

struct StoredEvent {
    event_id: i64,
    at: Millis,
    class: EventClass,
    code: i64,
    ip: Option<String>,
    country: Option<String>,
    browser: Option<String>,
    platform: Option<String>,
}

impl StoredEvent {
    fn event(self) -> Option<Event> {
        let Self { event_id, at: Millis(at), class, code, ip, country, browser, platform } = self;
        Some(Event {
            source: Source::of(class)?,
            at,
            event_id: Some(event_id),
            action_code: Some(code),
            origin: EventOrigin { ip, country, browser, platform },
        })
    }
}

/// Walks back from what is kept as the newest of each class to the newest that counts.
async fn newest(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    about: Key,
) -> Result<Vec<Event>, StoreError> {
    let bound = bound.millis();
    let rows = sqlx::query_as!(
        StoredEvent,
        r#"SELECT e.event_id AS "event_id!", e.at_ms AS "at: Millis", e.class AS "class: EventClass",
                  e.action_code AS code, e.ip, e.country, e.browser, e.platform
           FROM last_events l JOIN events e ON e.event_id = (
               SELECT x.event_id FROM events x
               WHERE x.account_pk = l.account_pk AND x.class <> 'failure' AND x.class = l.class
                 AND x.at_ms <= min(l.at_ms, ?) AND x.sync_run_id <= ?
               ORDER BY x.at_ms DESC, x.event_id DESC LIMIT 1)
           WHERE l.account_pk = ? ORDER BY e.at_ms DESC, e.event_id DESC"#,
        bound,
        run,
        about.pk
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(StoredEvent::event).collect())
}

async fn events(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    about: Key,
) -> Result<Vec<Event>, StoreError> {
    let bound = bound.millis();
    let rows = sqlx::query_as!(
        StoredEvent,
        r#"SELECT event_id, at_ms AS "at: Millis", class AS "class: EventClass", action_code AS code, ip,
                  country, browser, platform
           FROM events
           WHERE account_pk = ? AND class <> 'failure' AND at_ms <= ? AND sync_run_id <= ?
           ORDER BY at_ms DESC, event_id DESC LIMIT ?"#,
        about.pk,
        bound,
        run,
        EVENTS
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(StoredEvent::event).collect())
}

async fn checks(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    about: Key,
) -> Result<Vec<Check>, StoreError> {
    let bound = bound.text();
    Ok(sqlx::query_as!(
        Check,
        r#"SELECT checked_at AS "checked_at: Timestamp", event_id, event_at AS "event_at: Timestamp",
                  action_code, sync_run_id
           FROM checks
           WHERE account_pk = ? AND (event_at IS NULL OR event_at <= ?) AND sync_run_id <= ?
           ORDER BY checked_at DESC"#,
        about.pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?)
}

async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    about: Key,
) -> Result<Vec<KeyUse>, StoreError> {
    let bound = bound.text();
    Ok(sqlx::query_as!(
        KeyUse,
        r#"SELECT used_at AS "used_at: Timestamp", sync_run_id FROM key_uses
           WHERE account_pk = ? AND used_at <= ? AND sync_run_id <= ? ORDER BY used_at DESC"#,
        about.pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?)
}

async fn changes(
    conn: &mut SqliteConnection,
    run: i64,
    bound: AsOfBound,
    about: Key,
) -> Result<Vec<Change>, StoreError> {
    let bound = bound.text();
    Ok(sqlx::query_as!(
        Change,
        r#"SELECT c.event_id AS "event_id!", c.at AS "at: Timestamp", c.action_code, c.actor_id,
                  (SELECT v.email FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
                   WHERE k.account_id = c.actor_id AND v.sync_run_id <= ?3
                   ORDER BY v.sync_run_id DESC LIMIT 1) AS "actor_email?: String",
                  c.targets, c.sync_run_id
           FROM status_changes c
           WHERE c.account_pk = ?1 AND c.at <= ?2 AND c.sync_run_id <= ?3
           ORDER BY c.at DESC, c.event_id DESC"#,
        about.pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?)
}

async fn actions(conn: &mut SqliteConnection, id: AccountId) -> Result<Vec<Action>, StoreError> {
    Ok(sqlx::query_as!(
        Action,
        "SELECT seq, at, run_id, decision_id, action, phase, outcome, detail, actor, status_after,
                portal_event_id
         FROM history WHERE account_id = ? ORDER BY seq",
        id
    )
    .fetch_all(conn)
    .await?)
}
