//! The portal's state: accounts, events, keys and settings, with the ways to change them.
//!
//! Events stay in order of time, ids grow with insertion, and all randomness comes from the seed.

mod account;
mod audit;
mod builder;
mod copies;
mod history;
mod keys;
mod login;
mod logins;
mod oddity;
mod restore;
mod settings;
mod status;
mod tenant;
mod ties;

pub use account::{ANONYMOUS, Account, Activation, Directory, Group, Kind, Status};
pub use audit::AuditEvent;
pub use builder::{SEED_OWNER, WorldBuilder};
pub use keys::{ApiKey, KeyState};
pub use login::Login;
pub use logins::{LoginRow, Shape, Shapes};
pub use oddity::Oddity;
pub use settings::{
    Database, Invitations, Limits, Listing, LoginHistory, Payment, Plan, Recording, RepeatedHour,
    Retention, SessionLife, Settings, TenantStatus,
};
pub use ties::Ties;

pub(crate) use account::SYSTEM_IDS;
pub(crate) use audit::AuditFilter;
pub(crate) use oddity::Oddities;
pub(crate) use status::{Change, Channel, Refusal};

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, SubsecRound, Utc};
use rand::{Rng, rngs::SmallRng};
use uuid::Uuid;

use crate::clock::Clock;
use logins::Logins;
use status::StatusChange;

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
    odd_logins: Oddities,
    odd_audits: Oddities,
    /// When rows were inserted whose date tells another time.
    late_logins: HashMap<i32, DateTime<Utc>>,
    late_audits: HashMap<i32, DateTime<Utc>>,
    status_changes: Vec<StatusChange>,
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

    /// The account that the administrator's key acts as.
    pub fn key_account(&self) -> Uuid {
        let key = self.keys.iter().find(|key| key.secret == self.admin_key);
        key.map_or(self.owner, |key| key.created_by)
    }

    /// All accounts that are not deleted, in order of creation.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// One account.
    pub fn account(&self, id: Uuid) -> Option<&Account> {
        self.places.get(&id).map(|&place| &self.accounts[place])
    }

    /// One account, to change it without any trace in the portal. The id must stay.
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

    /// Adds an invitation that nobody has accepted, made now by `inviter`.
    pub fn invite(&mut self, email: &str, inviter: Uuid) -> Uuid {
        let account = Account::invited(self.new_guid(), Kind::Guest, email);
        self.add_account(account.registered(self.clock.now()).created_by(inviter))
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
