//! The second look: what came after the decision, up to the moment of the call, spares.

use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;
use dormouse::domain::history::Outcome;
use sandbox::{AuditEvent, Directory, Fault, Kind, Login, Rule, Status, World};
use uuid::Uuid;

use super::support::*;

/// Somebody who works without dormouse.
const ANOTHER: Uuid = Uuid::from_u128(0xa0);

/// Everybody but `spared` is disabled, they are skipped, and the words say why.
#[track_caller]
fn spared(site: &Site, ids: &[Uuid], spared: &[(Uuid, &str)]) {
    site.run("apply --yes").ends(0);
    site.verifies();
    for (id, why) in spared {
        let (outcome, detail) = site.last_outcome(*id);
        assert_eq!(outcome, Outcome::Skipped, "{detail}");
        assert!(detail.contains(why), "{detail}");
        assert_eq!(site.outcomes(*id).len(), 1);
        assert!(!site.called().contains(id), "{why}");
    }
    let others = ids.iter().filter(|id| spared.iter().all(|s| s.0 != **id));
    for id in others {
        assert_eq!(site.status(*id), Some(Status::Terminated));
    }
}

#[test]
fn who_changed_between_decide_and_apply_is_skipped() {
    let (mut world, ids) = world(9);
    let key = world.add_key(ids[8], &[]);
    let site = decided(world);
    site.pass(TimeDelta::minutes(10));
    {
        let mut world = site.portal.world();
        world.add_login(Login::success(ids[0]));
        let now = world.clock().now();
        world.add_audit(AuditEvent::new(ids[1], 5064, now));
        world.disable(ANOTHER, ids[2]);
        world.delete_account(ids[3]);
        world.account_mut(ids[4]).unwrap().directory = Directory::Ldap;
        world.account_mut(ids[5]).unwrap().kind = Kind::User;
        world.account_mut(ids[6]).unwrap().kind = Kind::DocSpaceAdmin;
        world.key_mut(&key).unwrap().last_used = Some(now);
    }
    let email = site.portal.world().account(ids[7]).unwrap().email.clone();
    configure(&site, &format!("[[exemption]]\nemail = \"{email}\"\nreason = \"parental leave\"\n"));
    let why = [
        (ids[0], "active (recent_activity)"),
        (ids[1], "active (recent_activity)"),
        (ids[2], "disabled (already_disabled)"),
        (ids[3], "no longer under review"),
        (ids[4], "exempt (directory_managed)"),
        (ids[5], "no longer under review"),
        (ids[6], "no longer under review"),
        (ids[7], "parental leave"),
        (ids[8], "active (recent_activity)"),
    ];
    spared(&site, &ids, &why);
}

/// The same changes, after all that the sync of apply reads; the login when the account was looked at.
#[test]
fn who_changed_between_the_sync_of_apply_and_his_call_is_skipped() {
    let (mut world, ids) = world(9);
    let key = world.add_key(ids[7], &[]);
    let invited =
        sandbox::Account::invited(Uuid::from_u128(7), Kind::Guest, "late@contractor.example");
    let invited = world.add_account(invited.registered(at(now(), 80)));
    let site = decided(world);
    let who = ids.clone();
    let change = move |world: &mut World| {
        let now = world.clock().now();
        world.add_audit(AuditEvent::new(who[1], 5064, now));
        world.disable(ANOTHER, who[2]);
        world.delete_account(who[3]);
        world.account_mut(who[4]).unwrap().directory = Directory::Ldap;
        world.account_mut(who[5]).unwrap().kind = Kind::User;
        world.account_mut(who[6]).unwrap().email = "moved@contractor.example".to_owned();
        world.key_mut(&key).unwrap().last_used = Some(now);
        // Accepted, and no login event was written.
        world.account_mut(invited).unwrap().status = Status::Active;
    };
    let last_of_sync = Rule::get(AUDIT, Fault::after(change)).param("action", "4006");
    site.portal.faults().push(last_of_sync.nth(1));
    let arrives = Fault::logins_arrive(vec![Login::success(ids[0])]);
    site.portal.faults().push(account_read(arrives).nth(2));
    let why = [
        (ids[0], "active (recent_activity)"),
        (ids[1], "active (recent_activity)"),
        (ids[2], "disabled (already_disabled)"),
        (ids[3], "deleted"),
        (ids[4], "exempt (directory_managed)"),
        (ids[5], "its kind was guest and is now user"),
        (ids[6], "its address was"),
        (ids[7], "active (recent_activity)"),
        (invited, "active (recently_enabled)"),
    ];
    spared(&site, &ids, &why);
    // What was read is stored: the next decision knows it too.
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes").ends(0);
    assert_eq!(site.called(), [ids[8], ids[6]], "who moved is still idle");
}

