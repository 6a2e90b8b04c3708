//! A decision is the same whenever and wherever it is computed again, and what was altered is noticed.

use chrono::TimeDelta;
use sandbox::{ANONYMOUS, AuditEvent, Kind, Login, World};

use super::{
    model::now,
    team::{Site, ago, guest, portal, team},
};

fn digest(site: &Site, id: i64) -> String {
    let ran = site.must(&format!("decide verify {id} --format json")).json();
    assert_eq!(ran["verified"], true);
    ran["digest"].as_str().unwrap().to_owned()
}

/// A portal whose people do more than log in.
fn eventful() -> World {
    let mut world = team();
    let owner = world.owner();
    let worker = guest(&mut world, "worker", Some(80));
    world.add_audit(AuditEvent::new(worker, 5054, ago(3).into()));
    let former = guest(&mut world, "former", Some(80));
    world.add_audit(AuditEvent::new(former, 5054, ago(60).into()));
    let named = guest(&mut world, "named", Some(80));
    world.add_audit(AuditEvent::new(owner, 4020, ago(9).into()).target(&[named]));
    world.add_login(Login::code(ANONYMOUS, 1013).at(ago(1).into()));
    world
}

#[test]
fn verified_after_all_that_can_come_later() {
    let site = Site::new(eventful());
    site.write("hr.csv", "email\nidle@contractor.example\nbusy@contractor.example\n");
    site.must("sync");
    site.must("decide");
    site.must("decide --as-of 2026-10-20T00:00:00Z");
    site.must("decide --as-of 2026-11-01T00:00:00Z --inactivity-days 10");
    let before: Vec<String> = (1..=3).map(|id| digest(&site, id)).collect();
    let same = |what: &str| {
        let after: Vec<String> = (1..=3).map(|id| digest(&site, id)).collect();
        assert_eq!(after, before, "{what}");
    };

    site.must("apply 1 --yes --max-percent 100");
    same("an apply");
    site.must("restore --run 5 --yes");
    same("a restore");
    site.pass_days(1);
    site.must("sync --contractors hr.csv");
    same("a sync with a roster");
    {
        let mut world = site.portal.world();
        let idle = world.account_by_email("idle@contractor.example").unwrap().id;
        // Older than the decision, learned later.
        world.add_login(Login::success(idle).at((now() - TimeDelta::minutes(90)).into()));
        let account = world.account_mut(idle).unwrap();
        account.first_name = "Renamed".into();
        account.kind = Kind::User;
        let young = world.account_by_email("young@contractor.example").unwrap().id;
        world.delete_account(young);
        let owner = world.owner();
        let never = world.account_by_email("never@contractor.example").unwrap().id;
        world.disable(owner, never);
    }
    site.write("hr.csv", "email\nidle@contractor.example\nnobody@contractor.example\n");
    site.pass_days(3);
    site.must("sync --full --contractors hr.csv --accept-shrink");
    same("a full sync, other people, another roster");
    site.write(
        "dormouse.toml",
        "[policy]\npreset = \"pci-90\"\n[population]\nkinds = [\"user\"]\n",
    );
    same("another policy");
    site.must("decide");
    assert_eq!(site.run_alone("decide verify 4").code, 0, "no portal is needed");
}

