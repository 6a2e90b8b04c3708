//! One store, one portal, one writer; and nothing in it that does not belong there.

use std::{
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use sandbox::{Clock, Fault, Login, Rule, World};

use super::{
    faults::portal,
    support::{LOGINS, PEOPLE, Site, now},
};

#[test]
fn another_portal_is_refused_and_nothing_written() {
    let site = Site::fast(portal());
    site.sync();
    let before = site.dump();
    site.portal.world().restore_from_backup();
    let ran = site.run("sync --accept-owner");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("restored from a backup"), "{}", ran.stderr);
    assert_eq!(site.dump(), before);
}

#[test]
fn another_owner_needs_a_word() {
    let site = Site::fast(portal());
    site.sync();
    let before = site.dump();
    let heir = {
        let mut world = site.portal.world();
        let heir = world.account_by_email("bob@contractor.example").unwrap().id;
        world.transfer_ownership(heir);
        heir
    };
    let ran = site.run("sync");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("--accept-owner"), "{}", ran.stderr);
    assert_eq!(site.dump(), before);
    site.run("sync --accept-owner").ends(0);
    assert_eq!(site.sql("SELECT owner_id FROM portal"), [heir.to_string()]);
    site.run("sync").ends(0);
}

/// A portal whose clock runs, with a first page that takes long.
fn slow() -> Site {
    let now = now();
    let mut world = World::builder(now).clock(Clock::running_from(now)).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(170));
    for n in 0..3000 {
        world.add_login(Login::success(ann).at(now - TimeDelta::minutes(80 * n)));
    }
    let site = Site::fast(world);
    let late = Fault::Delay(Duration::from_millis(150));
    site.portal.faults().push(Rule::get(LOGINS, late));
    site
}

fn wait_for(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let site = slow();
    let mut first = site.process("sync").stdout(Stdio::null()).spawn().unwrap();
    wait_for(|| !site.portal.journal().entries().is_empty());
    let second = site.process("sync").output().unwrap();
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(6), "{text}");
    assert!(text.contains(&format!("process {}, since 2", first.id())), "{text}");
    assert!(first.wait().unwrap().success());
    assert!(site.process("sync").output().unwrap().status.success());
    site.assert_whole();
}

#[test]
fn asked_to_stop_it_ends_after_the_page_in_hand() {
    for signal in ["INT", "TERM"] {
        let site = slow();
        let child = site.process("sync").stderr(Stdio::piped()).spawn().unwrap();
        wait_for(|| site.portal.journal().count("GET", LOGINS) > 6);
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let asked = Instant::now();
        let ended = child.wait_with_output().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        let text = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{text}");
        assert!(text.contains("the next sync goes on from there"), "{text}");
        site.assert_claims();
        let stored = site.stored().len();
        assert!(0 < stored && stored < 3000, "{stored} events");
        let row = "SELECT status, reason, events_added FROM sync_runs";
        assert_eq!(site.sql(row), [format!("interrupted|stopped on request|{stored}")]);
        assert_eq!(site.sql("SELECT exit_code FROM runs"), ["1"]);
        site.portal.faults().clear();
        assert!(site.process("sync").output().unwrap().status.success());
        site.assert_whole();
    }
}

#[test]
fn a_silent_portal_does_not_keep_the_user_waiting() {
    let site = slow();
    site.portal.faults().clear();
    site.portal.faults().push(Rule::get(LOGINS, Fault::Hang).after(12));
    let child = site.process("sync").stderr(Stdio::piped()).spawn().unwrap();
    wait_for(|| site.portal.journal().count("GET", LOGINS) > 16);
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-s", "INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let ended = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(ended.status.code(), Some(1));
    site.assert_claims();
    assert!(!site.stored().is_empty());
}

#[test]
fn a_list_of_accounts_that_hangs_does_not_keep_the_user_waiting() {
    let site = slow();
    site.portal.faults().clear();
    site.portal.faults().push(Rule::get(PEOPLE, Fault::Hang));
    let mut child = site.quiet_process("sync").spawn().unwrap();
    wait_for(|| site.portal.journal().count("GET", PEOPLE) > 0);
    let asked = Instant::now();
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(site.sql("SELECT exit_code FROM runs"), ["1"]);
}

#[test]
fn the_store_is_its_owners_alone() {
    let site = slow();
    site.portal.faults().clear();
    let late = Fault::Delay(Duration::from_millis(500));
    site.portal.faults().push(Rule::get(LOGINS, late).nth(9));
    let mut child = site.quiet_process("sync").spawn().unwrap();
    let file = |end: &str| site.path().join(format!("dormouse.db{end}"));
    wait_for(|| file("-wal").exists() && file("-shm").exists());
    for end in ["", "-wal", "-shm", ".lock"] {
        let mode = file(end).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{end}");
    }
    assert!(child.wait().unwrap().success());
}

#[test]
fn neither_key_nor_page_is_stored_or_shown() {
    let mut site = slow();
    site.portal.faults().clear();
    let flaky = Fault::status(500);
    site.portal.faults().push(Rule::get(LOGINS, flaky).nth(3));
    let key = site.portal.admin_key();
    let log = |site: &Site, line: &str| {
        let ran = site.process(line).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr))
    };
    let mut said = log(&site, "-vv sync");
    said += &log(&site, "-vv --log-format json sync --full");
    site.portal.world().set_admin_key("sk-wrong-0123456789");
    site.take_key();
    let wrong = log(&site, "-vv sync");
    assert!(wrong.contains("401") && !wrong.contains("sk-wrong"), "{wrong}");
    site.portal.world().set_admin_key(&key);
    site.take_key();
    site.portal.faults().push(Rule::any(Fault::Reset));
    said += &log(&site, "-vv sync");
    assert!(said.contains("trying again"), "{said}");
    let mut bytes = said.into_bytes();
    for entry in site.path().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "dormouse.toml" {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    let has = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(has("ann@contractor.example"), "the store was not read");
    assert!(!has(&key) && !has(&key[3..20]), "the key is there");
    assert!(!has("https://portal.example.com/login"), "the page of an event is there");
}

#[test]
fn addresses_are_kept_only_where_they_may_be() {
    let kept = Site::fast(portal());
    kept.sync();
    assert_eq!(kept.sql("SELECT count(*) FROM login_events WHERE ip IS NULL"), ["0"]);
    let dropped = Site::with(portal(), "[store]\nkeep_ip = false");
    dropped.sync();
    assert_eq!(dropped.sql("SELECT count(*) FROM login_events WHERE ip IS NOT NULL"), ["0"]);
    assert!(!dropped.dump().contains("203.0.113."));
}
