//! Copies of the portal's database: clones, snapshots, and going back to one.
//!
//! Unlike a restore from a portal backup, these keep every id, and give ids again to new events.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::World;

impl World {
    /// A copy with a clock of its own, from where both go on separately: the next events of both
    /// have the same ids, the next accounts do not. Also a snapshot to go back to.
    #[must_use]
    pub fn fork(&self) -> Self {
        let mut copy = self.clone();
        copy.clock = self.clock.fork();
        copy.rng = SmallRng::seed_from_u64(copy.rng.random());
        copy
    }

    /// Puts the database back to this snapshot; only the clock goes on.
    pub fn roll_back_to(&mut self, snapshot: &Self) {
        let clock = self.clock.clone();
        let rng = self.rng.clone();
        *self = Self { clock, rng, ..snapshot.clone() };
    }

    /// Puts the database back by this much: later events, accounts and changes of status are
    /// gone, and new events get the ids of lost ones. Keys, roles and settings stay.
    pub fn roll_back(&mut self, by: TimeDelta) {
        let then = self.clock.now() - by;
        let lowest = |ids: &mut dyn Iterator<Item = i32>| ids.min().map_or(0, |id| id - 1);

        let floor = lowest(&mut self.logins.rows().iter().map(|row| row.id));
        let late = &self.late_logins;
        self.logins.retain(|row| inserted(late, row.id, row.at()) <= then);
        let kept = self.logins.rows().iter().map(|row| row.id).max();
        self.last_login_id = kept.unwrap_or(floor);

        let floor = lowest(&mut self.audits.iter().map(|event| event.id));
        let late = &self.late_audits;
        self.audits.retain(|event| inserted(late, event.id, event.at) <= then);
        let kept = self.audits.iter().map(|event| event.id).max();
        self.last_audit_id = kept.unwrap_or(floor);

        self.undo_status_changes(then);
        self.accounts.retain(|account| account.registered.is_none_or(|at| at <= then));
        self.index_accounts();
        let (last_login, last_audit) = (self.last_login_id, self.last_audit_id);
        self.late_logins.retain(|&id, _| id <= last_login);
        self.odd_logins.retain(|&id, _| id <= last_login);
        self.poisoned.retain(|&id| id <= last_login);
        self.late_audits.retain(|&id, _| id <= last_audit);
        self.odd_audits.retain(|&id, _| id <= last_audit);
    }

    fn undo_status_changes(&mut self, then: DateTime<Utc>) {
        while let Some(change) = self.status_changes.pop_if(|change| change.at > then) {
            if let Some(account) = self.account_mut(change.account) {
                account.status = change.before;
            }
        }
    }
}

fn inserted(late: &HashMap<i32, DateTime<Utc>>, id: i32, at: DateTime<Utc>) -> DateTime<Utc> {
    late.get(&id).copied().unwrap_or(at)
}
