//! The second look: the accounts of the decision are evaluated again on new evidence, and once more
//! directly before the call. Only those that are inactive each time are disabled.

use std::collections::HashMap;

use anyhow::Context as _;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use crate::{
    config::IpRetention,
    domain::{
        account::{Account, AccountId, Status},
        decision::Finding,
        evidence::Evidence,
        explain::conclusion,
        login::LoginEvent,
        notices::stretch,
        outcomes::Skip,
        policy::Policy,
        timeline::{Shown, Timeline},
        verdict::{Reason, Verdict, judge},
    },
    engine::{
        evaluate::Judged,
        status_change::{
            Candidate, Cleared, LOOK_LIFE, Session, Target, arrivals::Arrivals, gate::Gate,
            signs::Signs,
        },
        sync::check,
    },
    exit::Failure,
    portal::{PortalError, PortalReader},
    store::{self, StoreError, accounts::AccountKeys, signals::ActivityCheck},
    time::Timestamp,
};

/// What a verdict is tested against.
pub(crate) struct Recheck {
    policy: Policy,
    /// What each intent names.
    digest: String,
    pub(super) as_of: Timestamp,
    evidence: HashMap<AccountId, Evidence>,
    /// What each account of the decision is on the evidence of this run.
    reasons: HashMap<AccountId, Reason>,
    /// Where what is learned here is filed.
    sync_run: i64,
    keys: AccountKeys,
    pub(super) arrivals: Arrivals,
    /// Whether people must have been told.
    gate: Option<Gate>,
}

/// What is known of an account after a look of this moment, or why nothing can be concluded.
pub(crate) type Fresh = Result<Evidence, String>;

/// What a look at several accounts shows.
pub(crate) struct Looked {
    /// What rests on it leaves within [`LOOK_LIFE`] of this moment.
    pub(crate) began: Instant,
    /// The portal's clock when it answered first.
    pub(crate) at: Timestamp,
    /// In the order asked.
    pub(crate) accounts: Vec<Fresh>,
}

/// What was read about one account directly before its call.
struct Look {
    finding: Finding,
    /// Or why that says nothing.
    seen: Result<Seen, String>,
}

struct Seen {
    /// None where it was deleted.
    account: Option<Account>,
    check: ActivityCheck,
}

const UNREVIEWED: &str = "no longer under review";

/// Looks that took longer are repeated, this often.
pub(crate) const LOOKS: usize = 3;

impl Candidate for Finding {
    fn account_id(&self) -> AccountId {
        self.account_id
    }
}

impl Recheck {
    /// Starts from what was evaluated in this run; `digest` is that of the decision.
    pub(crate) async fn new(
        session: &mut Session<'_>,
        judged: &Judged,
        digest: String,
    ) -> anyhow::Result<Self> {
        let (conn, now) = (session.store.conn(), session.portal.time);
        let inactive = judged.findings.iter().filter(|f| f.reason.verdict() == Verdict::Inactive);
        let inactive: Vec<AccountId> = inactive.map(|f| f.account_id).collect();
        let gate = Gate::load(conn, session.engine.settings, &inactive).await?;
        Ok(Self {
            gate,
            policy: judged.policy.clone(),
            digest,
            as_of: judged.as_of,
            evidence: judged.evidence().into_iter().map(|(id, e)| (id, e.into_owned())).collect(),
            reasons: judged.findings.iter().map(|f| (f.account_id, f.reason)).collect(),
            sync_run: judged.snapshot.sync_run.id,
            keys: AccountKeys::load(conn).await?,
            arrivals: Arrivals::since_stored(conn, now).await?,
        })
    }

    /// Looks at a group directly before its calls: the audit trail and the record of each, the use of
    /// keys, and the logins since the last look. Returns those that pass; the others are skipped.
    pub(crate) async fn pass(
        &mut self,
        session: &mut Session<'_>,
        group: &[Finding],
    ) -> anyhow::Result<Vec<Cleared>> {
        let mut chosen = Vec::new();
        for finding in group {
            match self.came_back(finding) {
                None => chosen.push(finding.clone()),
                Some((skip, status)) => session.skip(target(finding, status), skip).await?,
            }
        }
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let (began, looks, signs) = self.look(session, &chosen).await?;
        self.learn(session, checks(&looks), &signs).await?;
        let mut cleared = Vec::new();
        for look in looks {
            let account = look.seen.as_ref().ok().and_then(|seen| seen.account.as_ref());
            let target = target(&look.finding, account.map(|a| a.status));
            match self.objection(&look, &signs, session.engine.clock.now()) {
                None => cleared.push(Cleared {
                    target,
                    cites: self.digest.clone(),
                    leave_by: began + LOOK_LIFE,
                }),
                Some(skip) => session.skip(target, skip).await?,
            }
        }
        Ok(cleared)
    }

