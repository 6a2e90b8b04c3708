//! `PUT people/status`: strict and silent releases, effects, what is written where.

use sandbox::{Account, Directory, Invitations, Kind, Sandbox, Status, Version, World};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

const DISABLE: &str = "/api/2.0/people/status/Terminated";
const ENABLE: &str = "/api/2.0/people/status/active";

fn body(ids: &[Uuid]) -> String {
    json!({ "userIds": ids, "resendAll": false }).to_string()
}

fn guest(world: &mut World, name: &str) -> Uuid {
    world.add_guest(&format!("{name}@contractor.example"), now())
}

fn status_of(portal: &Sandbox, id: Uuid) -> Status {
    portal.world().account(id).expect("an account").status
}

#[tokio::test]
async fn strict_releases_refuse_the_batch_and_older_ones_skip_in_silence() {
    let mut world = world().build();
    let ann = guest(&mut world, "ann");
    let ldap = guest(&mut world, "ldap");
    world.account_mut(ldap).unwrap().directory = Directory::Ldap;
    let (owner, nobody) = (world.owner(), Uuid::from_u128(5));
    let portal = Sandbox::start(world).await.unwrap();
    for protected in [owner, ldap, nobody] {
        let got = put(&portal, DISABLE, &body(&[ann, protected])).await;
        assert_eq!(got.status, 403);
        assert_eq!(got.json()["error"]["message"], "Access denied");
        assert_eq!(status_of(&portal, ann), Status::Active);
    }
    assert!(portal.world().audits().is_empty());

    portal.world().set_version(Version::V3_6_1);
    let got = put(&portal, DISABLE, &body(&[owner, ldap, nobody, ann])).await;
    assert_eq!((got.status, &got.json()["count"]), (200, &json!(1)));
    let told: Vec<Value> =
        got.response().as_array().unwrap().iter().map(|user| user["status"].clone()).collect();
    assert_eq!(got.ids(), [json!(owner), json!(ann)]);
    assert_eq!(told, [json!(1), json!(2)]);
}

#[tokio::test]
async fn an_admin_falls_only_to_the_owner() {
    let mut world = world().build();
    let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
    for (id, mail) in ids.iter().zip(["one@x.example", "two@x.example"]) {
        world.add_account(Account::new(*id, Kind::DocSpaceAdmin, "Ad", "Min", mail));
    }
    let key = world.add_key(ids[0], &[]);
    let portal = Sandbox::start(world).await.unwrap();
    assert_eq!(put_as(&portal, DISABLE, &body(&[ids[1]]), &key).await.status, 403);
    assert_eq!(put_as(&portal, DISABLE, &body(&[ids[0]]), &key).await.status, 403);
    assert_eq!(put(&portal, DISABLE, &body(&[ids[1]])).await.status, 200);
}

#[tokio::test]
async fn a_disabled_person_is_told_so_and_their_keys_die() {
    let mut world = world().build();
    let ann = guest(&mut world, "ann");
    let key = world.add_key(ann, &[]);
    let portal = Sandbox::start(world).await.unwrap();
    let header = format!("Bearer {key}");
    let own = "/api/2.0/keys/@self";
    assert_eq!(get_as(&portal, own, &header).await.unwrap().status, 200);
    let got = put(&portal, DISABLE, &body(&[ann])).await;
    assert_eq!(got.response()[0]["status"], 2);
    assert!(got.response()[0].get("terminated").is_none());
    assert_eq!(get_as(&portal, own, &header).await.unwrap().status, 401);

    let events = get(&portal, AUDITS).await.response();
    let codes: Vec<_> = events.as_array().unwrap().iter().map(|e| e["actionId"].clone()).collect();
    assert_eq!(codes, [json!(4020), json!(6032)]);
    assert_eq!(events[0]["target"], json!([ann]));
    assert_eq!(events[0]["action"], "Users [ann Guest]. Updated Status");
    let writes = portal.journal();
    assert_eq!(writes.writes().len(), 1);
    assert!(writes.writes()[0].body.contains(&ann.to_string()));
}

#[tokio::test]
async fn enabling_acts_on_disabled_people_and_takes_seats() {
    let mut world = world().build();
    let room = |n, mail| Account::new(Uuid::from_u128(n), Kind::RoomAdmin, "R", "A", mail);
    let (one, two) = (room(1, "one@x.example"), room(2, "two@x.example"));
    let ids = [one.id, two.id];
    world.add_account(one.status(Status::Terminated));
    world.add_account(two.status(Status::Terminated));
    let invited = Uuid::from_u128(3);
    let invitation = Account::invited(invited, Kind::Guest, "late@x.example");
    world.add_account(invitation.status(Status::Terminated));
    world.settings.seats = Some(2);
    let portal = Sandbox::start(world).await.unwrap();
    assert_eq!(put(&portal, ENABLE, &body(&ids)).await.status, 402);
    assert_eq!(ids.map(|id| status_of(&portal, id)), [Status::Active, Status::Terminated]);
    assert!(portal.world().audits().is_empty());
    assert_eq!(put(&portal, ENABLE, &body(&[invited, ids[0]])).await.status, 200);
    assert_eq!(status_of(&portal, invited), Status::Pending);
    put(&portal, DISABLE, &body(&[invited])).await;
    portal.world().settings.invitations = Invitations::Forgotten;
    put(&portal, ENABLE, &body(&[invited])).await;
    assert_eq!(status_of(&portal, invited), Status::Active);
}

#[tokio::test]
async fn bodies_and_statuses_are_read_as_the_server_reads_them() {
    let mut world = world().build();
    let ann = guest(&mut world, "ann");
    let portal = Sandbox::start(world).await.unwrap();
    for (text, status) in [
        ("{}", 500),
        (r#"{"userIds":null}"#, 500),
        (r#"{"userIds":["ann"]}"#, 400),
        ("nonsense", 400),
        (r#"{"userIds":[]}"#, 200),
    ] {
        assert_eq!(put(&portal, DISABLE, text).await.status, status, "{text}");
    }
    let twice = put(&portal, "/api/2.0/people/status/2", &body(&[ann, ann])).await;
    assert_eq!(twice.ids().len(), 2);
    let pending = "/api/2.0/people/status/Pending";
    assert_eq!(put(&portal, pending, &body(&[ann])).await.status, 400);
    assert_eq!(put(&portal, "/api/2.0/people/status/9", &body(&[ann])).await.status, 400);
    portal.world().set_version(Version::V3_6_1);
    let before = portal.world().audits().len();
    assert_eq!(put(&portal, pending, &body(&[ann])).await.status, 200);
    assert_eq!(portal.world().audits().len(), before + 1);
    assert_eq!(status_of(&portal, ann), Status::Terminated);
}
