//! The queries, each by the account's key, so that their cost does not grow with the store.

use sqlx::SqliteConnection;

use crate::store::evidence::{
    Dated, Key,
    dossier::{Action, Change, Check, Event, EventOrigin, KeyUse, Version},
    status::groups,
};
use crate::{
    domain::{account::AccountId, evidence::Source, login::class_of},
    store::{StoreError, codec::Column},
};

/// Events shown, newest first: enough to see a pattern.
const EVENTS: i64 = 10;

pub(super) async fn versions(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    about: Key,
) -> Result<Vec<Version>, StoreError> {
    let rows = sqlx::query!(
        "SELECT at, sync_run_id, presence, email, display_name, kind, status, registered_at, management,
                groups
         FROM account_versions WHERE account_pk = ? AND sync_run_id <= ? ORDER BY sync_run_id",
        about.pk,
        run
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("account_versions", name);
    let mut versions = Vec::with_capacity(rows.len());
    for r in rows {
        let at = column("at").time(&r.at)?;
        // As in the verdict: where nothing was shown by then, the earliest version counts.
        if !versions.is_empty() && !dated.counts(at) {
            break;
        }
        versions.push(Version {
            at,
            sync_run_id: r.sync_run_id,
            presence: column("presence").named(&r.presence)?,
            email: r.email,
            display_name: r.display_name,
            kind: column("kind").named(&r.kind)?,
            status: column("status").named(&r.status)?,
            registered_at: column("registered_at").time_opt(r.registered_at.as_deref())?,
            management: column("management").named(&r.management)?,
            groups: groups(&r.groups)?.into_iter().map(|group| group.name).collect(),
        });
    }
    Ok(versions)
}

struct Stored {
    event_id: i64,
    at_ms: i64,
    action_code: i64,
    ip: Option<String>,
    country: Option<String>,
    browser: Option<String>,
    platform: Option<String>,
}

impl Stored {
    fn event(self) -> Result<Option<Event>, StoreError> {
        let at = Column("events", "at_ms").millis(self.at_ms)?;
        Ok(Source::of(class_of(self.action_code)).map(|source| Event {
            source,
            at,
            event_id: Some(self.event_id),
            action_code: Some(self.action_code),
            origin: EventOrigin {
                ip: self.ip,
                country: self.country,
                browser: self.browser,
                platform: self.platform,
            },
        }))
    }
}

fn all(rows: Vec<Stored>) -> Result<Vec<Event>, StoreError> {
    rows.into_iter().filter_map(|r| r.event().transpose()).collect()
}

/// Walks back from what is kept as the newest of each class to the newest that counts.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    pk: i64,
) -> Result<Vec<Event>, StoreError> {
    let bound = dated.millis();
    all(sqlx::query_as!(
        Stored,
        r#"SELECT e.event_id AS "event_id!", e.at_ms, e.action_code, e.ip, e.country, e.browser, e.platform
         FROM last_events l JOIN events e ON e.event_id = (
             SELECT x.event_id FROM events x
             WHERE x.account_pk = l.account_pk
               AND action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026)
               AND l.class = CASE WHEN x.action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 'login'
                                  WHEN x.action_code IN (1006, 1016, 1017) THEN 'presence' ELSE 'other' END
               AND x.at_ms <= min(l.at_ms, ?) AND x.sync_run_id <= ?
             ORDER BY x.at_ms DESC, x.event_id DESC LIMIT 1)
         WHERE l.account_pk = ? ORDER BY e.at_ms DESC, e.event_id DESC"#,
        bound,
        run,
        pk
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn events(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    pk: i64,
) -> Result<Vec<Event>, StoreError> {
    let bound = dated.millis();
    all(sqlx::query_as!(
        Stored,
        "SELECT event_id, at_ms, action_code, ip, country, browser, platform FROM events
         WHERE account_pk = ?
           AND action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026)
           AND at_ms <= ? AND sync_run_id <= ?
         ORDER BY at_ms DESC, event_id DESC LIMIT ?",
        pk,
        bound,
        run,
        EVENTS
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn checks(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    pk: i64,
) -> Result<Vec<Check>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        "SELECT checked_at, event_id, event_at, action_code, sync_run_id FROM checks
         WHERE account_pk = ? AND (event_at IS NULL OR event_at <= ?) AND sync_run_id <= ?
         ORDER BY checked_at DESC",
        pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("checks", name);
    rows.into_iter()
        .map(|r| {
            Ok(Check {
                checked_at: column("checked_at").time(&r.checked_at)?,
                event_id: r.event_id,
                event_at: column("event_at").time_opt(r.event_at.as_deref())?,
                action_code: r.action_code,
                sync_run_id: r.sync_run_id,
            })
        })
        .collect()
}

pub(super) async fn key_uses(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    pk: i64,
) -> Result<Vec<KeyUse>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        "SELECT used_at, sync_run_id FROM key_uses
         WHERE account_pk = ? AND used_at <= ? AND sync_run_id <= ? ORDER BY used_at DESC",
        pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let used_at = Column("key_uses", "used_at").time(&r.used_at)?;
            Ok(KeyUse { used_at, sync_run_id: r.sync_run_id })
        })
        .collect()
}

pub(super) async fn changes(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    pk: i64,
) -> Result<Vec<Change>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT c.event_id AS "event_id!", c.at, c.action_code, c.actor_id, c.targets, c.sync_run_id,
                  (SELECT v.email FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
                   WHERE k.account_id = c.actor_id AND v.sync_run_id <= ?3
                   ORDER BY v.sync_run_id DESC LIMIT 1) AS "actor_email?: String"
           FROM status_changes c
           WHERE c.account_pk = ?1 AND c.at <= ?2 AND c.sync_run_id <= ?3 ORDER BY c.at DESC, c.event_id DESC"#,
        pk,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Change {
                event_id: r.event_id,
                at: Column("status_changes", "at").time(&r.at)?,
                action_code: r.action_code,
                actor_id: r.actor_id,
                actor_email: r.actor_email,
                targets: r.targets,
                sync_run_id: r.sync_run_id,
            })
        })
        .collect()
}

/// As stored: whoever changed the file need not have kept to our values.
pub(super) async fn actions(
    conn: &mut SqliteConnection,
    id: AccountId,
) -> Result<Vec<Action>, StoreError> {
    let id = id.to_string();
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
