//! What the portal's audit trail shows of our own actions: at once, later, or after all.

use chrono::TimeDelta;
use dormouse::domain::history::{Entry, Outcome, Phase};
use sandbox::{AuditEvent, Fault, Login, Rule, World};
use uuid::Uuid;

use super::support::*;

fn corroborations(site: &Site) -> Vec<Entry> {
    site.history().into_iter().filter(|e| e.draft.phase == Phase::Corroboration).collect()
}

#[test]
fn each_change_has_its_event_at_once() {
    let (world, ids) = world(3);
    let site = decided(world);
    site.run("apply --yes").ends(0);
    site.run("restore --run 3 --yes").ends(0);
    let events: Vec<(i64, Uuid)> = {
        let world = site.portal.world();
        let events = world.audits().iter().filter(|a| a.code == 4020);
        events.map(|a| (i64::from(a.id), a.target[0].parse().unwrap())).collect()
    };
    let noted: Vec<_> = corroborations(&site)
        .iter()
        .map(|e| (e.draft.portal_event_id.unwrap(), e.draft.account_id, e.draft.run_id))
        .collect();
    assert_eq!(noted.len(), 6);
    for (n, id) in ids.iter().enumerate() {
        let of_account: Vec<i64> = events.iter().filter(|e| e.1 == *id).map(|e| e.0).collect();
        assert!(noted.contains(&(of_account[0], (*id).into(), 3)), "{n}");
        assert!(noted.contains(&(of_account[1], (*id).into(), 4)), "{n}");
    }
    site.verifies();
}

#[test]
fn what_the_trail_shows_late_is_found_by_a_later_sync() {
    let (mut world, _) = world(2);
    world.settings.audit_lag = TimeDelta::minutes(10);
    let site = decided(world);
    site.run("apply --yes").ends(0);
    assert!(corroborations(&site).is_empty());
    site.pass(TimeDelta::minutes(11));
    let ran = site.run("sync --format json").ends(0);
    assert_eq!(ran.json()["corroborated"], 2);
    assert!(corroborations(&site).iter().all(|e| e.draft.run_id == 3));
    site.run("sync").ends(0);
    assert_eq!(corroborations(&site).len(), 2);
    site.pass(TimeDelta::hours(2));
    site.run("apply --yes").ends(0);
    site.verifies();
}

/// The call is answered with nothing, and the portal does the work when nobody waits any more.
fn late(site: &Site, id: Uuid) {
    site.portal.faults().push(Rule::put(DISABLE, Fault::Reset).first(1));
    site.run("apply --yes --limit 1").ends(4);
    assert_eq!(site.last_outcome(id).0, Outcome::Failed);
    site.pass(TimeDelta::minutes(2));
    let mut world = site.portal.world();
    let owner = world.owner();
    world.disable(owner, id);
}

#[test]
fn a_change_done_after_all_is_applied_late() {
    let (world, ids) = world(2);
    let site = decided(world);
    late(&site, ids[0]);
    site.run("sync").ends(0);
    let history = site.history();
    sound(&history);
    let row = &history.last().unwrap().draft;
    assert_eq!((row.run_id, row.outcome), (3, Some(Outcome::Applied)));
    assert_eq!(row.detail, "late: sync run 3 found it done after all, by our key");
    assert!(row.portal_event_id.is_some());
    // Once. It is not inactive any more, counts for the brakes, and can be undone.
    site.run("sync").ends(0);
    assert_eq!(site.history().len(), history.len());
    configure(&site, "[brakes]\nmax_accounts = 1\n");
    site.run("apply --yes").ends(5);
    site.run("restore --run 3 --yes").ends(0);
    assert_eq!(site.status(ids[0]), Some(sandbox::Status::Active));
}

#[test]
fn somebody_elses_change_is_not_ours_late() {
    let (mut world, ids) = world(1);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    site.portal.faults().push(Rule::put(DISABLE, Fault::Reset));
    site.run("apply --yes").ends(4);
    site.portal.world().disable(admin, ids[0]);
    site.run("sync").ends(0);
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Failed);
    assert!(corroborations(&site).is_empty());
}

#[test]
fn a_failed_attempt_does_not_take_the_event_of_the_next() {
    let (world, ids) = world(1);
    let site = decided(world);
    site.portal.faults().push(Rule::put(DISABLE, Fault::status(500)).first(1));
    site.run("apply --yes").ends(4);
    site.run("apply --yes").ends(0);
    let noted = corroborations(&site);
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].draft.run_id, 4);
    site.pass(TimeDelta::hours(2));
    site.run("sync").ends(0);
    site.run("apply --yes").ends(0);
    let outcomes: Vec<_> = site.outcomes(ids[0]).into_iter().map(|o| o.0).collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Applied]);
}

