//! Before anybody is touched: plan, brakes, question. Whatever is refused leaves everything as it was
//! and has its row in `runs`.

use chrono::TimeDelta;
use dormouse::domain::history::{Outcome, Phase};
use sandbox::{Login, Status};
use serde_json::json;

use super::support::*;

#[track_caller]
fn untouched(site: &Site, ran: &Ran, code: u8, detail: &str) {
    assert_eq!(ran.code, code, "{}", ran.stderr);
    assert!(site.called().is_empty());
    assert!(site.history().is_empty());
    let run = site.last_run();
    assert_eq!(run.exit_code, Some(code), "{run:?}");
    assert!(run.detail.contains(detail), "{}", run.detail);
    assert!(run.finished_at.is_some());
}

#[test]
fn inactive_accounts_are_disabled_and_a_second_run_changes_nothing() {
    let (world, ids) = world(6);
    let site = decided(world);
    let ran = site.answering("apply", "6\n").ends(0);
    assert!(ran.stdout.contains("\n6 disabled\nDetails: dormouse history --run 3"), "{ran:?}");
    for id in &ids {
        assert_eq!(site.status(*id), Some(Status::Terminated));
        assert_eq!(site.last_outcome(*id).0, Outcome::Applied);
    }
    assert_eq!(site.called(), ids, "longest idle first");
    let history = site.history();
    sound(&history);
    let phases = |phase| history.iter().filter(|e| e.draft.phase == phase).count();
    assert_eq!((phases(Phase::Intent), phases(Phase::Corroboration)), (6, 6));
    let again = site.run("apply").ends(0);
    assert!(again.stdout.contains("\n0 disabled\nDetails: dormouse history --run 4"), "{again:?}");
    assert_eq!(site.history(), history);
    assert_eq!(site.called().len(), 6);
}

#[test]
fn the_result_has_its_documented_form() {
    let (world, ids) = world(1);
    let site = decided(world);
    let planned = site.run("apply --dry-run --format json").ends(0).json();
    assert_eq!(
        planned,
        json!({
            "schema": "dormouse.apply/1", "run_id": null, "decision_id": 1,
            "counts": {"applied": 0, "skipped": 0, "refused": 0, "failed": 0},
            "outcomes": [{
                "account_id": ids[0], "email": "guest00@contractor.example",
                "outcome": null, "detail": "would be disabled: idle, 39 days",
            }],
        })
    );
    let done = |run_id, decision_id: Option<i64>, detail| {
        json!({
            "schema": "dormouse.apply/1", "run_id": run_id, "decision_id": decision_id,
            "counts": {"applied": 1, "skipped": 0, "refused": 0, "failed": 0},
            "outcomes": [{
                "account_id": ids[0], "email": "guest00@contractor.example",
                "outcome": "applied", "detail": detail,
            }],
        })
    };
    let ran = site.run("apply --yes --format json").ends(0).json();
    assert_eq!(ran, done(3, Some(1), "the answer shows disabled"));
    let ran = site.run("restore --run 3 --yes --format json").ends(0).json();
    assert_eq!(ran, done(4, None, "the answer shows active"));
    let ran = site.run("apply --yes --format csv").ends(0);
    let row =
        format!("{},guest00@contractor.example,skipped,\"active (recently_enabled): ", ids[0]);
    assert!(
        ran.stdout.starts_with(&format!("account_id,email,outcome,detail\r\n{row}")),
        "{ran:?}"
    );
}

#[test]
fn brakes_stop_everything_and_name_the_flag() {
    let (world, _) = world(12);
    let site = decided(world);
    let ran = site.run("apply --yes");
    insta::assert_snapshot!(ran.error(), @"12 accounts to disable: 100 % of the 12 accounts that were not disabled, more than max_percent = 20; nothing was done; to disable the longest idle first: --limit 10; to exceed the limit once, after a review: --max-percent 100");
    untouched(&site, &ran, 5, "--max-percent 100");
    assert_eq!(site.last_run().decision_id, Some(1));
    let ran = site.run("apply --yes --max 11 --max-percent 100");
    insta::assert_snapshot!(ran.error(), @"12 accounts to disable: more than max_accounts = 11; nothing was done; to disable the longest idle first: --limit 11; to exceed the limit once, after a review: --max 12");
    untouched(&site, &ran, 5, "--max 12");
    assert_eq!(site.last_run().overrides, "--yes --max 11 --max-percent 100");
    // A dry run shows whom, and that it would be stopped.
    let ran = site.run("apply --dry-run --format json").ends(5);
    assert_eq!(ran.json()["outcomes"].as_array().unwrap().len(), 12);
    let ran = site.run("apply --yes --max 12 --max-percent 100").ends(0);
    assert!(ran.stdout.contains("\n12 disabled\n"), "{ran:?}");
}

