//! `restore`: only what dormouse disabled, only where nobody changed it since.

use chrono::TimeDelta;
use dormouse::domain::history::{Action, Outcome, Phase};
use sandbox::{Account, Invitations, Kind, Status, World};
use uuid::Uuid;

use super::support::*;

#[test]
fn a_run_is_undone_and_can_be_done_again() {
    let (world, ids) = world(5);
    let site = decided(world);
    site.run("apply --yes --limit 3").ends(0);
    site.run(&format!("apply --yes --only {}", ids[3])).ends(0);
    let dry = site.run("restore --run 3 --dry-run --format json").ends(0).json();
    assert_eq!(dry["outcomes"].as_array().unwrap().len(), 3);
    assert_eq!(dry["outcomes"][0]["detail"], "would be enabled: disabled by run 3");
    assert_eq!((&dry["run_id"], &dry["outcomes"][0]["outcome"]), (&().into(), &().into()));
    let ran = site.answering("restore --run 3", "y\n").ends(0);
    assert!(ran.stdout.contains("\n3 enabled\nDetails: dormouse history --run 5"), "{ran:?}");
    let statuses: Vec<_> = ids.iter().map(|id| site.status(*id).unwrap()).collect();
    let (active, disabled) = (Status::Active, Status::Terminated);
    assert_eq!(statuses, [active, active, active, disabled, active]);
    site.verifies();
    // It is undone: there is nothing left of that run, and the people are not inactive any more.
    let again = site.run("restore --run 3 --yes").ends(2);
    insta::assert_snapshot!(again.error(), @"run 3 disabled no account that can be enabled again; `dormouse history --run 3` shows what it did");
    assert_eq!(site.last_run().exit_code, Some(2));
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes").ends(0);
    assert!(site.called().ends_with(&ids[4..]));
    site.run("restore --run 99 --yes").ends(2);
}

#[test]
fn each_intent_names_the_run_that_it_undoes() {
    let (world, ids) = world(2);
    let site = decided(world);
    site.run(&format!("apply --yes --only {}", ids[1])).ends(0);
    site.run(&format!("apply --yes --only {}", ids[0])).ends(0);
    site.run(&format!("restore --yes {} guest00@CONTRACTOR.example", ids[0])).ends(0);
    let history = site.history();
    let cited = |id: Uuid| {
        let mut intents = history.iter().map(|e| &e.draft).filter(|d| {
            d.phase == Phase::Intent && d.action == Action::Enable && d.account_id == id.into()
        });
        intents.next().unwrap().detail.clone()
    };
    assert_eq!(cited(ids[1]), "undoes run 3");
    assert_eq!(cited(ids[0]), "undoes run 4");
}

#[test]
fn only_accounts_that_dormouse_disabled() {
    let (mut world, ids) = world(2);
    let owner = world.owner();
    world.disable(owner, ids[1]);
    let site = decided(world);
    site.run("apply --yes").ends(0);
    let ran = site.run(&format!("restore --yes {} {}", ids[0], ids[1])).ends(2);
    assert!(ran.error().contains("dormouse did not disable this account"), "{ran:?}");
    assert_eq!(site.called(), ids[..1]);
    assert_eq!(site.last_run().exit_code, Some(2));
}

