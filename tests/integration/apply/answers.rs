//! Every answer that a portal gives to a change of status, on both generations of the server. Accounts
//! become what they are directly before the call, after the last look: otherwise nothing would be sent.

use dormouse::domain::history::Outcome::{Applied, Failed, Refused, Skipped};
use sandbox::{Directory, Fault, Kind, Rule, Status, Version, World};
use uuid::Uuid;

use super::support::*;

fn becomes(site: &Site, id: Uuid, what: impl Fn(&mut World, Uuid) + Send + Sync + 'static) {
    let needle = id.to_string();
    let rule = Rule::put("/", Fault::before(move |world| what(world, id)));
    site.portal.faults().push(rule.only_if(move |hit, _| hit.body.contains(&needle)).first(1));
}

/// A portal of this release whose key is an admin's, not the owner's.
fn site(version: Version, guests: usize) -> (Site, Vec<Uuid>) {
    let (mut world, ids) = world(guests);
    let admin = Uuid::from_u128(0xad);
    let account = sandbox::Account::new(admin, Kind::DocSpaceAdmin, "Ad", "Min", "admin@x.example");
    world.add_account(account.registered(at(now(), 400)));
    let key = world.add_key(admin, &["*:read", "accounts:write"]);
    world.set_admin_key(&key);
    world.set_version(version);
    (decided(world), ids)
}

fn protected(version: Version) {
    let (site, ids) = site(version, 9);
    becomes(&site, ids[0], |world, id| {
        world.delete_account(id);
    });
    becomes(&site, ids[1], |world, id| world.account_mut(id).unwrap().directory = Directory::Ldap);
    becomes(&site, ids[2], |world, id| world.account_mut(id).unwrap().kind = Kind::DocSpaceAdmin);
    becomes(&site, ids[3], |world, id| world.account_mut(id).unwrap().directory = Directory::Sso);
    becomes(&site, ids[4], |world, id| world.account_mut(id).unwrap().status = Status::Pending);
    let owner = site.portal.world().owner();
    becomes(&site, ids[5], move |world, id| world.disable(owner, id));
    becomes(&site, ids[6], |world, id| world.account_mut(id).unwrap().kind = Kind::RoomAdmin);
    becomes(&site, ids[7], |world, id| world.transfer_ownership(id));
    let ran = site.run("apply --yes").ends(4);
    assert!(
        ran.stdout.contains("\n4 disabled, 1 skipped (changed by someone else), 4 refused\n"),
        "{ran:?}"
    );
    site.verifies();
    for id in [ids[0], ids[1], ids[2], ids[7]] {
        let (outcome, detail) = site.last_outcome(id);
        assert_eq!(outcome, Refused, "{detail}");
        assert_ne!(site.status(id), Some(Status::Terminated));
    }
    // Disabled by the owner between our look and our call: theirs.
    let (outcome, detail) = site.last_outcome(ids[5]);
    let by = site.portal.world().account(owner).unwrap().email.clone();
    assert!(outcome == Skipped && detail.contains(&format!("our call ({by}, event ")), "{detail}");
    assert_eq!(site.status(ids[5]), Some(Status::Terminated));
    for id in [ids[3], ids[4], ids[6], ids[8]] {
        assert_eq!(site.last_outcome(id).0, Applied);
        assert_eq!(site.status(id), Some(Status::Terminated));
    }
    // An older release writes an entry that names the skipped: it shows nothing.
    let history = site.history();
    let shown = history.iter().filter(|e| e.draft.portal_event_id.is_some()).count();
    assert_eq!(shown, 5);
    let details = [0, 1, 2, 7].map(|n| site.last_outcome(ids[n]).1);
    let is_silent = version == Version::V3_6_1;
    let said = |n: usize, what: &str| assert_eq!(details[n], what, "{version}");
    if is_silent {
        said(0, "the portal declined: the account is deleted");
        said(1, "the portal declined: its answer left it out, and it still is active");
        said(2, "the portal declined: its answer shows it active, and it still is active");
    } else {
        let declined =
            "the portal declined (403, \"Access denied\"): protected from this key, or deleted";
        said(0, &format!("{declined}; the account is deleted"));
        said(1, &format!("{declined}; it still is active"));
        said(2, &format!("{declined}; it still is active"));
    }
    assert_eq!(details[3], details[2]);
}

#[test]
fn a_strict_release_refuses_protected_accounts() {
    protected(Version::V3_7_2);
}

#[test]
fn an_older_release_skips_them_in_silence() {
    protected(Version::V3_6_1);
}

#[test]
fn own_account_owner_and_admins_are_never_called() {
    let (world, ids) = world(1);
    let site = prepared(world);
    configure(
        &site,
        "[population]\nkinds = [\"guest\", \"user\", \"docspace_admin\", \"owner\"]\n",
    );
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes").ends(0);
    assert_eq!(site.called(), ids);
    let ran = site.run("apply --yes --only owner@portal.example.com").ends(2);
    assert!(ran.error().contains("exempt (owner)"), "{ran:?}");
}

#[test]
fn an_answer_that_lies_is_found_at_the_end() {
    let (site, ids) = site(Version::V3_7_2, 2);
    // Shown disabled in the answer; active again before the run ends.
    let who = ids[0];
    let back = Fault::after(move |world: &mut World| {
        world.account_mut(who).unwrap().status = Status::Active;
    });
    let needle = who.to_string();
    let rule = Rule::put(DISABLE, back).only_if(move |hit, _| hit.body.contains(&needle));
    site.portal.faults().push(rule);
    let ran = site.run("apply --yes").ends(4);
    assert!(ran.stdout.contains("\n1 disabled, 1 failed\n"), "{ran:?}");
    let outcomes: Vec<_> = site.outcomes(who).into_iter().map(|o| o.0).collect();
    assert_eq!(outcomes, [Applied, Failed]);
    assert_eq!(site.last_outcome(who).1, "at the end of the run it shows active");
    site.verifies();
    // It is not ours to undo, and its clock has started again.
    site.run(&format!("restore --yes {who}")).ends(2);
    site.run("apply --yes").ends(0);
    assert!(site.last_outcome(who).1.starts_with("active (recently_enabled)"));
}
