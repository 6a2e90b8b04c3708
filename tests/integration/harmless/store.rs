//! Whatever can be read is read as it is, and only `sync` changes a store, which must be ours.

#![cfg(unix)]

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
};

use super::{decided, portal};
use crate::harness::{Machine, Ran, Site, at};

const OLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stores/schema-8.sql");

/// Commands that only read, with those that need nothing but the store.
const READERS: [&str; 9] = [
    "status",
    "history",
    "history verify",
    "history head",
    "history export",
    "decide --dry-run",
    "decide verify 1",
    "explain idle@agency.example",
    "report --format json",
];

/// A store that an older dormouse left, on a portal that is not its own.
fn older() -> Site {
    let site = Site::fast(portal());
    site.sql(&format!(".read {OLDER}"));
    site
}

/// What is in the folder, byte for byte.
fn folder(machine: &Machine) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(machine.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let mut bytes = DefaultHasher::new();
            fs::read(&path).unwrap().hash(&mut bytes);
            (path.file_name().unwrap().to_str().unwrap().to_owned(), bytes.finish())
        })
        .collect();
    files.sort();
    files
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// As another user where the tests run as root, for whom permissions mean nothing.
fn as_reader(machine: &Machine, line: &str) -> Ran {
    let mut command = machine.process(line);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65534).gid(65534);
    }
    command.output().unwrap().into()
}

#[test]
fn an_older_store_is_read_as_it_is_by_every_reading_command() {
    let site = older();
    let before = folder(&site);
    for line in READERS {
        let ran = site.run(line);
        // Monitoring learns from `status` that the evidence is old.
        assert!(ran.code == 0 || (line, ran.code) == ("status", 3), "{line}: {}", ran.stderr);
    }
    assert_eq!(folder(&site), before);
    let ran = site.run("decide");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("run `dormouse sync` once"), "{}", ran.stderr);
    assert_eq!(site.run("apply --yes").code, 3);
    assert_eq!(folder(&site), before);
}

#[test]
fn an_older_store_is_upgraded_only_for_its_own_portal() {
    let mut site = older();
    let before = folder(&site);
    let ran = site.run("sync");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(folder(&site), before);
    site.machine.env.retain(|(name, _)| *name != "DOCSPACE_API_KEY");
    site.machine.env.push(("DOCSPACE_API_KEY", "sk-wrong".to_owned()));
    assert_ne!(site.run("sync").code, 0);
    assert_eq!(folder(&site), before);
}

#[test]
fn a_store_in_a_read_only_folder_is_read_by_everyone_who_may() {
    let site = decided();
    site.must("apply --yes");
    let own = site.must("history verify").stdout;
    allow(&site.store(), 0o444);
    let configuration = site.path().join("dormouse.toml");
    allow(&configuration, 0o444);
    allow(site.path(), 0o555);
    let read: Vec<(&str, Ran)> =
        ["history verify", "status", "decide --dry-run", "report", "doctor"]
            .map(|line| (line, as_reader(&site, line)))
            .into();
    allow(site.path(), 0o755);
    for (line, ran) in read {
        assert!(matches!(ran.code, 0 | 3) || line == "doctor", "{line}: {}", ran.stderr);
        assert!(line != "history verify" || ran.stdout == own, "{}", ran.stdout);
    }
}

#[test]
fn rows_that_are_not_in_the_file_yet_are_read_or_missed_loudly() {
    let site = decided();
    allow(site.path(), 0o755);
    allow(&site.path().join("dormouse.toml"), 0o644);
    site.with_store(async |store| {
        // A connection that stays keeps the newest rows in the -wal.
        store.begin().await.unwrap().rollback().await.unwrap();
        let machine = site.machine.clone();
        std::thread::spawn(move || machine.must("apply --yes")).join().unwrap();
        let (wal, shm) = (site.path().join("dormouse.db-wal"), site.path().join("dormouse.db-shm"));
        assert!(wal.metadata().unwrap().len() > 0);
        allow(&site.store(), 0o644);
        allow(&wal, 0o644);
        allow(&shm, 0o600);
        allow(site.path(), 0o555);
        let whole = as_reader(&site, "history verify");
        allow(&wal, 0o000);
        let blind: Vec<Ran> =
            ["history verify", "status", "report"].map(|line| as_reader(&site, line)).into();
        allow(site.path(), 0o755);
        allow(&wal, 0o600);
        assert_eq!(whole.code, 0, "{}", whole.stderr);
        assert!(whole.stdout.contains("3 rows"), "{}", whole.stdout);
        for ran in blind {
            assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
            assert!(ran.stderr.contains("dormouse.db-wal"), "{}", ran.stderr);
        }
    });
}

#[test]
fn a_database_of_another_program_is_refused_and_not_touched() {
    for setup in [
        "CREATE TABLE users(id, name); INSERT INTO users VALUES (1, 'Ann')",
        "PRAGMA journal_mode = WAL; CREATE TABLE users(id, name)",
        "CREATE TABLE _sqlx_migrations(version, success); INSERT INTO _sqlx_migrations VALUES (1, 1)",
        "PRAGMA application_id = 7; PRAGMA user_version = 3",
    ] {
        let mut site = Site::fast(portal());
        site.use_store("webapp.db");
        site.sql(setup);
        let before = folder(&site);
        for line in ["sync", "decide", "apply --yes", "restore --run 1 --yes", "backup copy.db"]
            .into_iter()
            .chain(READERS)
        {
            let ran = site.run(line);
            assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{setup}: {line}: {}", ran.stderr);
            assert!(ran.stderr.contains("another program"), "{setup}: {line}: {}", ran.stderr);
        }
        assert_eq!(folder(&site), before, "{setup}");
    }
}

#[test]
fn a_store_names_itself_in_its_header() {
    let site = decided();
    assert_eq!(site.sql("PRAGMA application_id"), ["1685025389"]);
    let backup = Machine::at(at("2026-11-24T12:00:00Z"));
    site.must(&format!("backup {}", backup.store().display()));
    assert_eq!(backup.sql("PRAGMA application_id"), ["1685025389"]);
    backup.must("history verify");
}
