//! The second look: everybody in the decision is judged again on new evidence, and once more directly
//! before the call. Only who is inactive each time is disabled.

use std::collections::HashMap;

use chrono::TimeDelta;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    config::IpRetention,
    domain::{
        account::{Account, AccountId, Status},
        decision::Finding,
        evidence::{Activity, Evidence, Source, newest},
        explain::message,
        login::LoginEvent,
        policy::Policy,
        timeline::{Shown, Timeline},
        verdict::{Reason, Verdict, judge},
    },
    engine::sync::check,
    engine::{
        evaluate::Judged,
        status_change::{Session, Target},
    },
    portal::{PortalError, PortalReader},
    store::{
        self, StoreError,
        accounts::AccountKeys,
        signals::{ActivityCheck, KeyUse},
    },
    time::Timestamp,
};

/// What a verdict is tested against.
pub(crate) struct Recheck {
    policy: Policy,
    as_of: Timestamp,
    evidence: HashMap<AccountId, Evidence>,
    /// Where what is learned here is filed.
    sync_run: i64,
    keys: AccountKeys,
    /// The portal's clock at the last look at the login history.
    seen_to: Timestamp,
}

/// What was read about one account directly before its call.
struct Look {
    finding: Finding,
    account: Option<Account>,
    check: ActivityCheck,
}

/// Signs of life of anybody that are no audited actions.
struct Signs {
    logins: Vec<LoginEvent>,
    uses: Vec<KeyUse>,
}

/// Rows of one page of the login history.
const PAGE: usize = 100;
/// An event is written a moment after what it tells of.
const SLACK: TimeDelta = TimeDelta::minutes(1);

impl Recheck {
    /// Starts from what was judged; `pulled` is the portal's clock when that was read.
    pub(crate) fn new(judged: &Judged, keys: AccountKeys, pulled: Timestamp) -> Self {
        Self {
            policy: judged.policy.clone(),
            as_of: judged.as_of,
            evidence: judged.evidence().into_iter().map(|(id, e)| (id, e.into_owned())).collect(),
            sync_run: judged.snapshot.sync_run.id,
            keys,
            seen_to: pulled,
        }
    }

    /// Keeps who is still inactive on the evidence of the sync that this run made; the others are
    /// skipped with what they are now.
    pub(crate) async fn keep_inactive(
        &self,
        session: &mut Session<'_>,
        chosen: Vec<Finding>,
        now: &[Finding],
    ) -> anyhow::Result<Vec<Finding>> {
        let by_id: HashMap<AccountId, Reason> =
            now.iter().map(|f| (f.account_id, f.reason)).collect();
        let mut kept = Vec::new();
        for finding in chosen {
            let reason = by_id.get(&finding.account_id).copied();
            if reason.is_some_and(|r| r.verdict() == Verdict::Inactive) {
                kept.push(finding);
                continue;
            }
            let evidence = self.evidence.get(&finding.account_id);
            let detail = match (reason, evidence) {
                (Some(reason), Some(evidence)) => self.says(reason, evidence),
                _ => "no longer under review: deleted, or out of the population".to_owned(),
            };
            let status = evidence.map(|e| e.account.status);
            session.skip(target(&finding, status), detail).await?;
        }
        Ok(kept)
    }

    /// Looks at one group directly before its calls: audit trail and record of each, then whoever was
    /// seen since the last look. Returns who passes; the others are skipped.
    pub(crate) async fn pass(
        &mut self,
        session: &mut Session<'_>,
        group: &[Finding],
    ) -> anyhow::Result<Vec<Target>> {
        let reader = session.reader.clone();
        let looks: Vec<Look> = stream::iter(group.to_vec())
            .map(|finding| look(&reader, finding))
            .buffered(group.len())
            .try_collect()
            .await?;
        let signs = self.signs(&reader, group).await?;
        self.learn(session, &looks, &signs).await?;
        let mut passed = Vec::new();
        for look in looks {
            let target = target(&look.finding, look.account.as_ref().map(|a| a.status));
            match self.objection(&look, &signs) {
                None => passed.push(target),
                Some(why) => session.skip(target, why).await?,
            }
        }
        Ok(passed)
    }

