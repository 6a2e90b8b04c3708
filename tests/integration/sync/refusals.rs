//! Portals and keys that cannot be relied on: each has a message and a code of its own, the store stays
//! as it was, and a first sync that fails makes none.

use chrono::TimeDelta;
use sandbox::{Fault, Kind, LoginHistory, Payment, Plan, Rule, TenantStatus, World};

use super::{
    faults::portal,
    support::{Ran, Site},
};

/// The message, without what changes from test to test.
fn said(site: &Site, ran: &Ran) -> String {
    let text = ran.stderr.replace(&site.portal.url(), "http://portal");
    let address = site.portal.url().replace("http://", "");
    text.replace(&address, "portal").replace(&site.path().display().to_string(), "DIR")
}

/// All rows of the store but those that say that a run took place.
fn evidence(site: &Site) -> String {
    let kept = |line: &&String| !line.contains("INTO runs") && !line.contains("INTO sync_runs");
    site.sql(".dump").iter().filter(kept).cloned().collect::<Vec<_>>().join("\n")
}

/// Runs `sync` with the portal changed so, once for the first time and once over a store.
fn refused(change: impl Fn(&mut Site)) -> String {
    let mut fresh = Site::fast(portal());
    change(&mut fresh);
    let first = fresh.run("sync");
    assert!(!fresh.store().exists(), "a store was made: {}", first.stderr);

    let mut site = Site::fast(portal());
    site.sync();
    let (before, runs) = (evidence(&site), site.sql("SELECT count(*) FROM runs"));
    let coverage = site.sql("SELECT coverage_from, coverage_to FROM sync_runs");
    change(&mut site);
    let ran = site.run("sync");
    assert_eq!((first.code, said(&fresh, &first)), (ran.code, said(&site, &ran)));
    assert_eq!(evidence(&site), before);
    assert_ne!(site.sql("SELECT count(*) FROM runs"), runs, "every run has a row");
    let row = "SELECT status, reason <> '', events_added FROM sync_runs ORDER BY id DESC LIMIT 1";
    assert_eq!(site.sql(row), ["failed|1|0"]);
    let newest = "SELECT coverage_from, coverage_to FROM sync_runs ORDER BY id DESC LIMIT 1";
    assert_eq!(site.sql(newest), coverage, "what was covered stays covered");
    format!("{}: {}", ran.code, said(&site, &ran))
}

fn world(change: impl Fn(&mut World)) -> impl Fn(&mut Site) {
    move |site| {
        change(&mut site.portal.world());
        site.take_key();
    }
}

fn answers(fault: Fault) -> impl Fn(&mut Site) {
    move |site| site.portal.faults().push(Rule::any(fault.clone()))
}

/// Gives the portal's key another owner or other permissions.
fn key(kind: Kind, permissions: &'static [&'static str]) -> impl Fn(&mut Site) {
    move |site| {
        let mut world = site.portal.world();
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
        drop(world);
        site.take_key();
    }
}

