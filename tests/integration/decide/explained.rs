//! `explain`: the facts of one account and the way to its verdict.

use chrono::TimeDelta;
use sandbox::{AuditEvent, Login};
use serde_json::{Value, json};

use super::{
    model::now,
    team::{Site, ago, guest, portal, reasons, team},
};

fn explained(site: &Site, line: &str) -> Value {
    site.must(&format!("explain --format json {line}")).json()
}

/// Somebody with a record of every sort, disabled, enabled by another admin, renamed.
fn storied() -> Site {
    let mut world = portal();
    let ann = guest(&mut world, "ann", Some(90));
    world.add_login(Login::logout(ann).at(ago(89).into()));
    world.add_login(Login::code(ann, 1031).at(ago(88).into()));
    world.add_audit(AuditEvent::new(ann, 5054, ago(70).into()));
    let site = Site::new(world);
    site.write("hr.csv", "email,name,contract_end\nANN@contractor.example,Ann,2026-12-31\n");
    site.must("sync --contractors hr.csv");
    site.must("decide");
    site.must("apply --yes --max-percent 100");
    site.pass_days(1);
    {
        let mut world = site.portal.world();
        let owner = world.owner();
        world.enable(owner, ann);
        world.account_mut(ann).unwrap().last_name = "Renamed".into();
    }
    site.pass(TimeDelta::hours(1));
    site.must("sync");
    site
}

