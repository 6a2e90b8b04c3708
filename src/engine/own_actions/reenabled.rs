//! Accounts that dormouse disabled and that a sync shows enabled again, not by us.

use std::collections::HashMap;

use crate::{
    domain::{
        account::AccountId,
        history::{Action, Draft, Outcome, Pair},
    },
    store::{self, Store, StoreError, history::ActionFilter},
};

#[derive(Debug)]
pub(crate) struct Reenabled {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    /// The run that had disabled it.
    pub(crate) run_id: i64,
    /// The audit event that may have enabled it, and who made it.
    pub(crate) by: Option<(i64, String)>,
}

/// Accounts that sync run `sync_run` was the first to show enabled.
pub(crate) async fn reenabled(
    store: &mut Store,
    sync_run: i64,
) -> Result<Vec<Reenabled>, StoreError> {
    let enabled = store::accounts::shown_enabled(store.conn(), sync_run).await?;
    if enabled.is_empty() {
        return Ok(Vec::new());
    }
    let mut newest: HashMap<AccountId, Pair> = HashMap::new();
    for pair in store::history::pairs(store.conn(), ActionFilter::Of(&enabled)).await? {
        if pair.outcome() == Some(Outcome::Applied) {
            newest.insert(pair.intent.account_id, pair);
        }
    }
    let mut reenabled = Vec::new();
    for id in enabled {
        let Some(pair) = newest.remove(&id).filter(|p| p.intent.action == Action::Disable) else {
            continue;
        };
        let by = match &pair.corroboration {
            Some(row) => store::signals::changed_after(store.conn(), row).await?,
            None => None,
        };
        let Draft { account_id, email, run_id, .. } = pair.intent;
        reenabled.push(Reenabled { account_id, email, run_id, by });
    }
    Ok(reenabled)
}

impl std::fmt::Display for Reenabled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { email, run_id, .. } = self;
        write!(f, "{email}, disabled by run {run_id}, is enabled again")?;
        match &self.by {
            Some((event, actor)) => write!(f, ", by {actor} (event {event})"),
            None => f.write_str(", and the audit trail does not show by whom"),
        }
    }
}
