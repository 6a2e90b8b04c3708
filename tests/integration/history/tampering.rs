//! Somebody has been at the file: what `history verify` finds, and what nobody could.

use dormouse::{
    domain::history::{COLUMNS, Draft, Outcome},
    store::{Mode, Store},
};

use super::{
    fixture::{KEY, ROWS, intent, now, outcome},
    support::{Machine, block, full, store_with},
};

fn found(machine: &Machine, flags: &str) -> Vec<String> {
    let ran = machine.run(&format!("history verify {flags}"));
    assert_eq!(ran.code, u8::from(!ran.stdout.starts_with("ok: ")), "{}{}", ran.stdout, ran.stderr);
    ran.stdout.lines().filter_map(|l| l.strip_prefix("found: ")).map(without_account).collect()
}

/// What is found in a row says about whom and when, too.
fn without_account(finding: &str) -> String {
    let row = finding.strip_prefix("row ").and_then(|rest| rest.split_once(": "));
    let is_about_a_row = row.is_some_and(|(seq, _)| seq.parse::<i64>().is_ok());
    let about = finding.strip_suffix(')').and_then(|f| f.rsplit_once(" ("));
    let Some((message, about)) = about.filter(|_| is_about_a_row) else {
        return finding.to_owned();
    };
    let what = about.split_once(" at ").map(|(what, _)| what.split_whitespace().count());
    assert_eq!(what, Some(2), "{about}");
    message.to_owned()
}

/// The whole history anew, every hash right, as only somebody can do it who knows how.
fn rewrite(machine: &Machine, change: impl FnOnce(&mut Vec<Draft>)) {
    let mut drafts = block(async {
        let mut store = Store::open(&machine.store(), Mode::Read).await.unwrap();
        let all = dormouse::store::history::all(store.conn()).await.unwrap();
        all.into_iter().map(|entry| entry.draft).collect()
    });
    change(&mut drafts);
    machine.tamper("DELETE FROM history");
    machine.append(drafts);
}

#[test]
fn a_change_in_any_column_names_its_row() {
    for column in COLUMNS {
        let machine = full();
        let value = match column {
            "seq" => "99",
            "run_id" | "decision_id" | "http_status" | "portal_event_id" => "77",
            _ => "'x'",
        };
        machine.tamper(&format!("UPDATE history SET {column} = {value} WHERE seq = 2"));
        let row = if column == "seq" { "row 99: " } else { "row 2: " };
        let found = found(&machine, "");
        assert!(found.iter().any(|f| f.starts_with(row)), "{column}: {found:?}");
    }
}

#[test]
fn a_removed_row_is_named_by_the_one_behind_it() {
    for (sql, said) in [
        ("DELETE FROM history WHERE seq = 1", "row 2: row 1 before it is missing"),
        ("DELETE FROM history WHERE seq = 5", "row 6: row 5 before it is missing"),
        ("DELETE FROM history WHERE seq IN (5, 6)", "row 7: rows 5 to 6 before it are missing"),
    ] {
        let machine = full();
        machine.tamper(sql);
        assert_eq!(found(&machine, "")[0], said, "{sql}");
    }
    // Numbered anew, so that no gap shows.
    let machine = full();
    machine.tamper(
        "DELETE FROM history WHERE seq = 5; UPDATE history SET seq = seq - 1 WHERE seq > 5",
    );
    let found = found(&machine, "");
    assert_eq!(found[0], "row 5: prev_hash is not the hash of row 4");
    assert!(found[1].starts_with("row 5: the hash is not that of the row"), "{found:?}");
}

#[test]
fn swapped_rows_are_named() {
    let machine = full();
    machine.tamper(
        "UPDATE history SET seq = -1 WHERE seq = 3; UPDATE history SET seq = 3 WHERE seq = 6; \
         UPDATE history SET seq = 6 WHERE seq = -1",
    );
    let found = found(&machine, "");
    for row in [3, 4, 6, 7] {
        let link = format!("row {row}: prev_hash is not the hash of row {}", row - 1);
        assert!(found.contains(&link), "{row}: {found:?}");
    }
}

#[test]
fn a_cut_tail_is_found_only_with_a_head_kept_elsewhere() {
    let machine = full();
    let kept = machine.head();
    machine.tamper("DELETE FROM history WHERE seq > 7");
    assert!(found(&machine, "").is_empty());
    let cut = format!("row {ROWS}: missing: the history ends at row 7; rows were cut from its end");
    assert_eq!(found(&machine, &format!("--head {kept}")), [cut]);
    // Also when as many other rows were written in their machine.
    machine.append((5..8).map(|n| outcome(intent(n, 200), Outcome::Skipped)).collect());
    assert!(found(&machine, "").is_empty());
    let anew = format!("row {ROWS}: not the row whose hash was kept: the history was written anew");
    assert_eq!(found(&machine, &format!("--head {kept}")), [anew]);
}