    /// Looks at a group as [`Self::pass`] does, and leaves the conclusion to the caller.
    pub(crate) async fn fresh(
        &mut self,
        session: &mut Session<'_>,
        group: &[Finding],
    ) -> anyhow::Result<Looked> {
        let (began, looks, signs) = self.look(session, group).await?;
        self.learn(session, checks(&looks), &signs).await?;
        let fresh = |look: &Look| {
            let evidence = self.evidence_of(look, &signs).map_err(|skip| skip.detail)?;
            let known = self.evidence.get(&look.finding.account_id);
            match known.and_then(|known| changed(&known.account, &evidence.account)) {
                Some(skip) => Err(skip.detail),
                None => Ok(evidence),
            }
        };
        let at = checks(&looks).iter().map(|check| check.checked_at).min();
        let at = at.unwrap_or(session.portal.time);
        Ok(Looked { began, at, accounts: looks.iter().map(fresh).collect() })
    }

    /// Why the evidence of this run no longer calls the account inactive, with its status.
    fn came_back(&self, finding: &Finding) -> Option<(Skip, Option<Status>)> {
        let reason = self.reasons.get(&finding.account_id).copied();
        if reason.is_some_and(|r| r.verdict() == Verdict::Inactive) {
            return None;
        }
        let evidence = self.evidence.get(&finding.account_id);
        let skip = match (reason, evidence) {
            (Some(reason), Some(evidence)) => self.skip(reason, evidence),
            _ => Skip::new(UNREVIEWED, "no longer under review: deleted, or out of the population"),
        };
        Some((skip, evidence.map(|e| e.account.status)))
    }

    /// Reads everything about a group within half the time that a look is good for.
    async fn look(
        &mut self,
        session: &Session<'_>,
        group: &[Finding],
    ) -> anyhow::Result<(Instant, Vec<Look>, Signs)> {
        let reader = &session.reader;
        let accounts: Vec<AccountId> = group.iter().map(|f| f.account_id).collect();
        for _ in 0..LOOKS {
            session.room_for_looks(group.len()).await;
            let began = Instant::now();
            let looks: Vec<Look> = stream::iter(group.to_vec())
                .map(|finding| look(reader, finding))
                .buffered(group.len())
                .try_collect()
                .await?;
            // Last, so that they show also who came while the others were read.
            let signs = Signs::read(&mut self.arrivals, reader, &accounts, self.as_of).await?;
            if is_in_time(began) {
                return Ok((began, looks, signs));
            }
        }
        Err(too_slow().into())
    }

    /// Evaluates with what was read just now; says why the account is not to be disabled.
    fn objection(&self, look: &Look, signs: &Signs, now: Timestamp) -> Option<Skip> {
        let evidence = match self.evidence_of(look, signs) {
            Ok(evidence) => evidence,
            Err(skip) => return Some(skip),
        };
        let reason = judge(&self.policy, &evidence, self.as_of);
        match reason.verdict() {
            Verdict::Inactive => {
                let id = look.finding.account_id;
                let known = self.evidence.get(&id);
                let changed = known.and_then(|known| changed(&known.account, &evidence.account));
                let untold = || self.gate.as_ref()?.objection(id, stretch(&evidence), now);
                changed.or_else(|| Some(Skip::not_told(untold()?)))
            }
            Verdict::Active | Verdict::Exempt | Verdict::Disabled | Verdict::Undetermined => {
                Some(self.skip(reason, &evidence))
            }
        }
    }

