//! Rows that come late, in bursts, spoilt, or never because recording stopped.

use std::collections::HashSet;

use chrono::TimeDelta;
use sandbox::{AuditEvent, Login, Oddity, Recording};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn late_and_stray_rows_stand_where_their_dates_say() {
    let mut world = world().build();
    let owner = world.owner();
    let first = world.log_in(owner).expect("an id");
    let portal = start(world).await;
    let late = portal.world().add_late_login(Login::code(owner, 1028).at(now() - days(10)));
    let dead_clock = portal.world().add_login(Login::success(owner).at(now() - days(45)));
    let ahead = portal.world().add_login(Login::success(owner).at(now() + days(3)));
    assert!(late > first);
    assert_eq!(get(&portal, LOGINS).await.ids(), [ahead, first, late, dead_clock].map(Value::from));
    portal.world().add_late_audit(AuditEvent::new(owner, 5064, now() - days(10)));
    let told = get(&portal, AUDITS).await.response();
    assert_eq!(told[0]["date"], "2026-06-05T12:00:00.0000000Z");
}

#[tokio::test]
async fn odd_rows_keep_their_place() {
    let mut world = world().build();
    let owner = world.owner();
    for minute in [3, 2, 1] {
        let at = now() - TimeDelta::minutes(minute);
        world.add_login(Login::success(owner).at(at));
        world.add_audit(AuditEvent::new(owner, 5064, at));
    }
    let (login, audit) = (world.logins()[1].id, world.audits()[1].id);
    let portal = start(world).await;
    let null = Some(Value::Null);
    for (oddity, name, value) in [
        (Oddity::NullDate, "date", null.clone()),
        (Oddity::UnsetDate, "date", Some(json!("0001-01-01T00:00:00.0000000Z"))),
        (Oddity::UnreadableDate, "date", Some(json!("yesterday"))),
        (Oddity::NoDate, "date", None),
        (Oddity::UnreadableId, "id", Some(json!("A-17"))),
        (Oddity::NoId, "id", None),
        (Oddity::NullAccount, "userId", null),
        (Oddity::NoAccount, "userId", None),
    ] {
        portal.world().make_login_odd(login, oddity);
        portal.world().make_audit_odd(audit, oddity);
        for path in [LOGINS, AUDITS] {
            let rows = get(&portal, path).await.response();
            assert_eq!(rows[1].get(name), value.as_ref(), "{path} {oddity:?}");
            assert_eq!(rows[0]["userId"], owner.to_string());
            assert!(rows[2]["id"].is_number());
        }
    }
}

#[tokio::test]
async fn recording_stops_for_each_history_by_itself() {
    let world = world().build();
    let owner = world.owner();
    let portal = start(world).await;
    for (recording, logins, audits) in [
        (Recording::On, 1, 1),
        (Recording::LoginsOnly, 2, 1),
        (Recording::AuditOnly, 2, 2),
        (Recording::Off, 2, 2),
        (Recording::On, 3, 3),
    ] {
        portal.world().settings.recording = recording;
        portal.world().log_in(owner);
        portal.world().act(owner, 5064);
        let counts = (count(&portal, LOGINS).await, count(&portal, AUDITS).await);
        assert_eq!(counts, (logins, audits), "{recording:?}");
    }
}

#[tokio::test]
async fn a_stretch_that_was_not_recorded_leaves_no_gap_in_the_ids() {
    let mut world = world().build();
    let owner = world.owner();
    for day in (0..10).rev() {
        world.add_login(Login::success(owner).at(now() - days(day)));
        world.add_audit(AuditEvent::new(owner, 5064, now() - days(day)));
    }
    world.unrecord_logins(now() - days(7)..now() - days(3));
    world.unrecord_audits(now() - days(5)..now() - days(3));
    let next = world.log_in(owner).map(Value::from);
    let portal = start(world).await;
    let mut ids = get(&portal, LOGINS).await.ids();
    assert_eq!((ids.len(), ids.first()), (7, next.as_ref()));
    ids.reverse();
    let first = ids[0].as_i64().expect("a number");
    assert_eq!(ids, (first..first + 7).map(Value::from).collect::<Vec<_>>());
    assert_eq!(count(&portal, AUDITS).await, 8);
}

#[tokio::test]
async fn events_arrive_in_the_second_that_is_being_read() {
    let world = world().build();
    let owner = world.owner();
    let portal = start(world).await;
    portal.logins_with_every_request(Login::success(owner), 3);
    for expected in [3, 6, 9] {
        let rows = get(&portal, LOGINS).await.response();
        let dates: HashSet<String> =
            rows.as_array().expect("a list").iter().map(|row| row["date"].to_string()).collect();
        assert_eq!((rows.as_array().map(Vec::len), dates.len()), (Some(expected), 1));
    }
}

#[tokio::test]
async fn a_burst_of_failures_fills_a_second_and_a_page() {
    let mut world = world().build();
    world.add_login_burst(&Login::failure("x@nowhere.example").at(now()), 150);
    let portal = start(world).await;
    let rows = get(&portal, LOGINS).await.response();
    let same = rows.as_array().expect("a list").iter().all(|row| row["date"] == rows[99]["date"]);
    assert!(same);
    assert_eq!(count(&portal, &format!("{LOGINS}?startIndex=100")).await, 50);
}
