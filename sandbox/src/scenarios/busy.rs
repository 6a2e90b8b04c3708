//! A big portal: as many contractors and login events as asked, most last log-ins far down.

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;
use uuid::Uuid;

use super::cast::Cast;
use super::devices::outside_night;
use super::truth::{Truth, TruthRow};
use crate::world::{AuditEvent, Kind, World};

/// Out of a hundred contractors.
const MIX: [(Truth, usize); 8] = [
    (Truth::Active, 70),
    (Truth::Idle, 17),
    (Truth::NeverLoggedIn, 4),
    (Truth::OnlyFailures, 1),
    (Truth::JustInvited, 2),
    (Truth::OldInvitation, 1),
    (Truth::AuditOnly, 3),
    (Truth::Disabled, 2),
];

/// A portal with so many guests and exactly so many login events, as long as that is enough for
/// one event each.
pub fn busy(
    now: DateTime<Utc>,
    seed: u64,
    contractors: usize,
    events: usize,
) -> (World, Vec<TruthRow>) {
    let world = World::builder(now).seed(seed).timezone(chrono_tz::Europe::Berlin).build();
    let mut cast = Cast::new(world, now, seed);
    for number in 0..contractors {
        cast.guest(truth_of(number));
    }
    cast.staff(Kind::DocSpaceAdmin);
    for _ in 0..contractors / 40 + 3 {
        cast.staff(Kind::User);
    }
    work(&mut cast);
    fill(&mut cast, events);
    cast.finish()
}

/// The audit trail is never silent: the admin opens a file every few hours.
fn work(cast: &mut Cast) {
    let admin = cast.rows.iter().find(|row| row.truth == Truth::Admin);
    let Some((id, last)) = admin.and_then(|row| Some((row.account_id, row.last_login?))) else {
        return;
    };
    for hours in (0..178 * 24).step_by(8) {
        cast.world.add_audit(AuditEvent::new(id, 5054, last - TimeDelta::hours(hours)));
    }
}

/// Spread evenly, so that any number of contractors has the same mix.
fn truth_of(number: usize) -> Truth {
    let mut place = number * 37 % 100;
    for (truth, share) in MIX {
        if place < share {
            return truth;
        }
        place -= share;
    }
    Truth::Active
}

/// The rest of the events: a third by the staff, the others by contractors, none after anybody's
/// last log-in.
fn fill(cast: &mut Cast, events: usize) {
    let horizon = cast.now - TimeDelta::days(179);
    let spans: Vec<(Uuid, Kind, i64, i64)> = cast
        .rows
        .iter()
        .filter_map(|row| {
            let from = row.registered.max(horizon).timestamp();
            let last = row.last_login?.timestamp();
            (last > from).then_some((row.account_id, row.kind, from, last))
        })
        .collect();
    let (guests, staff): (Vec<_>, Vec<_>) =
        spans.into_iter().partition(|(_, kind, _, _)| *kind == Kind::Guest);
    cast.events.reserve(events.saturating_sub(cast.events.len()));
    while cast.events.len() < events {
        let crowd =
            if guests.is_empty() || cast.rng.random_range(0..3) == 0 { &staff } else { &guests };
        let (id, _, from, last) = crowd[cast.rng.random_range(0..crowd.len())];
        let second = cast.rng.random_range(from..last);
        let code = [1029, 1029, 1029, 1006][cast.rng.random_range(0..4)];
        let at = DateTime::from_timestamp(outside_night(second), 0).unwrap_or(cast.now);
        cast.event(id, code, at);
    }
}
