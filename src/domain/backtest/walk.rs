//! One account's past, gap by gap between its activities: on which day each threshold would have disabled
//! it, and what came of it.

use chrono::TimeDelta;

use crate::{
    domain::{
        account::AccountId,
        backtest::{
            covered::{CoveredTime, JudgedDays},
            day::{Day, Days},
            idle::{Gap, Idleness},
            past::{Phase, ReviewedPast, Standing},
        },
        evidence::{Activity, Evidence, Source},
        policy::{Policy, Signals},
        verdict::{Reason, Verdict, judge},
    },
    time::{Timestamp, days},
};

/// By which version of the account a day was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The one of that day.
    ThatDay,
    /// A later one, the earliest known.
    EarliestKnown,
}

/// The first day of an idle stretch on which a threshold holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WouldBeDisable {
    pub account_id: AccountId,
    pub inactivity_days: u32,
    /// Start of that day.
    pub at: Timestamp,
    pub basis: Basis,
    /// The first activity after it.
    pub returned_at: Option<Timestamp>,
    /// For how long the account is known to have been enabled, and its activities to be complete.
    pub followed_until: Timestamp,
}

/// Thresholds that are tried on the same days.
#[derive(Debug, Clone)]
pub struct Trial {
    days: Days,
    /// Shortest threshold first.
    thresholds: Vec<Threshold>,
}

#[derive(Debug, Clone)]
struct Threshold {
    policy: Policy,
    judged: Vec<JudgedDays>,
}

impl Trial {
    /// `thresholds` in days.
    #[must_use]
    pub fn new(policy: &Policy, thresholds: &[u32], covered: &CoveredTime, days: Days) -> Self {
        let mut thresholds = thresholds.to_vec();
        thresholds.sort_unstable();
        thresholds.dedup();
        let threshold = |inactivity_days| Threshold {
            policy: Policy { signals: Signals::Logins, ..policy.with_threshold(inactivity_days) },
            judged: covered.judged(days, inactivity_days),
        };
        Self { days, thresholds: thresholds.into_iter().map(threshold).collect() }
    }

    /// Shorter stretches of idleness than this do not matter.
    #[must_use]
    pub fn shortest(&self) -> TimeDelta {
        self.thresholds.first().map_or(TimeDelta::MAX, |t| days(t.policy.inactivity_days))
    }

    /// Every would-be disable of one account.
    pub fn account(
        &self,
        past: &mut ReviewedPast,
        idleness: &Idleness,
        mut found: impl FnMut(WouldBeDisable),
    ) {
        for gap in idleness.gaps() {
            for threshold in &self.thresholds {
                let days = gap.days(threshold.policy.inactivity_days).both(self.days);
                if !days.is_empty() {
                    disables(threshold, past, gap, days, &mut found);
                }
            }
        }
    }

    /// Each threshold, and how many days it could be judged on.
    pub fn thresholds(&self) -> impl Iterator<Item = (u32, u32)> {
        self.thresholds.iter().map(|threshold| {
            let days = threshold.judged.iter().map(|judged| judged.days.count()).sum();
            (threshold.policy.inactivity_days, days)
        })
    }
}

impl Gap {
    /// Days in it that start at least `threshold` days after the last activity.
    fn days(self, threshold: u32) -> Days {
        Days {
            first: Day::starting_from(
                self.after.map_or(Timestamp::MIN, |at| at.days_after(threshold)),
            ),
            end: Day::starting_from(self.before.unwrap_or(Timestamp::MAX)),
        }
    }
}

/// Finds the would-be disables among `days` of a gap: a second one only where the clock restarted in it.
fn disables(
    threshold: &Threshold,
    past: &mut ReviewedPast,
    gap: Gap,
    days: Days,
    found: &mut impl FnMut(WouldBeDisable),
) {
    // A registration date may change, and change back.
    let mut counted: Vec<Stretch> = Vec::new();
    for place in 0..past.phases.len() {
        let next = past.phases.get(place + 1).map_or(Timestamp::MAX, |phase| phase.from);
        let Phase { from, standing } = &mut past.phases[place];
        let days =
            Days { first: Day::starting_from(*from), end: Day::starting_from(next) }.both(days);
        let Standing::Reviewed(evidence) = standing else { continue };
        // The record of times does not say what sort of activity it was, and no rule asks.
        let activity = |at| Activity { at, source: Source::Other, event_id: None };
        evidence.last_activity = gap.after.map(activity);
        let stretch = Stretch::of(evidence);
        if days.is_empty() || counted.contains(&stretch) {
            continue;
        }
        if let Some((day, judged)) = first_inactive(threshold, evidence, days) {
            counted.push(stretch);
            let at = day.start();
            let interrupted = past.interrupted_after(at).unwrap_or(Timestamp::MAX);
            found(WouldBeDisable {
                account_id: past.id,
                inactivity_days: threshold.policy.inactivity_days,
                at,
                basis: if at < past.known_since { Basis::EarliestKnown } else { Basis::ThatDay },
                returned_at: gap.before,
                followed_until: judged.coverage.to.min(interrupted),
            });
        }
    }
}

/// What names a stretch of idleness: the latest of activity and clock start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch(Option<Timestamp>);

impl Stretch {
    fn of(evidence: &Evidence) -> Self {
        let activity = evidence.last_activity.map(|a| a.at);
        Self(activity.max(evidence.account.registered_at).max(evidence.restart.map(|r| r.at)))
    }
}

fn first_inactive<'t>(
    threshold: &'t Threshold,
    evidence: &mut Evidence,
    days: Days,
) -> Option<(Day, &'t JudgedDays)> {
    for judged in &threshold.judged {
        evidence.coverage = Some(judged.coverage);
        for day in judged.days.both(days).each() {
            let reason = judge(&threshold.policy, evidence, day.start());
            if reason.verdict() == Verdict::Inactive {
                return Some((day, judged));
            }
            if stays(reason) {
                return None;
            }
        }
    }
    None
}

/// Whether time alone cannot change this reason.
fn stays(reason: Reason) -> bool {
    match reason {
        Reason::AlreadyDisabled
        | Reason::Owner
        | Reason::Admin
        | Reason::Own
        | Reason::DirectoryManaged => true,
        Reason::Exemption
        | Reason::RecentActivity
        | Reason::RecentlyEnabled
        | Reason::WithinGrace
        // Recent activity comes before these.
        | Reason::AmbiguousMatch
        | Reason::UnknownKind
        | Reason::UnknownRegistration
        | Reason::InsufficientCoverage
        | Reason::NoActivityCheck
        | Reason::NeverLoggedIn
        | Reason::Idle
        | Reason::NotOnPortal => false,
    }
}
