//! The key's account acts as a person too, or for another store: what no row accounts for is found, and
//! explained once.

use chrono::TimeDelta;
use dormouse::domain::history::{Outcome, Phase};
use sandbox::{AuditEvent, Status};
use uuid::Uuid;

use super::support::*;

/// Several accounts disabled at once in the portal's list of people.
fn disable_together(site: &Site, ids: &[Uuid]) {
    let mut world = site.portal.world();
    let (owner, now) = (world.owner(), world.clock().now());
    for id in ids {
        world.account_mut(*id).unwrap().status = Status::Terminated;
    }
    world.add_audit(AuditEvent::new(owner, 4020, now).target(ids));
}

#[test]
fn a_batch_by_hand_is_found_and_explained_at_once() {
    let (world, ids) = world(4);
    let site = decided(world);
    site.run("apply --yes --limit 1").ends(0);
    site.pass(TimeDelta::hours(1));
    disable_together(&site, &ids[1..3]);
    site.run("sync").ends(0);
    let ran = site.run("history verify").ends(1);
    for email in ["guest02@contractor.example", "guest01@contractor.example"] {
        assert!(ran.stdout.contains(&format!("changed the status of {email} at ")), "{ran:?}");
    }
    assert!(!ran.stderr.contains("keep the file as evidence"), "{ran:?}");
    let event = newest_event(&site);
    site.run(&format!("history acknowledge {event} --reason left")).ends(0);
    site.verifies();
    let explained = site.history();
    let explained = explained.iter().filter(|e| e.draft.phase == Phase::Acknowledgement);
    assert_eq!(explained.count(), 2);
    // None of it is ours to undo.
    site.run(&format!("restore --yes {}", ids[1])).ends(2);
    assert_eq!(site.status(ids[1]), Some(Status::Terminated));
}

#[test]
fn what_another_store_did_is_found_and_explained() {
    let (world, ids) = world(3);
    let site = decided(world);
    let mut other = site.machine.clone();
    other.use_store("other.db");
    other.must("sync");
    other.must("decide");
    other.must(&format!("apply --yes --only {}", ids[0]));
    site.pass(TimeDelta::hours(1));
    site.run(&format!("apply --yes --only {}", ids[1])).ends(0);
    let event = newest_event(&site);
    // Only what was done after its own first action concerns a store.
    site.verifies();
    other.must("sync");
    let ran = other.run("history verify").ends(1);
    assert!(ran.stdout.contains("guest01@contractor.example"), "{ran:?}");
    assert!(ran.stdout.contains(&format!("history acknowledge {event} ")), "{ran:?}");
    other.must(&format!("history acknowledge {event} --reason twin"));
    other.must("history verify");
    // Neither store undoes what the other did.
    assert_eq!(other.run(&format!("restore --yes {}", ids[1])).code, 2);
    site.run(&format!("restore --yes {}", ids[0])).ends(2);
    assert_eq!(site.last_outcome(ids[1]).0, Outcome::Applied);
    assert!(ids[..2].iter().all(|id| site.status(*id) == Some(Status::Terminated)));
}

#[test]
fn an_explanation_does_not_cover_another_event_under_the_same_id() {
    let (world, ids) = world(3);
    let site = decided(world);
    site.run("apply --yes --limit 1").ends(0);
    site.pass(TimeDelta::hours(1));
    let before = site.portal.world().fork();
    disable_together(&site, &ids[1..2]);
    let event = newest_event(&site);
    site.run("sync").ends(0);
    site.run(&format!("history acknowledge {event} --reason left")).ends(0);
    site.verifies();
    // Restored from before, and done by hand again.
    site.portal.world().roll_back_to(&before);
    site.pass(TimeDelta::hours(3));
    site.run("sync --accept-history").ends(0);
    disable_together(&site, &ids[1..2]);
    assert_eq!(newest_event(&site), event);
    site.pass(TimeDelta::minutes(10));
    site.run("sync").ends(0);
    let ran = site.run("history verify").ends(1);
    assert!(ran.stdout.contains(&format!("history acknowledge {event} ")), "{ran:?}");
    site.run(&format!("history acknowledge {event} --reason again")).ends(0);
    site.run(&format!("history acknowledge {event} --reason again")).ends(2);
    site.verifies();
}
