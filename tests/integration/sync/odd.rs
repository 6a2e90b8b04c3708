//! Rows that nobody can read, in every answer but the login history: none stops a run, and none proves
//! anything.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{AuditEvent, Fault, Login, Oddity, Rule, World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{AUDIT, PEOPLE, Ran, Site, at, now};

const NOW: &str = "2026-06-12T16:00:00Z";
const KEYS: &str = "/api/2.0/keys";

fn ago(days: i64) -> DateTime<Utc> {
    at(NOW) - TimeDelta::days(days)
}

/// A colleague who is there every day, and two guests who were not for 60 days.
struct Portal {
    site: Site,
    ann: Uuid,
    bob: Uuid,
}

impl Portal {
    fn new() -> Self {
        Self::at(at(NOW))
    }

    fn at(now: DateTime<Utc>) -> Self {
        let mut world = World::builder(now).build();
        let ago = |days| now - TimeDelta::days(days);
        let colleague = world.add_guest("busy@contractor.example", ago(170));
        let ann = world.add_guest("ann@contractor.example", ago(170));
        let bob = world.add_guest("bob@contractor.example", ago(170));
        for day in (0..170).rev() {
            let at = ago(day) - TimeDelta::hours(1);
            world.add_login(Login::success(colleague).at(at));
            world.add_audit(AuditEvent::new(colleague, 5054, at));
        }
        for who in [ann, bob] {
            world.add_login(Login::success(who).at(ago(60)));
        }
        let site = Site::fast(world);
        Self { site, ann, bob }
    }

    /// Changes the row of a list in which `property` has this value.
    fn spoil(
        &self,
        path: &'static str,
        property: &str,
        value: &str,
        odd: impl Fn(&mut Value) + Send + Sync + 'static,
    ) {
        let (property, value) = (property.to_owned(), value.to_owned());
        let edit = Fault::edit(move |told| match told {
            Value::Array(rows) => {
                rows.iter_mut().filter(|row| row[&property] == *value).for_each(&odd)
            }
            row if row[&property] == *value => odd(row),
            _ => {}
        });
        self.site
            .portal
            .faults()
            .push(Rule::get(path, edit).only_if(move |hit, _| hit.path == path));
    }

    /// The reason of each account in the newest decision, by address.
    fn reason(&self, email: &str) -> Option<String> {
        let decision = self.site.json("decide");
        let found = decision["verdicts"].as_array().unwrap().iter().find(|v| v["email"] == email);
        Some(found?["reason"].as_str().unwrap().to_owned())
    }

    /// Two nights.
    fn syncs(&self) {
        self.site.must("sync");
        self.site.pass(TimeDelta::days(1));
        self.site.must("sync");
    }
}

