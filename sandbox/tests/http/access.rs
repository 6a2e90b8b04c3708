//! Who may ask what: exact keys, scopes, roles, plans, portal states.

use chrono::TimeDelta;
use sandbox::{
    Account, KeyState, Kind, LoginHistory, Payment, Plan, Sandbox, TenantStatus, Version,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

const SELF: &str = "/api/2.0/people/@self";
const QUOTA: &str = "/api/2.0/portal/quota";

async fn status(portal: &Sandbox, path: &str, header: &str) -> u16 {
    get_as(portal, path, header).await.expect("an answer").status
}

#[tokio::test]
async fn only_the_exact_form_of_the_header_works() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    let key = portal.admin_key();
    assert_eq!((key.len(), &key[..3]), (67, "sk-"));
    assert_eq!(status(&portal, SELF, &format!("Bearer {key}")).await, 200);
    let secret = key.trim_start_matches("sk-");
    for header in [
        String::new(),
        key.clone(),
        format!("bearer {key}"),
        format!("Bearer  {key}"),
        format!("Bearer {secret}"),
        format!("Basic {key}"),
    ] {
        let got = get_as(&portal, SELF, &header).await.unwrap();
        assert_eq!((got.status, got.text.as_str()), (401, ""), "{header}");
    }
}

#[tokio::test]
async fn dead_keys_are_401_and_lose_their_creator() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    let key = portal.admin_key();
    let header = format!("Bearer {key}");
    portal.world().key_mut(&key).unwrap().expires_at = Some(now() + TimeDelta::days(1));
    assert_eq!(status(&portal, SELF, &header).await, 200);
    portal.advance(TimeDelta::days(1));
    assert_eq!(status(&portal, SELF, &header).await, 401);
    portal.world().key_mut(&key).unwrap().expires_at = None;
    portal.world().key_mut(&key).unwrap().state = KeyState::Inactive;
    assert_eq!(status(&portal, SELF, &header).await, 401);
    portal.world().key_mut(&key).unwrap().state = KeyState::Active;
    let owner = portal.world().owner();
    portal.world().disable(owner, owner);
    assert_eq!(status(&portal, SELF, &header).await, 401);
}

