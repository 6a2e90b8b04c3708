//! What changes under a client: lists, roles, plans, clocks, settings, and other people's hands.

use chrono::TimeDelta;
use sandbox::{Account, Kind, Listing, Login, Plan, RepeatedHour, Status};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

const LIFETIME: &str = "/api/2.0/security/audit/settings/lifetime";

#[tokio::test]
async fn listings_shrink_and_totals_lie() {
    let mut world = world().build();
    for name in ["ann", "ben", "eve"] {
        world.add_guest(&format!("{name}@contractor.example"), now());
    }
    let portal = start(world).await;
    for (listing, rows, total) in [
        (Listing::Whole, 4, 4),
        (Listing::Empty, 0, 0),
        (Listing::First(2), 2, 2),
        (Listing::Total(9), 4, 9),
    ] {
        portal.world().settings.listing = listing;
        let got = get(&portal, PEOPLE).await;
        assert_eq!((got.ids().len(), got.json()["total"].clone()), (rows, json!(total)));
    }
}

#[tokio::test]
async fn roles_plans_scopes_and_clocks_change_in_mid_run() {
    let mut world = world().build();
    let admin = world.new_guid();
    let account = Account::new(admin, Kind::DocSpaceAdmin, "Ad", "Min", "admin@x.example");
    world.add_account(account);
    let key = world.add_key(admin, &["*:read", "accounts:write"]);
    world.set_admin_key(&key);
    assert_eq!(world.key_account(), admin);
    let owner = world.owner();
    world.add_login_burst(&Login::success(owner), 30);
    let portal = start(world).await;

    portal.after_requests(1, |world| world.set_plan(Plan::Startup));
    portal.after_requests(2, move |world| world.set_kind(admin, Kind::RoomAdmin));
    portal.after_requests(3, |world| world.set_key_permissions(&["accounts:read"]));
    portal.after_requests(4, |world| world.clock().advance(days(400)));
    portal.after_requests(5, |world| world.settings.date_skew = TimeDelta::minutes(-7));
    let mut met = Vec::new();
    for _ in 0..6 {
        let got = get(&portal, LOGINS).await;
        let rows = if got.status == 200 { got.ids().len() } else { got.text.len().min(1) };
        met.push((got.status, rows, got.header("date").expect("a date")[5..22].to_owned()));
    }
    let met: Vec<_> =
        met.iter().map(|(status, rows, date)| (*status, *rows, date.as_str())).collect();
    assert_eq!(
        met,
        [
            (200, 30, "15 Jun 2026 12:00"),
            (200, 20, "15 Jun 2026 12:00"),
            (403, 1, "15 Jun 2026 12:00"),
            (403, 0, "15 Jun 2026 12:00"),
            (403, 0, "20 Jul 2027 12:00"),
            (403, 0, "20 Jul 2027 11:53"),
        ]
    );
}

#[tokio::test]
async fn an_account_names_its_inviter() {
    let mut world = world().build();
    let ann = world.add_guest("ann@contractor.example", now());
    let ben = world.invite("ben@contractor.example", ann);
    let portal = start(world).await;
    let got = get(&portal, &format!("{PEOPLE}?inviterId={ann}")).await;
    assert_eq!(got.ids(), [json!(ben)]);
    assert_eq!(got.response()[0]["createdBy"]["id"], ann.to_string());
    assert_eq!(got.response()[0]["status"], 4);
}

#[tokio::test]
async fn a_lifetime_that_changes_tells_when() {
    let portal = start(world().build()).await;
    let before = get(&portal, LIFETIME).await.response();
    assert_eq!(before["lastModified"], "0001-01-01T00:00:00");
    portal.world().change_retention(14, 180);
    let after = get(&portal, LIFETIME).await.response();
    assert_eq!(after["loginHistoryLifeTime"], 14);
    assert_eq!(after["lastModified"], "2026-06-15T12:00:00Z");
}

#[tokio::test]
async fn changes_by_hand_and_by_a_second_client_stand_in_the_trail() {
    let mut world = world().build();
    let owner = world.owner();
    let [ann, ben, admin] = [1, 2, 3].map(Uuid::from_u128);
    for (id, kind) in [(ann, Kind::Guest), (ben, Kind::Guest), (admin, Kind::DocSpaceAdmin)] {
        let email = format!("{id}@x.example");
        world.add_account(Account::new(id, kind, "A", "B", &email));
    }
    let portal = start(world).await;
    let status = |id| portal.world().account(id).map(|account| account.status);
    assert_eq!(portal.world().key_account(), owner);

    portal.world().disable(owner, ann);
    portal.world().disable_by_key(ben);
    assert_eq!((status(ann), status(ben)), (Some(Status::Terminated), Some(Status::Terminated)));
    portal.world().enable(admin, ann);
    portal.world().enable_by_key(ben);
    assert_eq!((status(ann), status(ben)), (Some(Status::Active), Some(Status::Active)));

    let changes = get(&portal, &format!("{AUDITS}?action=4020")).await.response();
    let told: Vec<(Value, Value)> = changes
        .as_array()
        .expect("a list")
        .iter()
        .rev()
        .map(|event| (event["userId"].clone(), event["target"][0].clone()))
        .collect();
    let expected = [(owner, ann), (owner, ben), (admin, ann), (owner, ben)];
    assert_eq!(told, expected.map(|(by, of)| (json!(by), json!(of))));
}

#[tokio::test]
async fn the_repeated_hour_differs_by_setting() {
    let mut world = world().timezone(chrono_tz::Europe::Berlin).build();
    let owner = world.owner();
    for at in ["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"] {
        world.add_login(Login::success(owner).at(utc(at)));
    }
    let portal = start(world).await;
    for (repeated_hour, second, first) in [
        (RepeatedHour::Late, "+01:00", "+01:00"),
        (RepeatedHour::Early, "+02:00", "+02:00"),
        (RepeatedHour::True, "+01:00", "+02:00"),
    ] {
        portal.world().settings.repeated_hour = repeated_hour;
        let rows = get(&portal, LOGINS).await.response();
        let offset = |row: &Value| row["date"].as_str().expect("text")[27..].to_owned();
        assert_eq!((offset(&rows[0]).as_str(), offset(&rows[1]).as_str()), (second, first));
    }
}
