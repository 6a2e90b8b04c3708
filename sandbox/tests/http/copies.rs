//! Portals that share ids: the same tenant and owner twice, clones, and databases put back.

use sandbox::{AuditEvent, Login, SEED_OWNER, Status};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn two_portals_have_the_same_tenant_and_owner() {
    for seed in [1, 2] {
        let portal = start(world().seed(seed).owner(SEED_OWNER).build()).await;
        let identity = get(&portal, "/api/2.0/portal").await.response();
        assert_eq!(identity["tenantId"], 1);
        assert_eq!(identity["ownerId"], SEED_OWNER.to_string());
    }
}

#[tokio::test]
async fn a_clone_goes_on_by_itself_with_the_same_next_id() {
    let mut world = world().build();
    let owner = world.owner();
    world.add_login(Login::success(owner));
    let one = start(world).await;
    let copy = one.world().fork();
    let two = start(copy).await;
    let clash = one.world().log_in(owner);
    assert_eq!(two.world().log_in(owner), clash);
    let guests =
        [&one, &two].map(|portal| portal.world().add_guest("new@contractor.example", now()));
    assert_ne!(guests[0], guests[1]);
    one.advance(days(1));
    two.world().log_in(owner);
    assert_eq!((count(&one, LOGINS).await, count(&two, LOGINS).await), (2, 3));
    assert_eq!(two.clock().now(), now());
    assert_eq!(get(&two, "/api/2.0/portal").await.status, 200, "the same key");
}

#[tokio::test]
async fn after_a_rollback_ids_are_given_again() {
    let mut world = world().build();
    let owner = world.owner();
    let ann = world.add_guest("ann@contractor.example", now() - days(90));
    world.add_guest("new@contractor.example", now() - days(2));
    let kept = world.add_login(Login::success(owner).at(now() - days(7)));
    let lost = world.add_login(Login::success(owner).at(now() - days(5)));
    // Dated before the snapshot, inserted after it.
    world.add_late_login(Login::code(owner, 1028).at(now() - days(8)));
    world.add_audit(AuditEvent::new(owner, 5064, now() - days(7)));
    let lost_audit = world.add_audit(AuditEvent::new(owner, 5064, now() - days(5)));
    world.disable(owner, ann);

    let portal = start(world).await;
    portal.world().roll_back(days(6));
    assert_eq!(get(&portal, LOGINS).await.ids(), [json!(kept)]);
    assert_eq!(portal.world().log_in(ann), Some(lost));
    assert_eq!(portal.world().act(ann, 5054), Some(lost_audit));
    assert_eq!(get(&portal, LOGINS).await.response()[0]["userId"], ann.to_string());
    let people = get(&portal, &format!("{PEOPLE}?sortBy=email")).await.response();
    let emails: Vec<&Value> =
        people.as_array().expect("a list").iter().map(|person| &person["email"]).collect();
    assert_eq!(emails, ["ann@contractor.example", "owner@portal.example.com"]);
    assert_eq!(people[0]["status"], 1);
}

#[tokio::test]
async fn a_snapshot_brings_everything_back_but_the_clock() {
    let mut world = world().build();
    let owner = world.owner();
    let ann = world.add_guest("ann@contractor.example", now() - days(90));
    let snapshot = world.fork();
    let portal = start(world).await;
    portal.advance(days(6));
    portal.world().disable(owner, ann);
    let lost = portal.world().log_in(owner);
    portal.world().roll_back_to(&snapshot);
    assert_eq!(count(&portal, AUDITS).await, 0);
    assert_eq!(portal.world().account(ann).map(|account| account.status), Some(Status::Active));
    assert_eq!(portal.world().log_in(ann), lost);
    assert_eq!(portal.clock().now(), now() + days(6));
    portal.advance(days(1));
    assert_eq!(portal.world().clock().now(), now() + days(7));
}
