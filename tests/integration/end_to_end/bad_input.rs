//! What goes wrong before anything is done: one message that names the thing and the remedy, the
//! documented exit code, and a store as it was.

use std::{fs, path::Path};

use dormouse::time::{Clock, SystemClock};
use sandbox::scenarios;

use crate::harness::{Ran, Site};

fn site() -> Site {
    let (portal, _) = scenarios::demo(SystemClock.now().into(), 3);
    Site::fast(portal)
}

/// The store byte for byte, its log written back first.
fn bytes(store: &Path) -> Vec<u8> {
    fs::read(store).unwrap()
}

fn told(ran: &Ran, code: u8, words: &[&str]) {
    assert_eq!(ran.code, code, "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "no \"{word}\" in: {}", ran.stderr);
    }
    let errors = ran.stderr.lines().filter(|l| l.starts_with("error:")).count();
    assert_eq!(errors, 1, "{}", ran.stderr);
}

#[test]
fn without_a_store_every_reader_says_where_it_looked_and_what_to_run() {
    let site = site();
    for line in
        ["decide", "decide --dry-run", "explain a@b.example", "apply --yes", "history", "status"]
    {
        told(&site.run(line), 3, &["there is no store at", "dormouse.db", "dormouse sync"]);
        assert!(!site.store().exists(), "{line}");
    }
}

#[test]
fn a_bad_roster_row_names_file_line_and_value_and_nothing_is_asked_or_stored() {
    let site = site();
    let roster = site.path().join("hr.csv");
    fs::write(&roster, "email,display_name\nann@a.example,Ann\nno-address,Bob\n").unwrap();
    told(&site.run("sync --contractors hr.csv"), 2, &["hr.csv", "3", "no-address"]);
    told(&site.run("sync --contractors gone.csv"), 2, &["gone.csv"]);
    assert!(!site.store().exists());
    assert!(site.portal.journal().entries().is_empty());
}

#[test]
fn a_roster_that_lost_most_of_its_people_is_refused_until_it_is_accepted() {
    let site = site();
    let emails: Vec<String> =
        site.portal.world().accounts().iter().map(|a| a.email.clone()).collect();
    let list = |n: usize| format!("email\n{}\n", emails[..n].join("\n"));
    fs::write(site.path().join("hr.csv"), list(20)).unwrap();
    assert_eq!(site.run("sync --contractors hr.csv").code, 0);
    fs::write(site.path().join("hr.csv"), list(9)).unwrap();
    told(&site.run("sync --contractors hr.csv"), 5, &["9 rows", "20", "--accept-shrink"]);
    fs::write(site.path().join("hr.csv"), "email\n").unwrap();
    told(&site.run("sync --contractors hr.csv"), 5, &["no rows", "--accept-shrink"]);
    let decision = site.must("decide --dry-run --format json").json();
    assert_eq!(decision["verdicts"].as_array().unwrap().len(), 20, "the last good one counts");
    fs::write(site.path().join("hr.csv"), list(9)).unwrap();
    assert_eq!(site.run("sync --contractors hr.csv --accept-shrink").code, 0);
    let decision = site.must("decide --dry-run --format json").json();
    assert_eq!(decision["verdicts"].as_array().unwrap().len(), 9);
}

#[test]
fn a_store_that_is_no_store_or_damaged_is_left_as_it_is() {
    let site = site();
    fs::write(site.store(), "this is a letter, no database, and it must survive\n".repeat(40))
        .unwrap();
    let before = bytes(&site.store());
    for line in ["sync", "decide", "status"] {
        told(&site.run(line), 1, &["dormouse.db", "damaged or no dormouse store"]);
        assert_eq!(bytes(&site.store()), before, "{line}");
    }
}

#[test]
fn a_store_with_a_newer_schema_is_not_touched() {
    let site = site();
    assert_eq!(site.run("sync").code, 0);
    site.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (29990101000001, 'of the future', 1, x'00', 0)",
    );
    let before = site.dump();
    for line in ["sync", "decide", "apply --yes", "history"] {
        told(&site.run(line), 1, &["newer dormouse", "29990101000001", "upgrade dormouse"]);
    }
    assert_eq!(site.dump(), before);
}

#[test]
fn a_store_of_another_portal_is_not_touched() {
    let site = site();
    assert_eq!(site.run("sync").code, 0);
    let before = site.dump();
    site.portal.world().restore_from_backup();
    told(&site.run("sync"), 3, &["belongs to portal", "restored from a backup", "--db"]);
    assert_eq!(site.dump(), before);
}

#[cfg(unix)]
#[test]
fn an_unwritable_directory_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let site = site();
    let dir = site.path().join("locked");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(dir.join("probe"), "").is_ok() {
        // The superuser writes anywhere: a file in the way serves as well.
        fs::remove_file(dir.join("probe")).unwrap();
        fs::write(site.path().join("file"), "").unwrap();
        told(&site.run("--db sqlite://file/dormouse.db sync"), 1, &["file/dormouse.db"]);
        return;
    }
    told(&site.run("--db sqlite://locked/dormouse.db sync"), 1, &["locked/dormouse.db"]);
}
