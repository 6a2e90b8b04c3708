//! What `decide` shows, byte for byte where others rely on it.

use chrono::TimeDelta;
use dormouse::{domain::history::sha256, lock::WriterLock};
use serde_json::{Value, json};

use super::{
    model::now,
    team::{Site, reasons, team},
};

/// A roster with one row of every sort that does not agree with the portal.
const ROSTER: &str = "id,email,name,contract_end\n\
    ,idle@contractor.example,Idle,2026-11-01\n\
    cec99a4a-8593-4963-a589-e7b0b5b33420,busy@contractor.example,Busy,2026-11-24\n\
    HR-7,nobody@contractor.example,Nobody,\n\
    ,soon@contractor.example,Soon,\n\
    ,SOON@contractor.example,Soon again,\n\
    00000000-0000-0000-0000-0000000000aa,lost@contractor.example,Lost,\n";

fn with_roster() -> Site {
    let site = Site::new(team());
    site.write("hr.csv", ROSTER);
    site.must("sync --contractors hr.csv");
    site
}

#[test]
fn the_json_object_is_the_documented_one() {
    let site = with_roster();
    let ran = site.must("decide --format json");
    let shown = ran.json();
    assert_eq!(serde_json::to_string(&shown).unwrap() + "\n", ran.stdout, "compact, order kept");
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap(), @r#"
        {
          "schema": "dormouse.decision/1",
          "decision": {
            "id": 1,
            "decided_at": "2026-11-24T12:00:00.000Z",
            "as_of": "2026-11-24T10:00:00.000Z",
            "current": true,
            "inactivity_days": 30,
            "policy_sha256": "882485d94d63f8c451657cfc7b638e4b318dfe4345bf0d4e0b6e83c0b14f281e",
            "digest": "sha256:ae5349b635d5844423886b7a5b0248918ea042a7a1092717e15b8b87d1a5c426",
            "coverage": {
              "from": "2026-06-07T12:00:00.000Z",
              "to": "2026-11-24T10:00:00.000Z"
            },
            "counts": {
              "active": 2,
              "inactive": 1,
              "exempt": 0,
              "disabled": 0,
              "undetermined": 1
            }
          },
          "verdicts": [
            {
              "account_id": "00000000-0000-0000-0000-0000000000aa",
              "email": "lost@contractor.example",
              "display_name": "Lost",
              "kind": "unknown",
              "verdict": "undetermined",
              "reason": "not_on_portal",
              "last_activity_at": null,
              "last_activity_source": null,
              "last_event_id": null,
              "idle_days": null,
              "registered_at": null
            },
            {
              "account_id": "7acf5c38-a50b-4efa-aa6e-b95aa6fc97c2",
              "email": "idle@contractor.example",
              "display_name": "idle Contractor",
              "kind": "guest",
              "verdict": "inactive",
              "reason": "idle",
              "last_activity_at": "2026-08-23T12:00:00.000Z",
              "last_activity_source": "login",
              "last_event_id": 400003,
              "idle_days": 92,
              "registered_at": "2026-01-28T12:00:00.000Z"
            },
            {
              "account_id": "cb3976fb-8dde-4e4c-b36c-b778701354a2",
              "email": "soon@contractor.example",
              "display_name": "soon Contractor",
              "kind": "guest",
              "verdict": "active",
              "reason": "recent_activity",
              "last_activity_at": "2026-10-26T12:00:00.000Z",
              "last_activity_source": "login",
              "last_event_id": 400005,
              "idle_days": 28,
              "registered_at": "2026-01-28T12:00:00.000Z"
            },
            {
              "account_id": "cec99a4a-8593-4963-a589-e7b0b5b33420",
              "email": "busy@contractor.example",
              "display_name": "busy Contractor",
              "kind": "guest",
              "verdict": "active",
              "reason": "recent_activity",
              "last_activity_at": "2026-11-22T12:00:00.000Z",
              "last_activity_source": "login",
              "last_event_id": 400004,
              "idle_days": 1,
              "registered_at": "2026-01-28T12:00:00.000Z"
            }
          ],
          "reconciliation": {
            "roster_without_account": [
              {
                "file": "hr.csv",
                "line": 4,
                "id": "HR-7",
                "email": "nobody@contractor.example",
                "display_name": "Nobody"
              },
              {
                "file": "hr.csv",
                "line": 7,
                "id": "00000000-0000-0000-0000-0000000000aa",
                "email": "lost@contractor.example",
                "display_name": "Lost"
              }
            ],
            "ambiguous": [
              {
                "file": "hr.csv",
                "line": 5,
                "id": null,
                "email": "soon@contractor.example",
                "display_name": "Soon"
              },
              {
                "file": "hr.csv",
                "line": 6,
                "id": null,
                "email": "SOON@contractor.example",
                "display_name": "Soon again"
              }
            ],
            "accounts_not_in_roster": [
              {
                "account_id": "12240fa7-8f94-4045-b4c8-f58b4e6fedcb",
                "email": "young@contractor.example",
                "display_name": "Young Guest"
              },
              {
                "account_id": "4d4cec56-9c9b-4fb3-bd80-77118d2cf842",
                "email": "silent@contractor.example",
                "display_name": "silent Contractor"
              },
              {
                "account_id": "80bf75fe-e0f2-44ae-b4e2-b5436af3f780",
                "email": "out@contractor.example",
                "display_name": "out Contractor"
              },
              {
                "account_id": "c3eac10c-dae6-494a-9a26-63a1916691fc",
                "email": "never@contractor.example",
                "display_name": "Never Guest"
              }
            ],
            "contract_ended": [
              {
                "file": "hr.csv",
                "line": 2,
                "id": null,
                "email": "idle@contractor.example",
                "display_name": "Idle"
              }
            ]
          }
        }
        "#);
}

