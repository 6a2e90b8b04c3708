//! What a report says, as plain data. JSON (`dormouse.report/1`) is this object as it is; the page and
//! the CSV files show the same fields. Every figure can be computed again from the store by SQL.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    domain::{
        account::{AccountId, Status},
        coverage,
        history::{Action as Wanted, Finding, Outcome},
        policy::PopulationSource,
        recorded::QuietPeriod,
        verdict::{Reason, Verdict},
    },
    output::{
        backtest::BacktestDocument,
        rows::{Row, row},
    },
    report::{Account, Control, Measures, NoticeLine},
    time::Timestamp,
};

pub(crate) const SCHEMA: &str = "dormouse.report/1";

#[derive(Debug, Serialize)]
pub(crate) struct AuditReport {
    pub(crate) schema: &'static str,
    /// Program and version.
    pub(crate) generator: &'static str,
    pub(crate) generated_at: Timestamp,
    pub(crate) scope: Scope,
    pub(crate) summary: String,
    /// What an auditor should know before reading on.
    pub(crate) warnings: Vec<String>,
    pub(crate) portal: Option<Portal>,
    /// The decision shown; none where the scope has none.
    pub(crate) decision: Option<Decision>,
    pub(crate) population: Option<Population>,
    pub(crate) coverage: Coverage,
    pub(crate) reasons: Vec<ReasonCount>,
    pub(crate) accounts: Vec<Account>,
    /// Changes of accounts.
    pub(crate) actions: Vec<Action>,
    pub(crate) notices: Vec<NoticeLine>,
    pub(crate) exemptions: Vec<Exemption>,
    /// Silences of the record that a person vouched for.
    pub(crate) assumptions: Vec<QuietPeriod>,
    /// Decisions made in the scope, and the one shown.
    pub(crate) decisions: Vec<DecisionLine>,
    pub(crate) runs: Vec<Run>,
    pub(crate) sync_runs: Vec<SyncRun>,
    pub(crate) measures: Option<Measures>,
    /// Where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backtest: Option<BacktestDocument>,
    /// The history as a whole, whatever the scope.
    pub(crate) history: Chain,
    /// What the evidence cannot show.
    pub(crate) limits: [&'static str; 2],
    pub(crate) controls: Vec<Control>,
}

impl AuditReport {
    /// The sync run that the decision rests on.
    pub(crate) fn sync_of_decision(&self) -> Option<&SyncRun> {
        let id = self.decision.as_ref()?.sync_run_id;
        self.sync_runs.iter().find(|s| s.id == id)
    }
}

/// The half-open stretch of time that is reported on.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    /// Number of the decision or run.
    pub(crate) id: Option<i64>,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScopeKind {
    /// From the sync run that a decision rests on to the next current decision.
    Decision,
    /// From start to end of a run.
    Run,
    /// As asked for.
    Period,
}

#[derive(Debug, Serialize)]
pub(crate) struct Portal {
    pub(crate) url: String,
    pub(crate) tenant_id: i64,
    pub(crate) owner_id: AccountId,
}

#[derive(Debug, Serialize)]
pub(crate) struct Decision {
    pub(crate) id: i64,
    pub(crate) decided_at: Timestamp,
    pub(crate) as_of: Timestamp,
    pub(crate) current: bool,
    pub(crate) inactivity_days: u32,
    pub(crate) never_logged_in_grace_days: u32,
    pub(crate) signals: &'static [&'static str],
    /// The canonical policy, byte for byte.
    pub(crate) policy: Box<RawValue>,
    pub(crate) policy_sha256: String,
    pub(crate) digest: String,
    /// Whether policy and verdicts as stored still give both digests.
    pub(crate) digests_agree: bool,
    pub(crate) sync_run_id: i64,
    /// The newest history row that was known.
    pub(crate) history_seq: i64,
    pub(crate) counts: crate::domain::digest::VerdictCounts,
}

