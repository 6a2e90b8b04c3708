//! Whether anybody was told, and what that allows.

use crate::{
    domain::{
        human::{many, minute},
        notices::{NoticeRules, Receipt, Role, SentNotice},
    },
    time::{Timestamp, days},
};

/// Whether an account's person, or somebody in their place, was told of the present stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Not,
    /// A server took over a notice to the person or, where it refuses theirs, to somebody else.
    Since(Timestamp),
    /// Every recipient was refused, the last of them then.
    Undeliverable(Timestamp),
}

impl Told {
    /// Reads it from what was sent about one account, oldest first.
    #[must_use]
    pub fn of(sent: &[SentNotice], stretch: Timestamp) -> Self {
        let sent = || {
            let of_stretch = sent.iter().filter(move |notice| notice.detail.stretch == stretch);
            of_stretch.filter(|notice| notice.detail.role != Role::Webhook)
        };
        let to_person = || sent().filter(|notice| notice.detail.role == Role::Account);
        let accepted = |notice: &&SentNotice| notice.receipt() == Receipt::Accepted;
        if let Some(notice) = to_person().find(accepted) {
            return Self::Since(notice.at);
        }
        let Some(refused) = to_person().next_back().filter(|n| n.receipt() == Receipt::Refused)
        else {
            return Self::Not;
        };
        let in_their_place = sent().filter(|notice| notice.at >= refused.at).find(accepted);
        if let Some(notice) = in_their_place {
            return Self::Since(notice.at);
        }
        let is_last = |notice: &&SentNotice| {
            !sent().any(|later| later.at > notice.at && later.is_to(&notice.detail.recipient))
        };
        match sent().filter(is_last).all(|notice| notice.receipt() == Receipt::Refused) {
            true => Self::Undeliverable(sent().map(|n| n.at).max().unwrap_or(refused.at)),
            false => Self::Not,
        }
    }

    /// From when the account may be disabled where notices are required; none while nobody was told.
    #[must_use]
    pub fn allows_from(self, rules: &NoticeRules) -> Option<Timestamp> {
        match self {
            Self::Not => None,
            Self::Since(at) | Self::Undeliverable(at) => Some(at + days(rules.min_notice_days)),
        }
    }

    /// Why an account may not be disabled yet.
    #[must_use]
    pub fn objection(self, rules: &NoticeRules, now: Timestamp) -> Option<String> {
        match self.allows_from(rules) {
            None => Some("not told yet: dormouse notify".to_owned()),
            Some(from) if from > now => Some(format!(
                "told less than {} ago: may be disabled from {}",
                many(rules.min_notice_days, "day"),
                minute(from)
            )),
            Some(_) => None,
        }
    }
}