#[test]
fn portions_count_together_within_a_day() {
    let (world, ids) = world(12);
    let site = decided(world);
    configure(&site, "[brakes]\nmax_accounts = 8\n");
    site.run("apply --yes --limit 5").ends(0);
    assert_eq!(site.called(), ids[..5]);
    let ran = site.run("apply --yes --limit 5").ends(5);
    assert!(ran.error().contains("5 accounts to disable and 5 disabled"), "{ran:?}");
    site.run("apply --yes --limit 3").ends(0);
    assert_eq!(site.called(), ids[..8]);
    site.pass(TimeDelta::hours(19));
    site.run("apply --yes --limit 1").ends(5);
    site.pass(TimeDelta::minutes(301));
    let ran = site.run("apply --yes --limit 1").ends(3);
    assert!(ran.error().contains("max_evidence_age_hours = 24"), "{ran:?}");
    site.portal.world().add_login(Login::failure("x"));
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes --limit 1").ends(0);
    assert_eq!(site.called(), ids[..9]);
}

#[test]
fn only_named_accounts_and_only_inactive_ones() {
    let (mut world, ids) = world(4);
    let active = world.add_guest("new@contractor.example", at(now(), 3));
    let site = decided(world);
    let ran = site.run(&format!("apply --yes --only {} --only {active}", ids[2]));
    insta::assert_snapshot!(ran.error().replace(&active.to_string(), "[id]"), @"--only [id]: this account is active (within_grace) in decision 1; nothing was done");
    untouched(&site, &ran, 2, "within_grace");
    let ran = site.run("apply --yes --only nobody@contractor.example");
    untouched(&site, &ran, 2, "not under review");
    let email = "GUEST02@contractor.example";
    site.run(&format!("apply --yes --only {email} --only {}", ids[3])).ends(0);
    assert_eq!(site.called(), [ids[1], ids[3]]);
}

#[test]
fn the_number_must_be_typed() {
    let (world, _) = world(3);
    let site = decided(world);
    let ran = site.answering("apply", "y\n");
    insta::assert_snapshot!(ran.error(), @"Cancelled. Nothing was changed.");
    untouched(&site, &ran, 5, "Cancelled");
    untouched(&site, &site.answering("apply", ""), 5, "Cancelled");
    let ran = site.run("apply");
    untouched(&site, &ran, 2, "--yes");
    assert_eq!(ran.error(), "cannot prompt without a terminal; pass --yes");
    site.answering("apply", "3\n").ends(0);
    let declined = site.answering("restore --run 6", "n\n").ends(5);
    assert_eq!(declined.error(), "Cancelled. Nothing was changed.");
    assert_eq!(site.last_run().exit_code, Some(5));
}

#[test]
fn decisions_that_are_not_the_newest_current_one_are_refused() {
    let (world, _) = world(2);
    let site = prepared(world);
    assert_eq!(site.run("apply --yes").code, 3, "no store");
    assert!(!site.store().exists());
    site.run("sync").ends(0);
    let ran = site.run("apply --yes");
    insta::assert_snapshot!(ran.error(), @"there is no current decision to apply; run `dormouse decide`");
    untouched(&site, &ran, 3, "no current decision");
    site.run("decide").ends(0);
    site.run("decide --as-of 2026-06-14T12:00:00Z").ends(0);
    let ran = site.run("apply 2 --yes");
    insta::assert_snapshot!(ran.error(), @"decision 2 is historical, as of 2026-06-14 12:00 UTC: it can be shown and reported, never applied; run `dormouse decide`");
    untouched(&site, &ran, 3, "historical");
    site.run("decide").ends(0);
    let ran = site.run("apply 1 --yes");
    insta::assert_snapshot!(ran.error(), @"decision 1 is not the newest current one, which is 3; review and apply that one");
    untouched(&site, &ran, 3, "newest");
    untouched(&site, &site.run("apply 9 --yes"), 2, "no decision 9");
    site.run("apply 3 --yes").ends(0);
}

#[test]
fn what_was_true_before_the_question_is_tested_again_after_it() {
    let (world, ids) = world(2);
    let site = decided(world);
    // While the question waits, somebody else decides: the answer was given to another list.
    let ran = site.run_with("apply", Some(meanwhile(&site, "decide", "2\n")));
    insta::assert_snapshot!(ran.error(), @"decision 1 is not the newest current one, which is 2; review and apply that one");
    assert_eq!(ran.code, 3);
    // The same with another apply: its accounts count, and those it disabled are skipped.
    configure(&site, "[brakes]\nmax_accounts = 1\n");
    let line = format!("apply --yes --only {}", ids[0]);
    let prompt = Some(meanwhile(&site, &line, "1\n"));
    let ran = site.run_with(&format!("apply --only {}", ids[1]), prompt).ends(5);
    assert!(ran.error().contains("1 account to disable and 1 disabled"), "{ran:?}");
    assert_eq!(site.called(), [ids[0]]);
}