fn set(property: &'static str, value: Value) -> impl Fn(&mut Value) + Send + Sync + 'static {
    move |row| row[property] = value.clone()
}

#[test]
fn an_account_that_cannot_be_read_is_not_inactive_and_hides_no_other() {
    for (property, value, ann) in [
        ("id", json!(5), None),
        ("id", json!(null), None),
        ("id", json!("A-7"), None),
        ("email", json!(7), Some("unknown_kind")),
        ("status", json!("Active"), Some("unknown_kind")),
        ("isLDAP", json!("no"), Some("unknown_kind")),
        ("isVisitor", json!({}), Some("unknown_kind")),
        ("groups", json!("all"), Some("unknown_kind")),
        ("registrationDate", json!(17), Some("unknown_registration")),
        ("displayName", json!(["Ann"]), Some("idle")),
    ] {
        let portal = Portal::new();
        let review = "[population]\nkinds = [\"guest\", \"unknown\"]";
        portal.site.configure(&format!("[portal]\nrequests_per_minute = 1000000\n{review}\n"));
        portal.spoil(PEOPLE, "email", "ann@contractor.example", set(property, value.clone()));
        portal.syncs();
        let listed = portal.site.json("decide");
        let verdicts = listed["verdicts"].as_array().unwrap();
        let found = verdicts.iter().find(|v| v["account_id"] == portal.ann.to_string());
        let reason = found.map(|v| v["reason"].as_str().unwrap());
        assert_eq!(reason, ann, "{property}: {value}");
        assert_eq!(
            portal.reason("bob@contractor.example").as_deref(),
            Some("idle"),
            "{property}: {value}"
        );
    }
}

#[test]
fn an_account_that_can_no_longer_be_read_is_neither_gone_nor_called() {
    let portal = Portal::new();
    let Portal { site, ann, bob } = &portal;
    site.must("sync");
    site.must("decide");
    portal.spoil(PEOPLE, "email", "ann@contractor.example", set("id", json!("A-7")));
    let record: &'static str = format!("{}{ann}", crate::harness::paths::ACCOUNT).leak();
    portal.spoil(record, "email", "ann@contractor.example", set("id", json!(null)));
    site.must("apply --yes --max-percent 100");
    assert!(site.last_outcome(*ann).1.contains("does not say whose record it is"));
    assert_eq!(site.portal.journal().writes().len(), 1);
    assert_eq!(site.status(*bob), Some(sandbox::Status::Terminated));
    assert_eq!(site.sql("SELECT count(*) FROM accounts WHERE presence = 'gone'"), ["0"]);
}

#[test]
fn a_key_that_does_not_say_whose_it_is_can_be_anybodys() {
    for (property, value) in [
        ("createBy", json!(5)),
        ("createBy", json!({"id": null})),
        ("createBy", json!({"id": "A-7"})),
    ] {
        for (used, is_proven) in [(5, false), (45, true)] {
            let portal = Portal::new();
            let used = json!(ago(used).format("%Y-%m-%dT%H:%M:%SZ").to_string());
            let value = value.clone();
            let odd = move |row: &mut Value| {
                row[property] = value.clone();
                row["lastUsed"] = used.clone();
            };
            let name = portal.site.portal.world().keys()[0].name.clone();
            portal.spoil(KEYS, "name", &name, odd);
            portal.site.must("sync");
            let reason = portal.reason("bob@contractor.example");
            let expected = if is_proven { "idle" } else { "insufficient_coverage" };
            assert_eq!(reason.as_deref(), Some(expected));
        }
    }
}

#[test]
fn a_key_that_is_no_longer_somebodys_stops_the_calls() {
    let portal = Portal::new();
    let Portal { site, ann, bob } = &portal;
    site.must("sync");
    site.must("decide");
    let seen = std::sync::atomic::AtomicUsize::new(0);
    let spoilt = Fault::edit(|keys| keys[0]["createBy"] = json!(5));
    // The pull of `apply` asks first.
    let later = move |hit: &sandbox::Hit<'_>, _: &World| {
        hit.path == KEYS && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0
    };
    site.portal.faults().push(Rule::get(KEYS, spoilt).only_if(later));
    site.must("apply --yes --max-percent 100");
    for who in [*ann, *bob] {
        assert!(site.last_outcome(who).1.contains("does not say whose it is"));
    }
    assert!(site.portal.journal().writes().is_empty());
}

#[test]
fn an_odd_change_of_status_restarts_the_clock_of_those_it_names() {
    use Oddity::{
        NoAccount, NoDate, NoId, NullAccount, NullDate, UnreadableDate, UnreadableId, UnsetDate,
    };
    let all =
        [NoAccount, NoDate, NoId, NullAccount, NullDate, UnreadableDate, UnreadableId, UnsetDate];
    for oddity in all {
        let portal = Portal::new();
        let (owner, ann) = (portal.site.portal.world().owner(), portal.ann);
        let change = AuditEvent::new(owner, 4020, ago(10)).target(&[ann]);
        let id = portal.site.portal.world().add_audit(change);
        portal.site.portal.world().make_audit_odd(id, oddity);
        portal.syncs();
        let reason = portal.reason("ann@contractor.example");
        assert_eq!(reason.as_deref(), Some("recently_enabled"), "{oddity:?}");
        assert_eq!(portal.reason("bob@contractor.example").as_deref(), Some("idle"), "{oddity:?}");
    }
}

