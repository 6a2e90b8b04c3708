//! What `status` shows (`dormouse.status/1`), as data.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use crate::{
    domain::{
        account::AccountId,
        brakes::BrakeLoad,
        history::Action,
        policy::{Exemption, PopulationSource},
        population::MatchCounts,
        recorded::QuietPeriod,
        verdict::Verdict,
    },
    engine::{due::DueAccount, silences::SilenceFound},
    output::next::Next,
    store::{
        portal::KnownPortal,
        runs::{CommandRuns, RunRow},
        segments::Hole,
        sync_runs::{SyncRow, SyncStatus},
    },
    time::Timestamp,
};

/// How far ahead becoming inactive is announced.
pub(super) const SOON_DAYS: u32 = 7;
/// How far ahead the end of an exemption is announced.
pub(super) const ENDING_DAYS: u32 = 14;

#[derive(Serialize)]
pub(super) struct StatusReport {
    pub(super) schema: &'static str,
    pub(super) at: Timestamp,
    pub(super) evidence: Freshness,
    pub(super) coverage: Option<KnownStretch>,
    pub(super) holes: Vec<Hole>,
    /// Stretches in which the portal may not have recorded.
    pub(super) silences: Vec<SilenceFound>,
    /// Stretches for which somebody vouches.
    pub(super) quiet: Vec<QuietPeriod>,
    #[serde(skip)]
    pub(super) refuted: Vec<String>,
    pub(super) store: String,
    pub(super) portal: Option<KnownPortal>,
    pub(super) last_sync: Option<LastSync>,
    /// Of a sync that has not ended: at work, or killed.
    pub(super) sync_running_since: Option<Timestamp>,
    pub(super) inactivity_days: u32,
    pub(super) population: Option<Population>,
    pub(super) roster: Option<RosterStatus>,
    pub(super) decision: Option<Decided>,
    pub(super) open_intents: Vec<OpenIntent>,
    /// Messages that `notify` would send; none where no notices are configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notices_due: Option<usize>,
    pub(super) exemptions: Exemptions,
    pub(super) runs: Vec<RunRow>,
    #[serde(skip)]
    pub(super) commands: Vec<CommandRuns>,
    pub(super) next: Next,
    #[serde(skip)]
    pub(super) max_age: TimeDelta,
}

/// Whether the evidence may be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Freshness {
    Missing,
    TooOld,
    Good,
}

impl Freshness {
    pub(super) fn is_good(self) -> bool {
        self == Self::Good
    }
}

/// Coverage, and until when it may be acted on.
#[derive(Serialize)]
pub(super) struct KnownStretch {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) age_hours: i64,
    pub(super) good_until: Timestamp,
}

#[derive(Serialize)]
pub(super) struct LastSync {
    pub(super) id: i64,
    pub(super) run_id: i64,
    pub(super) status: SyncStatus,
    pub(super) reason: String,
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    /// Its start by the portal's clock.
    #[serde(skip)]
    pub(super) portal_time: Option<Timestamp>,
    #[serde(skip)]
    pub(super) key_expires_at: Option<Timestamp>,
}

/// The population as the newest evidence shows it.
#[derive(Serialize)]
pub(super) struct Population {
    pub(super) source: PopulationSource,
    pub(super) as_of: Timestamp,
    pub(super) accounts: usize,
    pub(super) pending: usize,
    pub(super) disabled: usize,
    pub(super) not_on_portal: usize,
    pub(super) verdicts: BTreeMap<Verdict, usize>,
    pub(super) inactive_soon: Vec<DueAccount>,
    #[serde(skip)]
    pub(super) unchecked: usize,
    #[serde(skip)]
    pub(super) inactive: Vec<AccountId>,
    /// What disabling the inactive accounts would weigh.
    #[serde(skip)]
    pub(super) load: BrakeLoad,
}

impl Population {
    pub(super) fn with_verdict(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }
}

/// The newest roster, and how its rows matched at the last sync.
#[derive(Serialize)]
pub(super) struct RosterStatus {
    pub(super) at: Timestamp,
    pub(super) files: Vec<String>,
    pub(super) rows: u64,
    #[serde(flatten)]
    pub(super) counts: MatchCounts,
}

/// The newest current decision, and whether it still says what the newest evidence says.
#[derive(Serialize)]
pub(super) struct Decided {
    pub(super) id: i64,
    pub(super) as_of: Timestamp,
    #[serde(skip)]
    pub(super) verdicts: BTreeMap<Verdict, usize>,
    pub(super) inactive: usize,
    /// Those of them that are not disabled yet.
    pub(super) to_disable: usize,
    /// Accounts that are inactive by the newest evidence and policy but not in the decision.
    #[serde(skip)]
    pub(super) not_in_it: usize,
}

#[derive(Serialize)]
pub(super) struct OpenIntent {
    pub(super) run_id: i64,
    pub(super) account_id: AccountId,
    pub(super) email: String,
    pub(super) action: Action,
    pub(super) at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Exemptions {
    pub(super) ended: Vec<ExemptionRow>,
    pub(super) ending: Vec<ExemptionRow>,
}

#[derive(Serialize)]
pub(super) struct ExemptionRow {
    pub(super) subject: String,
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    /// The last day on which it holds.
    pub(super) expires: Option<String>,
}

impl ExemptionRow {
    pub(super) fn of(exemption: &Exemption) -> Self {
        Self {
            subject: exemption.subject.to_string(),
            reason: exemption.reason.clone(),
            owner: exemption.owner.clone(),
            expires: exemption.expires.map(|day| day.to_string()),
        }
    }
}

impl From<SyncRow> for LastSync {
    fn from(run: SyncRow) -> Self {
        Self {
            id: run.id,
            run_id: run.run_id,
            status: run.status,
            reason: run.reason,
            started_at: run.started_at,
            finished_at: run.finished_at,
            portal_time: run.portal_time,
            key_expires_at: run.facts.key_expires_at,
        }
    }
}