#[test]
fn who_was_changed_by_somebody_else_since_is_left() {
    let (mut world, ids) = world(6);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    site.run("apply --yes").ends(0);
    {
        let mut world = site.portal.world();
        let owner = world.owner();
        // In the same second, by another's hand and by the key owner's own.
        world.enable(admin, ids[0]);
        world.enable(admin, ids[1]);
        world.disable(admin, ids[1]);
        world.enable(owner, ids[2]);
        world.disable(owner, ids[2]);
        world.delete_account(ids[3]);
        // Without a trace in the trail, and seen by a sync.
        world.account_mut(ids[4]).unwrap().status = Status::Active;
    }
    site.run("sync").ends(0);
    site.portal.world().account_mut(ids[4]).unwrap().status = Status::Terminated;
    let ran = site.run("restore --run 3 --yes").ends(0);
    assert!(
        ran.stdout.contains(
            "\n1 enabled, 5 skipped (1 already enabled, 3 changed by someone else, 1 deleted)\n"
        ),
        "{ran:?}"
    );
    let said = |n: usize| site.last_outcome(ids[n]).1;
    assert_eq!(said(0), "it is active already");
    assert!(said(1).starts_with("changed by someone else since (admin@contractor.example, event "));
    assert!(said(2).starts_with("changed by someone else since ("));
    assert_eq!(said(3), "deleted on the portal");
    assert!(said(4).starts_with("enabled since and disabled again"));
    assert_eq!(site.last_outcome(ids[5]).0, Outcome::Applied);
    assert_eq!(site.called().len(), 7);
    site.verifies();
}

#[test]
fn a_change_long_before_the_threshold_is_found_too() {
    let (mut world, ids) = world(1);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    site.run("apply --yes").ends(0);
    site.pass(TimeDelta::days(2));
    site.portal.world().enable(admin, ids[0]);
    site.portal.world().disable(admin, ids[0]);
    site.pass(TimeDelta::days(60));
    let owner = site.portal.world().owner();
    site.portal.world().add_login(sandbox::Login::success(owner));
    site.run("restore --run 3 --yes").ends(0);
    assert!(site.last_outcome(ids[0]).1.starts_with("changed by someone else since"));
}

#[test]
fn full_seats_refuse_and_the_others_come_back() {
    let (mut world, ids) = world(3);
    world.account_mut(ids[0]).unwrap().kind = Kind::RoomAdmin;
    let site = prepared(world);
    configure(&site, "[population]\nkinds = [\"guest\", \"room_admin\"]\n");
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes").ends(0);
    site.portal.world().settings.seats = Some(1);
    let ran = site.run("restore --run 3 --yes").ends(4);
    assert!(ran.stdout.contains("\n2 enabled, 1 refused\n"), "{ran:?}");
    let (outcome, detail) = site.last_outcome(ids[0]);
    assert_eq!(outcome, Outcome::Refused);
    assert!(detail.contains("its seats are full"), "{detail}");
    // It is still ours to undo.
    site.portal.world().settings.seats = Some(2);
    site.run("restore --run 3 --yes").ends(0);
    assert_eq!(site.status(ids[0]), Some(Status::Active));
}

#[test]
fn who_never_accepted_is_invited_again_and_that_is_said() {
    let (mut world, _) = world(1);
    let add = |world: &mut World, n| {
        let account = Account::invited(Uuid::from_u128(n), Kind::Guest, &format!("{n}@x.example"));
        world.add_account(account.registered(at(now(), 80)))
    };
    let (one, two) = (add(&mut world, 1), add(&mut world, 2));
    let site = decided(world);
    site.run("apply --yes").ends(0);
    site.run(&format!("restore --yes {one}")).ends(0);
    site.portal.world().settings.invitations = Invitations::Forgotten;
    site.run(&format!("restore --yes {two}")).ends(0);
    let pending = "the answer shows pending again: the invitation was never accepted";
    assert_eq!(site.last_outcome(one), (Outcome::Applied, pending.to_owned()));
    assert_eq!(site.last_outcome(two).1, "the answer shows active");
    site.verifies();
}

#[test]
fn activity_is_not_looked_up_to_undo() {
    let (world, _) = world(3);
    let site = decided(world);
    site.run("apply --yes").ends(0);
    site.pass(TimeDelta::days(3));
    let before = site.portal.journal().entries().len();
    site.run("restore --run 3 --yes").ends(0);
    let journal = site.portal.journal();
    assert!(journal.entries()[before..].iter().all(|e| e.param("userId").is_none()));
}
