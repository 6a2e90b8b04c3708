//! What is said about one account, as printed (`dormouse.explain/1`); the tables show the same.

use serde::Serialize;

use crate::{
    domain::{
        account::{Account, AccountId, Kind, Management, Status},
        coverage::Coverage,
        decision::Finding,
        evidence::{Evidence, RestartCause, Source},
        explain::{Step, StepOutcome},
        notices::NoticeStanding,
        reconciliation::RosterPlace,
        verdict::{Reason, Verdict},
    },
    output::rows::row,
    store::account_record::{
        AccountRecord, Action, Change, Check, Event, EventOrigin, KeyUse, Version,
    },
    time::Timestamp,
};

#[derive(Serialize)]
pub(super) struct AccountExplained {
    pub(super) schema: &'static str,
    pub(super) account: AccountPart,
    pub(super) decision: DecisionPart,
    pub(super) verdict: Option<Verdict>,
    pub(super) reason: Option<Reason>,
    /// The verdict's arithmetic, or why there is no verdict.
    pub(super) message: String,
    pub(super) first_inactive_at: Option<Timestamp>,
    /// Silences of the login history that keep accounts from a verdict.
    pub(super) warnings: Vec<String>,
    /// Quiet periods that the policy vouches for.
    pub(super) quiet: Vec<String>,
    /// Where notices are configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notices: Option<NoticeStanding>,
    pub(super) rules: Vec<Rule>,
    pub(super) evidence: Option<EvidencePart>,
    pub(super) activity: Activities,
    pub(super) checks: Vec<Check>,
    pub(super) key_uses: Vec<KeyUse>,
    pub(super) status_changes: Vec<Change>,
    pub(super) versions: Vec<Version>,
    /// Rows of the roster that name the account.
    pub(super) roster: Vec<RosterPlace>,
    pub(super) history: Vec<Action>,
    pub(super) stored: Option<Stored>,
}

/// The account as the newest version that counts has it; only its id where no listing showed it.
#[derive(Serialize)]
pub(super) struct AccountPart {
    pub(super) account_id: AccountId,
    pub(super) email: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    pub(super) registered_at: Option<Timestamp>,
    pub(super) management: Option<Management>,
    pub(super) groups: Vec<String>,
    pub(super) invited_by: Option<AccountId>,
    /// The inviter's address, where a listing showed it.
    #[serde(skip)]
    pub(super) inviter: Option<String>,
}

#[derive(Serialize)]
pub(super) struct DecisionPart {
    pub(super) id: Option<i64>,
    pub(super) as_of: Timestamp,
    pub(super) current: bool,
    pub(super) inactivity_days: u32,
    pub(super) never_logged_in_grace_days: u32,
    pub(super) policy_sha256: String,
    pub(super) sync_run_id: i64,
    pub(super) history_seq: i64,
    pub(super) coverage: Option<Coverage>,
}

#[derive(Serialize)]
pub(super) struct Rule {
    pub(super) rule: Reason,
    pub(super) outcome: StepOutcome,
    pub(super) sentence: String,
}

row! {
    /// A rule in CSV.
    pub(super) struct RuleRow<'a> {
        account_id: AccountId,
        rule: Reason,
        outcome: StepOutcome,
        facts: &'a str,
    }
}

#[derive(Serialize)]
pub(super) struct EvidencePart {
    last_activity_at: Option<Timestamp>,
    last_activity_source: Option<Source>,
    last_event_id: Option<i64>,
    idle_days: Option<u32>,
    clock_start: Option<Timestamp>,
    restart_at: Option<Timestamp>,
    restart_cause: Option<RestartCause>,
    checked_at: Option<Timestamp>,
}

#[derive(Serialize)]
pub(super) struct Activities {
    pub(super) newest_by_source: Vec<Event>,
    pub(super) newest_login_events: Vec<Event>,
}

/// The verdict that the explained decision stored.
#[derive(Serialize)]
pub(super) struct Stored {
    verdict: Option<Verdict>,
    reason: Option<Reason>,
    agrees: bool,
    /// In words, where the stored verdict is not the one that follows from the evidence.
    #[serde(skip)]
    pub(super) disagreement: Option<String>,
}

