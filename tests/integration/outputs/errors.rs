//! What people are told when something is wrong, and what a roster or an answer brings about.

use chrono::TimeDelta;
use dormouse::lock::WriterLock;
use sandbox::{Kind, scenarios::Truth};

use super::{compare, story};
use crate::harness::{Machine, Site, at};

fn tell(machine: &Machine, lines: &[(&str, &str)]) {
    for (name, line) in lines {
        compare(&format!("error-{name}"), line, machine, &machine.run(line));
    }
}

#[test]
fn usage() {
    tell(
        &Machine::at(at("2026-11-24T12:00:00Z")),
        &[
            ("no-command", ""),
            ("unknown-command", "dekide"),
            ("unknown-flag", "decide --inactive-days 3"),
            ("bad-number", "apply --limit 0"),
            ("bad-time", "decide --as-of yesterday"),
            ("bad-account", "explain ann"),
            ("bad-head", "history verify --head 7"),
            ("report-as-table", "--format table report"),
            ("no-such-form", "completions bash --format csv"),
            ("conflict", "decide --thresholds 30,60 --check"),
        ],
    );
}

#[test]
fn configuration() {
    let mut machine = Machine::at(at("2026-11-24T12:00:00Z"));
    tell(
        &machine,
        &[
            ("no-portal", "sync"),
            ("no-store", "decide"),
            ("no-file", "--config gone.toml config"),
            ("no-answers", "init"),
            ("bad-store-url", "--db postgres://localhost/d config"),
        ],
    );
    for (name, text) in [
        ("unknown-key", "[policy]\ninactivity_day = 3\n"),
        ("unknown-table", "[polcy]\n"),
        ("no-toml", "[policy\n"),
        ("bad-value", "[brakes]\nmax_percent = 101\n"),
        ("two-thresholds", "[policy]\npreset = \"cis-45\"\ninactivity_days = 45\n"),
        ("exemption-without-reason", "[[exemption]]\nemail = \"a@example.com\"\n"),
    ] {
        machine.configure(text);
        tell(&machine, &[(name, "config")]);
    }
    machine.configure("");
    machine.env.push(("DISABLED_STATUS", "Disabled".to_owned()));
    tell(&machine, &[("disabled-status", "config")]);
}

#[test]
fn init() {
    let machine = Machine::at(at("2026-11-24T12:00:00Z"));
    let ran = machine.answering("init", "https://docspace.example.com\nsk-0123456789\n");
    compare("init-asked", "init", &machine, &ran);
    let line = "init --url https://docspace.example.com --inactivity-days 45";
    compare("init-again", line, &machine, &machine.run(line));
}

#[test]
fn portal() {
    let (mut site, _) = story::site();
    site.portal.world().set_admin_key("sk-0123");
    site.take_key();
    tell(&site, &[("wrong-key", "sync"), ("wrong-key-doctor", "doctor")]);
    let room_admin = {
        let mut world = site.portal.world();
        let id = world.accounts().iter().find(|a| a.kind == Kind::RoomAdmin).unwrap().id;
        world.add_key(id, &["*"])
    };
    site.portal.world().set_admin_key(&room_admin);
    site.take_key();
    tell(&site, &[("weak-key", "sync")]);
    site.portal.shut_down();
    tell(&site, &[("unreachable", "sync")]);
}

fn decided() -> Site {
    let (site, _) = story::site();
    site.must("sync");
    site.must("decide");
    site
}

#[test]
fn refused_declined_and_held() {
    let site = decided();
    tell(
        &site,
        &[
            ("nobody-to-ask", "apply"),
            ("unknown-account", "explain nobody@kestrel.example"),
            ("unknown-decision", "decide verify 99"),
            ("unknown-only", "apply --yes --only nobody@kestrel.example"),
            ("not-inactive", "explain 00000000-0000-4000-8000-000000000001"),
            ("unknown-run", "restore --run 99 --yes"),
            ("after-coverage", "decide --as-of 2026-11-23T00:00:00Z"),
            ("two-brakes", "apply --yes --max 1 --max-percent 1"),
            ("apply", "apply --yes --limit 1"),
            ("wrong-head", &format!("history verify --head 3:{}", "ab".repeat(32))),
            ("check", "decide --check --dry-run --quiet"),
        ],
    );
    compare("error-declined", "apply", &site, &site.answering("apply", "n\n"));
    let lock = WriterLock::take(&site.store(), site.clock.followed.now().into());
    tell(&site, &[("held", "sync"), ("held-doctor", "doctor")]);
    drop(lock.unwrap());
    site.pass(TimeDelta::days(3));
    tell(&site, &[("stale", "apply --yes")]);
}

#[test]
fn another_portal() {
    let site = decided();
    site.portal.world().restore_from_backup();
    tell(&site, &[("other-portal", "sync")]);
}

#[test]
fn rosters() {
    let (site, truth) = story::site();
    let row = |sort: Truth| truth.iter().find(|row| row.truth == sort).unwrap();
    let mut roster = "E-mail;Name;Department\n".to_owned();
    for sort in [Truth::Active, Truth::Idle, Truth::AuditOnly, Truth::Disabled, Truth::Staff] {
        roster.push_str(&format!("{};Somebody;Building 7\n", row(sort).email));
    }
    site.write("hr.csv", &format!("{roster}gone@agency.example;\"Gone; Long\";\n"));
    site.write("few.csv", "email\ngone@agency.example\n");
    site.write("bad.csv", "email,display_name\nann@a.example,Ann\nno-address,Bob\n");
    let lines = [
        ("roster-sync", "sync --contractors hr.csv"),
        ("roster-decide", "decide"),
        ("roster-status", "status"),
        ("roster-shrunken", "sync --contractors few.csv"),
        ("roster-bad-row", "sync --contractors bad.csv"),
        ("roster-missing", "sync --contractors gone.csv"),
    ];
    for (name, line) in lines {
        compare(name, line, &site, &site.run(line));
    }
}
