//! What the store itself refuses, whoever asks.

use super::{
    fixture::ROWS,
    support::{Machine, full},
};

fn refused(machine: &Machine, sql: &str, said: &str) {
    let error = machine.attempt(sql).expect_err(sql);
    assert!(error.contains(said), "{sql}\n{error}");
    let ran = machine.run("history verify");
    assert_eq!(ran.code, 0, "{sql}\n{}", ran.stdout);
}

#[test]
fn rows_of_the_record_are_neither_changed_nor_deleted_nor_replaced() {
    let machine = full();
    for (table, id) in [("history", "seq"), ("decisions", "id")] {
        refused(&machine, &format!("UPDATE {table} SET {id} = {id}"), "never changed");
        refused(&machine, &format!("DELETE FROM {table} WHERE {id} = 1"), "never deleted");
        refused(
            &machine,
            &format!("REPLACE INTO {table} SELECT * FROM {table} WHERE {id} = 1"),
            ": ",
        );
    }
    refused(&machine, "UPDATE verdicts SET reason = 'idle'", "never changed");
    refused(&machine, "DELETE FROM verdicts", "never deleted");
    refused(&machine, "REPLACE INTO verdicts SELECT * FROM verdicts", "the decision is sealed");
    refused(&machine, "DELETE FROM runs", "never deleted");
    refused(&machine, "REPLACE INTO runs SELECT * FROM runs WHERE id = 3", "id must be the last");
    machine
        .attempt("UPDATE runs SET finished_at = started_at, exit_code = 0 WHERE id = 3")
        .unwrap();
    refused(
        &machine,
        "UPDATE runs SET exit_code = 1 WHERE id = 3",
        "a finished run is never changed",
    );
}

#[test]
fn a_row_is_appended_at_the_end_of_the_chain_only() {
    let machine = full();
    let insert = |verb: &str, seq: &str, prev: &str| {
        format!(
            "INSERT {verb} INTO history SELECT {seq}, at, run_id, decision_id, account_id, email, action, \
             phase, outcome, detail, actor, status_before, status_after, http_status, portal_event_id, \
             {prev}, '{}' FROM history WHERE seq = 1",
            "0".repeat(64)
        )
    };
    let (next, last) = (ROWS + 1, format!("(SELECT hash FROM history WHERE seq = {ROWS})"));
    for verb in ["", "OR REPLACE", "OR IGNORE"] {
        for (seq, prev) in [
            (next.to_string(), "prev_hash"),
            (next.to_string(), "hash"),
            ((next + 1).to_string(), last.as_str()),
            ("1".to_owned(), last.as_str()),
            ("1".to_owned(), "prev_hash"),
            (ROWS.to_string(), last.as_str()),
            ("0".to_owned(), last.as_str()),
        ] {
            refused(&machine, &insert(verb, &seq, prev), "each to the end of the chain");
        }
        // In its place, but with the hash of another row, which REPLACE would delete.
        let stolen = insert(verb, &next.to_string(), &last)
            .replace(&format!("'{}'", "0".repeat(64)), "(SELECT hash FROM history WHERE seq = 3)");
        refused(&machine, &stolen, "each to the end of the chain");
    }
    // The right machine is not refused; that the hash is none is what `verify` is for.
    machine.attempt(&insert("", &next.to_string(), &last)).unwrap();
    let found = machine.run("history verify").stdout;
    assert!(found.contains(&format!("row {next}: the hash is not that of the row")), "{found}");
}

#[test]
fn a_trigger_that_is_gone_changed_or_added_is_found() {
    for (sql, said) in [
        ("DROP TRIGGER history_no_update", "the trigger history_no_update is missing"),
        ("DROP TRIGGER runs_keep_rows", "the trigger runs_keep_rows is missing"),
        (
            "DROP TRIGGER verdicts_no_delete; CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON \
             verdicts WHEN false BEGIN SELECT raise(ABORT, 'verdicts: rows are never deleted'); END",
            "the trigger verdicts_no_delete was changed",
        ),
        (
            "CREATE TRIGGER quiet BEFORE INSERT ON history BEGIN SELECT raise(IGNORE); END",
            "the trigger quiet is not of dormouse",
        ),
        ("ALTER TABLE history ADD COLUMN note TEXT", "the table history was changed"),
        ("DROP VIEW coverage", "the view coverage is missing"),
    ] {
        let machine = full();
        machine.attempt(sql).unwrap();
        let ran = machine.run("history verify");
        assert_eq!((ran.code, ran.stdout), (1, format!("found: {said}\n")), "{sql}");
    }
    // Tables and indexes of others do no harm.
    let machine = full();
    machine.attempt("CREATE TABLE notes (x); CREATE INDEX mine ON history (email)").unwrap();
    assert_eq!(machine.run("history verify").code, 0);
}
