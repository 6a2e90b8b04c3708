//! Nonsense from outside: no panic, an exit code that is meant, and no store changed by a refusal.
//! `DORMOUSE_FUZZ=10000` tries that many of each.

use std::io::Cursor;

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed, TestRunner},
};
use sandbox::{Fault, Rule};

use super::{decided, portal};
use crate::harness::{
    Machine, Site, at, generated,
    paths::{AUDIT, LOGINS, PEOPLE},
};

fn count(short: u32) -> u32 {
    std::env::var("DORMOUSE_FUZZ").map_or(short, |n| n.parse().unwrap())
}

fn inputs(short: u32) -> TestRunner {
    TestRunner::new(generated(count(short)))
}

/// For cases that wait for a portal more than they compute: they run side by side.
fn side_by_side<S: Strategy>(
    short: u32,
    strategy: impl Fn() -> S + Sync,
    case: impl Fn(S::Value) -> Result<(), TestCaseError> + Sync,
) {
    let all = generated(count(short));
    let lanes = (all.cases / 3).clamp(1, 32);
    std::thread::scope(|scope| {
        for lane in 0..lanes {
            let rng_seed = match all.rng_seed {
                RngSeed::Fixed(seed) => RngSeed::Fixed(seed + u64::from(lane)),
                RngSeed::Random => RngSeed::Random,
            };
            let config = Config { cases: all.cases.div_ceil(lanes), rng_seed, ..all.clone() };
            let (strategy, case) = (&strategy, &case);
            scope.spawn(move || TestRunner::new(config).run(&strategy(), case).unwrap());
        }
    });
}

/// Text made of pieces that mean something here, and of anything else.
fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(pieces).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "\\PC{0,9}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn rosters() {
    const PIECES: &[&str] = &[
        "id",
        "email",
        "name",
        "contract_end",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"\"",
        "ann@example.com",
        "2026-12-31",
        "[",
        "]",
        "{",
        "}",
        ":",
        "\"email\"",
        "null",
        "\u{feff}",
        "\u{202e}",
        "\0",
        "5f2b4a52-0000-4000-8000-000000000001",
    ];
    let bytes = prop_oneof![
        3 => text(PIECES).prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
    ];
    inputs(400)
        .run(&bytes, |bytes| {
            let read = dormouse::roster::read(
                &["-".into()],
                &dormouse::domain::population::RosterFormat::default(),
                ".".as_ref(),
                &mut Cursor::new(bytes),
            );
            if let Err(error) = read {
                prop_assert!(error.to_string().starts_with("-:"), "{}", error);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn configurations() {
    const PIECES: &[&str] = &[
        "[portal]\n",
        "[policy]\n",
        "[brakes]\n",
        "[[exemption]]\n",
        "[population]\n",
        "[store]\n",
        "url = ",
        "\"https://portal.example.com\"\n",
        "inactivity_days = ",
        "max_percent = ",
        "kinds = [",
        "]\n",
        "\"guest\"",
        "email = ",
        "\"ann@example.com\"\n",
        "reason = ",
        "expires = ",
        "2026-12-31\n",
        "-1\n",
        "1e400\n",
        "9223372036854775807\n",
        "true\n",
        "'",
        "\n",
        " ",
        "#",
    ];
    let machine = Machine::at(at("2026-11-24T12:00:00Z"));
    inputs(200)
        .run(&text(PIECES), |text| {
            machine.configure(&text);
            for line in ["config", "policy check"] {
                let ran = machine.run(line);
                prop_assert!(matches!(ran.code, 0 | 2), "{}: {:?}", line, ran);
            }
            Ok(())
        })
        .unwrap();
    assert!(!machine.store().exists());
}

#[test]
fn pages() {
    const PIECES: &[&str] = &[
        "{\"response\":",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "null",
        "\"id\"",
        "\"date\"",
        "\"userId\"",
        "\"actionId\"",
        "\"total\"",
        "\"0001-01-01T00:00:00\"",
        "-1",
        "1e99",
        "true",
        "\"",
        "\\u0000",
        "{\"response\":[],\"total\":0}",
        "{\"response\":null}",
        "[{\"id\":null}]",
    ];
    let page = || (text(PIECES), select(&[LOGINS, PEOPLE, AUDIT, "/api/2.0/"][..]), 1_u64..6);
    let usual = Site::fast(portal());
    usual.must("sync");
    side_by_side(12, page, |(body, path, place)| {
        let site = Site::fast(portal());
        site.portal.faults().push(Rule::get(path, Fault::json(200, &body)).nth(place));
        let ran = site.run("sync");
        prop_assert!(matches!(ran.code, 0 | 1 | 3), "{:?}", ran);
        if site.store().exists() {
            let events = "SELECT event_id, at, account_id FROM login_events ORDER BY event_id";
            let (found, known) = (site.sql(events), usual.sql(events));
            prop_assert!(found.iter().all(|row| known.contains(row)), "{:?}", found);
        }
        Ok(())
    });
}

#[test]
fn history_rows() {
    let site = decided();
    site.must("apply --yes");
    let columns = site.sql("SELECT name FROM pragma_table_info('history')");
    let rows: usize = site.sql("SELECT count(*) FROM history")[0].parse().unwrap();
    site.sql("DROP TRIGGER history_no_update");
    let whole = std::fs::read(site.store()).unwrap();
    let values = prop_oneof![
        Just("NULL".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:?}").replace("inf", "9e999").replace("NaN", "NULL")),
        "[ -&(-~]{0,12}".prop_map(|text| format!("'{text}'")),
        proptest::collection::vec(any::<u8>(), 0..9)
            .prop_map(
                |bytes| bytes.iter().fold("x'".to_owned(), |t, b| t + &format!("{b:02x}")) + "'"
            ),
    ];
    let change = (select(columns), 1..=rows, values);
    inputs(40)
        .run(&change, |(column, seq, value)| {
            std::fs::write(site.store(), &whole).unwrap();
            // What the table itself refuses needs no other watcher.
            let sql = format!("UPDATE OR IGNORE history SET {column} = {value} WHERE seq = {seq}");
            let mut sqlite = std::process::Command::new("sqlite3");
            sqlite
                .args(["-cmd", "PRAGMA ignore_check_constraints = ON"])
                .arg(site.store())
                .arg(&sql);
            sqlite.output().unwrap();
            let changed = std::fs::read(site.store()).unwrap() != whole;
            let verified = site.run("history verify");
            prop_assert!(
                verified.code == 1 || (verified.code == 0 && !changed),
                "{}: {:?}",
                sql,
                verified
            );
            for line in ["history", "history export", "report --format json", "status"] {
                let ran = site.run(line);
                prop_assert!(matches!(ran.code, 0 | 1 | 3), "{}: {}: {:?}", sql, line, ran);
            }
            Ok(())
        })
        .unwrap();
}
