//! `status`: one screen, one next thing to do, and an exit code for monitoring.

use chrono::TimeDelta;
use dormouse::{
    domain::history::{Draft, Phase},
    store::history,
};

use sandbox::Login;

use super::support::{Machine, Site, now, small};

#[test]
fn without_a_store_there_is_nothing_to_show() {
    let ran = Machine::at(now()).run("status");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("run `dormouse sync` first"), "{}", ran.stderr);
}

#[test]
fn one_screen_says_where_things_stand() {
    let site = Site::new(small());
    site.must("sync");
    let ran = site.must("status");
    insta::assert_snapshot!(site.stable(&ran.stdout));
}

#[test]
fn a_narrow_terminal_is_enough() {
    let mut site = Site::new(small());
    site.columns = Some(60);
    site.env.push(("NO_COLOR", "1".to_owned()));
    site.must("sync");
    let ran = site.must("status");
    insta::assert_snapshot!(site.stable(&ran.stdout));
}

#[test]
fn monitoring_reads_json_and_the_exit_code() {
    let mut site = Site::new(small());
    site.must("sync");
    let json = site.must("status --format json").json();
    assert_eq!(json["schema"], "dormouse.status/1");
    assert_eq!(json["evidence"], "good");
    assert_eq!(json["coverage"]["age_hours"], 2);
    assert_eq!(json["population"]["verdicts"]["inactive"], 3);
    assert_eq!(json["population"]["inactive_soon"][0]["email"], "soon@contractor.example");
    assert_eq!(json["next"]["command"], "dormouse decide");

    site.clock.skew = TimeDelta::hours(23);
    let ran = site.run("status --format json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["evidence"], "too_old");
    assert_eq!(ran.json()["next"]["command"], "dormouse sync");
}

#[test]
fn it_works_while_the_portal_is_away_and_the_file_cannot_be_written() {
    let mut site = Site::new(small());
    site.must("sync");
    site.portal.shut_down();
    site.env.clear();
    let mut mode = site.store().metadata().unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(site.store(), mode).unwrap();
    site.must("status --format csv");
}

#[test]
fn a_portal_that_stopped_recording_is_not_answered_with_another_sync() {
    let mut world = small();
    let active = world.account_by_email("active@contractor.example").unwrap().id;
    for row in 0..400 {
        // So many that their absence means something.
        world.add_login(Login::success(active).at((now() - TimeDelta::hours(3 + 3 * row)).into()));
    }
    let site = Site::new(world);
    site.must("sync");
    site.pass(TimeDelta::days(10));
    site.must("sync");
    let ran = site.run("status --format json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["next"]["command"], "dormouse doctor");
}

#[test]
fn exemptions_that_end_are_announced() {
    let site = Site::new(small());
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
    site.write("dormouse.toml", &toml.concat());
    site.must("sync");
    let json = site.must("status --format json").json();
    assert_eq!(json["exemptions"]["ended"][0]["subject"], "email idle@contractor.example");
    assert_eq!(json["exemptions"]["ending"].as_array().unwrap().len(), 1, "{json}");
    insta::assert_snapshot!(site.stable(&site.must("status").stdout));
}

#[test]
fn the_next_thing_follows_from_decision_to_application() {
    let site = Site::new(small());
    let next = || site.must("status --format json").json()["next"]["command"].clone();
    site.must("sync");
    assert_eq!(next(), "dormouse decide");
    site.must("decide");
    assert_eq!(next(), "dormouse apply");
    site.must("apply --yes");
    assert_eq!(next(), serde_json::Value::Null);
    assert_eq!(site.must("status --format json").json()["population"]["disabled"], 3);
}

#[test]
fn an_action_without_a_result_comes_first() {
    let site = Site::new(small());
    site.must("sync");
    site.must("decide");
    site.must("apply --yes");
    site.with_store(async |store| {
        let entries = history::all(store.conn()).await.unwrap();
        let intent = entries.into_iter().find(|e| e.draft.phase == Phase::Intent).unwrap().draft;
        // A run of its own: the pair is run, account and action.
        let draft = Draft { run_id: 1, ..intent };
        history::append(store.conn(), draft).await.unwrap();
    });
    let open = || site.must("status --format json").json()["open_intents"].clone();
    assert_eq!(open().as_array().unwrap().len(), 0, "the portal may still be working");
    site.pass(TimeDelta::minutes(2));
    assert_eq!(open()[0]["run_id"], 1);
    insta::assert_snapshot!(site.stable(&site.must("status").stdout));
}