#[test]
fn a_login_is_seen_however_many_come_with_it() {
    let (world, ids) = world(6);
    let site = decided(world);
    // Between the first group and the second: the one who matters, then a crowd that fills pages.
    let owner = site.portal.world().owner();
    let mut crowd = vec![Login::success(ids[5])];
    crowd.extend((0..250).map(|_| Login::success(owner)));
    let rule = Rule::put(DISABLE, Fault::logins_arrive(crowd));
    site.portal.faults().push(rule.nth(4));
    spared(&site, &ids, &[(ids[5], "active (recent_activity)")]);
}

/// Each group reads the login history from the top: what one has read, a later one must not forget.
#[test]
fn a_login_that_an_earlier_group_has_read_spares_an_account_of_a_later_one() {
    let (world, ids) = world(10);
    let site = decided(world);
    let rule = Rule::put(DISABLE, Fault::logins_arrive(vec![Login::success(ids[9])]));
    site.portal.faults().push(rule.nth(1));
    spared(&site, &ids, &[(ids[9], "active (recent_activity)")]);
}

#[test]
fn what_is_read_again_keeps_no_address_where_none_is_to_be_kept() {
    let (world, ids) = world(1);
    let site = prepared(world);
    configure(&site, "[store]\nkeep_ip = false\n");
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    let login = Login::success(ids[0]).ip("198.51.100.77");
    let rule = account_read(Fault::logins_arrive(vec![login])).nth(1);
    site.portal.faults().push(rule);
    spared(&site, &ids, &[(ids[0], "recent_activity")]);
    let store = std::fs::read(site.store()).unwrap();
    let wal = std::fs::read(site.path().join("dormouse.db-wal")).unwrap_or_default();
    let has = |bytes: &[u8]| bytes.windows(13).any(|w| w == b"198.51.100.77");
    assert!(!has(&store) && !has(&wal));
}

#[test]
fn a_portal_that_does_not_record_is_not_acted_on() {
    let (world, ids) = world(3);
    let site = decided(world);
    site.portal.world().settings.recording = sandbox::Recording::Off;
    site.run(&format!("apply --yes --only {}", ids[0])).ends(0);
    // Within the hour it may be late.
    site.pass(TimeDelta::minutes(50));
    site.run(&format!("apply --yes --only {}", ids[1])).ends(0);
    site.pass(TimeDelta::minutes(11));
    let ran = site.run("apply --yes");
    insta::assert_snapshot!(ran.error(), @"the portal's audit trail does not show our change of guest02@contractor.example at 2026-06-15 12:00 UTC, nor anything later: it is not recording, so absence of activity proves nothing; look at the portal's audit settings");
    assert_eq!(ran.code, 3);
    assert_eq!(site.called(), ids[..2]);
    assert_eq!(site.last_run().exit_code, Some(3));
}

#[test]
fn a_change_that_the_portal_owes_no_entry_for_does_not_stop_the_next_run() {
    let (world, ids) = world(2);
    let site = decided(world);
    // Done, then an error on the way: the portal writes its entry last.
    let who = ids[0];
    let quiet = Fault::before(move |world: &mut World| {
        world.account_mut(who).unwrap().status = Status::Terminated;
    });
    site.portal.faults().push(Rule::put(DISABLE, quiet).nth(1));
    site.portal.faults().push(Rule::put(DISABLE, Fault::status(500)).nth(1));
    site.run("apply --yes --limit 1").ends(0);
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Applied);
    site.pass(TimeDelta::hours(2));
    site.run("apply --yes").ends(0);
    assert_eq!(site.status(ids[1]), Some(Status::Terminated));
}

#[test]
fn several_are_called_at_once_and_never_more_than_four() {
    let (world, ids) = world(10);
    let site = decided(world);
    site.portal.world().settings.latency = Duration::from_millis(30);
    site.run("apply --yes").ends(0);
    let journal = site.portal.journal();
    let writes = journal.writes();
    let under_way = |t| writes.iter().filter(|w| w.started <= t && w.finished.unwrap() > t).count();
    let peak = writes.iter().map(|w| under_way(w.started)).max();
    assert_eq!(peak, Some(4));
    assert_eq!(site.called().into_iter().collect::<HashSet<_>>(), ids.into_iter().collect());
    site.verifies();
}
