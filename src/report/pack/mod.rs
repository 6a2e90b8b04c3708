//! The auditor's pack as plain data. JSON (`dormouse.report/1`) is this object as it is; the page and
//! the CSV folder show the same fields. Every figure can be taken again from the store by SQL.

mod controls;
mod measures;
mod record;
mod summary;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

pub use crate::report::pack::{
    controls::{CONTROLS, Control},
    measures::Measures,
    record::{Action, Chain, Exemption, Run, Sync},
    summary::{sentence, warnings},
};
use crate::{output::rows::row, time::Timestamp};

/// The schema of the JSON form.
pub const SCHEMA: &str = "dormouse.report/1";

/// How every account is listed, as the portal is asked.
pub const LISTING: &str = "GET /api/2.0/people/filter?sortBy=email&sortOrder=ascending, without any \
                           filter, in pages of 100 that overlap by a row; who is under review is \
                           chosen afterwards, from the complete list";

/// Why that list is called complete.
pub const LISTING_PROOF: &str = "the portal's own total and the number of distinct ids must agree; a \
                                 list that does not hold still is read up to three times, and then \
                                 nobody is taken for deleted";

/// How the login history is read, and why it has no gaps.
pub const HISTORY_PROOF: &str = "read newest first without any filter; each page begins with the first \
                                 row of the oldest second of the page before and must show that second \
                                 again, so that nothing can lie between two pages; what cannot be \
                                 proven is a hole";

/// A moment, written in the one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub Timestamp);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

/// Everything that a report says.
#[derive(Debug, Serialize)]
pub struct Pack {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Program and version.
    pub generator: String,
    /// This machine's clock.
    pub generated_at: At,
    /// What is reported on.
    pub scope: Scope,
    /// The summary sentence.
    pub summary: String,
    /// What an auditor should know before reading on.
    pub warnings: Vec<String>,
    /// Which portal.
    pub portal: Option<Portal>,
    /// The decision shown; none where the scope has none.
    pub decision: Option<Decision>,
    /// Who is under review and how that is known.
    pub population: Option<Population>,
    /// How far the record reaches.
    pub coverage: Coverage,
    /// Accounts by reason.
    pub reasons: Vec<ReasonCount>,
    /// The decision's verdicts, and what was done since.
    pub accounts: Vec<Account>,
    /// What was done.
    pub actions: Vec<Action>,
    /// Who is spared by name.
    pub exemptions: Vec<Exemption>,
    /// Decisions of the scope.
    pub decisions: Vec<DecisionLine>,
    /// Runs of the scope.
    pub runs: Vec<Run>,
    /// Pulls of evidence of the scope.
    pub sync_runs: Vec<Sync>,
    /// CIS 5.3.
    pub measures: Option<Measures>,
    /// The chain of the history.
    pub history: Chain,
    /// What the evidence cannot show.
    pub limits: Vec<String>,
    /// What the report is evidence for.
    pub controls: &'static [Control],
}

/// What is reported on.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Scope {
    /// Decision, run or period.
    pub kind: ScopeKind,
    /// Number of the decision or run.
    pub id: Option<i64>,
    /// First moment.
    pub from: At,
    /// First moment no longer in it.
    pub to: At,
}

/// What a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeKind {
    /// From the pull that a decision rests on until the next current decision.
    Decision,
    /// From start to end of a run.
    Run,
    /// As asked for.
    Period,
}

/// The portal that the store is bound to.
#[derive(Debug, Clone, Serialize)]
pub struct Portal {
    /// Base address.
    pub url: String,
    /// Tenant.
    pub tenant_id: i64,
    /// Account of its owner.
    pub owner_id: String,
}

