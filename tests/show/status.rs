//! `status`: one screen, one next thing to do, and an exit code for monitoring.

use chrono::TimeDelta;
use dormouse::{
    domain::history::{Draft, Phase},
    store::history,
};

use crate::support::{Desk, now, small};

#[test]
fn without_a_store_there_is_nothing_to_show() {
    let ran = Desk::empty().run("status");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("run `dormouse sync` first"), "{}", ran.stderr);
}

#[test]
fn one_screen_says_where_things_stand() {
    let desk = Desk::with(small());
    desk.must("sync");
    let ran = desk.must("status");
    insta::assert_snapshot!(desk.same(&ran.stdout));
}

#[test]
fn a_narrow_terminal_is_enough() {
    let desk = Desk { columns: Some(60), ..Desk::with(small()) };
    desk.must("sync");
    let ran = desk.must("status");
    insta::assert_snapshot!(desk.same(&ran.stdout));
}

#[test]
fn monitoring_reads_json_and_the_exit_code() {
    let desk = Desk::with(small());
    desk.must("sync");
    let json = desk.must("status --format json").json();
    assert_eq!(json["schema"], "dormouse.status/1");
    assert_eq!(json["evidence"], "good");
    assert_eq!(json["coverage"]["age_hours"], 2);
    assert_eq!(json["population"]["verdicts"]["inactive"], 3);
    assert_eq!(json["population"]["inactive_soon"][0]["email"], "soon@contractor.example");
    assert_eq!(json["next"]["command"], "dormouse decide");

    desk.clock.advance(TimeDelta::hours(23));
    let ran = desk.run("status --format json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["evidence"], "too_old");
    assert_eq!(ran.json()["next"]["command"], "dormouse sync");
}

#[test]
fn it_works_while_the_portal_is_away_and_the_file_cannot_be_written() {
    let mut desk = Desk::with(small());
    desk.must("sync");
    desk.portal = None;
    let mut mode = desk.store().metadata().unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(desk.store(), mode).unwrap();
    desk.must("status --format csv");
}

#[test]
fn a_portal_that_stopped_recording_is_not_answered_with_another_sync() {
    let desk = Desk::with(small());
    desk.must("sync");
    desk.pass(TimeDelta::days(10));
    desk.must("sync");
    let ran = desk.run("status --format json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["next"]["command"], "dormouse doctor");
}

#[test]
fn exemptions_that_end_are_announced() {
    let desk = Desk::with(small());
    let day = |days| (now() + TimeDelta::days(days)).date_naive();
    let exemption = |email: &str, days| {
        format!(
            "[[exemption]]\nemail = \"{email}\"\nreason = \"on leave\"\nowner = \"Hr\"\n\
             expires = {}\n",
            day(days)
        )
    };
    let toml = [
        exemption("idle@contractor.example", -1),
        exemption("never@contractor.example", 14),
        exemption("later@contractor.example", 13),
    ];
    desk.write("dormouse.toml", &toml.concat());
    desk.must("sync");
    let json = desk.must("status --format json").json();
    assert_eq!(json["exemptions"]["ended"][0]["subject"], "email idle@contractor.example");
    assert_eq!(json["exemptions"]["ending"].as_array().unwrap().len(), 1, "{json}");
    insta::assert_snapshot!(desk.same(&desk.must("status").stdout));
}

#[test]
fn the_next_thing_follows_from_decision_to_application() {
    let desk = Desk::with(small());
    let next = || desk.must("status --format json").json()["next"]["command"].clone();
    desk.must("sync");
    assert_eq!(next(), "dormouse decide");
    desk.must("decide");
    assert_eq!(next(), "dormouse apply");
    desk.must("apply --yes");
    assert_eq!(next(), serde_json::Value::Null);
    assert_eq!(desk.must("status --format json").json()["population"]["disabled"], 3);
}

#[test]
fn an_action_without_a_result_comes_first() {
    let desk = Desk::with(small());
    desk.must("sync");
    desk.must("decide");
    desk.must("apply --yes");
    desk.with_store(async |store| {
        let entries = history::all(store.conn()).await.unwrap();
        let intent = entries.into_iter().find(|e| e.draft.phase == Phase::Intent).unwrap().draft;
        // A run of its own: the pair is run, account and action.
        let draft = Draft { run_id: 1, ..intent };
        history::append(store.conn(), draft).await.unwrap();
    });
    let open = || desk.must("status --format json").json()["open_intents"].clone();
    assert_eq!(open().as_array().unwrap().len(), 0, "the portal may still be working");
    desk.pass(TimeDelta::minutes(2));
    assert_eq!(open()[0]["run_id"], 1);
    insta::assert_snapshot!(desk.same(&desk.must("status").stdout));
}
