//! The audit trail: filters before paging, the target's condition, lag, the same fallback.

use chrono::TimeDelta;
use sandbox::{AuditEvent, Plan, Sandbox};
use uuid::Uuid;

use crate::support::*;

#[tokio::test]
async fn filters_come_before_paging_until_the_plan_hides_the_trail() {
    let mut world = world().build();
    let guest = world.add_guest("ann@contractor.example", now());
    let owner = world.owner();
    world.add_audit(AuditEvent::new(guest, 5054, now() - TimeDelta::days(40)));
    for minute in 0..150 {
        world.add_audit(AuditEvent::new(owner, 5064, now() - TimeDelta::minutes(minute)));
    }
    let portal = Sandbox::start(world).await.unwrap();
    let path = format!("{AUDITS}?userId={guest}&count=1");
    let got = get(&portal, &path).await;
    assert_eq!(got.response()[0]["userId"], guest.to_string());
    assert_eq!((got.ids().len(), got.json().get("total")), (1, None));

    portal.world().set_plan(Plan::Startup);
    let got = get(&portal, &path).await;
    assert_eq!(got.ids().len(), 20);
    assert_eq!(got.response()[0]["userId"], owner.to_string());
}

#[tokio::test]
async fn a_target_counts_only_with_an_action_or_an_entry_type() {
    let mut world = world().build();
    let owner = world.owner();
    let (a, b) = (Uuid::from_u128(10), Uuid::from_u128(11));
    world.add_audit(AuditEvent::new(owner, 4020, now()).target(&[a]));
    world.add_audit(AuditEvent::new(owner, 4020, now()).target(&[a, b]));
    let portal = Sandbox::start(world).await.unwrap();
    for (query, found) in [
        (format!("target={a}"), 2),
        (format!("target={a}&action=4020"), 1),
        (format!("target={b}&action=4020"), 0),
        (format!("target={b}&entryType=23"), 1),
    ] {
        let got = get(&portal, &format!("{AUDITS}?{query}")).await;
        assert_eq!(got.ids().len(), found, "{query}");
    }
}

#[tokio::test]
async fn actions_can_be_read_only_after_the_lag() {
    let mut world = world().build();
    let owner = world.owner();
    world.settings.audit_lag = TimeDelta::minutes(5);
    world.add_audit(AuditEvent::new(owner, 5054, now()));
    let portal = Sandbox::start(world).await.unwrap();
    assert_eq!(get(&portal, AUDITS).await.ids().len(), 0);
    portal.advance(TimeDelta::minutes(5));
    assert_eq!(get(&portal, AUDITS).await.ids().len(), 1);
}
