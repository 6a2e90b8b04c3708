//! People lists: the combinations the server drops, orders, totals, lookups.

use chrono::TimeDelta;
use sandbox::{Account, Kind, Sandbox, Status};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

/// The owner, a room admin, two users (one in a group), three guests (one disabled, one pending).
async fn portal() -> Sandbox {
    let mut world = world().build();
    let group = world.add_group("Contractors");
    let mut next = 0;
    let mut add = |kind, email: &str, status| {
        next += 1;
        let id = Uuid::from_u128(next);
        let account = Account::new(id, kind, "Pat", "Person", email);
        let at = now() - TimeDelta::days(next as i64);
        world.add_account(account.status(status).registered(at))
    };
    add(Kind::RoomAdmin, "room@x.example", Status::Active);
    let member = add(Kind::User, "user@x.example", Status::Active);
    add(Kind::User, "other@x.example", Status::Active);
    add(Kind::Guest, "guest@x.example", Status::Active);
    add(Kind::Guest, "gone@x.example", Status::Terminated);
    add(Kind::Guest, "new@x.example", Status::Pending);
    world.account_mut(member).expect("a member").groups.push(group);
    Sandbox::start(world).await.expect("a portal")
}

#[tokio::test]
async fn filters_combine_as_badly_as_the_server_does_it() {
    let portal = portal().await;
    let group = portal.world().groups()[0].id;
    for (query, total) in [
        ("", 7),
        ("employeeStatus=Terminated", 1),
        ("employeeStatus=5", 5),
        ("employeeStatus=3", 7),
        ("employeeType=guest", 3),
        ("area=Guests", 3),
        ("area=People", 4),
        ("employeeType=Guest&area=People", 4),
        ("employeeType=RoomAdmin&area=Guests", 3),
        ("employeeTypes=1&employeeTypes=4", 3),
        ("employeeTypes=1&area=Guests", 3),
        ("employeeTypes=4&payments=1", 5),
        ("isAdministrator=true", 1),
        ("filterValue=gone%20person", 1),
        ("filterValue=gone|new&filterSeparator=|", 2),
        ("somethingElse=1", 7),
    ] {
        let got = get(&portal, &format!("{PEOPLE}?{query}")).await;
        assert_eq!(got.json()["total"], total, "{query}");
    }
    let grouped = get(&portal, &format!("{PEOPLE}?groupId={group}&employeeTypes=2")).await;
    assert_eq!(grouped.json()["total"], 1);
    let by_group = format!("/api/2.0/people?filterBy=group&filterValue={group}");
    assert_eq!(get(&portal, &by_group).await.json()["total"], 0);
    assert_eq!(get(&portal, &format!("{PEOPLE}?employeeStatus=9")).await.status, 400);
    assert_eq!(get(&portal, &format!("{PEOPLE}?count=101")).await.status, 400);
}

#[tokio::test]
async fn lists_are_sorted_and_paged_with_a_total() {
    let portal = portal().await;
    let path = format!("{PEOPLE}?sortBy=email&sortOrder=descending&startIndex=5&fields=email,id");
    let got = get(&portal, &path).await;
    let body = got.json();
    assert_eq!((&body["count"], &body["total"]), (&json!(2), &json!(7)));
    assert_eq!(got.response()[0]["email"], "guest@x.example");
    assert_eq!(got.response()[0].as_object().unwrap().len(), 2);
    let status = get(&portal, "/api/2.0/people/status/terminated").await;
    assert_eq!((&status.json()["total"], status.ids().len()), (&json!(1), 1));
    assert_eq!(get(&portal, "/api/2.0/people").await.json()["total"], 5);
}

#[tokio::test]
async fn one_person_is_found_by_name_by_id_and_by_address() {
    let portal = portal().await;
    let id = Uuid::from_u128(4);
    let by_id = get(&portal, &format!("/api/2.0/people/{id}")).await;
    let by_name = get(&portal, "/api/2.0/people/guest").await;
    let by_email = get(&portal, "/api/2.0/people/email?email=GUEST@x.example").await;
    assert_eq!(by_id.response()["email"], "guest@x.example");
    assert_eq!(by_id.response(), by_name.response());
    assert_eq!(by_id.response(), by_email.response());

    let unknown = format!("/api/2.0/people/{}", Uuid::from_u128(99));
    assert_eq!(get(&portal, &unknown).await.status, 404);
    assert_eq!(get(&portal, "/api/2.0/people/email?email=no@x.example").await.status, 404);
    assert_eq!(get(&portal, "/api/2.0/people/email?email=no").await.status, 400);
    let system = format!("/api/2.0/people/{}", sandbox::ANONYMOUS);
    assert_eq!(get(&portal, &system).await.status, 200);
    portal.world().delete_account(id);
    assert_eq!(get(&portal, &format!("/api/2.0/people/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_restore_gives_everything_a_new_id() {
    let portal = portal().await;
    let before = get(&portal, PEOPLE).await.ids();
    portal.world().restore_from_backup();
    let after = get(&portal, PEOPLE).await;
    assert!(after.ids().iter().all(|id| !before.contains(id)));
    assert_eq!(after.ids().len(), before.len());
    let facts = get(&portal, "/api/2.0/portal").await.response();
    assert_eq!(facts["tenantId"], 2);
    assert_eq!(facts["ownerId"], get(&portal, "/api/2.0/people/@self").await.response()["id"]);
}