/// The decision shown.
#[derive(Debug, Serialize)]
pub struct Decision {
    /// Number.
    pub id: i64,
    /// When it was made.
    pub decided_at: At,
    /// The moment decided.
    pub as_of: At,
    /// Whether it could be applied.
    pub current: bool,
    /// Threshold in days.
    pub inactivity_days: u32,
    /// The same for accounts that were never active.
    pub never_logged_in_grace_days: u32,
    /// What had to be looked at.
    pub signals: &'static [&'static str],
    /// The canonical policy, byte for byte.
    pub policy: Box<RawValue>,
    /// Its SHA-256.
    pub policy_sha256: String,
    /// Over what was decided.
    pub digest: String,
    /// Whether policy and verdicts as stored still give both digests.
    pub digests_agree: bool,
    /// The evidence used.
    pub sync_run_id: i64,
    /// The newest history row used.
    pub history_seq: i64,
    /// Accounts by verdict.
    pub counts: crate::output::decision::Counts,
}

/// One decision in a list.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionLine {
    /// Number.
    pub id: i64,
    /// When it was made.
    pub decided_at: At,
    /// The moment decided.
    pub as_of: At,
    /// Whether it could be applied.
    pub current: bool,
    /// Threshold in days.
    pub inactivity_days: u32,
    /// Inactive accounts.
    pub inactive: i64,
    /// Over what was decided.
    pub digest: String,
}

/// Who is under review and how that is known.
#[derive(Debug, Clone, Serialize)]
pub struct Population {
    /// Roster or portal.
    pub source: &'static str,
    /// Selectors of the policy.
    pub kinds: Vec<String>,
    /// Selectors of the policy.
    pub groups: Vec<String>,
    /// Selectors of the policy.
    pub email_domains: Vec<String>,
    /// [`LISTING`].
    pub query: &'static str,
    /// [`LISTING_PROOF`].
    pub completeness: &'static str,
    /// Distinct accounts listed by the pull that the decision rests on.
    pub accounts_listed: i64,
    /// Accounts judged.
    pub under_review: usize,
    /// Roster ids that are no account.
    pub not_on_portal: usize,
    /// The roster, where it is the source.
    pub roster: Option<Roster>,
}

/// The roster that counted.
#[derive(Debug, Clone, Serialize)]
pub struct Roster {
    /// When it was given.
    pub at: At,
    /// Of the files as given.
    pub sha256: String,
    /// Files and their rows.
    pub files: Vec<RosterFile>,
}

/// A file of the roster.
#[derive(Debug, Clone, Serialize)]
pub struct RosterFile {
    /// Name as given.
    pub file: String,
    /// Rows.
    pub rows: i64,
}

/// How far the record reaches.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// The interval that the decision relied on.
    pub relied_on: Option<Interval>,
    /// Login events stored within it.
    pub events: i64,
    /// Every interval proven complete, oldest first, as the store has it now.
    pub segments: Vec<Interval>,
    /// What could not be read or proven.
    pub holes: Vec<Hole>,
    /// [`HISTORY_PROOF`].
    pub proof: &'static str,
}

/// A closed interval.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Interval {
    /// First moment.
    pub from: At,
    /// Last moment.
    pub to: At,
}

/// A stretch that could not be read or proven.
#[derive(Debug, Clone, Serialize)]
pub struct Hole {
    /// First moment.
    pub from: At,
    /// Last moment.
    pub to: At,
    /// Why.
    pub reason: String,
}

row! {
    /// How many accounts have a reason.
    pub struct ReasonCount {
        pub verdict: &'static str,
        pub reason: &'static str,
        pub accounts: usize,
    }
}

/// One verdict, and what was done since.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// The portal's id.
    pub account_id: String,
    /// As known at the time.
    pub email: String,
    /// As known at the time.
    pub display_name: String,
    /// As known at the time.
    pub kind: &'static str,
    /// Registration or invitation.
    pub registered_at: Option<At>,
    /// The verdict.
    pub verdict: &'static str,
    /// Its reason.
    pub reason: &'static str,
    /// The newest activity on record.
    pub last_activity_at: Option<At>,
    /// Which record shows it.
    pub last_activity_source: Option<&'static str>,
    /// The portal's id of that record.
    pub last_event_id: Option<i64>,
    /// Whole days idle at the moment decided.
    pub idle_days: Option<u32>,
    /// The last action on it since the decision, within the scope.
    pub action: Option<&'static str>,
    /// How that ended; none while it is open.
    pub outcome: Option<&'static str>,
}
