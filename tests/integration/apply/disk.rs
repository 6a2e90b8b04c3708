//! What is on the disk, and not only in the memory of the machine, when a call leaves; and a store that
//! is mounted as a single file.

#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use sandbox::{Fault, Rule};
use tempfile::TempDir;
use uuid::Uuid;

use super::{support::*, template::*};

/// How a script says that the machine does not let it mount anything.
const CANNOT: u8 = 99;

/// Runs a script that may mount, unseen by others. None where that is not allowed: a test that could
/// not be tried says so past the capture of the test runner.
fn mounting(site: &Site, script: &str) -> Option<Ran> {
    for unshare in ["unshare -m", "unshare -rm"] {
        site.write("script.sh", script);
        let ran = site.shell(&format!("{unshare} sh script.sh \"$0\" || exit $?"));
        let is_allowed = ran.code != CANNOT && !ran.stderr.contains("unshare");
        if is_allowed {
            return Some(ran);
        }
    }
    io::stderr().write_all(b"NOT TRIED: this machine does not allow mounting\n").unwrap();
    None
}

#[test]
fn a_store_mounted_as_a_single_file_is_refused() {
    let (world, _) = world(1);
    let site = decided(world);
    fs::write(site.path().join("mounted.db"), "").unwrap();
    for line in ["sync", "decide", "apply --yes", "restore --run 1 --yes"] {
        let script = format!(
            "mount --bind dormouse.db mounted.db || exit {CANNOT}
             exec \"$1\" --db sqlite://mounted.db {line}"
        );
        let Some(ran) = mounting(&site, &script) else { return };
        let ran = ran.ends(3);
        assert!(ran.error().contains("is mounted as a single file: mount its folder"), "{ran:?}");
    }
    // Reading it is no harm, but may miss the newest rows.
    let script = format!(
        "mount --bind dormouse.db mounted.db || exit {CANNOT}
         exec \"$1\" --db sqlite://mounted.db history verify"
    );
    let ran = mounting(&site, &script).unwrap().ends(0);
    assert!(ran.stderr.contains("by another name is not seen"), "{ran:?}");
    site.run("apply --yes").ends(0);
}

#[test]
fn commands_that_act_wait_for_the_disk() {
    let (world, _) = world(1);
    let site = decided(world);
    site.with_store(async |store| {
        let synchronous = sqlx::query_scalar::<_, i64>("PRAGMA synchronous");
        let full = synchronous.fetch_one(store.conn()).await.unwrap();
        assert_eq!(full, 2);
    });
}

/// Copies of files, each made when the call for an account had reached the portal.
#[derive(Clone, Default)]
struct Copies(Arc<Mutex<Vec<(Uuid, TempDir)>>>);

impl Copies {
    fn made_at_calls(site: &Site, files: &[&str]) -> Self {
        let copies = Self::default();
        let files: Vec<PathBuf> = files.iter().map(|name| site.path().join(name)).collect();
        let to = copies.clone();
        let copy = Rule::put(DISABLE, Fault::before(|_| {})).only_if(move |hit, _| {
            let dir = tempfile::tempdir().unwrap();
            for file in &files {
                fs::copy(file, dir.path().join(file.file_name().unwrap())).unwrap();
            }
            to.0.lock().unwrap().push((subject(hit.body), dir));
            false
        });
        site.portal.faults().push(copy);
        copies
    }

    /// Holds each against what it must hold.
    fn each(&self, check: impl Fn(Uuid, &Path)) {
        let copies = self.0.lock().unwrap();
        assert_eq!(copies.len(), 2);
        for (id, dir) in copies.iter() {
            check(*id, dir.path());
        }
    }
}

fn assert_intended(store: &Path, id: Uuid) {
    let sql = "SELECT account_id FROM history WHERE phase = 'intent'";
    let found: Ran = Command::new("sqlite3").arg(store).arg(sql).output().unwrap().into();
    assert!(found.stdout.contains(&id.to_string()), "{found:?}");
}

/// Any other process sees it then: it is committed, if perhaps only in memory.
#[test]
fn an_intent_is_in_the_file_when_its_call_leaves() {
    let (world, _) = present(2);
    let site = Template::decided(world).site();
    let copies = Copies::made_at_calls(&site, &["dormouse.db", "dormouse.db-wal"]);
    assert!(site.quiet_process("apply --yes").status().unwrap().success());
    copies.each(|id, dir| assert_intended(&dir.join("dormouse.db"), id));
}

/// A power cut at the moment of the call: the image of a disk holds what was synced, and not what the
/// machine still has in memory, such as a file written a moment before.
#[test]
fn an_intent_survives_a_power_cut_when_its_call_leaves() {
    let (world, _) = present(2);
    let site = Template::decided(world).site();
    fs::create_dir(site.path().join("disk")).unwrap();
    let copies = Copies::made_at_calls(&site, &["disk.img"]);
    let script = format!(
        "truncate -s 16M disk.img && mkfs.ext4 -q -F disk.img && mount -o loop disk.img disk \
             || exit {CANNOT}
         cp dormouse.db disk && sync -f disk && echo unsynced > disk/memory
         exec \"$1\" --db sqlite://disk/dormouse.db apply --yes"
    );
    let Some(ran) = mounting(&site, &script) else { return };
    ran.ends(0);
    copies.each(|id, dir| {
        fs::copy(dir.join("disk.img"), site.path().join("disk.img")).unwrap();
        let script = format!(
            "mount -o loop disk.img disk || exit {CANNOT}
             cp disk/dormouse.db* . && cp disk/memory . || true"
        );
        mounting(&site, &script).unwrap().ends(0);
        assert_eq!(fs::read(site.path().join("memory")).unwrap_or_default(), b"");
        assert_intended(&site.store(), id);
    });
}