impl AccountPart {
    pub(super) fn unseen(account_id: AccountId) -> Self {
        Self {
            account_id,
            email: None,
            display_name: None,
            kind: None,
            status: None,
            registered_at: None,
            management: None,
            groups: Vec::new(),
            invited_by: None,
            inviter: None,
        }
    }

    pub(super) fn of(account: &Account) -> Self {
        Self {
            account_id: account.id,
            email: Some(account.email.clone()),
            display_name: Some(account.display_name.clone()),
            kind: Some(account.kind),
            status: Some(account.status),
            registered_at: account.registered_at,
            management: Some(account.management),
            groups: account.groups.iter().map(|group| group.name.clone()).collect(),
            invited_by: account.invited_by,
            inviter: None,
        }
    }

    pub(super) fn of_version(account_id: AccountId, version: &Version) -> Self {
        Self {
            account_id,
            email: Some(version.email.clone()),
            display_name: Some(version.display_name.clone()),
            kind: Some(version.kind),
            status: Some(version.status),
            registered_at: version.registered_at,
            management: Some(version.management),
            groups: version.groups.clone(),
            invited_by: version.invited_by,
            inviter: None,
        }
    }
}

impl From<Step> for Rule {
    fn from(Step { rule, outcome, sentence }: Step) -> Self {
        Self { rule, outcome, sentence }
    }
}

impl AccountExplained {
    pub(super) fn rule_rows(&self) -> impl Iterator<Item = RuleRow<'_>> {
        self.rules.iter().map(|rule| RuleRow {
            account_id: self.account.account_id,
            rule: rule.rule,
            outcome: rule.outcome,
            facts: &rule.sentence,
        })
    }
}

impl EvidencePart {
    pub(super) fn of(evidence: &Evidence, verdict: Option<&Finding>) -> Self {
        let activity = evidence.last_activity;
        Self {
            last_activity_at: activity.map(|a| a.at),
            last_activity_source: activity.map(|a| a.source),
            last_event_id: activity.and_then(|a| a.event_id),
            idle_days: verdict.and_then(|f| f.idle_days),
            clock_start: evidence.clock_start(),
            restart_at: evidence.restart.map(|r| r.at),
            restart_cause: evidence.restart.map(|r| r.cause),
            checked_at: evidence.checked_at,
        }
    }
}

impl Activities {
    pub(super) fn of(record: &AccountRecord) -> Self {
        let audited = record.checks.iter().filter_map(|check| {
            Some(Event {
                source: Source::Audit,
                at: check.event_at?,
                event_id: check.event_id,
                action_code: check.action_code,
                origin: EventOrigin::default(),
            })
        });
        let used = record.key_uses.first().map(|used| Event {
            source: Source::ApiKey,
            at: used.used_at,
            event_id: None,
            action_code: None,
            origin: EventOrigin::default(),
        });
        let mut newest_by_source = record.newest.clone();
        newest_by_source.extend(audited.max_by_key(|event| (event.at, event.event_id)));
        newest_by_source.extend(used);
        Self { newest_by_source, newest_login_events: record.events.clone() }
    }
}

impl Stored {
    pub(super) fn of(decision: i64, stored: Option<&Finding>, verdict: Option<&Finding>) -> Self {
        let agrees = stored == verdict;
        let disagreement = match stored {
            _ if agrees => None,
            None => Some(format!("decision {decision} has no verdict on this account")),
            Some(f) => Some(format!(
                "decision {decision} stored {} ({}), last activity {}, which is not what follows \
                 from what was known then; run `dormouse decide verify {decision}`",
                f.reason.verdict(),
                f.reason,
                f.last_activity.map_or_else(|| "none".to_owned(), |a| a.at.to_string())
            )),
        };
        Self {
            verdict: stored.map(|f| f.reason.verdict()),
            reason: stored.map(|f| f.reason),
            agrees,
            disagreement,
        }
    }
}
