//! A portal of about sixty contractors and a small staff, with one or two of every case.
//!
//! At 30 days eleven of the 59 contractors who are not disabled are inactive: below a fifth, so
//! that careful limits do not stand in the way of a first look.

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;

use super::cast::Cast;
use super::devices::between;
use super::truth::{Truth, TruthRow};
use crate::world::{AuditEvent, Kind, Plan, World};

const CONTRACTORS: [(Truth, usize); 14] = [
    (Truth::Active, 36),
    (Truth::Newcomer, 4),
    (Truth::Idle, 4),
    (Truth::LongGone, 1),
    (Truth::NeverLoggedIn, 2),
    (Truth::OnlyFailures, 1),
    (Truth::JustInvited, 3),
    (Truth::OldInvitation, 2),
    (Truth::AuditOnly, 2),
    (Truth::KeyOnly, 1),
    (Truth::PresenceOnly, 1),
    (Truth::Ldap, 1),
    (Truth::Sso, 1),
    (Truth::Disabled, 4),
];

/// The demonstration portal. Its key belongs to a DocSpace admin, not to the owner.
pub fn demo(now: DateTime<Utc>, seed: u64) -> (World, Vec<TruthRow>) {
    let zone = chrono_tz::Europe::Berlin;
    let world = World::builder(now).seed(seed).timezone(zone).plan(Plan::SelfHosted).build();
    let mut cast = Cast::new(world, now, seed);
    for (truth, count) in CONTRACTORS {
        for _ in 0..count {
            cast.guest(truth);
        }
    }
    let admin = staff(&mut cast);
    everyday_life(&mut cast);
    let key = cast.world.add_key(admin, &["*:read", "accounts:write"]);
    cast.world.set_admin_key(&key);
    cast.finish()
}

/// Two admins, three room admins and seven users; returns the admin whose key is used.
fn staff(cast: &mut Cast) -> uuid::Uuid {
    let admin = cast.staff(Kind::DocSpaceAdmin);
    cast.staff(Kind::DocSpaceAdmin);
    let finance = cast.world.add_group("Finance");
    let projects = cast.world.add_group("Projects");
    for _ in 0..3 {
        let id = cast.staff(Kind::RoomAdmin);
        join(cast, id, projects);
    }
    for place in 0..7 {
        let id = cast.staff(Kind::User);
        join(cast, id, if place % 2 == 0 { finance } else { projects });
    }
    admin
}

fn join(cast: &mut Cast, id: uuid::Uuid, group: uuid::Uuid) {
    if let Some(account) = cast.world.account_mut(id) {
        account.groups.push(group);
    }
    if let Some(group) = cast.world.group_mut(group) {
        group.manager.get_or_insert(id);
    }
}

/// Earlier log-ins, logouts and audited actions of everybody, none after the last activity.
fn everyday_life(cast: &mut Cast) {
    let horizon = cast.now - TimeDelta::days(179);
    for row in cast.rows.clone() {
        let Some(last) = row.last_login.filter(|&last| last > horizon) else { continue };
        let from = row.registered.max(horizon);
        let days = (last - from).num_days();
        let busy = if row.kind == Kind::Guest { days / 4 } else { days };
        for _ in 0..cast.rng.random_range(busy / 2..=busy.max(1)) {
            let at = between(&mut cast.rng, from, last);
            let code = [1029, 1029, 1029, 1006][cast.rng.random_range(0..4)];
            cast.event(row.account_id, code, at);
            if cast.rng.random_range(0..3) == 0 {
                let action = [5054, 5064, 5064][cast.rng.random_range(0..3)];
                let at = (at + TimeDelta::minutes(4)).min(last);
                cast.world.add_audit(AuditEvent::new(row.account_id, action, at));
            }
        }
    }
}
