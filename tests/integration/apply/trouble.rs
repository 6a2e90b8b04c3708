//! Trouble with the store itself: a clear error, nobody called without an intent on disk, and nothing
//! claimed that is not recorded.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use dormouse::{
    domain::history::{Outcome, Phase},
    store::{Mode, Store},
};
use sandbox::{Fault, Rule, Status};

use super::{support::*, template::*};

/// Another program that holds the file's write lock until the sender is dropped.
fn hold(site: &Site) -> mpsc::Sender<()> {
    let path = site.store();
    let (held, is_held) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut store = Store::open(&path, Mode::Record).await.unwrap();
            let tx = store.begin().await.unwrap();
            held.send(()).unwrap();
            let _ = released.recv();
            drop(tx);
        });
    });
    is_held.recv().unwrap();
    release
}

#[test]
fn a_store_that_is_locked_stops_everything_before_the_first_call() {
    let (world, _) = world(2);
    let site = decided(world);
    let lock = hold(&site);
    let ran = site.run("apply --yes").ends(1);
    assert_eq!(ran.error(), "the store is locked by another program; close it and try again");
    assert!(site.portal.journal().writes().is_empty());
    drop(lock);
    site.run("apply --yes").ends(0);
}

#[test]
fn an_outcome_that_cannot_be_written_is_not_claimed() {
    let (world, ids) = world(2);
    let site = decided(world);
    // The lock is taken when the first call has reached the portal.
    let (path, (send, taken)) = (site.store(), mpsc::channel());
    let hold = move |_: &mut sandbox::World| {
        let (path, send) = (path.clone(), send.clone());
        let (held, is_held) = mpsc::channel();
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut store = Store::open(&path, Mode::Record).await.unwrap();
                let tx = store.begin().await.unwrap();
                held.send(()).unwrap();
                thread::sleep(Duration::from_secs(12));
                drop(tx);
                send.send(()).unwrap();
            });
        });
        is_held.recv().unwrap();
    };
    site.portal.faults().push(Rule::put(DISABLE, Fault::before(hold)).nth(1));
    let ran = site.run("apply --yes").ends(1);
    assert!(ran.error().contains("could not be written down; its intent is"), "{ran:?}");
    assert!(ran.error().contains("locked by another program"), "{ran:?}");
    assert!(!ran.stdout.contains("applied  "), "nothing is claimed: {ran:?}");
    assert_eq!(site.called().len(), 2, "calls under way are finished");
    taken.recv().unwrap();
    let history = site.history();
    sound(&history);
    assert!(history.iter().all(|e| e.draft.phase == Phase::Intent));
    site.pass(TimeDelta::minutes(3));
    site.run("apply --yes").ends(0);
    site.verifies();
    for id in ids {
        assert_eq!(site.status(id), Some(Status::Terminated));
        assert_eq!(site.outcomes(id)[0].0, Outcome::Applied);
    }
}

/// Every file has a largest size, as a full disk would have: the limit is met at one step or another.
#[cfg(unix)]
#[test]
fn a_full_disk_never_leaves_a_call_without_its_intent() {
    let (world, ids) = present(9);
    let template = Template::decided(world);
    let mut failed = 0;
    for kilobytes in [4, 16, 40, 80, 100, 120, 140, 160, 200, 300, 400] {
        let site = template.site();
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" apply --yes", kilobytes * 2);
        let ran = site.shell(&script);
        let history = site.history();
        sound(&history);
        for id in site.called() {
            assert!(standing(&history, id).is_some(), "{kilobytes} kB: a call without an intent");
        }
        for id in &ids {
            let is_applied = standing(&history, *id).and_then(|s| s.1) == Some(Outcome::Applied);
            assert!(!is_applied || site.status(*id) == Some(Status::Terminated));
        }
        if ran.code != 0 {
            failed += 1;
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.error().contains("the store"), "{ran:?}");
        }
        later(&site, TimeDelta::minutes(3));
        site.run("apply --yes").ends(0);
        let history = site.history();
        sound(&history);
        for id in &ids {
            assert_eq!(standing(&history, *id).and_then(|s| s.1), Some(Outcome::Applied));
        }
    }
    assert!(failed >= 5, "{failed}");
}

/// Root may write everywhere, so there this says nothing.
#[cfg(unix)]
#[test]
fn a_store_that_is_read_only_is_left_alone() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let (world, _) = world(1);
    let site = decided(world);
    let mode = |mode| {
        fs::set_permissions(site.store(), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o444);
    let is_root = fs::OpenOptions::new().write(true).open(site.store()).is_ok();
    if !is_root {
        let began = Instant::now();
        let ran = site.run("apply --yes").ends(1);
        assert!(site.portal.journal().writes().is_empty());
        assert!(ran.error().contains("the store"), "{ran:?}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    mode(0o600);
}
