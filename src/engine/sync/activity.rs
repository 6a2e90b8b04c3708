//! The second signal: uses of keys, changes of status, and a check of the audit trail for each account
//! that would be inactive by logins alone.

use std::collections::HashSet;

use futures_util::{StreamExt, stream};

use crate::{
    domain::{
        account::AccountId,
        coverage::Coverage,
        decision::decide,
        policy::{Policy, Signals},
        population::{Member, match_counts, resolve},
        verdict::Verdict,
    },
    engine::{status_change::corroboration, sync::pull::Pull},
    portal::{Audited, PortalError, PortalReader},
    store::{
        self, StoreError,
        evidence::{AsOfBound, Snapshot, gather},
        signals::{ActivityCheck, AuditedAction, KeyUse},
    },
    time::Timestamp,
};

/// UserUpdated: any edit of a profile.
const PROFILE_CODE: i64 = 4006;
/// Checks of one transaction.
const GROUP: usize = 50;

impl Pull<'_> {
    pub(crate) async fn learn_key_uses(&mut self) -> anyhow::Result<()> {
        let uses: Vec<KeyUse> = self
            .cx
            .reader
            .key_uses()
            .await?
            .into_iter()
            .map(|used| KeyUse { account: used.owner, used_at: used.at })
            .collect();
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        store::signals::add_key_uses(&mut tx, keys, *sync_run, &uses).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Stores changes of status since `from`, and notes in the history those that were our own.
    pub(crate) async fn learn_status_changes(&mut self, from: Timestamp) -> anyhow::Result<()> {
        let Self { cx, store, keys, sync_run, counts, .. } = self;
        let mut found = cx.reader.actions_since(corroboration::STATUS_CODE, from).await?;
        found.extend(cx.reader.actions_since(PROFILE_CODE, from).await?);
        counts.corroborated +=
            corroboration::note_changes(store, keys, *sync_run, found, cx.clock).await?.shown;
        Ok(())
    }

    /// Judges by logins, keys and changes of status alone, stores who is in the population, and
    /// returns those who would be inactive and have no check that counts.
    pub(crate) async fn candidates(
        &mut self,
        policy: &Policy,
        coverage: Option<Coverage>,
        as_of: Timestamp,
    ) -> anyhow::Result<Vec<AccountId>> {
        let conn = self.store.conn();
        let Some(mut sync_run) = store::sync_runs::get(conn, self.sync_run).await? else {
            anyhow::bail!("sync run {} is not in the store", self.sync_run)
        };
        sync_run.coverage = coverage;
        let history_seq = store::history::last_seq(conn).await?;
        let gathered = gather(conn, &Snapshot { sync_run, history_seq }, AsOfBound::None).await?;
        let accounts: Vec<_> = gathered.facts.accounts().cloned().collect();
        let roster = gathered.roster.map(|given| given.roster);
        let resolved = resolve(&policy.population, roster.as_ref(), &accounts, as_of);
        let members: Vec<AccountId> = resolved
            .members
            .iter()
            .filter_map(|m| match m {
                Member::Account { id, .. } => Some(*id),
                Member::NotOnPortal { .. } => None,
            })
            .collect();
        self.counts.contractors = members.len() as u64;
        let Self { store, keys, .. } = self;
        let mut tx = store.begin().await?;
        store::population::replace(&mut tx, keys, resolved.source, &members).await?;
        if let Some(roster) = &roster {
            let counts = match_counts(roster, &accounts, as_of);
            store::roster::record_match(&mut tx, self.sync_run, counts).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        if policy.signals == Signals::Logins {
            return Ok(Vec::new());
        }
        let checked: HashSet<AccountId> = gathered
            .facts
            .evidence
            .iter()
            .filter(|e| e.checked_at.is_some_and(|at| at >= as_of))
            .map(|e| e.account.id)
            .collect();
        let by_logins = Policy { signals: Signals::Logins, ..policy.clone() };
        Ok(decide(&by_logins, &gathered.facts, &resolved, as_of)
            .into_iter()
            .filter(|f| f.reason.verdict() == Verdict::Inactive && !checked.contains(&f.account_id))
            .map(|f| f.account_id)
            .collect())
    }

    /// Asks the audit trail about each of `accounts`. False when cancelled; what was learned is
    /// stored.
    pub(crate) async fn check_activity(
        &mut self,
        accounts: Vec<AccountId>,
    ) -> anyhow::Result<bool> {
        self.progress.checks(accounts.len());
        let cx = self.cx;
        let mut answers = stream::iter(accounts)
            .map(|id| check(cx.reader, id))
            .buffer_unordered(cx.concurrency)
            .chunks(GROUP);
        while let Some(group) = cx.cancel.run_until_cancelled(answers.next()).await.flatten() {
            let (checks, failed): (Vec<_>, Vec<_>) = group.into_iter().partition(Result::is_ok);
            let checks: Vec<ActivityCheck> = checks.into_iter().flatten().collect();
            self.counts.checks += checks.len() as u64;
            self.progress.checked(checks.len());
            let Self { store, keys, sync_run, .. } = &mut *self;
            let mut tx = store.begin().await?;
            store::signals::add_checks(&mut tx, keys, *sync_run, &checks).await?;
            tx.commit().await.map_err(StoreError::from)?;
            if let Some(error) = failed.into_iter().find_map(Result::err) {
                return Err(error.into());
            }
        }
        Ok(!cx.cancel.is_cancelled())
    }
}

/// One question to the audit trail.
pub(crate) async fn check(
    reader: &PortalReader,
    account: AccountId,
) -> Result<ActivityCheck, PortalError> {
    let answer = reader.newest_action_by(account).await?;
    Ok(ActivityCheck { account, checked_at: answer.at, newest: answer.value.as_ref().map(action) })
}

fn action(audited: &Audited) -> AuditedAction {
    AuditedAction { event_id: audited.id, at: audited.at, code: audited.code }
}