    /// What is known of an account with what was read just now.
    ///
    /// # Errors
    /// Why that proves nothing.
    fn evidence_of(&self, look: &Look, signs: &Signs) -> Result<Evidence, Skip> {
        let id = look.finding.account_id;
        let unreadable = |why: &String| Skip::new("could not be read", why.clone());
        let Seen { account, check } = look.seen.as_ref().map_err(unreadable)?;
        let account = account.clone().ok_or_else(Skip::deleted)?;
        let known = self.evidence.get(&id);
        let known = known.ok_or_else(|| Skip::new(UNREVIEWED, UNREVIEWED))?;
        let last_activity = signs
            .newest(id, known.last_activity, check.newest)
            .map_err(|why| Skip::new("could not be read", why))?;
        let shown = |at, status| Shown { at, history_seq: 0, status: Some(status) };
        let came_back = Timeline {
            shown: vec![
                shown(self.as_of, known.account.status),
                shown(check.checked_at, account.status),
            ],
            ..Timeline::default()
        };
        Ok(Evidence {
            account,
            last_activity,
            restart: known.restart.into_iter().chain(came_back.restart()).max_by_key(|r| r.at),
            checked_at: Some(check.checked_at),
            ..known.clone()
        })
    }

    /// Stores what was read, so that what was skipped can be explained.
    pub(super) async fn learn(
        &mut self,
        session: &mut Session<'_>,
        checks: Vec<ActivityCheck>,
        signs: &Signs,
    ) -> anyhow::Result<()> {
        let mut logins: Vec<LoginEvent> = signs.logins().to_vec();
        if session.engine.settings.ip == IpRetention::Drop {
            logins.iter_mut().for_each(|e| e.ip = None);
        }
        let (keys, run) = (&mut self.keys, self.sync_run);
        let mut tx = session.store.begin().await?;
        store::events::insert(&mut tx, keys, run, &logins).await?;
        store::signals::add_key_uses(&mut tx, keys, run, signs.uses()).await?;
        store::signals::add_checks(&mut tx, keys, run, &checks).await?;
        tx.commit().await.map_err(StoreError::from).context("cannot store the last look")
    }

    fn skip(&self, reason: Reason, evidence: &Evidence) -> Skip {
        let brief = match reason.verdict() {
            Verdict::Active => "became active",
            Verdict::Inactive => "inactive",
            Verdict::Exempt => "exempt",
            Verdict::Disabled => "already disabled",
            Verdict::Undetermined => "undetermined",
        };
        Skip::new(brief, conclusion(reason, &self.policy, evidence, self.as_of))
    }
}

/// Whether a look leaves enough time to act on it.
pub(super) fn is_in_time(began: Instant) -> bool {
    let took = began.elapsed();
    let is_in_time = took <= LOOK_LIFE / 2;
    if !is_in_time {
        tracing::warn!(seconds = took.as_secs(), "the portal is slow; looking again");
    }
    is_in_time
}

pub(super) fn too_slow() -> Failure {
    Failure::refused(format!(
        "the portal answers too slowly: a call must leave within {} seconds of the look at its account, \
         and the looks took longer",
        LOOK_LIFE.as_secs()
    ))
}

fn target(finding: &Finding, status: Option<Status>) -> Target {
    Target { account_id: finding.account_id, email: finding.email.clone(), status }
}

/// A change within the last moments of what decides who is under review: the next run judges by what it
/// is now.
fn changed(before: &Account, now: &Account) -> Option<Skip> {
    let what = if before.kind != now.kind {
        format!("its kind was {} and is now {}", before.kind, now.kind)
    } else if before.email != now.email {
        format!("its address was {} and is now {}", before.email, now.email)
    } else if before.groups != now.groups {
        "its groups were changed".to_owned()
    } else {
        return None;
    };
    Some(Skip::new(
        "changed a moment ago",
        format!("changed a moment ago: {what}; run `dormouse sync` and `dormouse decide` again"),
    ))
}

async fn look(reader: &PortalReader, finding: Finding) -> anyhow::Result<Look> {
    let id = finding.account_id;
    let (checked, account) = tokio::join!(check(reader, id), reader.account(id));
    let checked = PortalError::unless_unclear(checked)?;
    let account = PortalError::unless_unclear(account)?;
    let seen = checked.and_then(|check| Ok(Seen { account: account?.value, check }));
    Ok(Look { finding, seen })
}

fn checks(looks: &[Look]) -> Vec<ActivityCheck> {
    looks.iter().filter_map(|look| Some(look.seen.as_ref().ok()?.check)).collect()
}
