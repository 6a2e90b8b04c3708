//! Changing the status of accounts, as `PUT people/status` does it in each release.
//!
//! Who is protected is checked first; then accounts change one by one; the audit event comes last.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Account, AuditEvent, Invitations, Kind, Status, World};

/// The two changes there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Disable,
    Enable,
}

/// How somebody made a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Channel {
    Browser,
    Api,
}

/// A status that was changed, for a rollback to undo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatusChange {
    pub(crate) at: DateTime<Utc>,
    pub(crate) account: Uuid,
    pub(crate) before: Status,
}

/// Why a change stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// A protected account in the list; nobody was changed.
    Denied,
    /// No seat left; earlier ones stay enabled.
    NoSeat,
}

/// What stands in the way of one account.
enum Protection {
    None,
    /// Older releases drop the account from the answer.
    Dropped,
    /// Older releases list it unchanged.
    Kept,
}

impl World {
    /// Changes accounts for `caller` and returns the ids that the answer lists.
    pub(crate) fn change_status(
        &mut self,
        caller: Uuid,
        ids: &[Uuid],
        change: Change,
    ) -> Result<Vec<Uuid>, Refusal> {
        let mut listed = Vec::new();
        let mut changing = Vec::new();
        for &id in ids {
            match self.protection(caller, id) {
                Protection::None => {
                    listed.push(id);
                    changing.push(id);
                }
                _ if self.settings.version.refuses_protected_accounts() => {
                    return Err(Refusal::Denied);
                }
                Protection::Kept => listed.push(id),
                Protection::Dropped => {}
            }
        }
        for &id in &changing {
            match change {
                Change::Disable => self.disable_one(caller, id, Channel::Api),
                Change::Enable => self.enable_one(id)?,
            }
        }
        self.write_status_event(caller, ids, Channel::Api);
        Ok(listed)
    }

    /// Disables an account as this person does by hand, in the browser.
    pub fn disable(&mut self, by: Uuid, id: Uuid) {
        self.disable_one(by, id, Channel::Browser);
        self.write_status_event(by, &[id], Channel::Browser);
    }

    /// Enables an account as this person does by hand, in the browser; seats are not counted.
    pub fn enable(&mut self, by: Uuid, id: Uuid) {
        self.enable_without_seats(id);
        self.write_status_event(by, &[id], Channel::Browser);
    }

    /// Disables an account as a second client does that has the administrator's key.
    pub fn disable_by_key(&mut self, id: Uuid) {
        let by = self.key_account();
        self.disable_one(by, id, Channel::Api);
        self.write_status_event(by, &[id], Channel::Api);
    }

    /// Enables an account as a second client does that has the administrator's key; seats are not
    /// counted.
    pub fn enable_by_key(&mut self, id: Uuid) {
        let by = self.key_account();
        self.enable_without_seats(id);
        self.write_status_event(by, &[id], Channel::Api);
    }

    fn enable_without_seats(&mut self, id: Uuid) {
        let seats = self.settings.seats.take();
        // Without a limit there is always a seat.
        let _ = self.enable_one(id);
        self.settings.seats = seats;
    }

    /// The event of the whole batch. It does not say which status was set, and older releases
    /// name skipped accounts too.
    pub(crate) fn write_status_event(&mut self, caller: Uuid, ids: &[Uuid], channel: Channel) {
        let names: Vec<String> =
            ids.iter().filter_map(|&id| self.account(id)).map(Account::display_name).collect();
        let mut event = self.event_through(channel, caller, 4020, ids);
        event.action = format!("Users [{}]. Updated Status", names.join(", "));
        event.context = "Contacts".to_owned();
        self.record(event);
    }

    fn event_through(&self, channel: Channel, by: Uuid, code: u16, ids: &[Uuid]) -> AuditEvent {
        let mut event = AuditEvent::new(by, code, self.clock.now()).target(ids);
        match channel {
            Channel::Browser => {
                event.page = "https://portal.example.com/accounts/people/filter".to_owned();
            }
            Channel::Api => {
                event.page = "https://portal.example.com/api/2.0/people/status".to_owned();
                event.ip = "198.51.100.4".to_owned();
                event.browser = Some("Other".to_owned());
                event.platform = Some("Other".to_owned());
            }
        }
        event
    }

    fn protection(&self, caller: Uuid, id: Uuid) -> Protection {
        let Some(account) = self.account(id) else { return Protection::Dropped };
        let admin_for_another = account.kind == Kind::DocSpaceAdmin && caller != self.owner();
        if account.directory.is_ldap() {
            Protection::Dropped
        } else if id == self.owner() || id == caller || admin_for_another {
            Protection::Kept
        } else {
            Protection::None
        }
    }

    /// Repeated for accounts that are disabled already: sessions reset, events written.
    fn disable_one(&mut self, caller: Uuid, id: Uuid, channel: Channel) {
        if self.account(id).is_some() {
            self.set_status(id, Status::Terminated);
            let event = self.event_through(channel, caller, 6032, &[id]);
            self.record(event);
        }
    }

    fn enable_one(&mut self, id: Uuid) -> Result<(), Refusal> {
        let remembered = self.settings.invitations == Invitations::Remembered;
        let seats = self.settings.seats;
        let taken = self.seats_taken();
        let Some(account) = self.account(id) else { return Ok(()) };
        if account.status != Status::Terminated {
            return Ok(());
        }
        let needs_seat = matches!(account.kind, Kind::DocSpaceAdmin | Kind::RoomAdmin);
        if needs_seat && seats.is_some_and(|seats| taken >= seats) {
            return Err(Refusal::NoSeat);
        }
        let was_invited = account.first_name.is_empty() && account.last_name.is_empty();
        let status = if was_invited && remembered { Status::Pending } else { Status::Active };
        self.set_status(id, status);
        Ok(())
    }

    fn set_status(&mut self, id: Uuid, status: Status) {
        let at = self.clock.now();
        if let Some(account) = self.account_mut(id) {
            let before = std::mem::replace(&mut account.status, status);
            self.status_changes.push(StatusChange { at, account: id, before });
        }
    }
}
