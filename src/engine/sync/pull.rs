//! What a pull is asked to do, what it works with, and what comes of it.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;
use tokio_util::sync::CancellationToken;

use crate::{
    config::IpRetention,
    domain::{account::Account, coverage::Coverage, policy::Policy},
    engine::{Progress, sync::preflight::Portal},
    exit::Failure,
    portal::PortalReader,
    roster::Roster,
    store::{
        self, Store, StoreError,
        accounts::{AccountKeys, Listing},
        sync_runs::SyncStatus,
    },
    time::{Clock, Timestamp},
};

/// What a pull has done so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PullCounts {
    /// New login events.
    pub(crate) events_added: u64,
    /// Distinct accounts listed.
    pub(crate) accounts: u64,
    /// Accounts in the population.
    pub(crate) contractors: u64,
    /// Activity checks made.
    pub(crate) checks: u64,
    /// Our own actions found in the portal's audit trail.
    pub(crate) corroborated: u64,
}

/// Whether known parts of the login history are jumped over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Only what is new or not yet read.
    Incremental,
    /// All that the portal still has.
    Full,
}

/// A roster that is given to a pull.
pub(crate) struct NewRoster<'a> {
    pub(crate) roster: &'a Roster,
    pub(crate) must_match: MustMatch,
    /// Fewest matches, as a share of those of the last roster.
    pub(crate) min_ratio: f64,
}

/// How many rows must name an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MustMatch {
    /// One, and the share of those that matched last.
    AsLast,
    /// The same, where the roster was accepted although it is smaller than the last.
    AsLastThoughSmaller,
    /// Any number.
    Any,
}

/// What to do with a portal whose history is not the one that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// Refuse it.
    MustBeOurs,
    /// The administrator says that the portal was put back: its record begins again.
    StartAgain,
}

/// What a pull is asked to do.
pub(crate) struct PullOptions<'a> {
    /// Selects whom to check in the audit trail.
    pub(crate) policy: &'a Policy,
    /// A new roster, if one was given.
    pub(crate) roster: Option<NewRoster<'a>>,
    /// How far the first read goes back.
    pub(crate) lookback_days: u32,
    pub(crate) depth: Depth,
    pub(crate) past: Past,
    /// Accounts that become inactive within so many days are checked in the audit trail too.
    pub(crate) notice_days: u32,
    pub(crate) ip: IpRetention,
}

/// Where a pull reads from and which run it belongs to.
pub(crate) struct PullContext<'a> {
    pub(crate) reader: &'a PortalReader,
    /// What preflight found.
    pub(crate) portal: &'a Portal,
    pub(crate) run_id: i64,
    /// Requests at the same time.
    pub(crate) concurrency: usize,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) cancel: &'a CancellationToken,
}

/// A pull at work.
pub(crate) struct Pull<'a> {
    pub(crate) cx: &'a PullContext<'a>,
    pub(crate) store: &'a mut Store,
    pub(crate) keys: AccountKeys,
    pub(crate) sync_run: i64,
    pub(crate) ip: IpRetention,
    pub(crate) counts: PullCounts,
    pub(crate) progress: &'a mut dyn Progress,
}

/// What came of a pull.
#[derive(Debug, Clone)]
pub(crate) struct Pulled {
    pub(crate) sync_run: i64,
    pub(crate) status: SyncStatus,
    pub(crate) counts: PullCounts,
    /// Covered before it.
    pub(crate) before: Option<Coverage>,
    /// Covered after it.
    pub(crate) after: Option<Coverage>,
}

/// All accounts at one moment.
pub(crate) struct AccountListing {
    pub(crate) accounts: Vec<Account>,
    /// What those are called whose id cannot be read.
    pub(crate) unreadable: BTreeSet<String>,
    pub(crate) completeness: Listing,
    pub(crate) at: Timestamp,
}

impl AccountListing {
    /// Writes it, and the new roster if there is one.
    pub(crate) async fn write(
        &self,
        conn: &mut SqliteConnection,
        keys: &mut AccountKeys,
        sync_run: i64,
        roster: Option<&NewRoster<'_>>,
    ) -> Result<(), StoreError> {
        let Self { accounts, unreadable: _, completeness, at } = self;
        store::accounts::record_listing(conn, keys, sync_run, *at, accounts, *completeness).await?;
        if let Some(Roster { sha256, rows, .. }) = roster.map(|new| new.roster) {
            store::population::add_roster(conn, sync_run, *at, sha256, rows).await?;
        }
        Ok(())
    }
}

/// The refusal of a portal whose history is another one.
pub(crate) fn not_ours(what: impl std::fmt::Display) -> anyhow::Error {
    Failure::refused(format!(
        "the portal's history is not the one in this store: {what}; the portal was restored, rolled back \
         or cloned, or this is another portal; nothing was changed; use a new store (--db), or if it is \
         the same portal, restored, run once with --accept-history"
    ))
    .into()
}
