//! Lists all accounts. Nobody is marked gone except by a listing whose total and distinct ids agree.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::engine::sync::pull::Pull;
use crate::{
    domain::account::{Account, AccountId},
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
    total: u64,
    at: Timestamp,
}

impl Listed {
    fn completeness(&self) -> Listing {
        if self.accounts.len() as u64 == self.total { Listing::Complete } else { Listing::Partial }
    }
}

impl Pull<'_> {
    /// Lists and stores all accounts, with the new roster if there is one. Returns the moment of the
    /// listing.
    pub(crate) async fn list_accounts(
        &mut self,
        roster: Option<&Roster>,
    ) -> anyhow::Result<Timestamp> {
        let mut listed = list(&self.reader, self.concurrency).await?;
        for _ in 1..TRIES {
            if listed.completeness() == Listing::Complete {
                break;
            }
            listed = list(&self.reader, self.concurrency).await?;
        }
        if listed.completeness() == Listing::Partial {
            tracing::warn!(
                total = listed.total,
                listed = listed.accounts.len(),
                "the list of accounts did not hold still: nobody is taken for deleted in this run"
            );
        }
        self.counts.accounts = listed.accounts.len() as u64;
        self.progress.accounts(listed.accounts.len());
        let completeness = listed.completeness();
        let accounts: Vec<Account> =
            listed.accounts.into_values().filter(|a| !a.id.is_system()).collect();
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        store::accounts::record_listing(
            &mut tx,
            keys,
            *sync_run,
            listed.at,
            &accounts,
            completeness,
        )
        .await?;
        if let Some(Roster { sha256, rows }) = roster {
            store::population::add_roster(&mut tx, *sync_run, listed.at, sha256, rows).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(listed.at)
    }
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
    // A total that changed on the way never agrees.
    let total = if held_still { total } else { u64::MAX };
    Ok(Listed { accounts, total, at })
}
