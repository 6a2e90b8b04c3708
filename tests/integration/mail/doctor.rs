//! `doctor` tries what notices need, and sends nothing.

use sandbox::World;

use super::support::mailing;
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
