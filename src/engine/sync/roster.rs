//! Whether a new roster is believed. One that names nobody here, or far fewer accounts than the last one,
//! is a broken export or belongs to another portal.

use std::collections::HashSet;

use crate::{
    domain::{
        account::{Account, AccountId},
        human::{many, thousands},
        population::{MatchCounts, RosterIds, RosterRow, match_counts},
    },
    engine::sync::pull::{MustMatch, NewRoster, Pull},
    exit::Failure,
    store,
    time::Timestamp,
};

impl Pull<'_> {
    /// Tests a new roster against the accounts listed `at` this time.
    ///
    /// # Errors
    /// Too few rows match: a brake.
    pub(crate) async fn test_roster(
        &mut self,
        new: &NewRoster<'_>,
        accounts: &[Account],
        at: Timestamp,
    ) -> anyhow::Result<()> {
        let rows: Vec<_> = new.roster.rows.iter().map(|(row, _)| row.clone()).collect();
        let count = rows.len() as u64;
        if new.must_match == MustMatch::Any || count == 0 {
            return Ok(());
        }
        let (conn, run) = (self.store.conn(), self.sync_run);
        let last = store::roster::newest_match(conn).await?.map_or(0, |counts| counts.matched);
        let mut known = store::roster::known(conn, run, run, rows).await?;
        // The accounts of this listing are not in the store yet.
        let listed: HashSet<AccountId> = accounts.iter().map(|a| a.id).collect();
        if known.rows.iter().filter_map(RosterRow::account_id).any(|id| listed.contains(&id)) {
            known.ids = RosterIds::Accounts;
        }
        let MatchCounts { matched, .. } = match_counts(&known, accounts, at);
        if matched == 0 {
            return Err(Failure::braked(format!(
                "no row of the roster ({}) matches an account; nothing was changed; check that it \
                 is the right file for this portal and has the portal's e-mail addresses; if it is right, \
                 run once with --accept-unmatched",
                many(count, "row")
            ))
            .into());
        }
        let expected = match new.must_match {
            MustMatch::AsLastThoughSmaller => last.min(count),
            MustMatch::AsLast | MustMatch::Any => last,
        };
        #[expect(clippy::cast_precision_loss, reason = "rosters are far smaller than 2^52 rows")]
        let too_few = (matched as f64) < expected as f64 * new.min_ratio;
        if too_few {
            return Err(Failure::braked(format!(
                "{} of {} of the roster match an account, and {} of the last one did, less than \
                 min_roster_ratio = {} allows; nothing was changed; if it is right, run once with \
                 --accept-unmatched",
                thousands(matched),
                many(count, "row"),
                thousands(last),
                new.min_ratio
            ))
            .into());
        }
        Ok(())
    }
}
