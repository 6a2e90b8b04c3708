//! All that the store knows of one account, for the person who asks why. Facts of the same generation
//! and bound as the verdict; only what was done to the account is shown up to now.

mod read;

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::store::evidence::{Dated, Generation, Key};
use crate::{
    domain::{
        account::{Kind, Management, Status},
        evidence::Source,
    },
    store::{StoreError, accounts::Presence},
    time::Timestamp,
};

/// What is known of one account. The facts print as they are; each names the sync run that learned it.
#[derive(Debug, Clone, Default)]
pub struct AccountRecord {
    /// What listings showed, oldest first.
    pub versions: Vec<Version>,
    /// The newest login event of each class that proves presence.
    pub newest: Vec<Event>,
    /// The newest login events that are no failures, newest first.
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

/// A row of the history, as stored.
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
    generation: &Generation,
    dated: Dated,
    about: Key,
) -> Result<AccountRecord, StoreError> {
    let run = generation.sync_run.id;
    Ok(AccountRecord {
        versions: read::versions(conn, run, dated, about).await?,
        newest: read::newest(conn, run, dated, about.pk).await?,
        events: read::events(conn, run, dated, about.pk).await?,
        checks: read::checks(conn, run, dated, about.pk).await?,
        key_uses: read::key_uses(conn, run, dated, about.pk).await?,
        changes: read::changes(conn, run, dated, about.pk).await?,
        actions: read::actions(conn, about.id).await?,
    })
}
