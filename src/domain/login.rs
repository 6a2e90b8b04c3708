//! Login events and what each code proves. The codes are those of MessageAction.cs, 1000 to 1029.

use crate::{
    domain::account::{AccountId, named},
    time::Timestamp,
};

named! {
    /// What a login event proves about the person behind its account.
    EventClass {
        /// A successful login.
        Login = "login",
        /// The person was there: logout, session start or end.
        Presence = "presence",
        /// An attempt that did not get in. Proves nothing.
        Failure = "failure",
        /// A code of a later release: never shown as a login, protects like presence.
        Other = "other",
    }
}

/// The class of an event code.
#[must_use]
pub fn class_of(code: i64) -> EventClass {
    match code {
        1000 | 1001 | 1007 | 1010..=1012 | 1015 | 1019 | 1021 | 1024 | 1027..=1029 => {
            EventClass::Login
        }
        1006 | 1016 | 1017 => EventClass::Presence,
        1002..=1005 | 1008 | 1009 | 1013 | 1014 | 1018 | 1020 | 1022 | 1023 | 1025 | 1026 => {
            EventClass::Failure
        }
        _ => EventClass::Other,
    }
}

/// One row of the portal's login history. The page address is never kept: it can hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginEvent {
    /// The portal's id, with gaps, growing with insertion and not strictly with `at`. A negative one is
    /// a fingerprint of a row whose id could not be read.
    pub id: i64,
    /// The account it is filed under; the anonymous id for most failures.
    pub account: AccountId,
    /// When, as reported: up to one hour late in the hour repeated when DST ends. A row that was
    /// reported without a usable date, or as of the future, counts as of the moment it was first read.
    pub at: Timestamp,
    /// Where the portal lists the row, if not at `at`.
    pub listed_at: Option<Timestamp>,
    /// MessageAction number.
    pub code: i64,
    /// IPv4, or the first group of an IPv6 address.
    pub ip: Option<String>,
    /// Where the address was placed.
    pub country: Option<String>,
    /// Where the address was placed.
    pub city: Option<String>,
    /// From the User-Agent.
    pub browser: Option<String>,
    /// From the User-Agent.
    pub platform: Option<String>,
}

impl LoginEvent {
    /// Where the portal lists it.
    #[must_use]
    pub fn listed(&self) -> Timestamp {
        self.listed_at.unwrap_or(self.at)
    }

    /// The class of its code.
    #[must_use]
    pub fn class(&self) -> EventClass {
        class_of(self.code)
    }
}