#[test]
fn a_cut_tail_is_found_where_the_audit_trail_shows_what_it_recorded() {
    let machine = full();
    machine.append(vec![intent(5, 300), outcome(intent(5, 300), Outcome::Applied)]);
    machine.audit(901, now() + chrono::TimeDelta::seconds(300), &[5], KEY);
    assert!(found(&machine, "").is_empty());
    machine.tamper("DELETE FROM history WHERE seq > 10");
    let found = found(&machine, "");
    assert!(found.len() == 1 && found[0].contains("no row records it"), "{found:?}");
}

#[test]
fn a_whole_new_chain_is_found_only_with_a_head_kept_elsewhere() {
    let machine = full();
    let kept = machine.head();
    rewrite(&machine, |drafts| drafts[1].detail = "nothing to see here".into());
    assert!(found(&machine, "").is_empty());
    assert_eq!(found(&machine, &format!("--head {kept}")).len(), 1);
}

#[test]
fn a_forged_row_must_fit_the_others() {
    // Right machine, right links, right hash: the pairs still tell.
    let machine = full();
    machine.append(vec![outcome(intent(5, 300), Outcome::Applied)]);
    assert_eq!(found(&machine, ""), ["row 11: applied without an intent before it"]);
    let machine = full();
    rewrite(&machine, |drafts| drafts[1].outcome = Some(Outcome::Failed));
    assert!(found(&machine, "").is_empty(), "a chain written anew is whole by itself");
    machine.audit(900, now(), &[1], KEY);
    assert!(found(&machine, "")[0].starts_with("row 2: failed, but "));
    assert!(found(&machine, "")[0].contains("(audit event 900)"));
    // The limit: a pair that fits in every way, written by whoever can write to the file. Only the
    // portal knows that nothing happened: there is no corroboration.
    let machine = full();
    let kept = machine.head();
    machine.append(vec![intent(5, 300), outcome(intent(5, 300), Outcome::Applied)]);
    assert!(found(&machine, &format!("--head {kept}")).is_empty());
}

#[test]
fn a_decision_that_was_changed_no_longer_supports_its_intents() {
    let machine = full();
    machine.tamper("UPDATE decisions SET digest = 'sha256:' || hex(zeroblob(32))");
    let found_digest = found(&machine, "");
    assert!(found_digest[0].starts_with("row 1: cites digest "), "{found_digest:?}");
    let machine = full();
    machine.tamper("UPDATE verdicts SET verdict = 'active'");
    assert_eq!(found(&machine, "")[0], "row 1: its decision does not call the account inactive");
    let machine = full();
    machine.tamper("DELETE FROM decisions");
    assert_eq!(found(&machine, "")[0], "row 1: decision 1 is not in the store");
    let machine = full();
    machine.tamper("DELETE FROM runs WHERE id = 3");
    assert_eq!(found(&machine, "")[0], "row 1: run 3 is not in the store");
}

#[test]
fn many_findings_are_cut_for_people_and_not_for_programs() {
    let machine =
        store_with((0..80).map(|n| outcome(intent(1000 + n, 0), Outcome::Skipped)).collect());
    machine.tamper("UPDATE history SET detail = ''");
    let ran = machine.run("history verify");
    assert_eq!(ran.stdout.lines().count(), 51);
    assert!(ran.stdout.ends_with("… and 30 more; --format csv shows all\n"), "{}", ran.stdout);
    assert_eq!(
        ran.stderr,
        "error: the history does not verify: 80 findings; keep the file as evidence, and go on with the \
         newest `dormouse backup` that verifies\n"
    );
    let csv = machine.run("--format csv history verify");
    assert_eq!((csv.code, csv.stdout.lines().count()), (1, 81));
    assert!(csv.stdout.starts_with("check,seq,message\r\nhash,1,"), "{}", csv.stdout);
    let json = machine.run("--format json history verify");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["ok"], &json["findings"][0]["check"]), (&false.into(), &"hash".into()));
}

#[test]
fn a_value_that_would_act_on_a_terminal_is_shown_escaped() {
    let machine = full();
    machine.tamper("UPDATE history SET action = char(27) || '[2J' WHERE seq = 1");
    let stdout = machine.run("history verify").stdout;
    assert!(
        stdout.contains(r#"row 1: action holds "\u{1b}[2J", which dormouse never writes"#),
        "{stdout}"
    );
}
