//! Building a portal: an owner, a key, and the settings that a test cares about.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rand::{SeedableRng, rngs::SmallRng};
use std::collections::{HashMap, HashSet};
use uuid::{Uuid, uuid};

use super::settings::{Limits, Plan, Settings};
use super::{Account, Kind, Ties, World};
use crate::clock::Clock;
use crate::version::Version;

/// The owner that the server's migration creates on every self-hosted portal, all of which also
/// have the tenant id 1: the two do not identify a portal.
pub const SEED_OWNER: Uuid = uuid!("66faa6e4-f133-11ea-b126-00ffeec8b4ef");

/// A portal in the making.
#[derive(Clone, Debug)]
pub struct WorldBuilder {
    now: DateTime<Utc>,
    clock: Option<Clock>,
    seed: u64,
    owner: Option<Uuid>,
    settings: Settings,
}

impl WorldBuilder {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { now, clock: None, seed: 1, owner: None, settings: Settings::default() }
    }

    /// Another clock than one that stands at `now`.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Source of ids and of all other chance.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The owner's id; random by default. See [`SEED_OWNER`].
    #[must_use]
    pub fn owner(mut self, id: Uuid) -> Self {
        self.owner = Some(id);
        self
    }

    /// Release.
    #[must_use]
    pub fn version(mut self, version: Version) -> Self {
        self.settings.version = version;
        self
    }

    /// Plan.
    #[must_use]
    pub fn plan(mut self, plan: Plan) -> Self {
        self.settings.plan = plan;
        self
    }

    /// Portal zone.
    #[must_use]
    pub fn timezone(mut self, timezone: Tz) -> Self {
        self.settings.timezone = timezone;
        self
    }

    /// Order within one date.
    #[must_use]
    pub fn ties(mut self, ties: Ties) -> Self {
        self.settings.ties = ties;
        self
    }

    /// Rate limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = Some(limits);
        self
    }

    /// Time that every answer takes.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Any other setting.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The portal, with its owner Olga Owner and the owner's key.
    pub fn build(self) -> World {
        let created = self.now - TimeDelta::days(900);
        let mut world = World {
            settings: self.settings,
            clock: self.clock.unwrap_or_else(|| Clock::frozen(self.now)),
            rng: SmallRng::seed_from_u64(self.seed),
            tenant_id: 1,
            alias: "portal".to_owned(),
            created,
            owner: Uuid::nil(),
            admin_key: String::new(),
            accounts: Vec::new(),
            places: HashMap::new(),
            groups: Vec::new(),
            keys: Vec::new(),
            logins: super::Logins::default(),
            audits: Vec::new(),
            poisoned: HashSet::new(),
            odd_logins: HashMap::new(),
            odd_audits: HashMap::new(),
            late_logins: HashMap::new(),
            late_audits: HashMap::new(),
            status_changes: Vec::new(),
            last_login_id: 400_000,
            last_audit_id: 90_000,
        };
        let random = world.new_guid();
        let id = self.owner.unwrap_or(random);
        let owner =
            Account::new(id, Kind::DocSpaceAdmin, "Olga", "Owner", "owner@portal.example.com");
        world.owner = world.add_account(owner.registered(created));
        world.admin_key = world.add_key(world.owner, &["*:read", "accounts:write"]);
        world
    }
}
