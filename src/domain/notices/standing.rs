//! Where one account stands: what was sent about it, and what comes next.

use serde::Serialize;

use crate::{
    domain::{
        evidence::Evidence,
        notices::{DueNotice, NoticeRules, SentNotice, Told, due, stretch},
        policy::Policy,
        verdict::first_inactive,
    },
    time::Timestamp,
};

/// Where an account stands with its notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NoticeStanding {
    /// When somebody was told of the present stretch.
    pub told_at: Option<Timestamp>,
    /// When the last of all recipients was refused.
    pub undeliverable_at: Option<Timestamp>,
    /// From when on nothing keeps `apply` from disabling it where notices are required.
    pub notice_kept_from: Option<Timestamp>,
    /// Days before it becomes inactive.
    pub next_stage: Option<u32>,
    pub next_notice_at: Option<Timestamp>,
}

/// What was sent about an account, and what comes next if nothing happens; none where it never will be
/// inactive.
#[must_use]
pub fn standing(
    rules: &NoticeRules,
    policy: &Policy,
    evidence: &Evidence,
    sent: &[SentNotice],
    as_of: Timestamp,
) -> Option<NoticeStanding> {
    let (stretch, inactive_at) = (stretch(evidence)?, first_inactive(policy, evidence)?);
    let told = Told::of(sent, stretch);
    let is_begun = |due: &DueNotice| {
        let of_stretch = sent.iter().filter(|notice| notice.detail.stretch == due.stretch);
        of_stretch.clone().any(|n| n.detail.stage <= due.stage && n.receipt().is_final())
    };
    let now = due(rules, policy, evidence, as_of).filter(|due| !is_begun(due));
    let later = rules.before_days.iter().map(|stage| (*stage, inactive_at.days_before(*stage)));
    let next = now.map(|due| (due.stage, as_of));
    let next = next.or_else(|| later.filter(|(_, at)| *at > as_of).min_by_key(|(_, at)| *at));
    Some(NoticeStanding {
        told_at: match told {
            Told::Since(at) => Some(at),
            Told::Not | Told::Undeliverable(_) => None,
        },
        undeliverable_at: match told {
            Told::Undeliverable(at) => Some(at),
            Told::Not | Told::Since(_) => None,
        },
        notice_kept_from: told.allows_from(rules),
        next_stage: next.map(|(stage, _)| stage),
        next_notice_at: next.map(|(_, at)| at),
    })
}
