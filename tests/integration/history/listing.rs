//! `history`, `history head` and `history export`.

use dormouse::domain::history::{COLUMNS, Outcome};

use super::{
    fixture::{APPLY, RESTORE, ROWS, id, intent, outcome, restoring},
    support::{Machine, block, full, store_with},
};

fn seqs(machine: &Machine, line: &str) -> Vec<i64> {
    let ran = machine.run(&format!("--format json history {line}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["schema"], "dormouse.history/1");
    json["entries"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()).collect()
}

#[test]
fn filters_choose_and_join() {
    let machine = full();
    assert_eq!(seqs(&machine, ""), (1..=ROWS).collect::<Vec<_>>());
    assert_eq!(seqs(&machine, &format!("--run {RESTORE}")), [8, 9]);
    assert_eq!(seqs(&machine, "--account GUEST2@contractor.example"), [3, 4, 7]);
    assert_eq!(seqs(&machine, &format!("--account {}", id(1))), [1, 2, 5, 8, 9]);
    assert_eq!(seqs(&machine, &format!("--account {} --run {APPLY}", id(1))), [1, 2, 5]);
    assert_eq!(seqs(&machine, "--since 2026-11-24T12:01:00Z"), [7, 8, 9]);
    assert!(seqs(&machine, "--since 2026-11-25").is_empty());
    assert!(seqs(&machine, &format!("--account {}", id(5))).is_empty());
    assert_eq!(machine.run(&format!("history --account {}", id(5))).stdout, "no entries\n");
}

#[test]
fn what_is_unknown_is_refused_with_the_nearest() {
    let machine = full();
    let ran = machine.run("history --account gest2@contractor.example");
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: the store knows no account gest2@contractor.example; did you mean \
         guest2@contractor.example?\n"
    );
    let ran = machine.run("history --run 99");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (2, "error: there is no run 99; the newest is 4\n")
    );
}

#[test]
fn without_a_store_there_is_no_history() {
    let machine = full();
    for line in ["history", "history verify", "history head", "history export"] {
        let ran = machine.run(&format!("--db sqlite://elsewhere.db {line}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains("run `dormouse sync` first"), "{}", ran.stderr);
    }
}

#[test]
fn the_table_is_printable_and_fits() {
    let mut machine = store_with(vec![intent(1, 0), outcome(intent(1, 0), Outcome::Applied)]);
    let short = &super::fixture::digest()[7..19];
    assert_eq!(
        machine.run("history --raw").stdout,
        format!(
            "SEQ  WHEN (UTC)        RUN  ACCOUNT                    ACTION   PHASE    OUTCOME  DETAIL\n  \
               1  2026-11-24 12:00    3  guest1@contractor.example  disable  intent            \
             decision 1 sha256:{short}…\n  \
               2  2026-11-24 12:00    3  guest1@contractor.example  disable  outcome  applied  \
             Zoë said \"=1+1\" \u{1f600} \\u{{202e}}\\u{{7}}\n\
             2 rows\n"
        )
    );
    assert_eq!(
        machine.run("history").stdout,
        "WHEN (UTC)        RUN  ACTION   ACCOUNT                    RESULT\n\
         2026-11-24 12:00    3  disable  guest1@contractor.example  disabled\n\
         1 action: 1 disabled\n"
    );
    machine.columns = Some(80);
    let narrow = machine.run("--color never history --raw").stdout;
    assert!(narrow.lines().all(|l| l.chars().count() <= 80), "{narrow}");
}

#[test]
fn a_long_list_is_cut_to_its_newest_rows() {
    let machine =
        store_with((0..130).map(|n| outcome(restoring(1000 + n, 0), Outcome::Skipped)).collect());
    let table = machine.run("history").stdout;
    assert!(!table.contains("guest1029@") && table.contains("guest1030@"), "{table}");
    assert!(
        table.ends_with("… and 30 actions before; --all shows all\n130 actions: 130 skipped\n"),
        "{table}"
    );
    assert_eq!(machine.run("--format csv history").stdout.lines().count(), 131);
}

#[test]
fn csv_has_every_column_and_no_formula() {
    let machine = full();
    machine
        .append(vec![dormouse::domain::history::Draft { email: "=cmd()".into(), ..intent(5, 9) }]);
    let csv = machine.run("--format csv history").stdout;
    assert_eq!(csv.lines().next(), Some(COLUMNS.join(",").as_str()));
    assert!(csv.contains(",'=cmd(),"), "{csv}");
}

#[test]
fn json_has_the_columns_in_their_order() {
    let json = full().run("--format json history").stdout;
    let places: Vec<_> = COLUMNS.iter().map(|c| json.find(&format!("\"{c}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{json}");
}

#[test]
fn the_columns_are_those_of_the_table() {
    let machine = full();
    let names: Vec<String> = block(async {
        sqlx::query_scalar("SELECT name FROM pragma_table_info('history') ORDER BY cid")
            .fetch_all(&mut machine.connect().await)
            .await
            .unwrap()
    });
    assert_eq!(names, COLUMNS);
}

#[test]
fn head_and_export_have_a_form_for_programs() {
    let machine = full();
    let head = machine.head();
    let (seq, hash) = head.split_once(':').unwrap();
    assert_eq!(
        machine.run("--format json history head").stdout,
        format!("{{\"schema\":\"dormouse.history_head/1\",\"seq\":{seq},\"hash\":\"{hash}\"}}\n")
    );
    assert_eq!(
        machine.run("--format csv history head").stdout,
        format!("seq,hash\r\n{seq},{hash}\r\n")
    );
    let export = machine.run("history export").stdout;
    assert_eq!(export.lines().count(), usize::try_from(ROWS).unwrap());
    assert!(
        export.lines().last().unwrap().ends_with(&format!("\"hash\":\"{hash}\"}}")),
        "{export}"
    );
    assert_eq!(machine.run("--format csv history export").code, 2);
}

#[test]
fn a_row_that_dormouse_never_wrote_is_still_shown() {
    let machine = full();
    machine.tamper("UPDATE history SET action = 'erase', detail = CAST(x'ff41' AS TEXT), at = '' WHERE seq = 2");
    assert!(machine.run("history").stdout.contains("erase"));
    assert_eq!(seqs(&machine, "").len(), usize::try_from(ROWS).unwrap());
    assert!(machine.run("history export").stdout.contains("\"action\":\"erase\""));
    assert_eq!(machine.run("history --account guest1@contractor.example").code, 0);
}
