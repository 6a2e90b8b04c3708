//! The portal's state: accounts, events, keys and settings, with the ways to change them.
//!
//! Events stay in order of time, ids grow with insertion, and all randomness comes from the seed.

mod account;
mod audit;
mod builder;
mod keys;
mod login;
mod logins;
mod restore;
mod settings;
mod status;
mod tenant;
mod ties;

pub use account::{ANONYMOUS, Account, Activation, Directory, Group, Kind, Status};
pub use audit::AuditEvent;
pub use builder::WorldBuilder;
pub use keys::{ApiKey, KeyState};
pub use login::Login;
pub use logins::{LoginRow, Shape, Shapes};
pub use settings::{
    Database, Invitations, Limits, LoginHistory, Payment, Plan, Recording, Retention, SessionLife,
    Settings, TenantStatus,
};
pub use ties::Ties;

pub(crate) use account::SYSTEM_IDS;
pub(crate) use audit::AuditFilter;
pub(crate) use status::{Change, Refusal};

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::{Rng, rngs::SmallRng};
use uuid::Uuid;

use crate::clock::Clock;
use logins::{Logins, SharedShape};

/// The portal.
#[derive(Clone, Debug)]
pub struct World {
    /// What an operator sets.
    pub settings: Settings,
    pub(crate) clock: Clock,
    rng: SmallRng,
    tenant_id: i32,
    alias: String,
    created: DateTime<Utc>,
    owner: Uuid,
    admin_key: String,
    accounts: Vec<Account>,
    places: HashMap<Uuid, usize>,
    groups: Vec<Group>,
    keys: Vec<ApiKey>,
    logins: Logins,
    audits: Vec<AuditEvent>,
    poisoned: HashSet<i32>,
    last_login_id: i32,
    last_audit_id: i32,
}

impl World {
    /// Starts a portal that has an owner and nothing else; its clock stands at `now`.
    pub fn builder(now: DateTime<Utc>) -> WorldBuilder {
        WorldBuilder::new(now)
    }

    /// The portal's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Gives the portal another clock; not while it is served.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// A random GUID from the world's seed.
    pub fn new_guid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.rng.random()).into_uuid()
    }

    /// The secret of an administrator's key that reads all and writes accounts.
    pub fn admin_key(&self) -> &str {
        &self.admin_key
    }

    /// All accounts that are not deleted, in order of creation.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// One account.
    pub fn account(&self, id: Uuid) -> Option<&Account> {
        self.places.get(&id).map(|&place| &self.accounts[place])
    }

    /// One account, to change it behind everybody's back. The id must stay.
    pub fn account_mut(&mut self, id: Uuid) -> Option<&mut Account> {
        self.places.get(&id).map(|&place| &mut self.accounts[place])
    }

    /// The account with this e-mail address.
    pub fn account_by_email(&self, email: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.email.eq_ignore_ascii_case(email))
    }

    /// Adds an account and returns its id.
    pub fn add_account(&mut self, account: Account) -> Uuid {
        let id = account.id;
        self.places.insert(id, self.accounts.len());
        self.accounts.push(account);
        id
    }

    /// Adds an active guest who was registered at `registered`.
    pub fn add_guest(&mut self, email: &str, registered: DateTime<Utc>) -> Uuid {
        let id = self.new_guid();
        let first = email.split('@').next().unwrap_or_default();
        let owner = self.owner;
        let guest = Account::new(id, Kind::Guest, first, "Guest", email);
        self.add_account(guest.registered(registered).created_by(owner))
    }

    /// Deletes an account: gone from every list, while its events stay and keep its name.
    pub fn delete_account(&mut self, id: Uuid) -> Option<Account> {
        let place = self.places.remove(&id)?;
        let account = self.accounts.remove(place);
        self.index_accounts();
        Some(account)
    }

    /// All groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Adds a group and returns its id.
    pub fn add_group(&mut self, name: &str) -> Uuid {
        let id = self.new_guid();
        self.groups.push(Group::new(id, name));
        id
    }

    /// One group, to change it.
    pub fn group_mut(&mut self, id: Uuid) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.id == id)
    }

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

    /// Removes login events behind everybody's back.
    pub fn retain_logins(&mut self, keep: impl FnMut(&LoginRow) -> bool) {
        self.logins.retain(keep);
    }

    pub(crate) fn login_window(&self, start: usize, count: usize, request: u64) -> Vec<&LoginRow> {
        self.logins.window(start, count, self.settings.ties, request)
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

    /// Makes every page that contains this login event a 500, for ever.
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

    /// A date as the database keeps it.
    fn stored(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self.settings.database {
            Database::MySql => at.round_subsecs(0),
            Database::PostgreSql => at.trunc_subsecs(6),
        }
    }

    fn index_accounts(&mut self) {
        self.places =
            self.accounts.iter().enumerate().map(|(place, account)| (account.id, place)).collect();
    }
}
