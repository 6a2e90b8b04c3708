//! How a moment decided bounds the facts that count.

use crate::time::Timestamp;

/// Which of the known facts count by their own date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOfBound {
    /// All of them, also those dated after the moment decided: an account seen this morning is active.
    None,
    /// Those dated up to the moment decided.
    UpTo(Timestamp),
}

impl AsOfBound {
    /// The moment up to which facts count; none where all do.
    pub(super) fn moment(self) -> Option<Timestamp> {
        match self {
            Self::None => None,
            Self::UpTo(at) => Some(at),
        }
    }

    /// In the order of times written as text; no time is written later than this.
    pub(super) fn text(self) -> String {
        match self {
            Self::None => "9999-12-31T23:59:59.999Z".to_owned(),
            Self::UpTo(at) => at.to_string(),
        }
    }

    pub(super) fn millis(self) -> i64 {
        match self {
            Self::None => i64::MAX,
            Self::UpTo(at) => at.timestamp_millis(),
        }
    }

    pub(super) fn admits(self, at: Timestamp) -> bool {
        match self {
            Self::None => true,
            Self::UpTo(bound) => at <= bound,
        }
    }
}
