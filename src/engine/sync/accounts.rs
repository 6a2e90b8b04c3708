//! Lists all accounts. Nobody is marked gone except by a listing whose total and distinct ids agree, that
//! has the key's own account and the owner, and by a run that completes.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    domain::{
        account::{Account, AccountId, Status},
        human::thousands,
    },
    engine::sync::{
        activity::Population,
        pull::{AccountListing, NewRoster, Past, Pull, PullOptions, not_ours},
    },
    exit::Failure,
    portal::{PortalError, PortalReader},
    store::{self, StoreError, accounts::Listing},
};

/// Rows of a page, and the step from one to the next: they overlap by a row, so that an account that
/// moves across a border while the list is read is not lost.
const PAGE: u64 = 100;
const STRIDE: u64 = PAGE - 1;
/// Accounts come and go while they are listed; a quiet moment is found soon.
const TRIES: usize = 3;

impl Pull<'_> {
    /// Lists all accounts. Nothing is stored before the run completes. `None` when cancelled.
    ///
    /// # Errors
    /// None of the accounts is ours, too few for a portal that was put back, or too few match the roster:
    /// refused.
    pub(crate) async fn list_accounts(
        &mut self,
        options: &PullOptions<'_>,
    ) -> anyhow::Result<Option<AccountListing>> {
        let cx = self.cx;
        let seeing = [cx.portal.key_account, cx.portal.known.owner_id];
        let listing = list_until_complete(cx.reader, cx.concurrency, seeing);
        let Some(listed) = cx.cancel.run_until_cancelled(listing).await else { return Ok(None) };
        let mut listed = listed?;
        self.counts.accounts = listed.accounts.len() as u64;
        self.progress.accounts(listed.accounts.len());
        listed.accounts.retain(|account| !account.id.is_system());
        for name in &listed.unreadable {
            tracing::warn!(
                "the portal lists an account without a readable id, {name}: it is not reviewed"
            );
        }
        match (options.past, listed.completeness) {
            (Past::StartAgain, _) => self.refuse_another(&listed.accounts).await?,
            (Past::MustBeOurs, Listing::Complete) => {
                self.refuse_strangers(&listed.accounts).await?;
            }
            (Past::MustBeOurs, Listing::Partial) => tracing::warn!(
                listed = listed.accounts.len(),
                "the account list was incomplete or kept changing, so no account was marked deleted"
            ),
        }
        if let Some(new) = &options.roster {
            self.test_roster(new, &listed.accounts, listed.at).await?;
        }
        Ok(Some(listed))
    }

    /// Every self-hosted portal begins with the same owner: another account must be the same too.
    async fn refuse_strangers(&mut self, listed: &[Account]) -> anyhow::Result<()> {
        let owner = self.cx.portal.known.owner_id;
        let mut ours = store::recognition::present(self.store.conn()).await?;
        ours.retain(|(id, _)| *id != owner);
        match ours.is_empty() || shared(&ours, listed) > 0 {
            true => Ok(()),
            false => Err(not_ours("it shares no account with it but the owner")),
        }
    }

    /// A portal that was put back still has most of its people.
    async fn refuse_another(&mut self, listed: &[Account]) -> anyhow::Result<()> {
        let mut ours = store::recognition::present(self.store.conn()).await?;
        ours.retain(|(_, status)| *status == Status::Active);
        let shared = shared(&ours, listed);
        match 2 * shared >= ours.len() {
            true => Ok(()),
            false => Err(Failure::refused(format!(
                "the portal lists only {} of the {} active accounts in this store, so it is another portal; \
                 nothing was changed; use a new store (--db)",
                thousands(shared as u64),
                thousands(ours.len() as u64)
            ))
            .into()),
        }
    }

    /// Stores a listing with the new roster, if there is one, and who is in the population.
    pub(crate) async fn record_accounts(
        &mut self,
        listing: &AccountListing,
        roster: Option<&NewRoster<'_>>,
        population: &Population,
    ) -> Result<(), StoreError> {
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        listing.write(&mut tx, keys, *sync_run, roster).await?;
        store::population::replace(&mut tx, keys, population.source, &population.members).await?;
        if let Some(counts) = population.matched {
            store::roster::record_match(&mut tx, *sync_run, counts).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn shared(ours: &[(AccountId, Status)], listed: &[Account]) -> usize {
    let listed: BTreeSet<AccountId> = listed.iter().map(|a| a.id).collect();
    ours.iter().filter(|(id, _)| listed.contains(id)).count()
}

/// The first listing that holds still, or the last one that was tried.
async fn list_until_complete(
    reader: &PortalReader,
    concurrency: usize,
    seeing: [AccountId; 2],
) -> Result<AccountListing, PortalError> {
    for _ in 1..TRIES {
        let listed = list(reader, concurrency, seeing).await?;
        if listed.completeness == Listing::Complete {
            return Ok(listed);
        }
    }
    list(reader, concurrency, seeing).await
}

/// `seeing` are accounts that every complete listing has: the key's own and the owner.
async fn list(
    reader: &PortalReader,
    concurrency: usize,
    seeing: [AccountId; 2],
) -> Result<AccountListing, PortalError> {
    let first = reader.accounts(0).await?;
    let (total, at) = (first.value.total, first.at);
    let rest: Vec<_> = stream::iter((1..).map(|n| n * STRIDE).take_while(|o| o + 1 < total))
        .map(|offset| reader.accounts(offset))
        .buffered(concurrency)
        .try_collect()
        .await?;
    let mut accounts = BTreeMap::new();
    let mut unreadable = BTreeSet::new();
    let mut held_still = true;
    for page in std::iter::once(first).chain(rest) {
        held_still &= page.value.total == total;
        unreadable.extend(page.value.unreadable);
        accounts.extend(page.value.accounts.into_iter().map(|a| (a.id, a)));
    }
    // One that cannot be read may be any of those that are missing.
    let is_complete = held_still
        && unreadable.is_empty()
        && accounts.len() as u64 == total
        && seeing.iter().all(|id| accounts.contains_key(id));
    let completeness = if is_complete { Listing::Complete } else { Listing::Partial };
    Ok(AccountListing { accounts: accounts.into_values().collect(), unreadable, completeness, at })
}
