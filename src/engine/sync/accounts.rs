//! Lists all accounts. Nobody is marked gone except by a listing whose total and distinct ids agree.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    domain::account::{Account, AccountId},
    engine::sync::pull::{NewRoster, Pull},
    portal::{PortalError, PortalReader},
    roster::Roster,
    store::{self, StoreError, accounts::Listing},
    time::Timestamp,
};

/// Rows of a page, and the step from one to the next: they overlap by a row, so that an account that
/// moves across a border while the list is read is not lost.
const PAGE: u64 = 100;
const STRIDE: u64 = PAGE - 1;
/// Accounts come and go while they are listed; a quiet moment is found soon.
const TRIES: usize = 3;

struct Listed {
    accounts: BTreeMap<AccountId, Account>,
    completeness: Listing,
    at: Timestamp,
}

impl Pull<'_> {
    /// Lists and stores all accounts, with the new roster if there is one. False when cancelled.
    pub(crate) async fn list_accounts(
        &mut self,
        roster: Option<&NewRoster<'_>>,
    ) -> anyhow::Result<bool> {
        let cx = self.cx;
        let listing = list_until_complete(cx.reader, cx.concurrency);
        let Some(listed) = cx.cancel.run_until_cancelled(listing).await else { return Ok(false) };
        let Listed { accounts, completeness, at } = listed?;
        if completeness == Listing::Partial {
            tracing::warn!(
                listed = accounts.len(),
                "the account list kept changing, so no account was marked deleted"
            );
        }
        self.counts.accounts = accounts.len() as u64;
        self.progress.accounts(accounts.len());
        let accounts: Vec<Account> = accounts.into_values().filter(|a| !a.id.is_system()).collect();
        if let Some(new) = roster {
            self.test_roster(new, &accounts, at).await?;
        }
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        store::accounts::record_listing(&mut tx, keys, *sync_run, at, &accounts, completeness)
            .await?;
        if let Some(Roster { sha256, rows, .. }) = roster.map(|new| new.roster) {
            store::population::add_roster(&mut tx, *sync_run, at, sha256, rows).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(true)
    }
}

/// The first listing that holds still, or the last one that was tried.
async fn list_until_complete(
    reader: &PortalReader,
    concurrency: usize,
) -> Result<Listed, PortalError> {
    for _ in 1..TRIES {
        let listed = list(reader, concurrency).await?;
        if listed.completeness == Listing::Complete {
            return Ok(listed);
        }
    }
    list(reader, concurrency).await
}

async fn list(reader: &PortalReader, concurrency: usize) -> Result<Listed, PortalError> {
    let first = reader.accounts(0).await?;
    let (total, at) = (first.value.total, first.at);
    let rest: Vec<_> = stream::iter((1..).map(|n| n * STRIDE).take_while(|o| o + 1 < total))
        .map(|offset| reader.accounts(offset))
        .buffered(concurrency)
        .try_collect()
        .await?;
    let mut accounts = BTreeMap::new();
    let mut held_still = true;
    for page in std::iter::once(first).chain(rest) {
        held_still &= page.value.total == total;
        accounts.extend(page.value.accounts.into_iter().map(|a| (a.id, a)));
    }
    let is_complete = held_still && accounts.len() as u64 == total;
    let completeness = if is_complete { Listing::Complete } else { Listing::Partial };
    Ok(Listed { accounts, completeness, at })
}