#[test]
fn what_was_altered_is_noticed() {
    let alterations = [
        (
            "UPDATE verdicts SET verdict = 'active', reason = 'recent_activity' WHERE reason = 'idle'",
            "idle@",
        ),
        ("UPDATE verdicts SET idle_days = 31 WHERE reason = 'idle'", "idle@"),
        ("UPDATE verdicts SET email = 'else@contractor.example' WHERE reason = 'idle'", "else@"),
        ("DELETE FROM verdicts WHERE reason = 'idle'", "idle@"),
        (
            "INSERT INTO verdicts SELECT decision_id, '00000000-0000-0000-0000-000000000001', 'x@x', 'X', kind, registered_at, verdict, reason, last_activity_at, last_activity_source, last_event_id, idle_days FROM verdicts LIMIT 1",
            "x@x",
        ),
        (
            "UPDATE verdicts SET verdict = 'active' WHERE reason = 'idle'",
            "verdicts.verdict holds \"active\"",
        ),
        ("UPDATE decisions SET digest = 'sha256:00'", "sha256:00"),
        ("UPDATE decisions SET as_of = '2026-11-20T10:00:00.000Z'", "as_of"),
        ("UPDATE decisions SET current = 0", "current"),
        ("UPDATE decisions SET inactivity_days = 31", "inactivity_days"),
        ("UPDATE decisions SET policy = replace(policy, '30', '31')", "policy"),
        ("UPDATE decisions SET coverage_from = '2026-01-01T00:00:00.000Z'", "coverage"),
        ("UPDATE sync_runs SET proven_from = '2026-01-01T00:00:00.000Z'", "coverage"),
        (
            "DELETE FROM events WHERE account_pk IN (SELECT pk FROM account_keys k JOIN accounts a USING (account_id) WHERE email LIKE 'idle@%'); DELETE FROM last_events",
            "idle@",
        ),
    ];
    let site = Site::new(eventful());
    site.must("sync");
    site.must("decide");
    let whole = std::fs::read(site.store()).unwrap();
    digest(&site, 1);
    for (alteration, named) in alterations {
        for journal in ["db-wal", "db-shm"] {
            let _ = std::fs::remove_file(site.store().with_extension(journal));
        }
        std::fs::write(site.store(), &whole).unwrap();
        site.sql(
            "DROP TRIGGER verdicts_sealed; DROP TRIGGER verdicts_no_update; DROP TRIGGER verdicts_no_delete;
             DROP TRIGGER decisions_no_update;",
        );
        assert_eq!(site.run("decide verify 1").code, 0, "the triggers alone are no difference");
        site.sql(alteration);
        let ran = site.run("decide verify 1");
        assert_eq!(ran.code, 1, "{alteration}: {}", ran.stdout);
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains(named), "{alteration}: {said}");
    }
}

#[test]
fn a_second_store_filled_at_once_gives_the_same_digest() {
    let mut site = Site::new(eventful());
    site.must("sync");
    site.pass_days(4);
    {
        let mut world = site.portal.world();
        let busy = world.account_by_email("busy@contractor.example").unwrap().id;
        world.add_login(Login::logout(busy));
        world.account_mut(busy).unwrap().last_name = "Renamed".into();
        guest(&mut world, "newcomer", None);
    }
    site.must("sync");
    site.pass_days(2);
    site.must("sync");
    let of = |site: &Site, line: &str| site.must(line).json()["decision"].clone();
    let lines = [
        "decide --format json",
        "decide --format json --inactivity-days 90",
        "decide --format json --as-of 2026-11-25T00:00:00Z",
    ];
    let first: Vec<_> = lines.iter().map(|line| of(&site, line)).collect();
    site.use_store("second.db");
    site.must("sync --full");
    for (line, first) in lines.iter().zip(first) {
        let second = of(&site, line);
        assert_eq!(second["coverage"], first["coverage"]);
        assert_eq!(second["counts"], first["counts"]);
        // The earliest version known is another one for a name that changed: a fact, not a fault.
        if !line.contains("as-of") {
            assert_eq!(second["digest"], first["digest"], "{line}");
        }
    }
}

#[test]
fn a_sync_under_way_or_killed_leaves_decisions_as_they_are() {
    let site = Site::new(portal());
    guest(&mut site.portal.world(), "idle", Some(50));
    site.must("sync");
    site.must("decide");
    let before = digest(&site, 1);
    site.sql(
        "INSERT INTO runs (id, command, started_at, actor, overrides, detail)
             VALUES (3, 'sync', '2026-11-24T12:00:00.000Z', 'x', '', '');
         INSERT INTO sync_runs (id, run_id, started_at, status, reason, events_added, accounts_seen,
                                contractors_seen, requests, retries)
             VALUES (2, 3, '2026-11-24T12:00:00.000Z', 'running', '', 0, 0, 0, 0, 0);
         INSERT INTO events (event_id, account_pk, at_ms, action_code, sync_run_id)
             SELECT 999999, account_pk, at_ms + 4000000000, action_code, 2
             FROM events JOIN account_keys k ON k.pk = account_pk JOIN accounts USING (account_id)
             WHERE email LIKE 'idle@%';
         UPDATE last_events SET (at_ms, event_id) = (SELECT at_ms, event_id FROM events WHERE event_id = 999999)
             WHERE account_pk = (SELECT account_pk FROM events WHERE event_id = 999999);",
    );
    assert_eq!(digest(&site, 1), before);
    assert_eq!(
        site.reason("idle"),
        "idle",
        "what a run that still runs has read is not evidence yet"
    );
    site.must("decide");
    assert_eq!(digest(&site, 1), before);
    let second = site.must("explain idle@contractor.example --decision 2 --format json").json();
    assert_eq!(second["reason"], "recent_activity", "once it is closed, what it read counts");
}
