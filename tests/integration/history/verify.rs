//! What `history verify` says of histories that nobody has touched.

use chrono::TimeDelta;
use dormouse::domain::{
    account::Status,
    history::{Draft, GENESIS, Outcome, Phase},
};

use super::{
    fixture::{APPLY, KEY, ROWS, corroboration, id, intent, now, outcome, restoring},
    support::{Machine, empty, full, store_with},
};

fn findings(machine: &Machine) -> String {
    let ran = machine.run("history verify");
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.starts_with("error: the history does not verify: "), "{}", ran.stderr);
    ran.stdout
}

fn is_fine(machine: &Machine) {
    let ran = machine.run("history verify");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[test]
fn a_whole_history_is_ok_and_says_its_head() {
    let machine = full();
    let head = machine.head();
    let ran = machine.run("history verify");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert_eq!(ran.stdout, format!("ok: {ROWS} rows, head {head}\n"));
    let json = machine.run("--format json history verify").stdout;
    assert_eq!(
        json,
        format!(
            "{{\"schema\":\"dormouse.history_verify/1\",\"ok\":true,\"rows\":{ROWS},\"head\":\"{head}\",\
             \"findings\":[],\"open_intents\":[]}}\n"
        )
    );
}

#[test]
fn an_empty_history_is_ok_and_its_head_is_64_zeros() {
    let machine = empty();
    assert_eq!(machine.head(), format!("0:{GENESIS}"));
    assert_eq!(machine.run("history verify").stdout, format!("ok: 0 rows, head 0:{GENESIS}\n"));
    assert_eq!(machine.run(&format!("history verify --head 0:{GENESIS}")).code, 0);
    assert_eq!(machine.run(&format!("history verify --head 0:{}", "1".repeat(64))).code, 1);
}

#[test]
fn a_head_that_was_kept_holds_while_the_history_grows() {
    let machine = full();
    let kept = machine.head();
    machine.append(vec![intent(5, 300)]);
    for kept in [&kept, &machine.head(), &format!("0:{GENESIS}")] {
        assert_eq!(machine.run(&format!("history verify --head {kept}")).code, 0, "{kept}");
    }
}

#[test]
fn an_open_intent_is_named_and_is_no_fault() {
    let machine =
        store_with(vec![intent(1, 0), outcome(intent(1, 0), Outcome::Applied), intent(2, 1)]);
    let ran = machine.run("history verify");
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stdout.lines().nth(1),
        Some(
            "open: row 3: disable guest2@contractor.example in run 3 has no outcome yet; \
             `dormouse apply` or `dormouse restore` settles it"
        )
    );
    let json = machine.run("--format json history verify").stdout;
    assert!(
        json.contains(&format!(
            "\"open_intents\":[{{\"seq\":3,\"at\":\"2026-11-24T12:00:01.000Z\",\
        \"run_id\":{APPLY},\"account_id\":\"{}\"",
            id(2)
        )),
        "{json}"
    );
}

#[test]
fn outcomes_follow_intents_and_end_them_once() {
    let applied = || outcome(intent(1, 0), Outcome::Applied);
    let failed = || outcome(intent(1, 0), Outcome::Failed);
    for (rows, said) in [
        (vec![applied()], "row 1: applied without an intent before it"),
        (vec![outcome(intent(1, 0), Outcome::Refused)], "row 1: refused without an intent"),
        (
            vec![intent(1, 0), outcome(intent(2, 0), Outcome::Failed)],
            "row 2: failed without an intent",
        ),
        (vec![intent(1, 0), outcome(restoring(1, 0), Outcome::Applied)], "row 2: applied without"),
        (vec![intent(1, 0), applied(), failed(), failed()], "row 4: failed, but row 3 says failed"),
        (
            vec![intent(1, 0), failed(), outcome(intent(1, 0), Outcome::Refused)],
            "row 3: refused, but",
        ),
        (vec![intent(1, 0), applied(), applied()], "row 3: applied, but row 2 says applied"),
        (vec![intent(1, 0), intent(1, 0)], "row 2: a second intent; the first is row 1"),
        (
            vec![outcome(intent(1, 0), Outcome::Skipped), intent(1, 0)],
            "row 2: an intent behind its",
        ),
        (vec![corroboration(intent(1, 0), 9)], "row 1: a corroboration without an intent"),
        (
            vec![intent(1, 0), Draft { status_after: Some(Status::Active), ..applied() }],
            "row 2: disable applied, but the account was shown active afterwards",
        ),
    ] {
        let found = findings(&store_with(rows));
        assert!(found.starts_with(&format!("found: {said}")), "{said}\n{found}");
        assert_eq!(found.lines().filter(|l| l.starts_with("found")).count(), 1, "{found}");
    }
    is_fine(&store_with(vec![intent(1, 0), failed(), applied()]));
    // Taken back by the reading at the end of the run; our audit event then accounts for it.
    let taken_back = store_with(vec![intent(1, 0), applied(), failed()]);
    taken_back.audit(7, now(), &[1], KEY);
    is_fine(&taken_back);
    is_fine(&store_with(vec![intent(1, 0), outcome(intent(1, 0), Outcome::Skipped)]));
}

