//! The second signal: uses of keys, changes of status, and a check of the audit trail for each account
//! that is inactive by logins alone, or soon will be where its people are told before.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};

use crate::{
    domain::{
        account::AccountId,
        contiguity::REPORTED_LATE,
        coverage::Coverage,
        decision::decide,
        evidence::Evidence,
        human::minute,
        policy::{Policy, PopulationSource, Signals},
        population::{MatchCounts, Member, match_counts, resolve},
        verdict::{Verdict, first_inactive},
    },
    engine::{
        own_actions::corroboration,
        sync::{
            MAX_RETENTION_DAYS,
            pull::{AccountListing, Depth, Pull, PullOptions, not_ours},
        },
    },
    portal::{Actions, Audited, KeyUsed, KeyUses, NobodysKey, PortalError, PortalReader},
    store::{
        self, StoreError,
        accounts::AccountKeys,
        evidence::{AsOfBound, Snapshot, gather},
        signals::{ActivityCheck, AuditedAction, KeyUse, StatusChange},
    },
    time::Timestamp,
};

/// UserUpdated: any edit of a profile.
const PROFILE_CODE: i64 = 4006;
/// Checks of one transaction.
const GROUP: usize = 50;

/// Who is under review.
pub(crate) struct Population {
    pub(crate) source: PopulationSource,
    pub(crate) members: Vec<AccountId>,
    /// How the rows of the roster that counts match accounts.
    pub(crate) matched: Option<MatchCounts>,
    /// Those who would be inactive and have no check that counts.
    pub(crate) candidates: Vec<AccountId>,
}

/// Changes of status found in the audit trail.
pub(crate) struct ChangeListing {
    pub(crate) found: Vec<Audited>,
    /// Since when all of them are known, with those found before.
    pub(crate) from: Timestamp,
}

impl From<KeyUsed> for KeyUse {
    fn from(KeyUsed { owner, at }: KeyUsed) -> Self {
        Self { account: owner, used_at: at }
    }
}

