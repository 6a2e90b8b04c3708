//! Stores as released versions left them, one file a schema: this version reads and continues them,
//! and loses nothing of what they prove.

mod kill;
mod life;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use self::life::{Dormouse, lived};
use crate::harness::{Machine, Site};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stores");

/// Rows that stay as they are, whatever comes later: everything that anyone reads with plain SQL, and
/// some of what lies below it.
const SURFACE: [&str; 13] = [
    "SELECT account_id, email, display_name, kind, status, registered_at, first_seen_at FROM accounts",
    "SELECT account_id, email, display_name, kind, status, registered_at, first_seen_at, source \
     FROM contractors",
    "SELECT event_id, account_id, at, action_code, class, ip, country, city, browser, platform \
     FROM login_events",
    "SELECT account_id, checked_at, event_id, event_at, action_code, sync_run_id FROM activity_checks",
    "SELECT id, started_at, finished_at, status, events_added, contractors_seen, requests, \
     coverage_from, coverage_to FROM sync_runs",
    "SELECT from_at, to_at FROM coverage",
    "SELECT id, command, started_at, finished_at, exit_code, decision_id, actor, overrides, detail \
     FROM runs",
    "SELECT id, decided_at, as_of, current, inactivity_days, policy, policy_sha256, digest, \
     sync_run_id, history_seq, coverage_from, coverage_to FROM decisions",
    "SELECT decision_id, account_id, email, display_name, kind, registered_at, verdict, reason, \
     last_activity_at, last_activity_source, last_event_id, idle_days FROM verdicts",
    "SELECT seq, at, run_id, decision_id, account_id, email, action, phase, outcome, detail, actor, \
     status_before, status_after, http_status, portal_event_id, prev_hash, hash FROM history",
    "SELECT used_at FROM key_uses",
    "SELECT event_id, at, actor_id FROM status_changes",
    "SELECT file, line, email, display_name, contract_end FROM roster_rows",
];

const READERS: [&str; 10] = [
    "status",
    "history",
    "history head",
    "history export",
    "decide --dry-run",
    "backtest",
    "explain idle@agency.example",
    "explain idle@agency.example --decision 1",
    "report 1 --format json",
    "report --from 2026-05-01 --format json",
];

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The portal as the store's days left it, and the machine with that store.
fn opened(file: &Path) -> Site {
    let site = lived(Dormouse::IsAway);
    site.sql(&format!(".read {}", file.display()));
    site
}

fn surface(machine: &Machine) -> Vec<BTreeSet<String>> {
    SURFACE.map(|query| machine.sql(query).into_iter().collect()).into()
}

#[test]
fn every_row_of_an_older_store_is_kept_and_proves_what_it_proved() {
    for file in files() {
        let site = opened(&file);
        let before = surface(&site);
        let decisions = site.sql("SELECT id FROM decisions");
        let head = site.sql("SELECT seq || ':' || hash FROM history ORDER BY seq DESC LIMIT 1");
        site.must("sync");
        for ((query, before), after) in SURFACE.iter().zip(&before).zip(&surface(&site)) {
            assert!(!before.is_empty(), "{}: no row of {query}", file.display());
            let lost: Vec<_> = before.difference(after).collect();
            assert!(lost.is_empty(), "{}: {query}: {lost:#?}", file.display());
        }
        site.must("history verify");
        site.must(&format!("history verify --head {}", head[0]));
        for decision in decisions {
            site.must(&format!("decide verify {decision}"));
        }
        for line in READERS {
            site.must(line);
        }
        // It goes on working with it.
        site.must("decide");
        site.must("apply --yes --max-percent 100");
        site.must("history verify");
    }
}

/// The portal names inviters, which older stores do not know.
#[test]
fn what_is_newly_known_of_accounts_restarts_no_clock() {
    for file in files() {
        let site = opened(&file);
        let restarts = || {
            ["idle", "twice", "back"].map(|name| {
                let explained = site.must(&format!("explain {name}@agency.example --format json"));
                let evidence = &explained.json()["evidence"];
                (evidence["clock_start"].clone(), evidence["restart_at"].clone())
            })
        };
        let before = restarts();
        let synced = site.must("sync");
        assert!(!synced.stderr.contains("enabled again"), "{}", synced.stderr);
        assert_eq!(restarts(), before, "{}", file.display());
        let inviters = "SELECT count(*) FROM contractors WHERE invited_by IS NOT NULL";
        assert_ne!(site.sql(inviters), ["0"], "{}", file.display());
    }
}

#[test]
fn reading_an_older_store_does_not_change_it() {
    for file in files() {
        let site = opened(&file);
        let before = fs::read(site.store()).unwrap();
        for line in READERS {
            site.must(line);
        }
        assert_eq!(fs::read(site.store()).unwrap(), before, "{}", file.display());
    }
}

/// Run this before the first change of a released schema, and keep the file:
/// `cargo test --test integration write_the_store -- --ignored`.
#[test]
#[ignore = "writes into tests/data/stores"]
fn write_the_store_of_the_current_schema() {
    let site = lived(Dormouse::Works);
    let schema = &site.sql("SELECT count(*) FROM _sqlx_migrations")[0];
    let application = &site.sql("PRAGMA application_id")[0];
    let operator = &site.sql("SELECT DISTINCT actor FROM runs")[0];
    let dump = site.sql(".dump").join("\n");
    let dump = dump
        .replace(&site.portal.url(), "http://127.0.0.1:8080")
        .replace(operator, "ann@workstation");
    let text = format!("PRAGMA application_id = {application};\n{dump}\n");
    fs::write(Path::new(FOLDER).join(format!("schema-{schema}.sql")), text).unwrap();
}