#[test]
fn anyone_can_take_the_digest_of_what_is_printed_again() {
    let site = with_roster();
    let shown = site.must("decide --format json").json();
    let decision = &shown["decision"];
    let text = json!({
        "as_of": decision["as_of"],
        "inactivity_days": decision["inactivity_days"],
        "policy_sha256": decision["policy_sha256"],
        "coverage": decision["coverage"],
        "verdicts": shown["verdicts"],
    })
    .to_string();
    assert_eq!(decision["digest"], format!("sha256:{}", sha256(text.as_bytes())));
    // Neither its number nor the time at which it was made is in it.
    site.pass(TimeDelta::hours(1));
    let again = site.must("decide --format json").json();
    assert_eq!(again["decision"]["id"], 2);
    assert_eq!(again["decision"]["digest"], decision["digest"]);
    let ids: Vec<&Value> =
        shown["verdicts"].as_array().unwrap().iter().map(|v| &v["account_id"]).collect();
    assert!(ids.is_sorted_by_key(|id| id.as_str()));
}

#[test]
fn the_table_is_for_people() {
    let site = with_roster();
    let ran = site.must("decide");
    assert_eq!(ran.stderr, "");
    insta::assert_snapshot!(ran.stdout, @"
    Decision 1 · as of 2026-11-24 10:00 UTC · 30 days · 4 accounts under review
    1 inactive   2 active   1 undetermined   0 exempt   0 disabled

    INACTIVE (1)             NAME             KIND   IDLE  LAST SEEN
    idle@contractor.example  idle Contractor  guest  92 d  2026-08-23

    UNDETERMINED (1)  ACCOUNTS  DETAIL
    not_on_portal            1  hr.csv line 7 names id 00000000-0000-0000-0000-0000000000aa, which is not an account on this portal

    Roster rows without an account: 2
    FILE    LINE  ID                                    ACCOUNT                    NAME
    hr.csv     4  HR-7                                  nobody@contractor.example  Nobody
    hr.csv     7  00000000-0000-0000-0000-0000000000aa  lost@contractor.example    Lost

    Roster rows that could mean several accounts: 2
    FILE    LINE  ACCOUNT                  NAME
    hr.csv     5  soon@contractor.example  Soon
    hr.csv     6  SOON@contractor.example  Soon again

    People whose contract has ended: 1
    FILE    LINE  ACCOUNT                  NAME
    hr.csv     2  idle@contractor.example  Idle

    Accounts that are not in the roster: 4
    ACCOUNT                    NAME
    young@contractor.example   Young Guest
    silent@contractor.example  silent Contractor
    out@contractor.example     out Contractor
    never@contractor.example   Never Guest

    Next: dormouse apply  (1 account to disable)
    Details: dormouse explain E-MAIL   Digest: ae5349b635d5…
    ");
}

#[test]
fn without_a_roster_the_portal_says_who_is_reviewed() {
    let site = Site::new(team());
    site.must("sync");
    insta::assert_snapshot!(site.must("decide --inactivity-days 90").stdout, @"
    Decision 1 · as of 2026-11-24 10:00 UTC · 90 days · 7 accounts under review
    3 inactive   3 active   0 undetermined   0 exempt   1 disabled

    INACTIVE (3)               NAME               KIND     IDLE  LAST SEEN   WHY
    silent@contractor.example  silent Contractor  guest  169+ d  never       no activity on record
    never@contractor.example   Never Guest        guest    99 d  never       invited, never used
    idle@contractor.example    idle Contractor    guest    92 d  2026-08-23

    Next: dormouse apply  (3 accounts to disable)
    Details: dormouse explain E-MAIL   Digest: 94a54eb5553d…
    ");
}

#[test]
fn csv_has_the_verdicts() {
    let site = with_roster();
    insta::assert_snapshot!(site.must("decide --format csv").stdout.replace('\r', ""), @"
        account_id,email,display_name,kind,verdict,reason,last_activity_at,last_activity_source,last_event_id,idle_days,registered_at
        00000000-0000-0000-0000-0000000000aa,lost@contractor.example,Lost,unknown,undetermined,not_on_portal,,,,,
        7acf5c38-a50b-4efa-aa6e-b95aa6fc97c2,idle@contractor.example,idle Contractor,guest,inactive,idle,2026-08-23T12:00:00.000Z,login,400003,92,2026-01-28T12:00:00.000Z
        cb3976fb-8dde-4e4c-b36c-b778701354a2,soon@contractor.example,soon Contractor,guest,active,recent_activity,2026-10-26T12:00:00.000Z,login,400005,28,2026-01-28T12:00:00.000Z
        cec99a4a-8593-4963-a589-e7b0b5b33420,busy@contractor.example,busy Contractor,guest,active,recent_activity,2026-11-22T12:00:00.000Z,login,400004,1,2026-01-28T12:00:00.000Z
        ");
}

#[test]
fn exit_codes_say_what_was_found_and_what_is_missing() {
    let site = Site::new(team());
    let missing = site.run("decide");
    assert_eq!(missing.code, 3);
    assert!(missing.stderr.starts_with("error: there is no store at "), "{}", missing.stderr);
    assert!(!site.store().with_extension("db.lock").exists(), "nothing was made");
    site.must("sync");
    assert_eq!(site.run("decide --check").code, 10);
    assert_eq!(site.run("decide --check --inactivity-days 170").code, 0);
    let later = site.run("decide --as-of 2026-11-24T10:00:00.001Z");
    assert_eq!(later.code, 3);
    assert_eq!(
        later.stderr,
        "error: 2026-11-24 10:00 UTC is after the end of coverage, 2026-11-24 10:00 UTC: \
         what happened then is not known; run `dormouse sync`, or ask for an earlier moment\n"
    );
    let current = site.must("decide --as-of 2026-11-24T10:00:00Z --format json").json();
    assert_eq!(current["decision"]["current"], true);
    let past = site.must("decide --as-of 2026-11-24T09:59:59.999Z --format json").json();
    assert_eq!(past["decision"]["current"], false);
    assert_eq!(site.run("decide verify 99").code, 2);
    let unknown = site.run("decide --compare 99");
    assert_eq!(unknown.code, 2);
    assert_eq!(unknown.stderr, "error: there is no decision 99; the newest is 4\n");
    // Each is on record, also those that were refused.
    assert_eq!(site.sql("SELECT count(*) FROM runs WHERE command = 'decide'"), ["6"]);
    assert_eq!(site.sql("SELECT count(*) FROM decisions"), ["4"]);
}

#[test]
fn a_dry_run_stores_nothing_and_waits_for_nobody() {
    let site = Site::new(team());
    site.must("sync");
    site.must("decide");
    let before = std::fs::read(site.store()).unwrap();
    let lock = WriterLock::take(&site.store(), now()).unwrap();
    let held = site.run("decide");
    assert_eq!(held.code, 6);
    assert!(held.stderr.contains(&format!("process {}", std::process::id())), "{}", held.stderr);
    for line in [
        "decide --dry-run",
        "decide --thresholds 30,90",
        "decide verify 1",
        "explain idle@contractor.example",
        "explain idle@contractor.example --decision 1",
    ] {
        site.must(line);
    }
    assert_eq!(site.run("decide --dry-run --check").code, 10);
    drop(lock);
    assert_eq!(std::fs::read(site.store()).unwrap(), before);
    let dry = site.must("decide --dry-run --format json").json();
    assert_eq!(dry["decision"]["id"], Value::Null);
    let stored = site.must("decide --format json").json();
    assert_eq!(dry["decision"]["digest"], stored["decision"]["digest"]);
}

#[test]
fn thresholds_are_shown_side_by_side() {
    let site = Site::new(team());
    site.must("sync");
    insta::assert_snapshot!(site.must("decide --thresholds 165,30,95,95").stdout, @"
    as of 2026-11-24 10:00 UTC; nothing is stored
    THRESHOLD  ACTIVE  INACTIVE  EXEMPT  DISABLED  UNDETERMINED
      30 days       3         3       0         1             0
      95 days       4         2       0         1             0
     165 days       5         1       0         1             0
    ");
    insta::assert_snapshot!(site.must("decide --thresholds 95,30 --format json").stdout, @r#"{"schema":"dormouse.thresholds/1","as_of":"2026-11-24T10:00:00.000Z","thresholds":[{"inactivity_days":30,"counts":{"active":3,"inactive":3,"exempt":0,"disabled":1,"undetermined":0}},{"inactivity_days":95,"counts":{"active":4,"inactive":2,"exempt":0,"disabled":1,"undetermined":0}}]}"#);
    let csv = site.must("decide --thresholds 95,30 --format csv").stdout;
    insta::assert_snapshot!(csv.replace('\r', ""), @"
        inactivity_days,active,inactive,exempt,disabled,undetermined
        30,3,3,0,1,0
        95,4,2,0,1,0
        ");
    assert_eq!(site.sql("SELECT count(*) FROM runs"), ["1"]);
}

#[test]
fn a_comparison_says_who_changed_and_why() {
    let site = Site::new(team());
    site.must("sync");
    site.must("decide");
    {
        let mut world = site.portal.world();
        let idle = world.account_by_email("idle@contractor.example").unwrap().id;
        world.add_login(sandbox::Login::success(idle));
    }
    site.pass_days(2);
    site.must("sync");
    let ran = site.must("decide --compare 1");
    insta::assert_snapshot!(ran.stdout.split("Changed verdicts").nth(1).unwrap(), @"
    : 2
    ACCOUNT                  BEFORE           NOW              REASON
    idle@contractor.example  idle             recent_activity  newer activity 2026-11-24 12:00 UTC (login event 400007); idle for 1 day, before for 92
    soon@contractor.example  recent_activity  idle             idle for 30 days, before for 28

    Next: dormouse apply  (3 accounts to disable)
    Details: dormouse explain E-MAIL   Digest: 1d8c72ad5f4f…
    ");
    let changes = &site.must("decide --dry-run --compare 1 --format json").json()["changes"];
    insta::assert_snapshot!(serde_json::to_string_pretty(changes).unwrap(), @r#"
        [
          {
            "account_id": "7acf5c38-a50b-4efa-aa6e-b95aa6fc97c2",
            "email": "idle@contractor.example",
            "from": "idle",
            "to": "recent_activity",
            "why": "newer activity 2026-11-24 12:00 UTC (login event 400007); idle for 1 day, before for 92"
          },
          {
            "account_id": "cb3976fb-8dde-4e4c-b36c-b778701354a2",
            "email": "soon@contractor.example",
            "from": "recent_activity",
            "to": "idle",
            "why": "idle for 30 days, before for 28"
          }
        ]
        "#);
}

#[test]
fn an_old_roster_is_a_warning_and_no_verdict_changes() {
    let site = with_roster();
    let before = reasons(&site.must("decide --dry-run --format json").json());
    site.pass_days(8);
    site.must("sync");
    let ran = site.must("decide");
    assert_eq!(
        ran.stderr,
        "warning: the roster is 8 days old; give a newer one with `dormouse sync --contractors FILE`\n"
    );
    // Of the portal's own population a roster says nothing.
    site.write("dormouse.toml", "[population]\nsource = \"portal\"\n");
    assert_eq!(site.must("decide --dry-run").stderr, "");
    assert_eq!(before.len(), 4);
}

#[test]
fn a_roster_that_was_never_given_is_said() {
    let site = Site::new(team());
    site.write("dormouse.toml", "[population]\nsource = \"roster\"\n");
    site.must("sync");
    let ran = site.must("decide --format json");
    assert_eq!(ran.json()["verdicts"], json!([]));
    assert!(ran.stderr.contains("no roster was ever given"), "{}", ran.stderr);
}
