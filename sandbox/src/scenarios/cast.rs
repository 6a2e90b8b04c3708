//! Filling a portal account by account, keeping the truth beside it.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use uuid::Uuid;

use super::devices::{at_device, days_ago, minutes_ago};
use super::names::{self, Person};
use super::truth::{Source, Truth, TruthRow};
use crate::world::{Account, AuditEvent, Directory, Kind, Login, LoginRow, Shapes, Status, World};

/// The portal being filled.
pub(super) struct Cast {
    pub(super) world: World,
    pub(super) now: DateTime<Utc>,
    pub(super) rng: SmallRng,
    pub(super) rows: Vec<TruthRow>,
    pub(super) events: Vec<LoginRow>,
    shapes: Shapes,
}

impl Cast {
    pub(super) fn new(world: World, now: DateTime<Utc>, seed: u64) -> Self {
        let rng = SmallRng::seed_from_u64(seed);
        let (rows, events) = (Vec::new(), Vec::new());
        let mut cast = Self { world, now, rng, rows, events, shapes: Shapes::default() };
        cast.owner();
        cast
    }

    pub(super) fn finish(mut self) -> (World, Vec<TruthRow>) {
        self.world.add_logins(std::mem::take(&mut self.events));
        (self.world, self.rows)
    }

    fn owner(&mut self) {
        let id = self.world.owner();
        let Some(owner) = self.world.account(id).cloned() else { return };
        let last = days_ago(&mut self.rng, self.now, 200);
        self.truth(&owner, Truth::Owner, Some((last, Source::Login)), Some(last));
    }

    /// Adds a guest of this sort, with everything that makes it true.
    pub(super) fn guest(&mut self, truth: Truth) -> Uuid {
        let person = names::contractor(&mut self.rng, self.rows.len());
        self.person(person, Kind::Guest, truth)
    }

    /// Adds a member of the staff who logs in most days.
    pub(super) fn staff(&mut self, kind: Kind) -> Uuid {
        let person = names::staff(&mut self.rng, self.rows.len());
        let truth = if kind == Kind::DocSpaceAdmin { Truth::Admin } else { Truth::Staff };
        self.person(person, kind, truth)
    }

    fn person(&mut self, person: Person, kind: Kind, truth: Truth) -> Uuid {
        let registered = self.registered(truth);
        let id = self.world.new_guid();
        let invited = matches!(truth, Truth::JustInvited | Truth::OldInvitation);
        let account = if invited {
            Account::invited(id, kind, &person.email)
        } else {
            Account::new(id, kind, person.first, person.last, &person.email)
        };
        let directory = match truth {
            Truth::Ldap => Directory::Ldap,
            Truth::Sso => Directory::Sso,
            _ => Directory::Portal,
        };
        let owner = self.world.owner();
        let mut account = account.registered(registered).created_by(owner).directory(directory);
        if truth == Truth::Disabled {
            account.status = Status::Terminated;
        }
        self.world.add_account(account.clone());
        self.live(&account, truth, registered);
        id
    }

    fn registered(&mut self, truth: Truth) -> DateTime<Utc> {
        let days = match truth {
            Truth::JustInvited => 1..8,
            Truth::Newcomer => 4..20,
            Truth::OldInvitation => 50..160,
            Truth::NeverLoggedIn | Truth::OnlyFailures => 60..150,
            Truth::LongGone => 300..700,
            _ => 200..700,
        };
        let days = self.rng.random_range(days);
        days_ago(&mut self.rng, self.now, days)
    }

    /// Invents what the person did.
    fn live(&mut self, account: &Account, truth: Truth, registered: DateTime<Utc>) {
        let recent = |rng: &mut SmallRng| rng.random_range(0..27);
        let last_login_days = match truth {
            Truth::Active => Some(recent(&mut self.rng)),
            Truth::Newcomer | Truth::Admin | Truth::Staff => Some(self.rng.random_range(0..3)),
            Truth::Idle | Truth::Ldap | Truth::Sso | Truth::Disabled => {
                Some(self.rng.random_range(32..168))
            }
            Truth::AuditOnly | Truth::KeyOnly | Truth::PresenceOnly => {
                Some(self.rng.random_range(60..168))
            }
            Truth::LongGone => Some(self.rng.random_range(190..280)),
            _ => None,
        };
        let mut last_login = last_login_days.map(|days| days_ago(&mut self.rng, self.now, days));
        if truth == Truth::Admin {
            // Somebody is at work right now: newer than what any reader may call complete.
            let minutes = self.rng.random_range(5..90);
            last_login = Some(minutes_ago(self.now, minutes));
        }
        let signal = match truth {
            Truth::AuditOnly => Some(Source::Audit),
            Truth::KeyOnly => Some(Source::ApiKey),
            Truth::PresenceOnly => Some(Source::Presence),
            _ => None,
        };
        let second = signal.map(|source| {
            let days = recent(&mut self.rng);
            let at = days_ago(&mut self.rng, self.now, days);
            self.sign_of_life(account.id, source, at);
            (at, source)
        });
        if let Some(last) = last_login.filter(|_| truth != Truth::LongGone) {
            self.event(account.id, 1029, last);
        }
        if truth == Truth::OnlyFailures {
            self.failures(&account.email, registered);
        }
        let last = second.or(last_login.map(|at| (at, Source::Login)));
        self.truth(account, truth, last, last_login);
    }

    fn truth(
        &mut self,
        account: &Account,
        truth: Truth,
        last: Option<(DateTime<Utc>, Source)>,
        last_login: Option<DateTime<Utc>>,
    ) {
        self.rows.push(TruthRow {
            account_id: account.id,
            email: account.email.clone(),
            kind: account.kind,
            status: account.status,
            truth,
            registered: account.registered.unwrap_or_default(),
            last_activity: last.map(|(at, _)| at),
            source: last.map(|(_, source)| source),
            last_login,
        });
    }

    fn sign_of_life(&mut self, id: Uuid, source: Source, at: DateTime<Utc>) {
        match source {
            Source::Login => self.event(id, 1029, at),
            Source::Presence => self.event(id, 1006, at),
            Source::Audit => {
                self.world.add_audit(AuditEvent::new(id, 5054, at));
            }
            Source::ApiKey => {
                let secret = self.world.add_key(id, &["files:read", "rooms:read"]);
                if let Some(key) = self.world.key_mut(&secret) {
                    key.last_used = Some(at);
                    key.created_on = at - TimeDelta::days(40);
                    "nightly export".clone_into(&mut key.name);
                }
            }
        }
    }

    fn failures(&mut self, email: &str, registered: DateTime<Utc>) {
        let days = (self.now - registered).num_days();
        for _ in 0..4 {
            let back = self.rng.random_range(0..days);
            let at = days_ago(&mut self.rng, self.now, back);
            let shape = self.world.shape_of(&Login::failure(email));
            self.events.push(self.shapes.row(at.timestamp_micros(), &shape));
        }
    }

    /// One event at one of the person's two devices.
    pub(super) fn event(&mut self, id: Uuid, code: u16, at: DateTime<Utc>) {
        let mut shape = self.world.shape_of(&Login::code(id, code));
        let device = usize::from(self.rng.random_range(0..5_u8) == 0);
        at_device(&mut shape, (id.as_u128() % 1009) as usize, device);
        self.events.push(self.shapes.row(at.timestamp_micros(), &shape));
    }
}
