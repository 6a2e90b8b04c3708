//! Stores to show: a small portal, and one with three days behind it.

use chrono::TimeDelta;
use dormouse::{store::history, time::Timestamp};
use sandbox::{Login, Plan, World};

pub(crate) use crate::harness::{Machine, Ran, Site};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment of every test, unless it moves the clock.
pub(crate) fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

pub(crate) fn ago(days: i64) -> Timestamp {
    now() - TimeDelta::days(days)
}

/// A small portal: somebody at work, somebody idle, somebody idle soon, a name to be wary of.
pub(crate) fn small() -> World {
    let mut world = World::builder(now().into()).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at((now() - TimeDelta::hours(3)).into()));
    // The record reaches back to here.
    world.add_login(Login::success(owner).at(ago(170).into()));
    for (email, last) in [
        ("active@contractor.example", 2),
        ("idle@contractor.example", 93),
        ("soon@contractor.example", 27),
        ("later@contractor.example", 12),
    ] {
        let id = world.add_guest(email, ago(300).into());
        world.add_login(Login::success(id).at(ago(last).into()));
    }
    world.add_guest("never@contractor.example", ago(100).into());
    let hostile = world.add_guest("evil@contractor.example", ago(200).into());
    let account = world.account_mut(hostile).unwrap();
    account.first_name = "=HYPERLINK(\"http://evil.example\")<script>alert(1)</script>".to_owned();
    account.last_name = "\u{202e}gnp.exe\u{1b}[2J".to_owned();
    world
}

/// Three days of the demonstration portal: decided and applied in two portions, one account enabled
/// again, a sync that failed, and a last one that found our actions in the audit trail.
pub(crate) fn story() -> Site {
    let (world, _) = sandbox::scenarios::demo((now() - TimeDelta::days(2)).into(), 7);
    let site = Site::new(world);
    site.write("dormouse.toml", EXEMPTIONS);
    site.must("sync");
    site.must("decide");
    site.must("apply --limit 4 --yes");
    site.pass(TimeDelta::days(1));
    site.must("sync");
    site.must("decide");
    site.must("apply --yes");
    let email = site.with_store(async |store| {
        let pairs = history::pairs(store.conn(), history::ActionFilter::All).await.unwrap();
        pairs.into_iter().next().unwrap().intent.email
    });
    site.must(&format!("restore {email} --yes"));
    site.pass(TimeDelta::days(1));
    let portal = &site.portal;
    portal.world().set_plan(Plan::Startup);
    assert_eq!(site.run("sync").code, 3);
    portal.world().set_plan(Plan::SelfHosted);
    site.must("sync");
    site
}

const EXEMPTIONS: &str = "\
[[exemption]]
domain = \"kestrel.example\"
reason = \"on call, works through the telephone\"
owner = \"Facilities\"
expires = 2026-11-30

[[exemption]]
email = \"nobody@kestrel.example\"
reason = \"=HYPERLINK(\\\"http://evil.example\\\") <b>until</b> further notice\"
";
