//! The shapes of the protocol's own examples: which properties there are, in which order.

use sandbox::{Account, Kind, Login, Sandbox};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::support::*;

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn login_events_look_like_the_example() {
    let mut world = world().timezone(chrono_tz::Europe::Moscow).build();
    let id = uuid!("2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10");
    world.add_account(Account::new(id, Kind::Guest, "Ann", "Guest", "ann@contractor.example"));
    world.add_login(Login::logout(id).at(utc("2026-01-15T06:02:11Z")).ip("2001:db8::1"));
    world.add_login(Login::failure("ann@contractor.example").at(utc("2026-01-15T10:29:40Z")));
    world.add_login(Login::success(id).at(utc("2026-01-15T10:30:02Z")).id(418_233));
    let portal = Sandbox::start(world).await.unwrap();
    let got = get(&portal, &format!("{LOGINS}?count=100")).await;
    let expected = r#"{"response":[{"id":418233,"date":"2026-01-15T13:30:02.0000000+03:00","user":"Ann Guest","userId":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","action":"Login success via login and password","actionId":1029,"ip":"203.0.113.7","country":"Germany","city":"Berlin","browser":"Chrome 131","platform":"Windows 10","page":"https://portal.example.com/login"},{"id":400002,"#;
    assert!(got.text.starts_with(expected), "{}", got.text);
    let end = format!(
        r#""count":3,"links":[{{"href":"{}{LOGINS}?count=100","action":"GET"}}],"status":0,"statusCode":200}}"#,
        portal.url()
    );
    assert!(got.text.ends_with(&end), "{}", got.text);
    let events = got.response();
    assert_eq!(events[1]["userId"], "712d9ec3-5d2b-4b13-824f-71f00191dcca");
    assert_eq!(events[1]["login"], "ann@contractor.example");
    assert_eq!((&events[2]["login"], &events[2]["ip"]), (&json!("Ann Guest"), &json!("2001")));
}

#[tokio::test]
async fn user_objects_look_like_the_example() {
    let mut world = world().build();
    let owner = world.owner();
    let group = world.add_group("R&D");
    let member = Account::new(Uuid::from_u128(1), Kind::User, "Pat", "O'Brien", "pat@x.example");
    world.add_account(member.group(group).registered(now()).created_by(owner));
    world.add_account(Account::invited(Uuid::from_u128(2), Kind::Guest, "new@x.example"));
    let portal = Sandbox::start(world).await.unwrap();
    let got = get(&portal, &format!("{PEOPLE}?sortBy=email")).await;
    let people = got.response();
    let (pending, owner, member) = (&people[0], &people[1], &people[2]);
    let always = "activationStatus avatar avatarMax avatarMedium avatarOriginal avatarSmall \
                  department displayName email firstName hasAvatar id isAdmin isAnonim \
                  isCollaborator isLDAP isOwner isRoomAdmin isSSO isVisitor lastName \
                  mobilePhoneActivationStatus profileUrl registrationDate status usedSpace userName";
    assert_eq!(names(pending), always.split_whitespace().collect::<Vec<_>>());
    let more = names(member);
    assert!(more.contains(&"groups") && more.contains(&"createdBy"));

    assert_eq!(pending["registrationDate"], "0001-01-01T00:00:00.0000000Z");
    assert_eq!((&pending["status"], &pending["activationStatus"]), (&json!(4), &json!(2)));
    assert_eq!((&owner["isOwner"], &owner["isAdmin"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&member["displayName"], &member["lastName"]),
        (&json!("Pat O&#39;Brien"), &json!("O'Brien"))
    );
    assert_eq!(
        (&member["department"], &member["groups"][0]["name"]),
        (&json!("R&amp;D"), &json!("R&D"))
    );
    assert_eq!(member["registrationDate"], "2026-06-15T12:00:00.0000000Z");

    portal.world().set_version(sandbox::Version::V3_6_1);
    let own = get(&portal, "/api/2.0/people/@self").await.response();
    assert_eq!((&own["isOwner"], &own["isAdmin"]), (&json!(true), &json!(true)));
    assert!(own.get("hasPersonalFolder").is_some());
}

#[tokio::test]
async fn groups_keys_and_facts_look_like_the_examples() {
    let mut world = world().timezone(chrono_tz::Asia::Kolkata).build();
    let group = world.add_group("Contractors");
    let id = Uuid::from_u128(1);
    world.add_account(Account::new(id, Kind::User, "Bob", "User", "bob@x.example").group(group));
    world.group_mut(group).unwrap().manager = Some(id);
    let portal = Sandbox::start(world).await.unwrap();

    let list = get(&portal, "/api/2.0/group?filterValue=contract").await;
    assert_eq!(
        (&list.json()["total"], &list.response()[0]["membersCount"]),
        (&json!(1), &json!(1))
    );
    assert!(list.response()[0].get("members").is_none());
    let one = get(&portal, &format!("/api/2.0/group/{group}")).await.response();
    assert_eq!(
        (&one["members"][0]["userName"], &one["manager"]["userName"]),
        (&json!("bob"), &json!("bob"))
    );
    let bare = get(&portal, &format!("/api/2.0/group/{group}?includeMembers=false")).await;
    assert!(bare.response().get("members").is_none());

    let key = get(&portal, "/api/2.0/keys/@self").await.response();
    assert_eq!(key["permissions"], json!(["*:read", "accounts:write"]));
    assert_eq!(key["lastUsed"], "2026-06-15T17:30:00.0000000+05:30");
    assert_eq!((&key["isActive"], key.get("expiresAt")), (&json!(true), None));
    portal.world().add_key(id, &[]);
    let keys = get(&portal, "/api/2.0/keys").await;
    assert_eq!((keys.ids().len(), &keys.json()["count"]), (2, &json!(1)));

    let settings = get(&portal, "/api/2.0/settings").await.response();
    assert_eq!(
        (&settings["timezone"], &settings["utcOffset"]),
        (&json!("Asia/Kolkata"), &json!("05:30:00"))
    );
    let life = get(&portal, "/api/2.0/security/audit/settings/lifetime").await.response();
    let lifetime = json!({ "loginHistoryLifeTime": 180, "auditTrailLifeTime": 180, "lastModified": "0001-01-01T00:00:00" });
    assert_eq!(life, lifetime);
    let cookies = get(&portal, "/api/2.0/settings/cookiesettings").await.response();
    assert_eq!(cookies, json!({ "lifeTime": 1440, "enabled": false }));
    let quota = get(&portal, "/api/2.0/portal/quota").await.response();
    assert_eq!((&quota["audit"], &quota["trial"]), (&json!(true), &json!(false)));
    let build = get_as(&portal, "/api/2.0/settings/version/build", "").await.unwrap();
    assert_eq!(build.response()["docSpace"], "3.7.2");
}
