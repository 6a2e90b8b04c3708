//! Portals and keys that cannot be relied on: each has a message and a code of its own, the store stays
//! as it was, and a first sync that fails makes none.

use chrono::TimeDelta;
use sandbox::{Fault, Kind, LoginHistory, Payment, Plan, Rule, TenantStatus, World};

use super::{
    faults::portal,
    support::{Job, Ran},
};

/// The message, without what changes from test to test.
fn said(job: &Job, ran: &Ran) -> String {
    let text = ran.stderr.replace(&job.portal.url(), "http://portal");
    let address = job.portal.url().replace("http://", "");
    text.replace(&address, "portal").replace(&job.dir().display().to_string(), "DIR")
}

/// All rows of the store but those that say that a run took place.
fn evidence(job: &Job) -> String {
    let kept = |line: &&String| !line.contains("INTO runs") && !line.contains("INTO sync_runs");
    job.sql(".dump").iter().filter(kept).cloned().collect::<Vec<_>>().join("\n")
}

/// Runs `sync` with the portal changed so, once for the first time and once over a store.
fn refused(change: impl Fn(&mut Job)) -> String {
    let mut fresh = Job::on(portal());
    change(&mut fresh);
    let first = fresh.run("sync");
    assert!(!fresh.store().exists(), "a store was made: {}", first.stderr);

    let mut job = Job::on(portal());
    job.sync();
    let (before, runs) = (evidence(&job), job.sql("SELECT count(*) FROM runs"));
    let coverage = job.sql("SELECT coverage_from, coverage_to FROM sync_runs");
    change(&mut job);
    let ran = job.run("sync");
    assert_eq!((first.code, said(&fresh, &first)), (ran.code, said(&job, &ran)));
    assert_eq!(evidence(&job), before);
    assert_ne!(job.sql("SELECT count(*) FROM runs"), runs, "every run has a row");
    let row = "SELECT status, reason <> '', events_added FROM sync_runs ORDER BY id DESC LIMIT 1";
    assert_eq!(job.sql(row), ["failed|1|0"]);
    let newest = "SELECT coverage_from, coverage_to FROM sync_runs ORDER BY id DESC LIMIT 1";
    assert_eq!(job.sql(newest), coverage, "what was covered stays covered");
    format!("{}: {}", ran.code, said(&job, &ran))
}

fn world(change: impl Fn(&mut World)) -> impl Fn(&mut Job) {
    move |job| change(&mut job.portal.world())
}

fn answers(fault: Fault) -> impl Fn(&mut Job) {
    move |job| job.portal.faults().push(Rule::any(fault.clone()))
}

/// Gives the portal's key another owner or other permissions.
fn key(kind: Kind, permissions: &'static [&'static str]) -> impl Fn(&mut Job) {
    move |job| {
        let mut world = job.portal.world();
        let owner = match kind {
            Kind::DocSpaceAdmin => world.owner(),
            other => {
                let now = world.clock().now();
                let id = world.add_guest("other@portal.example.com", now - TimeDelta::days(9));
                world.account_mut(id).unwrap().kind = other;
                id
            }
        };
        let secret = world.add_key(owner, permissions);
        world.set_admin_key(&secret);
    }
}

#[test]
fn keys_that_cannot_see_everything_are_refused() {
    insta::assert_snapshot!(refused(world(|w| w.set_admin_key("sk-0123"))), @"");
    insta::assert_snapshot!(refused(key(Kind::RoomAdmin, &["*"])), @"");
    insta::assert_snapshot!(refused(key(Kind::User, &["*"])), @"");
    insta::assert_snapshot!(refused(key(Kind::DocSpaceAdmin, &["files:read"])), @"");
    insta::assert_snapshot!(refused(key(Kind::DocSpaceAdmin, &["accounts.self:read", "accounts:read"])), @"");
}

#[test]
fn portals_that_hide_their_history_are_refused() {
    insta::assert_snapshot!(refused(world(|w| w.set_plan(Plan::Startup))), @"");
    let hidden = |w: &mut World| w.settings.login_history = LoginHistory::Hidden;
    insta::assert_snapshot!(refused(world(hidden)), @"");
}

#[test]
fn each_state_of_a_portal_has_its_message() {
    let state = |state| world(move |w| w.set_tenant_status(state));
    insta::assert_snapshot!(refused(state(TenantStatus::Suspended)), @"");
    insta::assert_snapshot!(refused(state(TenantStatus::RemovePending)), @"");
    insta::assert_snapshot!(refused(state(TenantStatus::Restoring)), @"");
    insta::assert_snapshot!(refused(state(TenantStatus::Transferring)), @"");
    insta::assert_snapshot!(refused(state(TenantStatus::Encryption)), @"");
    insta::assert_snapshot!(refused(world(|w| w.settings.payment = Payment::Unpaid)), @"");
}

#[test]
fn answers_that_are_not_the_portals_are_named() {
    insta::assert_snapshot!(refused(answers(Fault::status(401))), @"");
    insta::assert_snapshot!(refused(answers(Fault::html(403))), @"");
    let address = "Your IP address 203.0.113.7 is not allowed";
    let restricted = Fault::Answer { status: 403, headers: Vec::new(), body: address.to_owned() };
    insta::assert_snapshot!(refused(answers(restricted)), @"");
    insta::assert_snapshot!(refused(answers(Fault::status(404))), @"");
    insta::assert_snapshot!(refused(answers(Fault::html(200))), @"");
    insta::assert_snapshot!(refused(answers(Fault::json(200, "{\"status\":\"ok\"}"))), @"");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Job::on(portal());
    let location = format!("{}/login?key=1", elsewhere.portal.url());
    let headers = vec![("Location".to_owned(), location)];
    let moved = Fault::Answer { status: 301, headers, body: String::new() };
    let said = refused(answers(moved)).replace(&elsewhere.portal.url(), "http://elsewhere");
    insta::assert_snapshot!(said, @"");
    assert!(elsewhere.portal.journal().entries().is_empty(), "the key went elsewhere");
}

#[test]
fn a_portal_that_is_off_is_named() {
    insta::assert_snapshot!(refused(|job| job.portal.shut_down()), @"");
}

#[test]
fn clocks_that_differ_are_refused() {
    insta::assert_snapshot!(refused(|job| job.skew = TimeDelta::minutes(6)), @"");
    let mut job = Job::on(portal());
    job.skew = TimeDelta::minutes(-4);
    job.sync();
}
