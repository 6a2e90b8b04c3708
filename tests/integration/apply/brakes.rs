//! Brakes over several runs: portions do not slip past them, and what was undone does not count.

use chrono::TimeDelta;
use sandbox::Status;

use super::support::*;

#[test]
fn portions_do_not_slip_past_the_share() {
    let (world, ids) = world(60);
    let site = decided(world);
    site.run("apply --yes --limit 10").ends(0);
    let ran = site.run("apply --yes --limit 10").ends(5);
    insta::assert_snapshot!(ran.error(), @"10 accounts to disable and 10 disabled in the last 20 hours make 20: 34 % of the 60 accounts that were not disabled, more than max_percent = 20; nothing was done; to disable the longest idle first: --limit 2; to exceed the limit once, after a review: --max-percent 34");
    assert_eq!(site.called().len(), 10);
    // What the refusal names is allowed, and no more than that.
    site.run("apply --yes --limit 3").ends(5);
    site.run("apply --yes --limit 2").ends(0);
    site.run("apply --yes --limit 1").ends(5);
    // The next night counts anew.
    site.pass(TimeDelta::hours(21));
    site.run("sync").ends(0);
    site.run("decide").ends(0);
    site.run("apply --yes --limit 9").ends(0);
    assert_eq!(site.called().len(), 21);
    assert_eq!(site.called()[..12], ids[..12]);
}

#[test]
fn all_brakes_that_hold_are_named_at_once() {
    let (world, _) = world(30);
    let site = decided(world);
    configure(&site, "[brakes]\nmax_accounts = 15\n");
    let ran = site.run("apply --yes").ends(5);
    insta::assert_snapshot!(ran.error(), @"30 accounts to disable: more than max_accounts = 15, and 100 % of the 30 accounts that were not disabled, more than max_percent = 20; nothing was done; to disable the longest idle first: --limit 10; to exceed the limit once, after a review: --max 30 --max-percent 100");
    assert!(site.called().is_empty());
}

#[test]
fn what_was_restored_does_not_count() {
    let (world, ids) = world(4);
    let site = decided(world);
    configure(&site, "[brakes]\nmax_accounts = 2\n");
    site.run("apply --yes --limit 2").ends(0);
    site.run("apply --yes --limit 1").ends(5);
    site.run("restore --run 3 --yes").ends(0);
    site.run(&format!("apply --yes --only {} --only {}", ids[2], ids[3])).ends(0);
    assert_eq!(site.status(ids[3]), Some(Status::Terminated));
}
