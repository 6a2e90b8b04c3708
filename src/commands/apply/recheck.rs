//! The second look: everybody in the decision is judged again on new evidence, and once more directly
//! before the call. Only who is inactive each time is disabled.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream};

use crate::{
    commands::{
        act::{Acting, Target},
        decide::judged::Judged,
        sync::check,
    },
    domain::{
        account::{Account, AccountId},
        decision::Finding,
        evidence::{Activity, Evidence, Source, newest},
        explain::message,
        login::LoginEvent,
        policy::Policy,
        time::Instant,
        verdict::{Reason, Verdict, judge},
    },
    portal::{PortalError, PortalReader},
    store::{self, StoreError, accounts::AccountKeys, signals::ActivityCheck},
};

/// What a verdict is tested against.
pub(super) struct Recheck {
    policy: Policy,
    as_of: Instant,
    evidence: HashMap<AccountId, Evidence>,
    /// Where what is learned here is filed.
    sync_run: i64,
    keys: AccountKeys,
}

/// What was read about one account directly before its call.
struct Fresh {
    finding: Finding,
    account: Option<Account>,
    check: ActivityCheck,
}

/// Rows of the newest page of the login history.
const NEWEST: usize = 100;

impl Recheck {
    pub(super) fn new(judged: &Judged, keys: AccountKeys) -> Self {
        Self {
            policy: judged.policy.clone(),
            as_of: judged.as_of,
            evidence: judged.evidence().into_iter().map(|(id, e)| (id, e.into_owned())).collect(),
            sync_run: judged.generation.sync_run.id,
            keys,
        }
    }

    /// Keeps who is still inactive on the evidence of the sync that this run made; the others are
    /// skipped with what they are now.
    pub(super) async fn keep_inactive(
        &self,
        acting: &mut Acting<'_>,
        chosen: Vec<Finding>,
        now: &[Finding],
    ) -> anyhow::Result<Vec<Finding>> {
        let by_id: HashMap<AccountId, &Finding> = now.iter().map(|f| (f.account_id, f)).collect();
        let mut kept = Vec::new();
        for finding in chosen {
            let reason = by_id.get(&finding.account_id).map(|f| f.reason);
            if reason.is_some_and(|r| r.verdict() == Verdict::Inactive) {
                kept.push(finding);
                continue;
            }
            let evidence = self.evidence.get(&finding.account_id);
            let target = Target {
                account_id: finding.account_id,
                email: finding.email.clone(),
                status: evidence.map(|e| e.account.status),
            };
            let detail = match (reason, evidence) {
                (Some(reason), Some(evidence)) => self.says(reason, evidence),
                _ => "no longer under review: deleted, or out of the population".to_owned(),
            };
            acting.skip(&target, detail).await?;
        }
        Ok(kept)
    }

    /// Looks at one group directly before its calls: newest page of the login history, then audit
    /// trail and record of each. Returns who passes; the others are skipped.
    pub(super) async fn pass(
        &mut self,
        acting: &mut Acting<'_>,
        group: &[Finding],
    ) -> anyhow::Result<Vec<Target>> {
        let page = acting.reader.logins(0, NEWEST).await?.value;
        let reader = acting.reader.clone();
        let looks: Vec<_> = stream::iter(group.to_vec())
            .map(|finding| look(&reader, finding))
            .buffer_unordered(group.len().max(1))
            .collect()
            .await;
        let looks = looks.into_iter().collect::<Result<Vec<Fresh>, PortalError>>()?;
        self.learn(acting, &page, &looks).await?;
        let seen: HashSet<AccountId> = group.iter().map(|f| f.account_id).collect();
        let logins: Vec<&LoginEvent> = page.iter().filter(|e| seen.contains(&e.account)).collect();

        let mut passed = Vec::new();
        for fresh in looks {
            let Finding { account_id, email, .. } = fresh.finding.clone();
            let status = fresh.account.as_ref().map(|a| a.status);
            let target = Target { account_id, email, status };
            match self.verdict(&fresh, &logins) {
                Ok(()) => passed.push(target),
                Err(detail) => acting.skip(&target, detail).await?,
            }
        }
        passed.sort_by_key(|t| group.iter().position(|f| f.account_id == t.account_id));
        Ok(passed)
    }

    /// Judges with what was read just now.
    fn verdict(&self, fresh: &Fresh, logins: &[&LoginEvent]) -> Result<(), String> {
        let id = fresh.finding.account_id;
        let Some(account) = fresh.account.clone() else {
            return Err("deleted on the portal".to_owned());
        };
        let Some(known) = self.evidence.get(&id) else {
            return Err("no longer under review".to_owned());
        };
        let audited = fresh.check.newest.map(|action| Activity {
            at: action.at,
            source: Source::Audit,
            event_id: Some(action.event_id),
        });
        let seen = logins.iter().filter(|e| e.account == id).filter_map(|e| Activity::of(e));
        let evidence = Evidence {
            account,
            last_activity: newest(known.last_activity.into_iter().chain(audited).chain(seen)),
            checked_at: Some(fresh.check.checked_at),
            ..known.clone()
        };
        let reason = judge(&self.policy, &evidence, self.as_of);
        match reason.verdict() {
            Verdict::Inactive => Ok(()),
            Verdict::Active | Verdict::Exempt | Verdict::Disabled | Verdict::Undetermined => {
                Err(self.says(reason, &evidence))
            }
        }
    }

    /// Stores what was read, so that what was skipped can be explained.
    async fn learn(
        &mut self,
        acting: &mut Acting<'_>,
        page: &[LoginEvent],
        looks: &[Fresh],
    ) -> anyhow::Result<()> {
        let checks: Vec<ActivityCheck> = looks.iter().map(|l| l.check).collect();
        let mut tx = acting.store.begin().await?;
        store::events::insert(&mut tx, &mut self.keys, self.sync_run, page).await?;
        store::signals::add_checks(&mut tx, &mut self.keys, self.sync_run, &checks).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    fn says(&self, reason: Reason, evidence: &Evidence) -> String {
        let why = message(reason, &self.policy, evidence, self.as_of);
        format!("{} ({reason}): {why}", reason.verdict())
    }
}

async fn look(reader: &PortalReader, finding: Finding) -> Result<Fresh, PortalError> {
    let check = check(reader, finding.account_id).await?;
    let account = reader.account(finding.account_id).await?.value;
    Ok(Fresh { finding, account, check })
}