#[test]
fn an_event_that_names_several_accounts_is_not_ours() {
    let (world, ids) = world(2);
    let site = decided(world);
    site.portal.faults().push(Rule::put(DISABLE, Fault::Reset));
    site.run("apply --yes").ends(4);
    let who = ids.clone();
    let change = |world: &mut World| {
        let (owner, now) = (world.owner(), world.clock().now());
        world.add_audit(AuditEvent::new(owner, 4020, now).target(&who));
        world.account_mut(who[0]).unwrap().status = sandbox::Status::Terminated;
    };
    change(&mut site.portal.world());
    site.run("sync").ends(0);
    assert!(corroborations(&site).is_empty());
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Failed);
}

#[test]
fn a_trail_that_cannot_be_read_at_the_end_is_said_and_undoes_nothing() {
    let (world, _) = world(1);
    let site = decided(world);
    // Two listings of 4020 are asked for: by the sync of apply, and at the end.
    let rule = Rule::get(AUDIT, Fault::status(403)).param("action", "4020");
    site.portal.faults().push(rule.after(1));
    let ran = site.run("apply --yes").ends(0);
    assert!(ran.stderr.contains("the audit trail could not be read after the changes"), "{ran:?}");
    assert!(ran.stdout.contains("\n1 disabled\n"), "{ran:?}");
}

#[test]
fn who_came_back_is_reported_once_and_by_whom() {
    let (mut world, ids) = world(3);
    let admin = world.add_guest("boss@contractor.example", at(now(), 1));
    let site = decided(world);
    site.run("apply --yes").ends(0);
    site.run("sync").ends(0);
    site.portal.world().enable(admin, ids[0]);
    site.portal.world().account_mut(ids[1]).unwrap().status = sandbox::Status::Active;
    let ran = site.run(&format!("restore --yes {}", ids[2])).ends(0);
    let traceless = "guest01@contractor.example, disabled by run 3, is enabled again, and the audit \
                     trail does not show";
    assert!(ran.stderr.contains(traceless), "{ran:?}");
    assert!(ran.stderr.contains("guest02@contractor.example, disabled by run 3"), "{ran:?}");
    site.portal.world().disable(admin, ids[0]);
    site.run("sync").ends(0);
    site.portal.world().enable(admin, ids[0]);
    let ran = site.run("sync").ends(0);
    let event = site.portal.world().audits().last().unwrap().id;
    let said = format!(
        "warning: guest02@contractor.example, disabled by run 3, is enabled again, by \
         boss@contractor.example (event {event})\n"
    );
    assert_eq!(ran.stderr, said);
    assert_eq!(site.run("sync").ends(0).stderr, "");
}

#[test]
fn ids_that_a_restored_portal_gives_again_show_what_we_did_since() {
    let (world, _) = world(2);
    let site = decided(world);
    let before = site.portal.world().fork();
    site.run("apply --yes").ends(0);
    let shown = |site: &Site| -> Vec<Option<i64>> {
        let rows = corroborations(site).into_iter().map(|e| e.draft.portal_event_id);
        rows.collect()
    };
    let first = shown(&site);
    assert_eq!(first.len(), 2);
    site.portal.world().roll_back_to(&before);
    site.pass(TimeDelta::hours(3));
    site.run("sync --accept-history").ends(0);
    for _ in 0..31 {
        site.pass(TimeDelta::days(1));
        site.portal.world().add_login(Login::failure("stranger@elsewhere.example"));
    }
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes").ends(0);
    let again = shown(&site);
    assert_eq!(again.len(), 4, "the new changes are shown too");
    let given_again = first.iter().all(|id| again[2..].contains(id));
    assert!(given_again, "{again:?}");
    site.pass(TimeDelta::hours(4));
    site.run("sync").ends(0);
    assert_eq!(shown(&site), again, "each once");
    site.verifies();
}

#[test]
fn an_id_that_is_given_again_within_the_hour_shows_what_we_did_to_another_account() {
    let (world, ids) = world(2);
    let site = decided(world);
    site.run("apply --yes --limit 1").ends(0);
    let before = site.portal.world().fork();
    site.run("apply --yes").ends(0);
    let lost = newest_event(&site);
    site.portal.world().roll_back_to(&before);
    site.pass(TimeDelta::minutes(20));
    site.run("sync --accept-history").ends(0);
    // Until the next event has the id of the lost one.
    loop {
        let mut world = site.portal.world();
        let newest = world.audits().iter().map(|a| i64::from(a.id)).max().unwrap();
        if newest + 1 >= lost {
            break;
        }
        let (owner, now) = (world.owner(), world.clock().now());
        world.add_audit(AuditEvent::new(owner, 5054, now));
    }
    site.run(&format!("restore --yes {}", ids[0])).ends(0);
    assert_eq!(newest_event(&site), lost);
    let shown = corroborations(&site).pop().unwrap().draft;
    assert_eq!((shown.account_id, shown.portal_event_id), (ids[0].into(), Some(lost)));
}
