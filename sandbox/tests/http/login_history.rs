//! Login history: order, paging before filters, the fallback, ties, dates.

use chrono::TimeDelta;
use sandbox::{Login, Plan, Sandbox, Ties, Version, World};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

/// A guest whose log-in is the oldest of `count` events, one a minute; the rest are the owner's.
fn history(world: &mut World, count: i64) -> Uuid {
    let guest = world.add_guest("ann@contractor.example", now() - TimeDelta::days(100));
    let owner = world.owner();
    for minute in (0..count).rev() {
        let who = if minute == count - 1 { guest } else { owner };
        world.add_login(Login::success(who).at(now() - TimeDelta::minutes(minute)));
    }
    guest
}

#[tokio::test]
async fn filters_apply_inside_the_page_only() {
    let mut world = world().build();
    let guest = history(&mut world, 150);
    let portal = Sandbox::start(world).await.unwrap();

    let all = get(&portal, LOGINS).await;
    assert_eq!((all.status, all.ids().len()), (200, 100));
    assert!(all.json().get("total").is_none());

    let first = get(&portal, &format!("{LOGINS}?userId={guest}")).await;
    assert_eq!(first.response(), json!([]));
    let second = get(&portal, &format!("{LOGINS}?userId={guest}&startIndex=100")).await;
    assert_eq!(second.ids().len(), 1);
}

#[tokio::test]
async fn a_plan_without_audit_answers_the_newest_20_whatever_is_asked() {
    let mut world = world().plan(Plan::Startup).build();
    history(&mut world, 30);
    let portal = Sandbox::start(world).await.unwrap();
    let one = get(&portal, &format!("{LOGINS}?count=1&startIndex=25")).await;
    let last = get(&portal, "/api/2.0/security/audit/login/last").await;
    assert_eq!(one.ids().len(), 20);
    assert_eq!(one.ids(), last.ids());
}

#[tokio::test]
async fn count_is_limited_or_clamped_by_release() {
    let mut world = world().build();
    history(&mut world, 1100);
    let portal = Sandbox::start(world).await.unwrap();
    for count in ["0", "101", "-1", "x"] {
        let got = get(&portal, &format!("{LOGINS}?count={count}")).await;
        assert_eq!(got.status, 400, "{count}");
    }
    portal.world().set_version(Version::V3_1_1);
    for (count, rows) in [("2000", 1000), ("0", 1100), ("7", 7)] {
        let got = get(&portal, &format!("{LOGINS}?count={count}")).await;
        assert_eq!(got.ids().len(), rows, "{count}");
    }
}

#[tokio::test]
async fn a_validation_error_hides_in_the_success_envelope() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    let got = get(&portal, &format!("{LOGINS}?count=101")).await;
    let body = got.json();
    assert_eq!((got.status, &body["status"], &body["statusCode"]), (400, &json!(1), &json!(400)));
    let told = &body["response"]["errors"]["count"][0];
    assert_eq!(told, "The field Count must be between 1 and 100.");

    portal.world().set_version(Version::V3_6_1);
    let got = get(&portal, &format!("{LOGINS}?userId=nobody")).await;
    let body = got.json();
    assert_eq!((got.status, &body["status"], &body["statusCode"]), (400, &json!(0), &json!(200)));
}

#[tokio::test]
async fn ties_change_their_order_with_every_request() {
    let mut world = world().ties(Ties::Shuffled(7)).build();
    let owner = world.owner();
    for _ in 0..40 {
        world.add_login(Login::success(owner).at(now()));
    }
    let portal = Sandbox::start(world).await.unwrap();
    let (one, two) = (get(&portal, LOGINS).await.ids(), get(&portal, LOGINS).await.ids());
    assert_eq!((one.len(), two.len()), (40, 40));
    assert_ne!(one, two);
}

#[tokio::test]
async fn the_repeated_hour_of_autumn_is_told_late() {
    let mut world = world().timezone(chrono_tz::Europe::Berlin).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at(utc("2025-10-26T00:30:00.6Z")));
    let portal = Sandbox::start(world).await.unwrap();
    let got = get(&portal, LOGINS).await;
    assert_eq!(got.response()[0]["date"], "2025-10-26T02:30:01.0000000+01:00");
}
