//! Login events and audited actions: adding, reading and losing them.
//!
//! The `add_` methods write whatever they are told; people who [log in](World::log_in) or
//! [act](World::act) are recorded only while recording is on.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::logins::{Logins, SharedShape};
use super::{Account, AuditEvent, Login, LoginRow, World};

impl World {
    /// Adds a login event and returns its id.
    pub fn add_login(&mut self, login: Login) -> i32 {
        let at = self.stored(login.at.unwrap_or_else(|| self.clock.now()));
        let id = login.id.unwrap_or(self.last_login_id + 1);
        self.last_login_id = self.last_login_id.max(id);
        let shape = SharedShape::new(self.shape_of(&login));
        self.logins.insert(LoginRow { id, at_micros: at.timestamp_micros(), shape });
        id
    }

    /// Loads many rows at once; ids follow their dates.
    pub fn add_logins(&mut self, rows: Vec<LoginRow>) {
        let mut all = self.logins.take();
        all.extend(rows);
        let mut logins = Logins::from_rows(all).take();
        for row in logins.iter_mut().filter(|row| row.id == 0) {
            self.last_login_id += 1;
            row.id = self.last_login_id;
        }
        self.logins = Logins::from_rows(logins);
    }

    /// All login events, oldest first.
    pub fn logins(&self) -> &[LoginRow] {
        self.logins.rows()
    }

    /// Removes login events without any trace.
    pub fn retain_logins(&mut self, keep: impl FnMut(&LoginRow) -> bool) {
        self.logins.retain(keep);
    }

    pub(crate) fn login_window(&self, start: usize, count: usize, request: u64) -> Vec<&LoginRow> {
        self.logins.window(start, count, self.settings.ties, request)
    }

    /// Adds an event that arrives only now although it is dated back, as code 1028 can.
    pub fn add_late_login(&mut self, login: Login) -> i32 {
        let id = self.add_login(login);
        self.late_logins.insert(id, self.clock.now());
        id
    }

    /// Adds the same event several times, all at its date.
    pub fn add_login_burst(&mut self, login: &Login, count: usize) -> Vec<i32> {
        (0..count).map(|_| self.add_login(login.clone())).collect()
    }

    /// A person logs in now on the web; `None` if the portal does not record it.
    pub fn log_in(&mut self, id: Uuid) -> Option<i32> {
        let code = self.settings.version.password_login_code();
        let recorded = self.settings.recording.takes_logins();
        recorded.then(|| self.add_login(Login::code(id, code)))
    }

    /// Nothing was recorded in this stretch: its login events never existed, so later ones have
    /// lower ids. For portals that no client has read yet.
    pub fn unrecord_logins(&mut self, stretch: Range<DateTime<Utc>>) {
        let mut lost = Vec::new();
        self.logins.retain(|row| {
            let keep = !stretch.contains(&row.at());
            if !keep {
                lost.push(row.id);
            }
            keep
        });
        lost.sort_unstable();
        let mut rows = self.logins.take();
        rows.iter_mut().for_each(|row| row.id -= lower(&lost, row.id));
        self.logins = Logins::from_rows(rows);
        self.last_login_id -= lower(&lost, i32::MAX);
    }

    /// Adds an audited action and returns its id.
    pub fn add_audit(&mut self, mut event: AuditEvent) -> i32 {
        self.last_audit_id += 1;
        event.id = self.last_audit_id;
        event.at = self.stored(event.at);
        if event.user.is_empty() {
            let name = self.account(event.user_id).map(Account::display_name);
            event.user = name.unwrap_or_else(|| "Guest".to_owned());
        }
        let place = self.audits.partition_point(|known| known.at <= event.at);
        self.audits.insert(place, event);
        self.last_audit_id
    }

    /// Adds an action that arrives only now although it is dated back.
    pub fn add_late_audit(&mut self, event: AuditEvent) -> i32 {
        let id = self.add_audit(event);
        self.late_audits.insert(id, self.clock.now());
        id
    }

    /// A person does something audited now; `None` if the portal does not record it.
    pub fn act(&mut self, id: Uuid, code: u16) -> Option<i32> {
        let event = AuditEvent::new(id, code, self.clock.now());
        self.record(event)
    }

    /// The same for the audit trail as [`World::unrecord_logins`] for logins.
    pub fn unrecord_audits(&mut self, stretch: Range<DateTime<Utc>>) {
        let lost = self.audits.extract_if(.., |event| stretch.contains(&event.at));
        let mut lost: Vec<i32> = lost.map(|event| event.id).collect();
        lost.sort_unstable();
        self.audits.iter_mut().for_each(|event| event.id -= lower(&lost, event.id));
        self.last_audit_id -= lower(&lost, i32::MAX);
    }

    /// Writes what the portal itself records.
    pub(crate) fn record(&mut self, event: AuditEvent) -> Option<i32> {
        self.settings.recording.takes_audits().then(|| self.add_audit(event))
    }

    /// All audited actions, oldest first.
    pub fn audits(&self) -> &[AuditEvent] {
        &self.audits
    }

    /// The audited actions that can be read by now, newest first.
    pub(crate) fn readable_audits(&self) -> impl Iterator<Item = &AuditEvent> {
        let until = self.clock.now() - self.settings.audit_lag;
        let lag = self.settings.audit_lag;
        self.audits.iter().rev().filter(move |event| lag.is_zero() || event.at <= until)
    }

    /// Makes every page that contains this login event a 500, for good; before 3.2, a 200 that
    /// breaks off there.
    pub fn poison_event(&mut self, id: i32) {
        self.poisoned.insert(id);
    }

    pub(crate) fn is_poisoned(&self, id: i32) -> bool {
        self.poisoned.contains(&id)
    }

    /// The daily purge: removes login events older than the retention; says how many.
    pub fn purge(&mut self) -> usize {
        let days = TimeDelta::days(i64::from(self.settings.retention.login_days));
        self.logins.drop_before((self.clock.now() - days).timestamp_micros())
    }
}

/// How many of the sorted ids are lower than this one.
fn lower(sorted: &[i32], id: i32) -> i32 {
    i32::try_from(sorted.partition_point(|&known| known < id)).unwrap_or(i32::MAX)
}
