//! `history acknowledge` and `backup`, killed at any moment: done or not, never half.

use std::{
    fs,
    time::{Duration, Instant},
};

use dormouse::domain::history::Phase;

use super::{support::*, template::*};
use crate::harness::kill::{Chance, Fate, kill_after, kills};

/// How long a command takes here and now.
fn whole(site: &Site, line: &str) -> Duration {
    let began = Instant::now();
    assert!(site.quiet_process(line).status().unwrap().success());
    began.elapsed()
}

#[test]
fn a_killed_acknowledgement_is_there_or_not() {
    let (world, ids) = present(2);
    let site = Template::decided(world).after("apply --yes --limit 1").site();
    let owner = site.portal.world().owner();
    site.portal.world().disable(owner, ids[1]);
    site.run("sync").ends(0);
    let changes = site.portal.world().audits().iter().filter(|a| a.code == 4020).count();
    assert_eq!(changes, 2);
    let event = site.portal.world().audits().iter().map(|a| a.id).max().unwrap();
    let line = format!("history acknowledge {event} --reason left");
    let store = fs::read(site.store()).unwrap();
    let whole = whole(&site, &line);
    let mut chance = Chance(1);
    let (mut killed, mut done) = (0, 0);
    while killed < kills(50) {
        restore_file(&site, &store);
        let child = site.quiet_process(&line).spawn().unwrap();
        killed += u64::from(kill_after(child, chance.within(whole * 5 / 4)) == Fate::Killed);
        let history = site.history();
        sound(&history);
        let rows = history.iter().filter(|e| e.draft.phase == Phase::Acknowledgement).count();
        assert!(rows <= 1);
        site.run("history verify").ends(if rows == 1 { 0 } else { 1 });
        done += rows;
        if rows == 0 && chance.below(10) == 0 {
            site.run(&line).ends(0);
            site.verifies();
        }
    }
    assert!(done > 0, "no kill came after the row");
}

#[test]
fn a_killed_backup_leaves_a_whole_copy_or_none() {
    let (world, _) = present(2);
    let site = Template::decided(world).after("apply --yes").site();
    let copy = site.path().join("copy.db");
    let head = site.must("history head").stdout;
    let whole = whole(&site, "backup copy.db");
    let mut chance = Chance(2);
    let (mut killed, mut done) = (0, 0);
    while killed < kills(50) {
        let _ = fs::remove_file(&copy);
        let child = site.quiet_process("backup copy.db").spawn().unwrap();
        killed += u64::from(kill_after(child, chance.within(whole * 5 / 4)) == Fate::Killed);
        if copy.exists() {
            done += 1;
            let of_copy = site.must("--db sqlite://copy.db history head").stdout;
            assert_eq!(of_copy, head);
            site.must("--db sqlite://copy.db history verify");
        }
    }
    assert!(done > 0, "no kill came after the copy was there");
    assert_eq!(site.must("history head").stdout, head);
    // What a killed one leaves is in nobody's way.
    let _ = fs::remove_file(&copy);
    site.must("backup copy.db");
}

/// Puts a store back that a killed process has left with what lies beside it.
fn restore_file(site: &Site, store: &[u8]) {
    for beside in ["-wal", "-shm"] {
        let _ = fs::remove_file(site.path().join(format!("dormouse.db{beside}")));
    }
    fs::write(site.store(), store).unwrap();
}
