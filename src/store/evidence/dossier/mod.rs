//! All that the store knows of one account, for the person who asks why. Facts of the same generation
//! and bound as the verdict; only what was done to the account is shown up to now.

mod read;

use sqlx::SqliteConnection;

use crate::store::evidence::{Dated, Generation, Key};
use crate::{
    domain::{account::Account, evidence::Source},
    store::{StoreError, accounts::Presence},
    time::Timestamp,
};

/// What is known of one account.
#[derive(Debug, Clone, Default)]
pub struct Dossier {
    /// What listings showed, oldest first.
    pub versions: Vec<Seen>,
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

/// An account as a listing showed it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The portal's clock.
    pub at: Timestamp,
    /// The sync run that listed.
    pub sync_run: i64,
    /// Whether it was in the listing.
    pub presence: Presence,
    /// What was shown; of a gone account, what was shown last.
    pub account: Account,
}

/// A login event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The portal's id.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What it proves.
    pub source: Source,
    /// MessageAction number.
    pub code: i64,
    /// From where.
    pub ip: Option<String>,
    /// Where that is.
    pub country: Option<String>,
    /// With what.
    pub browser: Option<String>,
    /// On what.
    pub platform: Option<String>,
}

/// An answer to "what did this account do last?".
#[derive(Debug, Clone)]
pub struct Check {
    /// The portal's clock.
    pub checked_at: Timestamp,
    /// The newest action, its time and code.
    pub newest: Option<(i64, Timestamp, i64)>,
    /// The sync run that asked.
    pub sync_run: i64,
}

/// A use of one of its API keys.
#[derive(Debug, Clone)]
pub struct KeyUse {
    /// When.
    pub used_at: Timestamp,
    /// The sync run that learned it.
    pub sync_run: i64,
}

/// An audit event that named the account.
#[derive(Debug, Clone)]
pub struct Change {
    /// The portal's id.
    pub event_id: i64,
    /// When.
    pub at: Timestamp,
    /// 4020, a change of status, or 4006, any edit of the profile.
    pub code: i64,
    /// Who made it.
    pub actor: String,
    /// That account's address, where it is known.
    pub actor_email: Option<String>,
    /// How many accounts it named.
    pub targets: i64,
    /// The sync run that learned it.
    pub sync_run: i64,
}

/// A row of the history.
#[derive(Debug, Clone)]
pub struct Action {
    /// Place.
    pub seq: i64,
    /// When.
    pub at: String,
    /// By which run.
    pub run_id: i64,
    /// On which decision.
    pub decision_id: Option<i64>,
    /// `disable` or `enable`.
    pub action: String,
    /// Part of the action.
    pub phase: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// What happened.
    pub detail: String,
    /// Account of the key used.
    pub actor: String,
    /// Status read afterwards.
    pub status_after: Option<String>,
    /// The portal's own event.
    pub portal_event_id: Option<i64>,
}

/// Reads all of it.
///
/// # Errors
/// The store cannot be read.
pub async fn dossier(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
    about: Key,
) -> Result<Dossier, StoreError> {
    let run = generation.sync_run.id;
    Ok(Dossier {
        versions: read::versions(conn, run, dated, about).await?,
        newest: read::newest(conn, run, dated, about.pk).await?,
        events: read::events(conn, run, dated, about.pk).await?,
        checks: read::checks(conn, run, dated, about.pk).await?,
        key_uses: read::key_uses(conn, run, dated, about.pk).await?,
        changes: read::changes(conn, run, dated, about.pk).await?,
        actions: read::actions(conn, about.id).await?,
    })
}
