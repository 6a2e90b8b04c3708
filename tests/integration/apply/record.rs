//! The record over a whole life: a crash settled before anything is chosen, changes by hand explained,
//! one store with one name.

use std::{
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use dormouse::domain::history::{Outcome, Phase};
use sandbox::{Fault, Recording, Rule, Status};

use super::{support::*, template::*};

/// Kills `apply` while its call hangs that the portal has done already.
fn killed_while_the_answer_hangs(site: &Site) {
    let hangs = Fault::DelayAnswer(Duration::from_secs(4));
    site.portal.faults().push(Rule::put(DISABLE, hangs));
    let mut child = site.quiet_process("apply --yes").spawn().unwrap();
    let began = Instant::now();
    while site.portal.journal().writes().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "no call came");
        thread::sleep(Duration::from_millis(2));
    }
    thread::sleep(Duration::from_millis(100));
    child.kill().unwrap();
    child.wait().unwrap();
    site.portal.faults().clear();
    while site.portal.journal().entries().iter().any(|e| e.finished.is_none()) {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_killed_run_did_is_settled_before_anything_is_chosen() {
    let (world, ids) = present(1);
    let template = Template::decided(world);
    // Restored at once, without a run of apply between.
    let site = template.site();
    killed_while_the_answer_hangs(&site);
    assert_eq!(site.status(ids[0]), Some(Status::Terminated));
    later(&site, TimeDelta::minutes(3));
    site.run(&format!("restore --yes {}", ids[0])).ends(0);
    assert_eq!(site.status(ids[0]), Some(Status::Active));
    site.verifies();
    // A restore of somebody else's account settles too, and only then refuses.
    let site = template.site();
    killed_while_the_answer_hangs(&site);
    later(&site, TimeDelta::minutes(3));
    site.run("restore --yes nobody@contractor.example").ends(2);
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Applied);
}

#[test]
fn a_run_that_is_braked_or_declined_settles_first() {
    let (world, ids) = present(6);
    let template = Template::decided(world);
    for (line, answer, code) in [
        ("apply --yes --max 1 --limit 2", None, 5),
        ("apply --only guest00@contractor.example", Some("no\n"), 5),
        ("apply --yes --only nobody@contractor.example", None, 2),
    ] {
        let site = template.site();
        configure(&site, "");
        killed_while_the_answer_hangs(&site);
        let open = site.history().iter().filter(|e| e.draft.phase == Phase::Intent).count();
        assert!(open > 0);
        later(&site, TimeDelta::minutes(3));
        let ran = match answer {
            Some(answer) => site.answering(line, answer),
            None => site.run(line),
        };
        assert_eq!(ran.code, code, "{ran:?}");
        let history = site.history();
        let settled = history.iter().filter(|e| e.draft.detail.starts_with("settled")).count();
        assert_eq!(settled, open, "{line}");
        assert!(ids.iter().any(|id| site.outcomes(*id).iter().any(|o| o.0 == Outcome::Applied)));
        site.verifies();
    }
}

#[test]
fn what_the_key_s_account_does_by_hand_later_is_not_taken_for_ours() {
    let (world, ids) = present(2);
    let template = Template::decided(world);
    let site = template.site();
    // Killed before the call left: the portal never answered.
    site.portal.faults().push(Rule::put(DISABLE, Fault::Hang));
    let mut child = site.quiet_process("apply --yes --limit 1").spawn().unwrap();
    while site.portal.journal().writes().is_empty() {
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    site.portal.faults().clear();
    later(&site, TimeDelta::minutes(30));
    let owner = site.portal.world().owner();
    site.portal.world().disable(owner, ids[0]);
    site.run(&format!("restore --yes {}", ids[0])).ends(2);
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Skipped);
    assert_eq!(site.status(ids[0]), Some(Status::Terminated));
}

