//! What was known of one account from when on: its versions, and what happened to its status. Between two
//! such moments only time and activities change a verdict.

use crate::{
    domain::{
        account::{Account, AccountId, Status},
        evidence::{Evidence, KeyOwner, Match, Restart, RestartCause},
        recorded::LowerBound,
        timeline::{Acted, Changed, Shown, Timeline},
        trail::TrailProof,
    },
    time::Timestamp,
};

/// What a listing showed of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountVersion {
    /// When, and with which status.
    pub shown: Shown,
    /// What it showed; of an account that is gone, what was shown last.
    pub account: Account,
}

/// Everything known of one account, but for its activities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPast {
    /// In the order of learning.
    pub versions: Vec<AccountVersion>,
    /// Outcomes of our own, in their order.
    pub acted: Vec<Acted>,
    /// Audit events that named it.
    pub changed: Vec<Changed>,
}

/// A stretch in which nothing changes but time and activities.
#[derive(Debug, Clone)]
pub(super) struct Phase {
    pub(super) from: Timestamp,
    pub(super) standing: Standing,
}

/// What there is to judge in it.
#[derive(Debug, Clone)]
pub(super) enum Standing {
    /// Under review. Activity and coverage are filled in day by day.
    Reviewed(Box<Evidence>),
    /// Not under review, or not on the portal.
    NotReviewed,
}

/// The past of an account as a review sees it.
#[derive(Debug, Clone)]
pub struct ReviewedPast {
    pub(super) id: AccountId,
    /// Since when a version is known; before that the earliest one stands in.
    pub(super) known_since: Timestamp,
    /// Never empty, oldest first; the first one reaches back to the beginning of time.
    pub(super) phases: Vec<Phase>,
    /// Moments from which it was not enabled, or at which it must have been enabled again.
    interruptions: Vec<Timestamp>,
}

impl AccountPast {
    /// How it is reviewed: `matched` says of each version whether it is under review, and `record_began` when
    /// the record that counts began, if it is not the first one. None for an account without a version.
    #[must_use]
    pub fn reviewed(
        &self,
        matched: impl Fn(&Account) -> Option<Match>,
        key_owner: KeyOwner,
        record_began: Option<Timestamp>,
    ) -> Option<ReviewedPast> {
        let first = self.versions.first()?;
        let mut moments: Vec<Timestamp> = self.versions[1..].iter().map(|v| v.shown.at).collect();
        moments.extend(self.acted.iter().map(|a| a.at).chain(self.changed.iter().map(|c| c.at)));
        moments.sort_unstable();
        moments.dedup();
        let (mut phases, mut interruptions) = (Vec::new(), Vec::new());
        for from in std::iter::once(Timestamp::MIN).chain(moments) {
            let (account, timeline) = self.known_at(from);
            let status = timeline.status();
            let restart = timeline.restart();
            let named = restart.filter(|r| r.cause == RestartCause::StatusChange && r.at == from);
            if !status.is_some_and(Status::is_enabled) || named.is_some() {
                interruptions.push(from);
            }
            let began = record_began.map(|at| Restart { at, cause: RestartCause::RecordBegan });
            let standing = match (status, matched(account)) {
                (Some(status), Some(matched)) => Standing::Reviewed(Box::new(Evidence {
                    account: Account { status, ..account.clone() },
                    matched,
                    key_owner,
                    last_activity: None,
                    restart: restart.into_iter().chain(began).max_by_key(|r| r.at),
                    checked_at: None,
                    trail: TrailProof::NotProbed,
                    coverage: None,
                    bound: LowerBound::Record,
                })),
                _ => Standing::NotReviewed,
            };
            phases.push(Phase { from, standing });
        }
        Some(ReviewedPast {
            id: first.account.id,
            known_since: first.shown.at,
            phases,
            interruptions,
        })
    }

    /// The version and the status as a historical decision as of `at` knows them.
    fn known_at(&self, at: Timestamp) -> (&Account, Timeline) {
        let later = self.versions.iter().skip(1).position(|v| v.shown.at > at);
        let known = &self.versions[..later.map_or(self.versions.len(), |place| place + 1)];
        let timeline = Timeline {
            shown: known.iter().map(|v| v.shown).collect(),
            acted: self.acted.iter().filter(|a| a.at <= at).copied().collect(),
            changed: self.changed.iter().filter(|c| c.at <= at).copied().collect(),
        };
        (&known[known.len() - 1].account, timeline)
    }
}

impl ReviewedPast {
    /// Whether there is a day on which it can be judged.
    #[must_use]
    pub fn is_ever_reviewed(&self) -> bool {
        self.phases.iter().any(|phase| matches!(phase.standing, Standing::Reviewed(_)))
    }

    /// The first moment after `at` from which it was not enabled throughout.
    pub(super) fn interrupted_after(&self, at: Timestamp) -> Option<Timestamp> {
        self.interruptions.iter().find(|moment| **moment > at).copied()
    }
}