#[test]
fn a_change_of_status_that_does_not_say_whose_bounds_coverage() {
    for (code, days, expected) in [
        (4020, 10, "insufficient_coverage"),
        (4006, 10, "insufficient_coverage"),
        (4020, 40, "idle"),
    ] {
        let portal = Portal::new();
        let owner = portal.site.portal.world().owner();
        let change = AuditEvent::new(owner, code, ago(days)).target(&[portal.ann]);
        let id = portal.site.portal.world().add_audit(change);
        let odd = Fault::edit(move |rows| {
            let rows = rows.as_array_mut().unwrap().iter_mut();
            rows.filter(|row| row["id"] == id).for_each(|row| row["target"] = json!(7));
        });
        portal.site.portal.faults().push(Rule::get(AUDIT, odd));
        portal.syncs();
        let reason = portal.reason("bob@contractor.example");
        assert_eq!(reason.as_deref(), Some(expected), "{code}, {days} days ago");
    }
}

#[test]
fn a_check_that_cannot_be_read_checks_nobody() {
    for oddity in [Oddity::NullDate, Oddity::UnreadableDate, Oddity::NoId, Oddity::NoAccount] {
        let portal = Portal::new();
        let Portal { site, ann, .. } = &portal;
        let id = site.portal.world().add_audit(AuditEvent::new(*ann, 5054, ago(40)));
        site.portal.world().make_audit_odd(id, oddity);
        portal.syncs();
        let reason = portal.reason("ann@contractor.example");
        assert_eq!(reason.as_deref(), Some("no_activity_check"), "{oddity:?}");
        assert_eq!(portal.reason("bob@contractor.example").as_deref(), Some("idle"), "{oddity:?}");
    }
    // It turns odd between decision and call, and is the newest of the trail.
    let portal = Portal::new();
    let Portal { site, ann, .. } = &portal;
    site.must("sync");
    site.must("decide");
    let id = site.portal.world().add_audit(AuditEvent::new(*ann, 5054, ago(0)));
    site.portal.world().make_audit_odd(id, Oddity::NoId);
    site.must("apply --yes --max-percent 100");
    assert!(site.last_outcome(*ann).1.contains("does not say what an account did last"));
    assert_eq!(site.portal.journal().writes().len(), 1);
}

#[test]
fn each_is_named_in_a_warning() {
    let portal = Portal::at(now());
    let Portal { site, ann, bob } = &portal;
    let (owner, hour) = (site.portal.world().owner(), now() - TimeDelta::hours(1));
    let odd = site.portal.world().add_audit(AuditEvent::new(*bob, 5054, hour));
    site.portal.world().make_audit_odd(odd, Oddity::NoId);
    let change = AuditEvent::new(owner, 4020, now() - TimeDelta::days(40)).target(&[*ann]);
    let change = site.portal.world().add_audit(change);
    let spoilt = Fault::edit(move |rows| {
        let rows = rows.as_array_mut().unwrap().iter_mut();
        rows.filter(|row| row["id"] == change).for_each(|row| row["target"] = json!(7));
    });
    site.portal.faults().push(Rule::get(AUDIT, spoilt));
    let name = site.portal.world().keys()[0].name.clone();
    let long_ago = json!((now() - TimeDelta::days(45)).format("%Y-%m-%dT%H:%M:%SZ").to_string());
    portal.spoil(KEYS, "name", &name, move |row| {
        row["createBy"] = json!(5);
        row["lastUsed"] = long_ago.clone();
    });
    portal.spoil(PEOPLE, "email", "ann@contractor.example", set("id", json!("A-7")));
    let ran: Ran = site.process("sync").output().unwrap().into();
    for told in [
        "an account without a readable id, ann@contractor.example: it is not reviewed",
        "does not say whose it is: anybody may have been at work until then",
        "does not say whose: anybody may have been enabled then",
        "the answer does not say what an account did last: it is not checked",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
    }
    assert_eq!(ran.code, 0, "{ran:?}");
}
