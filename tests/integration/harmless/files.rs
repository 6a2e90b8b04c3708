//! Where reports, backups and first configurations may be written, and where never.

#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};

use crate::{harmless::decided, harness::Site};

/// A store with one decision, and the key in a file.
fn with_key_file() -> Site {
    let mut site = decided();
    let key = site.env.iter().position(|(name, _)| *name == "DOCSPACE_API_KEY").unwrap();
    let (_, key) = site.env.remove(key);
    site.write("secret.key", &key);
    site.env.push(("DOCSPACE_API_KEY_FILE", "secret.key".to_owned()));
    site
}

/// Every file with its inode and content.
fn files(site: &Site) -> Vec<(String, u64, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(site.path())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, path.metadata().map_or(0, |m| m.ino()), fs::read(&path).unwrap_or_default())
        })
        .filter(|(name, ..)| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    files.sort();
    files
}

#[test]
fn nothing_is_written_over_store_key_or_configuration() {
    let site = with_key_file();
    site.write(".env", "INACTIVITY_DAYS=30\n");
    site.write("dormouse.db-wal", "");
    fs::hard_link(site.path().join("secret.key"), site.path().join("other-name")).unwrap();
    let before = files(&site);
    for target in [
        "dormouse.db",
        "./dormouse.db",
        "dormouse.db-wal",
        "dormouse.db-shm",
        "dormouse.db-journal",
        "dormouse.db.lock",
        "secret.key",
        "other-name",
        ".env",
        "dormouse.toml",
    ] {
        for line in [
            format!("report -o {target}"),
            format!("report --force -o {target}"),
            format!("report --format json --force -o {target}"),
            format!("backup {target}"),
        ] {
            let ran = site.run(&line);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{line}: {}", ran.stderr);
        }
    }
    assert_eq!(files(&site), before);
    // The CSV files of a report are no exception.
    symlink(site.path(), site.path().join("accounts.csv")).unwrap();
    assert_eq!(site.run("report --format csv --force -o .").code, 2);
    site.must("status");
    // Every other file is searched for the key.
    fs::remove_file(site.path().join("other-name")).unwrap();
}

#[test]
fn another_file_is_replaced_only_on_demand_or_where_it_is_a_report() {
    let site = decided();
    site.write("letter.txt", "Dear Ann");
    for line in ["report -o letter.txt", "report --format json -o letter.txt", "backup letter.txt"]
    {
        let ran = site.run(line);
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.stderr.contains("exists already"), "{line}: {}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(site.path().join("letter.txt")).unwrap(), "Dear Ann");
    site.must("report --force -o letter.txt");
    assert!(fs::read_to_string(site.path().join("letter.txt")).unwrap().contains("<html"));

    for (first, again) in [
        ("report -o night.html", "report --run 2 -o night.html"),
        ("report --format json -o night.json", "report --format json -o night.json"),
        ("report --format csv -o night", "report --format csv -o night"),
        ("report -o night.html", "report --format json -o night.html"),
    ] {
        site.must(first);
        site.must(again);
    }
    fs::create_dir(site.path().join("folder")).unwrap();
    site.write("folder/runs.csv", "mine");
    let ran = site.run("report --format csv -o folder");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(fs::read_dir(site.path().join("folder")).unwrap().count(), 1, "all or nothing");
}

#[test]
fn links_are_refused_and_devices_written_into() {
    let site = decided();
    site.write("target", "Dear Ann");
    symlink("target", site.path().join("link")).unwrap();
    symlink("nowhere", site.path().join("dangling")).unwrap();
    symlink("/dev/null", site.path().join("null")).unwrap();
    for line in ["report --force -o link", "report -o dangling", "backup link", "backup dangling"] {
        let ran = site.run(line);
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.stderr.contains("is a symbolic link"), "{line}: {}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(site.path().join("target")).unwrap(), "Dear Ann");
    assert!(!site.path().join("nowhere").exists());
    site.must("report -o null");
    site.must("report -o /dev/null");
    assert!(site.path().join("null").is_symlink());

    let page =
        site.shell("mkfifo pipe && { cat pipe > page & } && \"$0\" -q report -o pipe && wait");
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(fs::read_to_string(site.path().join("page")).unwrap().ends_with("</html>"));
    let stdout = site.shell("\"$0\" -q report --format json -o - | head -c 30");
    assert_eq!(stdout.stdout, r#"{"schema":"dormouse.report/1","#);
}

#[test]
fn what_is_written_is_whole_private_and_leaves_nothing_beside_it() {
    let site = decided();
    site.must("report -o report.html");
    site.must("backup copy.db");
    for name in ["report.html", "copy.db"] {
        let mode = site.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let sealed = site.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    let failed = site.run("report -o no/such/folder/report.html");
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    let left: Vec<String> = files(&site).into_iter().map(|(name, ..)| name).collect();
    assert!(!left.iter().any(|name| name.ends_with(".part")), "{left:?}");
}

#[test]
fn init_writes_through_no_link() {
    let site = decided();
    fs::remove_file(site.path().join("dormouse.toml")).unwrap();
    symlink("elsewhere", site.path().join(".env")).unwrap();
    site.must("init --url https://docspace.example.com");
    assert!(!site.path().join("elsewhere").exists());
    assert!(site.path().join("dormouse.toml").exists());
}

#[test]
fn a_backup_is_one_file_that_holds_everything() {
    let site = decided();
    site.must("apply --yes");
    let ran = site.json("backup archive.db");
    assert_eq!(ran["schema"], "dormouse.backup/1");
    let head = format!("{}:{}", ran["head_seq"], ran["head_hash"].as_str().unwrap());
    assert_eq!(site.must("history head").stdout.trim(), head);
    let names: Vec<String> = files(&site).into_iter().map(|(name, ..)| name).collect();
    assert!(!names.iter().any(|n| n.starts_with("archive.db-")), "{names:?}");

    let of_copy = |line: &str| site.must(&format!("--db sqlite://archive.db {line}")).stdout;
    let of_store = |line: &str| site.must(line).stdout;
    for line in
        ["history --format json", "history verify", "decide verify 1", "status --format json"]
    {
        let expected = of_store(line).replace("dormouse.db", "archive.db");
        assert_eq!(of_copy(line), expected, "{line}");
    }

    // Also while another program writes.
    site.with_store(async |store| {
        let _open = store.begin().await.unwrap();
        assert!(site.process("backup in-use.db").status().unwrap().success());
    });
}

#[test]
fn a_changed_history_is_not_backed_up() {
    let site = decided();
    site.must("apply --yes");
    site.sql("DROP TRIGGER history_no_update; UPDATE history SET detail = 'x' WHERE seq = 1");
    let ran = site.run("backup archive.db");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("does not verify"), "{}", ran.stderr);
    assert!(!site.path().join("archive.db").exists());
}