#[test]
fn an_intent_to_disable_rests_on_its_decision() {
    let other = Draft { detail: format!("decision 1 sha256:{}", "ab".repeat(32)), ..intent(1, 0) };
    for (draft, said) in [
        (other, "row 1: cites digest abab"),
        (
            Draft { detail: "decision 1".into(), ..intent(1, 0) },
            "row 1: cites no digest of decision 1",
        ),
        (Draft { decision_id: None, ..intent(1, 0) }, "row 1: disables by no decision"),
        (intent(6, 0), "row 1: its decision does not call the account inactive"),
        (Draft { run_id: 1, ..intent(1, 0) }, "row 1: disable in run 1, which was sync"),
    ] {
        let found = findings(&store_with(vec![draft]));
        assert!(found.starts_with(&format!("found: {said}")), "{said}\n{found}");
    }
    // What restore undoes it may name, with the digest or without.
    is_fine(&store_with(vec![Draft { decision_id: Some(1), ..restoring(1, 0) }]));
}

#[test]
fn a_change_by_the_key_that_no_row_records_is_found() {
    let minutes = TimeDelta::minutes;
    for (account, at, said) in [
        (5, now(), "and no row records it"),
        (3, now(), "and no row records it"),
        (1, now() + minutes(30), "and no row records it"),
    ] {
        let machine = full();
        machine.audit(7, at, &[account], KEY);
        let found = findings(&machine);
        assert!(found.contains("(audit event 7)") && found.contains(said), "{found}");
        assert!(found.contains(&format!("guest{account}@contractor.example")), "{found}");
        assert!(found.contains("`dormouse history acknowledge 7 --reason TEXT`"), "{found}");
    }
    let machine = store_with(vec![intent(1, 0), outcome(intent(1, 0), Outcome::Failed)]);
    machine.audit(7, now(), &[1], KEY);
    let found = findings(&machine);
    assert!(found.starts_with("found: row 2: failed, but "), "{found}");
    assert!(found.contains("(audit event 7)"), "{found}");
}

#[test]
fn a_batch_is_never_ours() {
    let machine = full();
    // The first was disabled by dormouse in the same second.
    machine.audit(5, now(), &[1, 5], KEY);
    let found = findings(&machine);
    for email in ["guest1@contractor.example", "guest5@contractor.example"] {
        assert!(found.contains(&format!("changed the status of {email}")), "{found}");
    }
    machine.must("history acknowledge 5 --reason left");
    is_fine(&machine);
}

#[test]
fn changes_that_are_recorded_or_not_ours_are_fine() {
    let machine = full();
    machine.audit(1, now(), &[1], KEY);
    machine.audit(2, now() - TimeDelta::minutes(4), &[2], KEY);
    machine.audit(3, now() + TimeDelta::seconds(121), &[1], KEY);
    // By somebody else; before the key was used.
    machine.audit(4, now(), &[5], 77);
    machine.audit(6, now() - TimeDelta::days(3), &[5], KEY);
    is_fine(&machine);
    let machine = store_with(vec![intent(1, 0)]);
    machine.audit(1, now() + TimeDelta::hours(3), &[1], KEY);
    is_fine(&machine);
}

#[test]
fn each_row_is_checked_against_its_phase() {
    let machine = store_with(vec![intent(1, 0)]);
    let row = Draft { phase: Phase::Outcome, outcome: Some(Outcome::Applied), ..intent(1, 1) };
    machine.append(vec![row]);
    is_fine(&machine);
}