#[test]
fn a_change_by_hand_is_a_finding_until_it_is_explained() {
    let (world, ids) = world(3);
    let site = decided(world);
    site.run("apply --yes --limit 1").ends(0);
    site.pass(TimeDelta::hours(1));
    let owner = site.portal.world().owner();
    site.portal.world().disable(owner, ids[2]);
    let event = newest_event(&site);
    site.run("sync").ends(0);
    let ran = site.run("history verify").ends(1);
    let said = ran.stdout.replace(&event.to_string(), "EVENT");
    insta::assert_snapshot!(said.trim_end(), @"found: owner@portal.example.com, whose API key dormouse uses, changed the status of guest00@contractor.example at 2026-06-15 13:00 UTC (audit event EVENT), and no row records it: a row is missing, or it was done by hand or by another program; explain it: `dormouse history acknowledge EVENT --reason TEXT`");
    site.run(&format!("history acknowledge {event}")).ends(2);
    site.run(&format!("history acknowledge {event} --reason=")).ends(2);
    site.run("history acknowledge 1 --reason left").ends(2);
    site.run(&format!("history acknowledge {event} --reason left")).ends(0);
    site.verifies();
    site.run(&format!("history acknowledge {event} --reason again")).ends(2);
    let row = site.history().pop().unwrap().draft;
    assert_eq!((row.phase, row.portal_event_id), (Phase::Acknowledgement, Some(event)));
    assert_eq!(row.detail, "left");
    // And stays so.
    site.pass(TimeDelta::hours(24));
    site.run("sync").ends(0);
    site.verifies();
}

#[test]
fn a_change_that_the_trail_never_showed_is_a_finding_until_it_is_explained() {
    let (world, _) = world(1);
    let site = decided(world);
    site.portal.world().settings.recording = Recording::Off;
    site.run("apply --yes").ends(0);
    site.portal.world().settings.recording = Recording::On;
    site.run("sync").ends(0);
    site.verifies();
    site.pass(TimeDelta::hours(4));
    site.run("sync").ends(0);
    let ran = site.run("history verify").ends(1);
    let last = site.history().iter().map(|e| e.seq).max().unwrap();
    assert!(ran.stdout.contains(&format!("history acknowledge --seq {last} --reason")), "{ran:?}");
    site.run(&format!("history acknowledge --seq {last} --reason off")).ends(0);
    site.verifies();
}

#[cfg(unix)]
#[test]
fn a_store_with_two_names_is_refused() {
    let (world, ids) = world(1);
    let site = decided(world);
    let other = site.path().join("other.db");
    std::fs::hard_link(site.store(), &other).unwrap();
    for line in ["sync", "decide", "apply --yes"] {
        let ran = site.run(line).ends(3);
        assert!(ran.error().contains("has 2 names"), "{ran:?}");
    }
    assert_eq!(site.status(ids[0]), Some(Status::Active));
    std::fs::remove_file(other).unwrap();
    site.run("apply --yes").ends(0);
}

#[cfg(unix)]
#[test]
fn the_file_that_names_the_holder_is_never_written_through() {
    let (world, _) = world(1);
    let site = decided(world);
    let (precious, lock) = (site.path().join("precious.txt"), site.path().join("dormouse.db.lock"));
    std::fs::write(&precious, "mine").unwrap();
    std::os::unix::fs::symlink(&precious, &lock).unwrap();
    site.run("apply --yes").ends(0);
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "mine");
    std::fs::remove_file(&lock).unwrap();
    std::fs::write(&lock, "notes of mine").unwrap();
    site.run("sync").ends(0);
    assert_eq!(std::fs::read_to_string(&lock).unwrap(), "notes of mine");
}

#[test]
fn a_first_sync_that_fails_leaves_no_store() {
    let (world, _) = world(1);
    let site = prepared(world);
    site.portal.faults().push(Rule::any(Fault::status(500)));
    site.run("sync").ends(1);
    assert!(!site.store().exists());
    site.portal.faults().clear();
    site.run("sync").ends(0);
}