#[derive(Debug, Serialize)]
pub(crate) struct Population {
    pub(crate) source: PopulationSource,
    pub(crate) kinds: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) email_domains: Vec<String>,
    pub(crate) query: &'static str,
    pub(crate) completeness: &'static str,
    /// Distinct accounts listed by the sync run that the decision rests on.
    pub(crate) accounts_listed: i64,
    pub(crate) under_review: usize,
    /// Roster ids that are not an account.
    pub(crate) not_on_portal: usize,
    /// Roster rows without an account, with or without an id.
    pub(crate) roster_without_account: usize,
    /// Roster rows that could mean more than one account.
    pub(crate) roster_ambiguous: usize,
    pub(crate) roster: Option<Roster>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Roster {
    pub(crate) at: Timestamp,
    /// Of the files as given.
    pub(crate) sha256: String,
    pub(crate) files: Vec<RosterFile>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RosterFile {
    pub(crate) file: String,
    pub(crate) rows: i64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Coverage {
    /// The interval that the decision relied on.
    pub(crate) relied_on: Option<Interval>,
    /// Login events stored within it.
    pub(crate) events: i64,
    /// Every interval proven complete, oldest first, as the store has it now.
    pub(crate) segments: Vec<Interval>,
    pub(crate) holes: Vec<Hole>,
    /// Suspect stretches without a row of the login history or the audit trail, under the policy of the
    /// decision.
    pub(crate) silences: Vec<Silence>,
    /// Vouched days that do not count, since people were at work on them: `YYYY-MM-DD`.
    pub(crate) refuted_quiet_days: Vec<String>,
    pub(crate) proof: &'static str,
}

/// A closed interval.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Interval {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl From<coverage::Coverage> for Interval {
    fn from(c: coverage::Coverage) -> Self {
        Self { from: c.from, to: c.to }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Hole {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) reason: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Silence {
    /// `login_history`, which is not covered then, or `audit_trail`, of which no check proves anything then.
    pub(crate) record: &'static str,
    /// The last row before it.
    pub(crate) from: Timestamp,
    /// The first one after it; none where it goes on.
    pub(crate) to: Option<Timestamp>,
    /// How many were to be expected; not counted where it goes on.
    pub(crate) expected_events: Option<u32>,
    /// Actions in it that were read from the audit trail, and by how many accounts.
    pub(crate) trail_actions: u32,
    pub(crate) trail_accounts: u32,
}

row! {
    pub(crate) struct ReasonCount {
        pub(crate) verdict: Verdict,
        pub(crate) reason: Reason,
        pub(crate) accounts: usize,
    }
}

row! {
    /// Intent, outcome and corroboration of one action.
    #[derive(Clone)]
    pub(crate) struct Action {
        pub(crate) run_id: i64,
        pub(crate) decision_id: Option<i64>,
        pub(crate) account_id: AccountId,
        pub(crate) email: String,
        pub(crate) action: Wanted,
        /// None where it was skipped before an intent.
        pub(crate) intent_at: Option<Timestamp>,
        pub(crate) outcome_at: Option<Timestamp>,
        /// None while it is open.
        pub(crate) outcome: Option<Outcome>,
        pub(crate) detail: String,
        /// Account of the key used.
        pub(crate) actor: String,
        /// Its address, where the store knows it.
        pub(crate) actor_email: Option<String>,
        pub(crate) status_before: Option<Status>,
        pub(crate) status_after: Option<Status>,
        pub(crate) http_status: Option<u16>,
        /// The portal's own audit event for the change.
        pub(crate) portal_event_id: Option<i64>,
        /// Days from the threshold to the disabling.
        pub(crate) days_over_threshold: Option<i64>,
        /// When somebody was told before the disabling, and who, where notices were sent.
        pub(crate) told_at: Option<Timestamp>,
        pub(crate) told: Option<String>,
        /// The newest row of the action.
        pub(crate) history_seq: i64,
        /// The row of its outcome.
        pub(crate) outcome_seq: Option<i64>,
    }
}

row! {
    pub(crate) struct Exemption {
        pub(crate) subject: String,
        pub(crate) reason: String,
        pub(crate) owner: Option<String>,
        /// Last day.
        pub(crate) expires: Option<String>,
        /// At the moment decided.
        pub(crate) in_force: bool,
    }
}

impl Row for QuietPeriod {
    const COLUMNS: &'static [&'static str] = &["from", "to", "reason", "owner"];
}

row! {
    /// One decision in a list.
    pub(crate) struct DecisionLine {
        pub(crate) id: i64,
        pub(crate) decided_at: Timestamp,
        pub(crate) as_of: Timestamp,
        pub(crate) current: bool,
        pub(crate) inactivity_days: u32,
        pub(crate) inactive: i64,
        pub(crate) digest: String,
    }
}

row! {
    pub(crate) struct Run {
        pub(crate) id: i64,
        pub(crate) command: &'static str,
        pub(crate) started_at: Timestamp,
        /// None while it runs, or where it was killed; the exit code likewise.
        pub(crate) finished_at: Option<Timestamp>,
        pub(crate) exit_code: Option<u8>,
        pub(crate) decision_id: Option<i64>,
        /// Operating system user and host.
        pub(crate) actor: String,
        /// One-shot flags.
        pub(crate) overrides: String,
        pub(crate) detail: String,
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct SyncRun {
    pub(crate) id: i64,
    pub(crate) run_id: i64,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) status: &'static str,
    /// Why it did not complete.
    pub(crate) reason: String,
    pub(crate) events_added: i64,
    pub(crate) accounts_seen: i64,
    pub(crate) contractors_seen: i64,
    pub(crate) requests: i64,
    pub(crate) coverage: Option<Interval>,
    pub(crate) server_version: Option<String>,
    /// Days for which the portal kept login events.
    pub(crate) retention_days: Option<u32>,
    /// Minutes that a session could live.
    pub(crate) session_minutes: Option<u32>,
}

impl Row for SyncRun {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "run_id",
        "started_at",
        "finished_at",
        "status",
        "reason",
        "events_added",
        "accounts_seen",
        "contractors_seen",
        "requests",
        "coverage_from",
        "coverage_to",
        "server_version",
        "retention_days",
        "session_minutes",
    ];
}

#[derive(Debug, Serialize)]
pub(crate) struct Chain {
    pub(crate) entries: u64,
    /// Number of the newest row; 0 for none.
    pub(crate) head_seq: i64,
    pub(crate) head_hash: String,
    /// Empty where the chain is whole.
    pub(crate) findings: Vec<Finding>,
}