#[tokio::test]
async fn scopes_open_what_the_table_says() {
    let mut world = world().build();
    let owner = world.owner();
    let wide = world.add_key(owner, &["*:read"]);
    let people = world.add_key(owner, &["accounts:write"]);
    let own = world.add_key(owner, &["accounts.self:read"]);
    let files = world.add_key(owner, &["files:read"]);
    let portal = Sandbox::start(world).await.unwrap();
    let by_id = format!("/api/2.0/people/{owner}");
    for (path, allowed) in [
        (PEOPLE, [200, 200, 403, 403]),
        (by_id.as_str(), [200, 200, 200, 200]),
        (SELF, [200, 403, 200, 403]),
        ("/api/2.0/group", [200, 403, 403, 403]),
        (LOGINS, [200, 403, 403, 403]),
        ("/api/2.0/keys", [200, 403, 403, 403]),
        ("/api/2.0/keys/@self", [200, 200, 200, 200]),
        ("/api/2.0/settings", [200, 403, 403, 403]),
    ] {
        let mut got = Vec::new();
        for key in [&wide, &people, &own, &files] {
            got.push(status(&portal, path, &format!("Bearer {key}")).await);
        }
        assert_eq!(got, allowed, "{path}");
    }
    let path = "/api/2.0/people/status/Terminated";
    assert_eq!(put_as(&portal, path, r#"{"userIds":[]}"#, &wide).await.status, 403);
    assert_eq!(put_as(&portal, path, r#"{"userIds":[]}"#, &people).await.status, 200);
}

#[tokio::test]
async fn room_admins_are_refused_history_and_shown_half_of_the_people() {
    let mut world = world().build();
    world.add_guest("ann@contractor.example", now());
    let id = Uuid::from_u128(7);
    world.add_account(Account::new(id, Kind::RoomAdmin, "Rob", "Room", "rob@x.example"));
    let key = format!("Bearer {}", world.add_key(id, &[]));
    let portal = Sandbox::start(world).await.unwrap();
    for path in [LOGINS, AUDITS, QUOTA, "/api/2.0/settings/cookiesettings"] {
        let got = get_as(&portal, path, &key).await.unwrap();
        assert_eq!((got.status, &got.json()["error"]["message"]), (403, &json!("Access denied")));
    }
    let got = get_as(&portal, PEOPLE, &key).await.unwrap();
    assert_eq!(got.json()["total"], 2);
    let got = get_as(&portal, "/api/2.0/portal", &key).await.unwrap();
    assert_eq!(got.response(), json!({ "tenantId": 1 }));
}

#[tokio::test]
async fn open_routes_refuse_bad_keys_since_3_7() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    let settings = "/api/2.0/settings";
    let anonymous = get_as(&portal, settings, "").await.unwrap();
    assert_eq!(anonymous.status, 200);
    assert!(anonymous.response().get("ownerId").is_none());
    assert!(get(&portal, settings).await.response().get("ownerId").is_some());
    assert_eq!(status(&portal, settings, "Bearer sk-no").await, 403);
    portal.world().set_version(Version::V3_6_1);
    let got = get_as(&portal, settings, "Bearer sk-no").await.unwrap();
    assert!(got.status == 200 && got.response().get("ownerId").is_none());
    let got = get_as(&portal, "/api/2.0/authentication", "Bearer sk-no").await.unwrap();
    assert_eq!(got.response(), json!(false));
}

#[tokio::test]
async fn portal_states_answer_as_documented() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    let settings = "/api/2.0/settings";
    for (state, people, told) in [
        (TenantStatus::Suspended, 404, 200),
        (TenantStatus::RemovePending, 404, 404),
        (TenantStatus::Restoring, 403, 200),
        (TenantStatus::Migrating, 200, 200),
        (TenantStatus::Unknown, 500, 500),
    ] {
        portal.world().set_tenant_status(state);
        let got = (get(&portal, PEOPLE).await.status, get(&portal, settings).await.status);
        assert_eq!(got, (people, told), "{state:?}");
    }
    assert_eq!(status(&portal, settings, "").await, 404);
}

#[tokio::test]
async fn an_unpaid_portal_and_hidden_history_are_402() {
    let portal = Sandbox::start(world().plan(Plan::Admin).build()).await.unwrap();
    portal.world().settings.login_history = LoginHistory::Hidden;
    assert_eq!(get(&portal, LOGINS).await.status, 402);
    portal.world().settings.login_history = LoginHistory::Shown;
    portal.world().settings.payment = Payment::Unpaid;
    for (path, status) in [(LOGINS, 402), ("/api/2.0/people", 402), (PEOPLE, 200), (QUOTA, 200)] {
        assert_eq!(get(&portal, path).await.status, status, "{path}");
    }
    assert_eq!(get(&portal, "/api/2.0/portal/tariff").await.response()["state"], 3);
    portal.world().set_version(Version::V3_5_0);
    assert_eq!(get(&portal, PEOPLE).await.status, 402);
}

#[tokio::test]
async fn wrong_routes_and_methods_are_empty() {
    let portal = Sandbox::start(world().build()).await.unwrap();
    for path in ["/", "/api/2.0/nothing", "/audit/login/filter"] {
        let got = get(&portal, path).await;
        assert_eq!((got.status, got.text.as_str()), (404, ""), "{path}");
    }
    let got = put(&portal, LOGINS, "{}").await;
    assert_eq!((got.status, got.text.as_str()), (405, ""));
    let url = format!("{}/api/2.0/people/status/Terminated", portal.url());
    let bearer = format!("Bearer {}", portal.admin_key());
    let plain = client().put(url).header("Authorization", bearer).body("{}");
    assert_eq!(plain.send().await.unwrap().status(), 415);
}