impl Pull<'_> {
    /// Stores who used a key when. Gives when a key was used last that does not say whose it is: before that
    /// moment nobody's absence is proven.
    pub(crate) async fn learn_key_uses(&mut self) -> anyhow::Result<Option<Timestamp>> {
        let KeyUses { of_accounts, of_nobody } = self.cx.reader.key_uses().await?;
        let uses: Vec<KeyUse> = of_accounts.into_iter().map(KeyUse::from).collect();
        for NobodysKey { name, at } in &of_nobody {
            let at = minute(*at);
            tracing::warn!(
                "the API key \"{name}\" was used until {at} and does not say whose it is: anybody may have \
                 been at work until then; delete it, or give its owner a new one"
            );
        }
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        store::signals::add_key_uses(&mut tx, keys, *sync_run, &uses).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(of_nobody.into_iter().map(|key| key.at).max())
    }

    /// Changes of status in the audit trail: the first time since `first_read`, or as long as logins are
    /// kept; later since a day before the last time, and always down to the newest known ones.
    ///
    /// # Errors
    /// A known one is not shown again: refused.
    pub(crate) async fn status_changes(
        &mut self,
        depth: Depth,
        first_read: Timestamp,
    ) -> anyhow::Result<ChangeListing> {
        let conn = self.store.conn();
        let last = store::signals::last_change_listing(conn).await?;
        let (last, first_read) = match depth {
            Depth::Incremental => (last, first_read),
            Depth::Full => (None, self.cx.portal.time.days_before(MAX_RETENTION_DAYS)),
        };
        let known = store::signals::newest_changes(conn).await?;
        let reader = self.cx.reader;
        let mut found = Vec::new();
        let mut from = last.map_or(first_read, |last| last.from);
        for code in [corroboration::STATUS_CODE, PROFILE_CODE] {
            let known = known.iter().find(|action| action.code == code);
            let since = last.map_or(first_read, |last| last.read_at - TimeDelta::days(1));
            let since = known.map_or(since, |known| since.min(known.at - REPORTED_LATE));
            let Actions { rows: listed, unclear } = reader.actions_since(code, since).await?;
            if let Some(at) = unclear {
                tracing::warn!(
                    "a change of status at {} in the audit trail does not say whose: anybody may have \
                     been enabled then",
                    minute(at)
                );
                from = from.max(at);
            }
            if let Some(known) =
                known.filter(|known| !listed.iter().any(|a| a.id == known.event_id))
            {
                let AuditedAction { event_id, at, .. } = known;
                let at = minute(*at);
                return Err(not_ours(format!("audit event {event_id} of {at} is missing there")));
            }
            found.extend(listed);
        }
        Ok(ChangeListing { found, from })
    }

    /// Stores them, and notes in the history those that were our own.
    pub(crate) async fn note_changes(&mut self, listing: ChangeListing) -> anyhow::Result<()> {
        let Self { cx, store, keys, sync_run, counts, .. } = self;
        let noted = corroboration::note_changes(store, keys, *sync_run, listing.found, cx.clock);
        counts.corroborated += noted.await?.shown;
        store::signals::changes_known_from(store.conn(), *sync_run, listing.from).await?;
        Ok(())
    }

    /// Judges by logins, keys and changes of status alone, on a listing that is not stored yet.
    pub(crate) async fn judge_by_logins(
        &mut self,
        options: &PullOptions<'_>,
        listing: &AccountListing,
        changes: &[Audited],
        coverage: Option<Coverage>,
        as_of: Timestamp,
    ) -> anyhow::Result<Population> {
        let Self { store, sync_run: id, .. } = self;
        let policy = options.policy;
        // Nothing of it stays: the run may still fail.
        let mut tx = store.begin().await?;
        let mut keys = AccountKeys::load(&mut tx).await?;
        listing.write(&mut tx, &mut keys, *id, options.roster.as_ref()).await?;
        let named = changes.iter().filter(|a| !a.targets.is_empty()).cloned();
        let changes: Vec<StatusChange> = named.map(StatusChange::from).collect();
        store::signals::add_status_changes(&mut tx, &mut keys, *id, &changes).await?;
        let Some(mut sync_run) = store::sync_runs::get(&mut tx, *id).await? else {
            anyhow::bail!("sync run {id} is not in the store")
        };
        sync_run.coverage = coverage;
        let history_seq = store::history::last_seq(&mut tx).await?;
        let snapshot = Snapshot::of(sync_run, history_seq);
        let gathered = gather(&mut tx, &snapshot, AsOfBound::None).await?;
        tx.rollback().await.map_err(StoreError::from)?;
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
        let source = resolved.source;
        let matched = roster.as_ref().map(|roster| match_counts(roster, &accounts, as_of));
        if policy.signals == Signals::Logins {
            return Ok(Population { source, members, matched, candidates: Vec::new() });
        }
        let checked: HashSet<AccountId> = gathered
            .facts
            .evidence
            .iter()
            .filter(|e| e.checked_at.is_some_and(|at| at >= as_of))
            .map(|e| e.account.id)
            .collect();
        let by_logins = Policy { signals: Signals::Logins, ..policy.clone() };
        let ahead = as_of.days_after(options.notice_days);
        let is_soon = |e: &&Evidence| {
            first_inactive(&by_logins, e).is_some_and(|at| as_of < at && at <= ahead)
        };
        // Without notices there is nobody to find, and finding costs a judgement each.
        let evidence = gathered.facts.evidence.iter().filter(|_| as_of < ahead);
        let soon: HashSet<AccountId> = evidence.filter(is_soon).map(|e| e.account.id).collect();
        let candidates = decide(&by_logins, &gathered.facts, &resolved, as_of)
            .into_iter()
            .filter(|f| match f.reason.verdict() {
                Verdict::Inactive => true,
                Verdict::Active => soon.contains(&f.account_id),
                Verdict::Exempt | Verdict::Disabled | Verdict::Undetermined => false,
            })
            .map(|f| f.account_id)
            .filter(|id| !checked.contains(id))
            .collect();
        Ok(Population { source, members, matched, candidates })
    }

    /// Asks the audit trail about each of `accounts`. False when cancelled; what was learned is
    /// stored. Where the answer about one cannot be read, that one stays unchecked.
    pub(crate) async fn check_activity(&mut self, accounts: &[AccountId]) -> anyhow::Result<bool> {
        self.progress.checks(accounts.len());
        let cx = self.cx;
        let mut answers = stream::iter(accounts)
            .map(async |id| match check(cx.reader, *id).await {
                Ok(check) => Ok(Some(check)),
                Err(error @ PortalError::Unclear { .. }) => {
                    tracing::warn!(account = %id, "{error}: it is not checked");
                    Ok(None)
                }
                Err(error) => Err(error),
            })
            .buffer_unordered(cx.concurrency)
            .chunks(GROUP);
        while let Some(group) = cx.cancel.run_until_cancelled(answers.next()).await.flatten() {
            let (checks, failed): (Vec<_>, Vec<_>) = group.into_iter().partition(Result::is_ok);
            let checks: Vec<ActivityCheck> = checks.into_iter().flatten().flatten().collect();
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
