//! The second signal: checks of the audit trail, uses of API keys, changes of status.

use std::collections::HashSet;

use serde_json::json;
use sqlx::SqliteConnection;

use crate::store::{StoreError, accounts::AccountKeys};
use crate::{
    domain::{
        account::{AccountId, Status},
        history::{Draft, names_until},
    },
    time::Timestamp,
};

/// An action in the portal's audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditedAction {
    /// The portal's id.
    pub event_id: i64,
    pub at: Timestamp,
    /// MessageAction number.
    pub code: i64,
}

/// One answer to "what did this account do last?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityCheck {
    pub account: AccountId,
    /// The portal's clock when it answered.
    pub checked_at: Timestamp,
    /// The newest action on record, if any.
    pub newest: Option<AuditedAction>,
}

/// The newest use of an account's API keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// Owner of the key.
    pub account: AccountId,
    pub used_at: Timestamp,
}

/// An audit event that changed, or may have changed, the status of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    /// The portal's id and code: 4020 or 4006.
    pub action: AuditedAction,
    /// Who made it.
    pub actor: AccountId,
    /// Accounts that it names.
    pub targets: Vec<AccountId>,
}

/// Stores checks.
pub async fn add_checks(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    checks: &[ActivityCheck],
) -> Result<(), StoreError> {
    keys.add(conn, checks.iter().map(|c| c.account)).await?;
    let rows: Vec<_> = checks
        .iter()
        .map(|c| {
            json!([
                keys.get(c.account),
                c.checked_at,
                c.newest.map(|n| n.event_id),
                c.newest.map(|n| n.at),
                c.newest.map(|n| n.code),
            ])
        })
        .collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT OR IGNORE INTO checks (account_pk, checked_at, event_id, event_at, action_code, sync_run_id)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ? FROM json_each(?)",
        sync_run,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores uses of keys that are news.
pub async fn add_key_uses(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    uses: &[KeyUse],
) -> Result<(), StoreError> {
    keys.add(conn, uses.iter().map(|u| u.account)).await?;
    let rows: Vec<_> = uses.iter().map(|u| json!([keys.get(u.account), u.used_at])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT OR IGNORE INTO key_uses (account_pk, used_at, sync_run_id)
         SELECT value ->> 0, value ->> 1, ? FROM json_each(?)",
        sync_run,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores changes of status that are news.
pub async fn add_status_changes(
    conn: &mut SqliteConnection,
    keys: &mut AccountKeys,
    sync_run: i64,
    changes: &[StatusChange],
) -> Result<(), StoreError> {
    keys.add(conn, changes.iter().flat_map(|c| c.targets.iter().copied())).await?;
    let rows: Vec<_> = changes
        .iter()
        .flat_map(|c| c.targets.iter().map(move |t| (c, *t)))
        .map(|(c, target)| {
            json!([
                c.action.event_id,
                keys.get(target),
                c.action.at,
                c.action.code,
                c.actor,
                c.targets.len(),
            ])
        })
        .collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT OR IGNORE INTO status_changes (event_id, account_pk, at, action_code, actor_id, targets, sync_run_id)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?
         FROM json_each(?)",
        sync_run,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest change of status of an account after `since` that somebody other than `actor` made, as
/// event and the actor's address.
pub async fn changed_by_others(
    conn: &mut SqliteConnection,
    account: AccountId,
    since: Timestamp,
    actor: &str,
) -> Result<Option<(i64, String)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT c.event_id AS "event_id!",
                  coalesce((SELECT email FROM accounts WHERE account_id = c.actor_id), c.actor_id) AS "actor!: String"
         FROM status_changes c
         JOIN account_keys k ON k.pk = c.account_pk
         WHERE k.account_id = ? AND c.action_code = 4020 AND c.at > ? AND c.actor_id <> ?
         ORDER BY c.at DESC LIMIT 1"#,
        account,
        since,
        actor
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.event_id, r.actor)))
}