#[test]
fn everything_known_of_one_account_is_shown() {
    let site = storied();
    insta::assert_snapshot!(site.must("explain ann@contractor.example").stdout, @"
    ann Renamed <ann@contractor.example>
    active (recently_enabled): clock restarted 2026-11-25 13:00 UTC, after the moment decided: became active again; inactive after 30 days
    Inactive from 2026-12-25 13:00 UTC if nothing happens

    As of 2026-11-25 11:00 UTC; threshold 30 days
    Login history known from 2026-06-07 12:00 UTC to 2026-11-25 11:00 UTC (sync run 3)
    Account 7acf5c38-a50b-4efa-aa6e-b95aa6fc97c2: guest, active, registered 2026-01-28, invited by owner@portal.example.com, managed by the portal

    Rules in order
    RULE              OUTCOME  FACTS
    recently_enabled  decides  clock restarted 2026-11-25 13:00 UTC, after the moment decided: became active again; inactive after 30 days
    7 rules before it did not apply (-v shows them)

    Newest activity by source
    SOURCE    NEWEST                 EVENT  CODE
    other     2026-08-28 12:00 UTC  400005  1031
    presence  2026-08-27 12:00 UTC  400004  1006
    login     2026-08-26 12:00 UTC  400003  1029
    audit     2026-09-15 12:00 UTC   90001  5054

    Newest login events
    AT                     EVENT  CODE  CLASS     FROM                  WITH
    2026-08-28 12:00 UTC  400005  1031  other     203.0.113.7, Germany  Chrome 131, Windows 10
    2026-08-27 12:00 UTC  400004  1006  presence  203.0.113.7, Germany  Chrome 131, Windows 10
    2026-08-26 12:00 UTC  400003  1029  login     203.0.113.7, Germany  Chrome 131, Windows 10

    Checks of the audit trail
    ASKED                 NEWEST ACTION         EVENT  CODE  SYNC RUN
    2026-11-24 12:00 UTC  2026-09-15 12:00 UTC  90001  5054         1

    Changes in the portal's audit trail
    AT                    EVENT  WHAT              BY
    2026-11-25 12:00 UTC  90004  change of status  owner@portal.example.com
    2026-11-24 12:00 UTC  90003  change of status  owner@portal.example.com

    As listings showed it
    SHOWN                 SYNC RUN  STATUS  KIND   E-MAIL                  NAME
    2026-11-24 12:00 UTC         1  active  guest  ann@contractor.example  ann Contractor
    2026-11-25 13:00 UTC         3  active  guest  ann@contractor.example  ann Renamed

    Roster rows that name it
    FILE    LINE  E-MAIL                  NAME  CONTRACT END
    hr.csv     2  ANN@contractor.example  Ann   2026-12-31

    What dormouse did
    SEQ  AT                    RUN  ACTION   RESULT         DETAIL
      1  2026-11-24 12:00 UTC    3  disable  intent         sha256:ecf55ece46d2c1e4d0e3dfc860f5c49e1895569d01aaaef7a880d4ab887ad68e
      2  2026-11-24 12:00 UTC    3  disable  applied        the answer shows disabled
      3  2026-11-24 12:00 UTC    3  disable  corroboration  the portal's audit trail shows the change
    ");
}

#[test]
fn the_json_object_has_the_same() {
    let site = storied();
    let ran = site.must("explain ann@contractor.example --format json");
    insta::assert_snapshot!(serde_json::to_string_pretty(&ran.json()).unwrap(), @r#"
        {
          "schema": "dormouse.explain/1",
          "account": {
            "account_id": "7acf5c38-a50b-4efa-aa6e-b95aa6fc97c2",
            "email": "ann@contractor.example",
            "display_name": "ann Renamed",
            "kind": "guest",
            "status": "active",
            "registered_at": "2026-01-28T12:00:00.000Z",
            "management": "portal",
            "groups": [],
            "invited_by": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7"
          },
          "decision": {
            "id": null,
            "as_of": "2026-11-25T11:00:00.000Z",
            "current": true,
            "inactivity_days": 30,
            "never_logged_in_grace_days": 30,
            "policy_sha256": "882485d94d63f8c451657cfc7b638e4b318dfe4345bf0d4e0b6e83c0b14f281e",
            "sync_run_id": 3,
            "history_seq": 3,
            "coverage": {
              "from": "2026-06-07T12:00:00.000Z",
              "to": "2026-11-25T11:00:00.000Z"
            }
          },
          "verdict": "active",
          "reason": "recently_enabled",
          "message": "clock restarted 2026-11-25 13:00 UTC, after the moment decided: became active again; inactive after 30 days",
          "first_inactive_at": "2026-12-25T13:00:00.000Z",
          "warnings": [],
          "quiet": [],
          "rules": [
            {
              "rule": "already_disabled",
              "outcome": "passed",
              "sentence": "status active"
            },
            {
              "rule": "owner",
              "outcome": "passed",
              "sentence": "kind guest"
            },
            {
              "rule": "admin",
              "outcome": "passed",
              "sentence": "kind guest"
            },
            {
              "rule": "self",
              "outcome": "passed",
              "sentence": "the key in use belongs to another account"
            },
            {
              "rule": "directory_managed",
              "outcome": "passed",
              "sentence": "managed on the portal"
            },
            {
              "rule": "exemption",
              "outcome": "passed",
              "sentence": "no exemption names it"
            },
            {
              "rule": "recent_activity",
              "outcome": "passed",
              "sentence": "last activity 2026-09-15 12:00 UTC by an audited action (event 90001), 70 days ago"
            },
            {
              "rule": "recently_enabled",
              "outcome": "decides",
              "sentence": "clock restarted 2026-11-25 13:00 UTC, after the moment decided: became active again; inactive after 30 days"
            }
          ],
          "evidence": {
            "last_activity_at": "2026-09-15T12:00:00.000Z",
            "last_activity_source": "audit",
            "last_event_id": 90001,
            "idle_days": 0,
            "clock_start": "2026-11-25T13:00:00.000Z",
            "restart_at": "2026-11-25T13:00:00.000Z",
            "restart_cause": "seen_active",
            "checked_at": "2026-11-24T12:00:00.000Z"
          },
          "activity": {
            "newest_by_source": [
              {
                "source": "other",
                "at": "2026-08-28T12:00:00.000Z",
                "event_id": 400005,
                "action_code": 1031
              },
              {
                "source": "presence",
                "at": "2026-08-27T12:00:00.000Z",
                "event_id": 400004,
                "action_code": 1006
              },
              {
                "source": "login",
                "at": "2026-08-26T12:00:00.000Z",
                "event_id": 400003,
                "action_code": 1029
              },
              {
                "source": "audit",
                "at": "2026-09-15T12:00:00.000Z",
                "event_id": 90001,
                "action_code": 5054
              }
            ],
            "newest_login_events": [
              {
                "source": "other",
                "at": "2026-08-28T12:00:00.000Z",
                "event_id": 400005,
                "action_code": 1031
              },
              {
                "source": "presence",
                "at": "2026-08-27T12:00:00.000Z",
                "event_id": 400004,
                "action_code": 1006
              },
              {
                "source": "login",
                "at": "2026-08-26T12:00:00.000Z",
                "event_id": 400003,
                "action_code": 1029
              }
            ]
          },
          "checks": [
            {
              "checked_at": "2026-11-24T12:00:00.000Z",
              "event_id": 90001,
              "event_at": "2026-09-15T12:00:00.000Z",
              "action_code": 5054,
              "sync_run_id": 1
            }
          ],
          "key_uses": [],
          "status_changes": [
            {
              "event_id": 90004,
              "at": "2026-11-25T12:00:00.000Z",
              "action_code": 4020,
              "actor_id": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7",
              "actor_email": "owner@portal.example.com",
              "targets": 1,
              "sync_run_id": 3
            },
            {
              "event_id": 90003,
              "at": "2026-11-24T12:00:00.000Z",
              "action_code": 4020,
              "actor_id": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7",
              "actor_email": "owner@portal.example.com",
              "targets": 1,
              "sync_run_id": 2
            }
          ],
          "versions": [
            {
              "at": "2026-11-24T12:00:00.000Z",
              "sync_run_id": 1,
              "presence": "listed",
              "email": "ann@contractor.example",
              "display_name": "ann Contractor",
              "kind": "guest",
              "status": "active",
              "registered_at": "2026-01-28T12:00:00.000Z",
              "management": "portal",
              "groups": [],
              "invited_by": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7"
            },
            {
              "at": "2026-11-25T13:00:00.000Z",
              "sync_run_id": 3,
              "presence": "listed",
              "email": "ann@contractor.example",
              "display_name": "ann Renamed",
              "kind": "guest",
              "status": "active",
              "registered_at": "2026-01-28T12:00:00.000Z",
              "management": "portal",
              "groups": [],
              "invited_by": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7"
            }
          ],
          "roster": [
            {
              "file": "hr.csv",
              "line": 2,
              "id": null,
              "email": "ANN@contractor.example",
              "display_name": "Ann"
            }
          ],
          "history": [
            {
              "seq": 1,
              "at": "2026-11-24T12:00:00.000Z",
              "run_id": 3,
              "decision_id": 1,
              "action": "disable",
              "phase": "intent",
              "outcome": null,
              "detail": "sha256:ecf55ece46d2c1e4d0e3dfc860f5c49e1895569d01aaaef7a880d4ab887ad68e",
              "actor": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7",
              "status_after": null,
              "portal_event_id": null
            },
            {
              "seq": 2,
              "at": "2026-11-24T12:00:00.000Z",
              "run_id": 3,
              "decision_id": 1,
              "action": "disable",
              "phase": "outcome",
              "outcome": "applied",
              "detail": "the answer shows disabled",
              "actor": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7",
              "status_after": "disabled",
              "portal_event_id": null
            },
            {
              "seq": 3,
              "at": "2026-11-24T12:00:00.000Z",
              "run_id": 3,
              "decision_id": 1,
              "action": "disable",
              "phase": "corroboration",
              "outcome": null,
              "detail": "the portal's audit trail shows the change",
              "actor": "34dc7d98-71bd-40bf-90ed-07ae3a6d80e7",
              "status_after": null,
              "portal_event_id": 90003
            }
          ],
          "stored": null
        }
        "#);
}

#[test]
fn a_decision_is_explained_as_it_was_made() {
    let site = storied();
    site.write("dormouse.toml", "[policy]\ninactivity_days = 365\n");
    let then = explained(&site, "ann@contractor.example --decision 1");
    assert_eq!(then["reason"], "idle");
    assert_eq!(then["decision"]["id"], 1);
    assert_eq!(then["decision"]["inactivity_days"], 30);
    assert_eq!(then["stored"], json!({"verdict": "inactive", "reason": "idle", "agrees": true}));
    assert_eq!(then["account"]["display_name"], "ann Contractor");
    assert_eq!(then["versions"].as_array().unwrap().len(), 1);
    assert_eq!(then["status_changes"], json!([]));
    // What was done on it is shown all the same.
    assert_eq!(then["history"].as_array().unwrap().len(), 3);

    site.sql("DROP TRIGGER verdicts_no_update; UPDATE verdicts SET verdict = 'active', reason = 'recent_activity'");
    let altered = explained(&site, "ann@contractor.example --decision 1");
    assert_eq!(altered["reason"], "idle");
    assert_eq!(altered["stored"]["agrees"], false);
    let said = site.must("explain ann@contractor.example --decision 1").stdout;
    assert!(said.contains("decision 1 stored active (recent_activity)"), "{said}");
}

#[test]
fn the_verdict_is_that_of_decide_for_everybody() {
    let site = Site::new(team());
    site.write(
        "hr.csv",
        "email\nidle@contractor.example\nsoon@contractor.example\nSOON@contractor.example\n",
    );
    site.must("sync");
    for moment in ["", " --as-of 2026-10-20T00:00:00Z"] {
        let decided = site.must(&format!("decide --dry-run --format json{moment}")).json();
        for (name, reason) in reasons(&decided) {
            let one = explained(&site, &format!("{name}@contractor.example{moment}"));
            assert_eq!(one["reason"], reason, "{name}{moment}");
        }
    }
    site.must("sync --contractors hr.csv");
    assert_eq!(explained(&site, "soon@contractor.example")["reason"], "recent_activity");
    assert_eq!(
        explained(&site, "soon@contractor.example")["roster"].as_array().unwrap().len(),
        2,
        "both rows that name it"
    );
    let out = explained(&site, "never@contractor.example");
    assert_eq!((&out["verdict"], &out["reason"]), (&Value::Null, &Value::Null));
    assert_eq!(out["message"], "not under review: the roster of 2026-11-24 does not name it");
}

#[test]
fn who_is_not_there_is_told_from_who_is_not_reviewed() {
    let mut world = team();
    let owner = world.owner();
    let staff = world.account(owner).unwrap().email.clone();
    let leaver = guest(&mut world, "leaver", Some(50));
    let site = Site::new(world);
    site.must("sync");
    let said = |line: &str| explained(&site, line)["message"].as_str().unwrap().to_owned();
    assert_eq!(said(&staff), "not under review: kind owner, and the population is kinds guest");
    site.portal.world().delete_account(leaver);
    site.pass_days(1);
    site.must("sync");
    assert_eq!(
        said("leaver@contractor.example"),
        "not under review: the listing of 2026-11-25 12:00 UTC no longer had this account"
    );
    // At the time he was.
    assert_eq!(
        explained(&site, "leaver@contractor.example --as-of 2026-11-24T10:00:00Z")["reason"],
        "idle"
    );
    assert_eq!(
        said("young@contractor.example --as-of 2026-11-01T00:00:00Z"),
        "not under review: registered 2026-11-19 12:00 UTC, after the moment explained"
    );

    for (line, code, expected) in [
        (
            "explain ilde@contractor.example",
            2,
            "error: the store knows no account ilde@contractor.example; did you mean \
             idle@contractor.example?\n",
        ),
        (
            "explain zoe@elsewhere.example",
            2,
            "error: the store knows no account zoe@elsewhere.example; `dormouse sync` reads the \
             accounts of the portal\n",
        ),
        (
            "explain idle@contractor.example --decision 9",
            2,
            "error: there is no decision 9; none is stored yet; run `dormouse decide`\n",
        ),
        ("explain idle@contractor.example --as-of 2027-01-01T00:00:00Z", 3, ""),
    ] {
        let ran = site.run(line);
        assert_eq!(ran.code, code, "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{line}: {}", ran.stderr);
    }
    let empty = Site::new(team());
    assert_eq!(empty.run("explain idle@contractor.example").code, 3);
}

#[test]
fn a_roster_row_without_an_account_is_explained_too() {
    let site = Site::new(team());
    let id = "00000000-0000-0000-0000-0000000000aa";
    let known = site.portal.world().account_by_email("busy@contractor.example").unwrap().id;
    site.write(
        "hr.csv",
        &format!("id,email\n{id},lost@contractor.example\n,nobody@contractor.example\n{known},\n"),
    );
    site.must("sync --contractors hr.csv");
    let lost = explained(&site, id);
    assert_eq!(lost["reason"], "not_on_portal");
    assert_eq!(
        lost["message"],
        format!("hr.csv line 2 names id {id}, which is not an account on this portal")
    );
    assert_eq!(lost["roster"][0]["line"], 2);
    let nobody = site.run("explain nobody@contractor.example");
    assert_eq!(nobody.code, 2);
    assert_eq!(
        nobody.stderr,
        "error: hr.csv line 3 names nobody@contractor.example, and no account on the portal ever had \
         this address\n"
    );
}

#[test]
fn an_address_that_moved_means_who_has_it_now() {
    let mut world = portal();
    let first = guest(&mut world, "first", Some(3));
    let site = Site::new(world);
    site.must("sync");
    {
        let mut world = site.portal.world();
        world.account_mut(first).unwrap().email = "married@contractor.example".into();
        let second = world.add_guest("first@contractor.example", now().into());
        world.account_mut(second).unwrap().first_name = "Second".into();
    }
    site.pass_days(1);
    site.must("sync");
    let now = explained(&site, "first@contractor.example");
    assert_eq!(now["account"]["display_name"], "Second Guest");
    let then = explained(&site, "First@Contractor.example --as-of 2026-11-24T10:00:00Z");
    assert_eq!(then["account"]["display_name"], "first Contractor");
    assert_eq!(
        explained(&site, "married@contractor.example")["account"]["account_id"],
        first.to_string()
    );
}
