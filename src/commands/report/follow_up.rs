//! What became of each account since it was judged: how it stands now, and why it is still enabled
//! where it reached the threshold.

use std::collections::HashMap;

use crate::{
    domain::{
        account::{AccountId, Status},
        decision::Finding,
        history::{Action as Wanted, Outcome},
        policy::Exemption,
        verdict::{Reason, Verdict, first_inactive},
    },
    engine::evaluate::Judged,
    exit::{DECLINED, Exit},
    output::when::minute,
    report::{Account, Action, Decision, Run, Standing, StillEnabled, is_dormant},
    store::accounts::StatusSeen,
    time::Timestamp,
};

/// What is known of the time since a decision.
pub(super) struct FollowUp<'a> {
    /// The last action on each account, and the last one that was applied.
    last: HashMap<AccountId, &'a Action>,
    applied: HashMap<AccountId, &'a Action>,
    /// What the newest listing since showed of each account.
    seen: &'a HashMap<AccountId, StatusSeen>,
    /// Why an account that no action names is still enabled.
    untouched: (StillEnabled, String),
}

impl<'a> FollowUp<'a> {
    pub(super) fn new(
        decision: &Decision,
        actions: &'a [Action],
        runs: &[Run],
        seen: &'a HashMap<AccountId, StatusSeen>,
    ) -> Self {
        let since = || actions.iter().filter(|a| a.history_seq > decision.history_seq);
        let was_applied = |a: &&Action| a.outcome == Some(Outcome::Applied);
        Self {
            last: since().map(|a| (a.account_id, a)).collect(),
            applied: since().filter(was_applied).map(|a| (a.account_id, a)).collect(),
            seen,
            untouched: untouched(decision, runs),
        }
    }

    /// The lines of all accounts; `evaluated` is the decision made again.
    pub(super) fn accounts(&self, findings: &[Finding], evaluated: &Judged) -> Vec<Account> {
        let Judged { policy, as_of, .. } = evaluated;
        let evidence = evaluated.evidence();
        let account = |f: &Finding| {
            let evidence = evidence.get(&f.account_id);
            let done = self.last.get(&f.account_id);
            let mut account = Account {
                account_id: f.account_id,
                email: f.email.clone(),
                display_name: f.display_name.clone(),
                kind: f.kind,
                registered_at: f.registered_at,
                verdict: f.reason.verdict(),
                reason: f.reason,
                last_activity_at: f.last_activity.map(|a| a.at),
                last_activity_source: f.last_activity.map(|a| a.source),
                last_event_id: f.last_activity.and_then(|a| a.event_id),
                idle_days: f.idle_days,
                action: done.map(|a| a.action),
                outcome: done.and_then(|a| a.outcome),
                standing: self.standing(f),
                still_enabled: None,
                still_enabled_detail: String::new(),
                inactive_from: evidence.and_then(|e| first_inactive(policy, e)),
            };
            let is_enabled = matches!(account.standing, Standing::Enabled | Standing::EnabledAgain);
            if is_enabled && is_dormant(&account, policy.inactivity_days) == Some(true) {
                let exemption = evidence.and_then(|e| policy.exemption_for(&e.account, *as_of));
                let (why, detail) = self.why(&account, exemption);
                account.still_enabled = Some(why);
                account.still_enabled_detail = detail;
            }
            account
        };
        findings.iter().map(account).collect()
    }

    fn standing(&self, finding: &Finding) -> Standing {
        match self.applied.get(&finding.account_id).map(|a| a.action) {
            Some(Wanted::Enable) => Standing::EnabledAgain,
            Some(Wanted::Disable) => match self.seen_enabled(finding.account_id) {
                Some(_) => Standing::EnabledAgain,
                None => Standing::Disabled,
            },
            Some(Wanted::Notify) | None => match finding.reason {
                Reason::AlreadyDisabled => Standing::Disabled,
                Reason::NotOnPortal => Standing::NotOnPortal,
                _ => Standing::Enabled,
            },
        }
    }

    /// When a listing showed the account enabled although dormouse had disabled it.
    fn seen_enabled(&self, id: AccountId) -> Option<Timestamp> {
        let applied = self.applied.get(&id).filter(|a| a.action == Wanted::Disable)?;
        let disabled = applied.outcome_seq?;
        let seen = self.seen.get(&id).filter(|seen| seen.history_seq >= disabled)?;
        matches!(seen.status, Status::Active | Status::Pending).then_some(seen.at)
    }

    /// Why an account that reached the threshold is still enabled, with a detail for people.
    fn why(&self, account: &Account, exemption: Option<&Exemption>) -> (StillEnabled, String) {
        let id = account.account_id;
        if account.standing == Standing::EnabledAgain {
            let detail = match (self.seen_enabled(id), self.applied.get(&id)) {
                (None, Some(a)) => {
                    let at = a.outcome_at.map(minute).unwrap_or_default();
                    format!("by run {} at {at}", a.run_id)
                }
                (Some(at), _) => format!("by someone else; seen at {}", minute(at)),
                (None, None) => String::new(),
            };
            return (StillEnabled::EnabledAgain, detail);
        }
        if account.verdict == Verdict::Exempt {
            let detail = match exemption {
                Some(e) if account.reason == Reason::Exemption => in_words(e),
                _ => account.reason.to_string().replace('_', " "),
            };
            return (StillEnabled::Exempt, detail);
        }
        let Some(last) = self.last.get(&id) else { return self.untouched.clone() };
        let why = match last.outcome {
            None => StillEnabled::Open,
            Some(Outcome::Skipped) => StillEnabled::Skipped,
            Some(Outcome::Refused) => StillEnabled::Refused,
            Some(Outcome::Failed | Outcome::Applied) => StillEnabled::Failed,
        };
        (why, last.detail.clone())
    }
}

fn in_words(Exemption { reason, owner, expires, .. }: &Exemption) -> String {
    let owner = owner.as_ref().map_or_else(String::new, |owner| format!(", {owner}"));
    let expires = expires.map_or_else(String::new, |day| format!(", until {day}"));
    format!("{reason}{owner}{expires}")
}

/// What the last `apply` of a decision says of the accounts that it did not act on.
fn untouched(decision: &Decision, runs: &[Run]) -> (StillEnabled, String) {
    if !decision.current {
        return (StillEnabled::Historical, "a historical decision is never applied".to_owned());
    }
    let follows = |r: &&Run| match r.decision_id {
        Some(id) => id == decision.id,
        None => r.started_at >= decision.decided_at,
    };
    let Some(run) = runs.iter().filter(|r| r.command == "apply").rfind(follows) else {
        return (StillEnabled::NotApplied, "no apply run followed".to_owned());
    };
    let why = match run.exit_code {
        Some(code) if code == Exit::Braked.code() && run.detail == DECLINED => {
            StillEnabled::Declined
        }
        Some(code) if code == Exit::Braked.code() => StillEnabled::Braked,
        Some(_) | None => StillEnabled::NotReached,
    };
    let flags = match run.overrides.as_str() {
        "" => String::new(),
        flags => format!(" ({flags})"),
    };
    let detail = match run.exit_code {
        // What could be done about it is in the list of runs.
        Some(_) => run.detail.split(';').next().unwrap_or_default(),
        None => "still running, or killed",
    };
    (why, format!("run {}{flags}: {detail}", run.id))
}
