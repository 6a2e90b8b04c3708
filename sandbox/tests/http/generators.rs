//! The generators keep their promises: size, truth, speed.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sandbox::scenarios::{self, Truth, TruthRow};
use sandbox::{Kind, Status, World};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a date")
}

/// Nothing in the world is newer than a row's truth, and the truth is in the world.
fn assert_true(world: &World, rows: &[TruthRow]) {
    let mut successes = HashMap::new();
    for row in world.logins().iter().filter(|row| row.shape().code >= 1027) {
        successes.insert(row.shape().user_id, row.at());
    }
    for row in rows.iter().filter(|row| row.truth != Truth::Owner) {
        let visible = successes.get(&row.account_id).copied();
        let told = row.last_login.filter(|_| row.truth != Truth::LongGone);
        assert_eq!(visible, told, "{row:?}");
    }
    for event in world.audits() {
        let row = rows.iter().find(|row| row.account_id == event.user_id).expect("a row");
        assert!(row.last_activity.is_some_and(|at| at >= event.at), "{row:?}");
    }
}

#[test]
fn the_demo_has_every_case_and_mostly_active_people() {
    let (world, rows) = scenarios::demo(now(), 3);
    assert_true(&world, &rows);
    let guests: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Guest).collect();
    let inactive = guests.iter().filter(|row| row.should_be_disabled(now(), 30)).count();
    let enabled = guests.iter().filter(|row| row.status != Status::Terminated).count();
    assert_eq!((guests.len(), enabled, inactive), (63, 59, 11));
    let truths: HashSet<Truth> = rows.iter().map(|row| row.truth).collect();
    assert_eq!(truths.len(), 17);
    assert!((1_000..9_000).contains(&world.logins().len()), "{}", world.logins().len());
    assert_ne!(world.account_by_email("owner@portal.example.com").unwrap().id, key_owner(&world));
}

fn key_owner(world: &World) -> uuid::Uuid {
    world.keys().iter().find(|key| key.secret == world.admin_key()).expect("a key").created_by
}

#[test]
fn the_same_seed_gives_the_same_portal() {
    let (one, _) = scenarios::demo(now(), 5);
    let (two, _) = scenarios::demo(now(), 5);
    let ids = |world: &World| world.logins().iter().map(|row| (row.id, row.at_micros)).collect();
    let (one_ids, two_ids): (Vec<_>, Vec<_>) = (ids(&one), ids(&two));
    assert_eq!(one_ids, two_ids);
    assert_eq!(one.admin_key(), two.admin_key());
}

#[test]
fn busy_is_as_big_as_asked_and_its_last_logins_lie_deep() {
    let (world, rows) = scenarios::busy(now(), 1, 500, 20_000);
    assert_true(&world, &rows);
    assert_eq!(world.logins().len(), 20_000);
    let shown: HashSet<_> =
        world.logins().iter().rev().take(100).map(|row| row.shape().user_id).collect();
    let deep =
        rows.iter().filter(|row| row.last_login.is_some() && !shown.contains(&row.account_id));
    assert!(deep.count() > 400);
    let ids_rise = world.logins().windows(2).all(|pair| pair[0].id < pair[1].id);
    assert!(ids_rise);
}
