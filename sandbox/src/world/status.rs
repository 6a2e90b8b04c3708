//! Changing the status of accounts, as `PUT people/status` does it in each release.
//!
//! Who is protected is checked first; then accounts change one by one; the audit event comes last.

use uuid::Uuid;

use super::{Account, AuditEvent, Invitations, Kind, Recording, Status, World};

/// The two changes there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Disable,
    Enable,
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
                Change::Disable => self.disable_one(caller, id),
                Change::Enable => self.enable_one(id)?,
            }
        }
        self.write_status_event(caller, ids);
        Ok(listed)
    }

    /// Disables an account as somebody else would in the browser.
    pub fn disable(&mut self, by: Uuid, id: Uuid) {
        self.disable_one(by, id);
        self.write_status_event(by, &[id]);
    }

    /// Enables an account as somebody else would in the browser; seats are not counted.
    pub fn enable(&mut self, by: Uuid, id: Uuid) {
        let seats = self.settings.seats.take();
        // Without a limit there is always a seat.
        let _ = self.enable_one(id);
        self.settings.seats = seats;
        self.write_status_event(by, &[id]);
    }

    /// The batch's own event. It does not say which status was set, and older releases name
    /// skipped accounts too.
    pub(crate) fn write_status_event(&mut self, caller: Uuid, ids: &[Uuid]) {
        let names: Vec<String> =
            ids.iter().filter_map(|&id| self.account(id)).map(Account::display_name).collect();
        let mut event = AuditEvent::new(caller, 4020, self.clock.now()).target(ids);
        event.action = format!("Users [{}]. Updated Status", names.join(", "));
        event.page = "https://portal.example.com/api/2.0/people/status".to_owned();
        event.context = "Contacts".to_owned();
        self.record(event);
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
    fn disable_one(&mut self, caller: Uuid, id: Uuid) {
        if let Some(account) = self.account_mut(id) {
            account.status = Status::Terminated;
            let at = self.clock.now();
            self.record(AuditEvent::new(caller, 6032, at).target(&[id]));
        }
    }

    fn enable_one(&mut self, id: Uuid) -> Result<(), Refusal> {
        let remembered = self.settings.invitations == Invitations::Remembered;
        let seats = self.settings.seats;
        let taken = self.seats_taken();
        let Some(account) = self.account_mut(id) else { return Ok(()) };
        if account.status != Status::Terminated {
            return Ok(());
        }
        let needs_seat = matches!(account.kind, Kind::DocSpaceAdmin | Kind::RoomAdmin);
        if needs_seat && seats.is_some_and(|seats| taken >= seats) {
            return Err(Refusal::NoSeat);
        }
        let was_invited = account.first_name.is_empty() && account.last_name.is_empty();
        account.status = if was_invited && remembered { Status::Pending } else { Status::Active };
        Ok(())
    }

    fn record(&mut self, event: AuditEvent) {
        if self.settings.recording == Recording::On {
            self.add_audit(event);
        }
    }
}
