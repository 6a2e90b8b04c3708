//! Rows that no reader can take for granted.

use std::collections::HashMap;

use super::World;

/// What is wrong with an event as it is told; the row stands in its place all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Oddity {
    /// `"date": null`.
    NullDate,
    /// The year 1, as the server tells an unset date.
    UnsetDate,
    /// Text that is not a date.
    UnreadableDate,
    /// No `date`.
    NoDate,
    /// `id` is text.
    UnreadableId,
    /// No `id`.
    NoId,
    /// `"userId": null`.
    NullAccount,
    /// No `userId`.
    NoAccount,
}

/// Odd rows by event id.
pub(crate) type Oddities = HashMap<i32, Oddity>;

impl World {
    /// Tells this login event with something wrong.
    pub fn make_login_odd(&mut self, id: i32, oddity: Oddity) {
        self.odd_logins.insert(id, oddity);
    }

    /// Tells this audited action with something wrong.
    pub fn make_audit_odd(&mut self, id: i32, oddity: Oddity) {
        self.odd_audits.insert(id, oddity);
    }

    pub(crate) fn odd_logins(&self) -> &Oddities {
        &self.odd_logins
    }

    pub(crate) fn odd_audits(&self) -> &Oddities {
        &self.odd_audits
    }
}