    /// Logins since the last look, and the newest use of keys, of this group. The login history is read
    /// down to where the last look began, however many came in between.
    async fn signs(
        &mut self,
        reader: &PortalReader,
        group: &[Finding],
    ) -> Result<Signs, PortalError> {
        let is_of_group = |id: AccountId| group.iter().any(|f| f.account_id == id);
        let uses = reader.key_uses().await?.into_iter();
        let uses = uses.map(|u| KeyUse { account: u.owner, used_at: u.at });
        let mut signs =
            Signs { uses: uses.filter(|u| is_of_group(u.account)).collect(), logins: Vec::new() };
        let (mut offset, mut looked) = (0, None);
        loop {
            let page = reader.logins(offset, PAGE).await?;
            looked.get_or_insert(page.at);
            let oldest = page.value.last().map(|e| e.at);
            let is_last = page.value.len() < PAGE;
            signs.logins.extend(page.value.into_iter().filter(|e| is_of_group(e.account)));
            if is_last || oldest.is_none_or(|at| at < self.seen_to - SLACK) {
                break;
            }
            offset += PAGE as u64;
        }
        self.seen_to = looked.unwrap_or(self.seen_to);
        Ok(signs)
    }

    /// Judges with what was read just now; says why the account is not to be disabled.
    fn objection(&self, look: &Look, signs: &Signs) -> Option<String> {
        let id = look.finding.account_id;
        let Some(account) = look.account.clone() else {
            return Some("deleted on the portal".to_owned());
        };
        let Some(known) = self.evidence.get(&id) else {
            return Some("no longer under review".to_owned());
        };
        let audited = look.check.newest.map(|action| Activity {
            at: action.at,
            source: Source::Audit,
            event_id: Some(action.event_id),
        });
        let logins = signs.logins.iter().filter(|e| e.account == id).filter_map(Activity::of);
        let uses = signs.uses.iter().filter(|u| u.account == id);
        let uses = uses.map(|u| Activity { at: u.used_at, source: Source::ApiKey, event_id: None });
        let seen = known.last_activity.into_iter().chain(audited).chain(logins).chain(uses);
        let shown = |at, status| Shown { at, history_seq: 0, status: Some(status) };
        let came_back = Timeline {
            shown: vec![
                shown(self.as_of, known.account.status),
                shown(look.check.checked_at, account.status),
            ],
            ..Timeline::default()
        };
        let evidence = Evidence {
            account,
            last_activity: newest(seen),
            restart: known.restart.into_iter().chain(came_back.restart()).max_by_key(|r| r.at),
            checked_at: Some(look.check.checked_at),
            ..known.clone()
        };
        let reason = judge(&self.policy, &evidence, self.as_of);
        match reason.verdict() {
            Verdict::Inactive => changed(&known.account, &evidence.account),
            Verdict::Active | Verdict::Exempt | Verdict::Disabled | Verdict::Undetermined => {
                Some(self.says(reason, &evidence))
            }
        }
    }

    /// Stores what was read, so that what was skipped can be explained.
    async fn learn(
        &mut self,
        session: &mut Session<'_>,
        looks: &[Look],
        signs: &Signs,
    ) -> anyhow::Result<()> {
        let checks: Vec<ActivityCheck> = looks.iter().map(|l| l.check).collect();
        let mut logins = signs.logins.clone();
        if session.cx.settings.ip == IpRetention::Drop {
            logins.iter_mut().for_each(|e| e.ip = None);
        }
        let (keys, run) = (&mut self.keys, self.sync_run);
        let mut tx = session.store.begin().await?;
        store::events::insert(&mut tx, keys, run, &logins).await?;
        store::signals::add_key_uses(&mut tx, keys, run, &signs.uses).await?;
        store::signals::add_checks(&mut tx, keys, run, &checks).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    fn says(&self, reason: Reason, evidence: &Evidence) -> String {
        let why = message(reason, &self.policy, evidence, self.as_of);
        format!("{} ({reason}): {why}", reason.verdict())
    }
}

fn target(finding: &Finding, status: Option<Status>) -> Target {
    Target { account_id: finding.account_id, email: finding.email.clone(), status }
}

/// What decides who is under review and was changed within the last moments: the next run judges by
/// what it is now.
fn changed(before: &Account, now: &Account) -> Option<String> {
    let what = if before.kind != now.kind {
        format!("its kind was {} and is now {}", before.kind, now.kind)
    } else if before.email != now.email {
        format!("its address was {} and is now {}", before.email, now.email)
    } else if before.groups != now.groups {
        "its groups were changed".to_owned()
    } else {
        return None;
    };
    Some(format!("changed a moment ago: {what}; run `dormouse sync` and `dormouse decide` again"))
}

async fn look(reader: &PortalReader, finding: Finding) -> Result<Look, PortalError> {
    let id = finding.account_id;
    let (check, account) = tokio::try_join!(check(reader, id), reader.account(id))?;
    Ok(Look { finding, account: account.value, check })
}