#[test]
fn keys_that_cannot_see_everything_are_refused() {
    insta::assert_snapshot!(refused(world(|w| w.set_admin_key("sk-0123"))), @"1: error: GET portal: the portal does not accept the API key (401): it is wrong, expired or switched off, or its owner is disabled; check DOCSPACE_API_KEY and the key in the portal's settings");
    insta::assert_snapshot!(refused(key(Kind::RoomAdmin, &["*"])), @"3: error: the API key acts as other@portal.example.com, a room_admin, who cannot see all accounts; use a key of the portal's owner or of a DocSpace admin");
    insta::assert_snapshot!(refused(key(Kind::User, &["*"])), @"3: error: the API key acts as other@portal.example.com, a user, who cannot see all accounts; use a key of the portal's owner or of a DocSpace admin");
    insta::assert_snapshot!(refused(key(Kind::DocSpaceAdmin, &["files:read"])), @r#"3: error: GET portal: the API key lacks a permission (403): create one with the permissions ["*:read","accounts:write"]; ["*:read"] is enough for sync and decide"#);
    insta::assert_snapshot!(refused(key(Kind::DocSpaceAdmin, &["accounts.self:read", "accounts:read"])), @r#"3: error: GET portal: the API key lacks a permission (403): create one with the permissions ["*:read","accounts:write"]; ["*:read"] is enough for sync and decide"#);
}

#[test]
fn portals_that_hide_their_history_are_refused() {
    insta::assert_snapshot!(refused(world(|w| w.set_plan(Plan::Startup))), @"3: error: GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)");
    let hidden = |w: &mut World| w.settings.login_history = LoginHistory::Hidden;
    insta::assert_snapshot!(refused(world(hidden)), @"3: error: GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)");
}

#[test]
fn each_state_of_a_portal_has_its_message() {
    let state = |state| world(move |w| w.set_tenant_status(state));
    insta::assert_snapshot!(refused(state(TenantStatus::Suspended)), @r"
    1: error: the portal is suspended; its owner can switch it on again
      because: GET portal: not found (404): no such portal at this address, a suspended portal, or a server older than 3.1, which dormouse does not support
    ");
    insta::assert_snapshot!(refused(state(TenantStatus::RemovePending)), @"1: error: GET portal: not found (404): no such portal at this address, a suspended portal, or a server older than 3.1, which dormouse does not support");
    insta::assert_snapshot!(refused(state(TenantStatus::Restoring)), @r#"
    1: error: the portal is being restored from a backup; after that every account has a new id, so a new store is needed
      because: GET security/audit/login/filter: the portal declined (403, "{\"type\":\"https://tools.ietf.org/html/rfc9110#section-15.5.4\",\"title\":\"Forbidden\",\"status\":403}"): an IP restriction, or a portal that is being moved or restored
    "#);
    insta::assert_snapshot!(refused(state(TenantStatus::Transferring)), @r#"
    1: error: the portal is being moved to another server; run again after that
      because: GET security/audit/login/filter: the portal declined (403, "{\"type\":\"https://tools.ietf.org/html/rfc9110#section-15.5.4\",\"title\":\"Forbidden\",\"status\":403}"): an IP restriction, or a portal that is being moved or restored
    "#);
    insta::assert_snapshot!(refused(state(TenantStatus::Encryption)), @r#"
    1: error: the portal's files are being encrypted; run again after that
      because: GET security/audit/login/filter: the portal declined (403, "{\"type\":\"https://tools.ietf.org/html/rfc9110#section-15.5.4\",\"title\":\"Forbidden\",\"status\":403}"): an IP restriction, or a portal that is being moved or restored
    "#);
    insta::assert_snapshot!(refused(world(|w| w.settings.payment = Payment::Unpaid)), @"1: error: GET keys/@self: the portal asks for payment (402): it is unpaid, its plan lacks this, or its seats are full");
}

#[test]
fn answers_that_are_not_the_portals_are_named() {
    insta::assert_snapshot!(refused(answers(Fault::status(401))), @"1: error: GET portal: the portal does not accept the API key (401): it is wrong, expired or switched off, or its owner is disabled; check DOCSPACE_API_KEY and the key in the portal's settings");
    insta::assert_snapshot!(refused(answers(Fault::html(403))), @r#"1: error: GET portal: the portal declined (403, "<html>\r\n<head><title>403</title></head>\r\n<body>\r\n<center><h1>403</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</h"): an IP restriction, or a portal that is being moved or restored"#);
    let address = "Your IP address 203.0.113.7 is not allowed";
    let restricted = Fault::Answer { status: 403, headers: Vec::new(), body: address.to_owned() };
    insta::assert_snapshot!(refused(answers(restricted)), @r#"1: error: GET portal: the portal declined (403, "Your IP address 203.0.113.7 is not allowed"): an IP restriction, or a portal that is being moved or restored"#);
    insta::assert_snapshot!(refused(answers(Fault::status(404))), @"1: error: GET portal: not found (404): no such portal at this address, a suspended portal, or a server older than 3.1, which dormouse does not support");
    insta::assert_snapshot!(refused(answers(Fault::html(200))), @r#"1: error: GET portal: the answer (200) is not what a DocSpace portal sends: it is not JSON; it begins "<html>\r\n<head><title>200</title></head>\r\n<body>\r\n<center><h1>200</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</h"; check that DOCSPACE_API_HOST is the portal itself"#);
    insta::assert_snapshot!(refused(answers(Fault::json(200, "{\"status\":\"ok\"}"))), @r#"1: error: GET portal: the answer cannot be read: missing field `response` at line 1 column 15; it begins "{\"status\":\"ok\"}""#);
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Site::fast(portal());
    let location = format!("{}/login?key=1", elsewhere.portal.url());
    let headers = vec![("Location".to_owned(), location)];
    let moved = Fault::Answer { status: 301, headers, body: String::new() };
    let said = refused(answers(moved)).replace(&elsewhere.portal.url(), "http://elsewhere");
    insta::assert_snapshot!(said, @"1: error: GET portal: the portal redirects to http://elsewhere/login and redirects are refused, because the key would go with them; set DOCSPACE_API_HOST to the final https address");
    assert!(elsewhere.portal.journal().entries().is_empty(), "the key went elsewhere");
}

#[test]
fn a_portal_that_is_off_is_named() {
    insta::assert_snapshot!(refused(|site| site.portal.shut_down()), @"1: error: GET portal: cannot reach http://portal: Connection refused (os error 111); check DOCSPACE_API_HOST and the network");
}

#[test]
fn clocks_that_differ_are_refused() {
    insta::assert_snapshot!(refused(|site| site.clock.skew = TimeDelta::minutes(6)), @"3: error: this machine's clock (2026-06-10 03:06 UTC) and the portal's (2026-06-10 03:00 UTC) differ by more than 5 minutes; set the clock, because decisions and the history depend on it");
    let mut site = Site::fast(portal());
    site.clock.skew = TimeDelta::minutes(-4);
    site.sync();
}
