//! `doctor` tries what notices need, and sends nothing.

use sandbox::{Status, World};

use super::support::{idle, mailing};
use crate::harness::{Ran, at, check};

const NOTICES: &str = "before_days = [14, 3]\nto = [\"account\"]\n";

fn finding(ran: &Ran, name: &str) -> (String, String) {
    let report = ran.json();
    let text = |key: &str| check(&report, name)[key].as_str().unwrap().to_owned();
    (text("finding"), text("detail"))
}

fn world() -> World {
    World::builder(at("2026-06-10T03:00:00Z")).build()
}

#[test]
fn what_sends_notices_is_tried() {
    let (mut site, server) = mailing(world(), NOTICES);
    let ran = site.run("doctor --format json");
    assert_eq!(finding(&ran, "notices").0, "ok", "{}", ran.stdout);
    assert_eq!(finding(&ran, "notice stages").0, "ok", "{}", ran.stdout);

    site.machine.env.retain(|(name, _)| *name != "DORMOUSE_SMTP_PASSWORD");
    let (found, detail) = finding(&site.run("doctor --format json"), "notices");
    assert_eq!(found, "problem");
    assert!(detail.contains("set DORMOUSE_SMTP_PASSWORD"), "{detail}");

    site.machine.env.push(("DORMOUSE_SMTP_PASSWORD", "another".to_owned()));
    let ran = site.run("doctor --format json").ends(1);
    let (found, detail) = finding(&ran, "notices");
    assert_eq!(found, "problem");
    assert!(detail.contains("does not accept the user"), "{detail}");
    assert!(server.letters().is_empty());

    drop(server);
    let (found, detail) = finding(&site.run("doctor --format json"), "notices");
    assert_eq!(found, "problem");
    assert!(detail.contains("localhost"), "{detail}");
}

#[test]
fn stages_at_which_nobody_should_be_told_are_named() {
    let (site, _server) = mailing(world(), "before_days = [30, 3]\nto = [\"account\"]\n");
    let (found, detail) = finding(&site.run("doctor --format json"), "notice stages");
    assert_eq!((found.as_str(), detail.contains("after every visit")), ("warning", true));

    let late = "before_days = [3]\nmin_notice_days = 7\nto = [\"account\"]\n";
    let (site, _server) = mailing(world(), late);
    let (found, detail) = finding(&site.run("doctor --format json"), "notice stages");
    assert_eq!((found.as_str(), detail.contains("min_notice_days is 7")), ("warning", true));
}

#[test]
fn accounts_whose_inviter_cannot_be_told_are_counted() {
    let inviter = "before_days = [14]\nto = [\"inviter\"]\n";
    let (site, server) = mailing(idle(at("2026-06-15T12:00:00Z"), 5), inviter);
    let found = |name: &str| finding(&site.run("doctor --format json"), name);
    assert_eq!(found("inviters").0, "skipped", "no sync yet");
    {
        let mut world = site.portal.world();
        let names = ["left@example.com", "gone@example.com"];
        let [left, gone] = names.map(|name| world.add_guest(name, at("2026-03-01T12:00:00Z")));
        world.account_mut(left).unwrap().status = Status::Terminated;
        for (guest, inviter) in [(0, left), (1, gone), (2, gone)] {
            let id =
                world.account_by_email(&format!("guest0{guest}@contractor.example")).unwrap().id;
            world.account_mut(id).unwrap().created_by = Some(inviter);
        }
        world.delete_account(gone);
    }
    site.must("sync");
    let (is, detail) = found("inviters");
    assert_eq!(is, "warning");
    assert_eq!(
        detail,
        "3 of 5 accounts under review: the account that invited them is disabled, deleted or unknown, and \
         nobody else is told about them"
    );
    let settings = std::fs::read_to_string(site.path().join("dormouse.toml")).unwrap();
    site.configure(&settings.replace("[\"inviter\"]", "[\"inviter\", \"desk@example.com\"]"));
    let (is, detail) = found("inviters");
    assert_eq!(
        (is.as_str(), detail.ends_with("; told instead: desk@example.com")),
        ("ok", true),
        "{detail}"
    );
    assert!(server.letters().is_empty());
}

#[test]
fn it_is_said_whether_anybody_can_be_disabled_without_a_notice() {
    let (site, _server) = mailing(world(), NOTICES);
    let (is, detail) = finding(&site.run("doctor --format json"), "notices required");
    assert_eq!(is, "ok");
    assert_eq!(detail, "no: `apply` also disables accounts that nobody was told about");
    let (site, _server) = mailing(world(), &format!("{NOTICES}required = true\n"));
    let (_, detail) = finding(&site.run("doctor --format json"), "notices required");
    assert_eq!(detail, "`apply` skips accounts that were not told 3 days before");
}
