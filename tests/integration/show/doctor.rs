//! `doctor`: each check finds what it is for, and one closed door does not hide the others.

use chrono::TimeDelta;
use dormouse::time::days;
use sandbox::{Kind, Plan, SessionLife, Version, World};
use serde_json::Value;

use super::support::{Machine, Ran, Site, ago, now, small};
use crate::harness::check;

fn finding<'a>(report: &'a Value, name: &str) -> &'a str {
    check(report, name)["finding"].as_str().unwrap()
}

fn doctor(world: World) -> (Site, Ran) {
    let site = Site::new(world);
    let ran = site.run("doctor --format json");
    (site, ran)
}

#[test]
fn a_good_setup_has_no_problem() {
    let mut world = small();
    world.settings.session_life = SessionLife::Minutes(9999);
    let site = Site::new(world);
    site.must("sync");
    let ran = site.must("doctor");
    let free = regex(&ran.stdout, " MB where the store is");
    insta::assert_snapshot!(site.stable(&ran.stdout).replace(&free, "FREE"));
}

/// The word before `mark`.
fn regex(text: &str, mark: &str) -> String {
    let before = &text[..text.find(mark).unwrap()];
    before.rsplit(' ').next().unwrap().to_owned()
}

#[test]
fn before_the_first_sync_everything_else_is_looked_at() {
    let (site, ran) = doctor(small());
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let json = ran.json();
    assert_eq!(json["schema"], "dormouse.doctor/1");
    assert_eq!(finding(&json, "store"), "warning");
    assert_eq!(finding(&json, "audit option"), "ok");
    // A year by default, and 180 days of retention.
    assert_eq!(finding(&json, "session lifetime"), "warning");
    assert!(!site.store().exists(), "doctor changes nothing");
}

#[test]
fn without_settings_the_store_is_looked_at() {
    let site = Machine::at(now());
    let ran = site.run("doctor");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("no portal is set; set DOCSPACE_API_HOST"), "{}", ran.stdout);
    assert!(ran.stdout.contains("free disk"));
    assert!(ran.stdout.ends_with("1 problem, 1 warning\n"), "{}", ran.stdout);
}

#[test]
fn each_fault_of_the_portal_is_found_by_its_own_check() {
    type Spoil = fn(&mut World);
    let faults: [(&str, &str, Spoil); 7] = [
        ("audit option", "problem", |w| w.set_plan(Plan::Startup)),
        ("server version", "problem", |w| w.set_version(Version(3, 0, 4))),
        ("retention", "warning", |w| w.set_retention(20, 20)),
        ("permissions", "warning", |w| {
            let owner = w.owner();
            let key = w.add_key(owner, &["*:read"]);
            w.set_admin_key(&key);
        }),
        ("key's owner", "problem", |w| {
            let id = w.add_guest("boss@portal.example.com", ago(90).into());
            w.account_mut(id).unwrap().kind = Kind::RoomAdmin;
            let key = w.add_key(id, &[]);
            w.set_admin_key(&key);
        }),
        ("key expiry", "warning", |w| {
            let key = w.admin_key().to_owned();
            w.key_mut(&key).unwrap().expires_at = Some((now() + days(9)).into());
        }),
        ("key", "problem", |w| w.set_admin_key("sk-0123")),
    ];
    for (name, expected, spoil) in faults {
        let mut world = small();
        spoil(&mut world);
        let (_desk, ran) = doctor(world);
        assert_eq!(finding(&ran.json(), name), expected, "{name}: {}", ran.stdout);
        assert_eq!(ran.code, u8::from(expected == "problem"), "{name}: {}", ran.stdout);
    }
}

#[test]
fn a_portal_that_stopped_recording_and_a_wrong_clock_are_problems() {
    let mut site = Site::new(small());
    site.pass(TimeDelta::days(4));
    site.clock.skew = TimeDelta::minutes(6);
    let ran = site.run("doctor --format json");
    assert_eq!(ran.code, 1);
    assert_eq!(finding(&ran.json(), "recording"), "problem");
    assert_eq!(finding(&ran.json(), "clock"), "problem");
}

#[test]
fn a_store_of_another_portal_is_noticed() {
    let site = Site::new(small());
    site.must("sync");
    let other = World::builder(now().into()).seed(9).build();
    let other = Site::new(other);
    std::fs::copy(site.store(), other.store()).unwrap();
    let json = other.run("doctor --format json").json();
    assert_eq!(finding(&json, "same portal"), "problem");
}

#[test]
fn damage_to_file_and_history_is_found() {
    let site = Site::new(small());
    site.must("sync");
    site.must("decide");
    site.must("apply --yes");
    site.with_store(async |store| {
        for sql in [
            "DROP TRIGGER history_no_update",
            "UPDATE history SET detail = 'nothing happened' WHERE seq = 2",
        ] {
            sqlx::query(sql).execute(store.conn()).await.unwrap();
        }
    });
    let ran = site.run("doctor --format json");
    assert_eq!((ran.code, finding(&ran.json(), "history")), (1, "problem"), "{}", ran.stdout);
    assert_eq!(finding(&ran.json(), "integrity"), "ok");

    std::fs::write(site.store(), "no database at all, but long enough to be read as one").unwrap();
    let ran = site.run("doctor --format json");
    assert_eq!((ran.code, finding(&ran.json(), "store")), (1, "problem"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new(small());
    site.must("sync");
    let json = site.must("doctor --format json").json();
    assert_eq!(finding(&json, "file modes"), "ok");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(site.store(), open).unwrap();
    let ran = site.must("doctor --format csv");
    assert!(ran.stdout.contains("file modes,warning,"), "{}", ran.stdout);
    assert!(ran.stdout.contains("dormouse.db (644)"), "{}", ran.stdout);
}

#[test]
fn an_owner_that_tells_no_portal_apart_is_said() {
    let mut world = World::builder(now().into()).owner(sandbox::SEED_OWNER).build();
    world.add_guest("guest@contractor.example", ago(300).into());
    let (_, ran) = doctor(world);
    assert_eq!(finding(&ran.json(), "identity"), "ok", "{ran:?}");
}