/// The newest change of status of an account after the event that `corroboration` names, whoever made it, as
/// event and the actor's address.
pub async fn changed_after(
    conn: &mut SqliteConnection,
    corroboration: &Draft,
) -> Result<Option<(i64, String)>, StoreError> {
    let names_until = names_until(corroboration.at);
    let row = sqlx::query!(
        r#"SELECT c.event_id AS "event_id!",
                  coalesce((SELECT email FROM accounts WHERE account_id = c.actor_id), c.actor_id) AS "actor!: String"
         FROM status_changes c
         JOIN account_keys k ON k.pk = c.account_pk
         WHERE k.account_id = ? AND c.action_code = 4020 AND (c.event_id > ? OR c.at > ?)
         ORDER BY c.event_id DESC LIMIT 1"#,
        corroboration.account_id,
        corroboration.portal_event_id,
        names_until
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.event_id, r.actor)))
}

/// The last listing of status changes.
#[derive(Debug, Clone, Copy)]
pub struct LastChangeListing {
    /// Since when all changes are known.
    pub from: Timestamp,
    /// The portal's clock at that run.
    pub read_at: Timestamp,
}

/// The last listing of status changes in the record that counts.
pub async fn last_change_listing(
    conn: &mut SqliteConnection,
) -> Result<Option<LastChangeListing>, StoreError> {
    Ok(sqlx::query_as!(
        LastChangeListing,
        r#"SELECT changes_from AS "from!: Timestamp", portal_time AS "read_at!: Timestamp" FROM sync_runs
           WHERE changes_from IS NOT NULL AND portal_time IS NOT NULL
             AND id >= (SELECT coalesce(max(id), 0) FROM sync_runs WHERE history_accepted = 1)
           ORDER BY id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?)
}

/// Notes since when changes of status are known.
pub async fn changes_known_from(
    conn: &mut SqliteConnection,
    sync_run: i64,
    from: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE sync_runs SET changes_from = ? WHERE id = ?", from, sync_run)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest known change of each code, without those that have no readable id or date.
pub async fn newest_changes(conn: &mut SqliteConnection) -> Result<Vec<AuditedAction>, StoreError> {
    Ok(sqlx::query_as!(
        AuditedAction,
        r#"SELECT event_id AS "event_id!", max(at) AS "at!: Timestamp", action_code AS "code!"
           FROM status_changes WHERE event_id >= 0 GROUP BY action_code"#
    )
    .fetch_all(conn)
    .await?)
}

/// Which of these events are stored as changes of status.
pub async fn known_changes(
    conn: &mut SqliteConnection,
    events: &[i64],
) -> Result<HashSet<i64>, StoreError> {
    let events = json!(events).to_string();
    let known = sqlx::query_scalar!(
        "SELECT DISTINCT event_id FROM status_changes
         WHERE event_id IN (SELECT value FROM json_each(?))",
        events
    );
    Ok(known.fetch_all(conn).await?.into_iter().collect())
}

/// An account whose status an event changed, as it is now.
#[derive(Debug, Clone)]
pub struct ChangedAccount {
    pub account_id: AccountId,
    pub email: String,
    pub status: Option<Status>,
    /// When the event changed it.
    pub changed_at: Timestamp,
}

/// The accounts whose status an event changed.
pub async fn changed_accounts(
    conn: &mut SqliteConnection,
    event: i64,
) -> Result<Vec<ChangedAccount>, StoreError> {
    let changed = sqlx::query_as!(
        ChangedAccount,
        r#"SELECT k.account_id AS "account_id: AccountId", coalesce(a.email, k.account_id) AS "email!: String",
                  a.status AS "status: Status", c.at AS "changed_at!: Timestamp"
           FROM status_changes c JOIN account_keys k ON k.pk = c.account_pk
           LEFT JOIN accounts a ON a.account_id = k.account_id
           WHERE c.event_id = ? AND c.action_code = 4020 ORDER BY k.account_id"#,
        event
    );
    Ok(changed.fetch_all(conn).await?)
}
