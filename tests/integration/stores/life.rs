//! A small portal's four days with dormouse, which leave rows in every table. The same days can pass
//! without dormouse: then the portal is as an earlier version left it.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Account, AuditEvent, Directory, Fault, Kind, Login, Plan, Rule, Status, World};
use uuid::Uuid;

use crate::harness::{Site, at};

const STATUS: &str = "/api/2.0/people/status/";

const CONFIGURATION: &str = "\
[portal]
# One request at a time has one order.
concurrency = 1

[[exemption]]
email = \"exempt@agency.example\"
reason = \"on parental leave\"
owner = \"HR\"
expires = 2026-06-30
";

const ROSTER: &str = "\
Email,Name,Contract end,Cost centre
idle@agency.example,Ida Idle,,K1
busy@agency.example,Bo Busy,2026-04-30,K1
back@agency.example,Ben Back,,K2
refused@agency.example,Ruth Refused,,K2
silent@agency.example,Sid Silent,,K3
twice@agency.example,Ted Twice,,K3
nobody@agency.example,Not There,,K4
";

fn start() -> DateTime<Utc> {
    at("2026-05-04T09:00:00Z")
}

fn ago(days: i64) -> DateTime<Utc> {
    start() - TimeDelta::days(days)
}

fn world() -> World {
    let mut world = World::builder(start()).seed(11).build();
    let owner = world.owner();
    for day in 0..170 {
        world.add_login(Login::success(owner).at(ago(day) - TimeDelta::minutes(150)));
    }
    for (name, last) in [
        ("idle", 90),
        ("twice", 80),
        ("back", 70),
        ("refused", 60),
        ("exempt", 50),
        ("audited", 45),
        ("by-key", 44),
        ("busy", 3),
        ("leaver", 2),
    ] {
        let id = world.add_guest(&format!("{name}@agency.example"), ago(300));
        world.add_login(Login::success(id).at(ago(last)));
        world.add_login(Login::code(id, 1006).at(ago(last) + TimeDelta::minutes(9)));
    }
    let audited = id(&world, "audited");
    world.add_audit(AuditEvent::new(audited, 5054, ago(4)));
    let by_key = id(&world, "by-key");
    let secret = world.add_key(by_key, &["files:read"]);
    world.key_mut(&secret).unwrap().last_used = Some(ago(1));
    world.add_guest("silent@agency.example", ago(100));
    world.add_guest("disabled@agency.example", ago(200));
    let disabled = id(&world, "disabled");
    world.account_mut(disabled).unwrap().status = Status::Terminated;
    let guid = world.new_guid();
    let ldap = Account::new(guid, Kind::Guest, "Lea", "Ldap", "ldap@agency.example");
    world.add_account(ldap.registered(ago(200)).directory(Directory::Ldap));
    let guid = world.new_guid();
    let invited = Account::invited(guid, Kind::Guest, "invited@agency.example");
    world.add_account(invited.registered(ago(90)));
    let group = world.add_group("Externals");
    let guid = world.new_guid();
    let admin = Account::new(guid, Kind::DocSpaceAdmin, "Kay", "Key", "key@portal.example");
    world.add_account(admin.registered(ago(400)).group(group));
    let key = world.add_key(guid, &["*"]);
    world.set_admin_key(&key);
    // More than a page within one second: nothing proves that none is missing.
    for _ in 0..120 {
        world.add_login(Login::failure("guess@agency.example").at(ago(165)));
    }
    world.add_login(Login::code(owner, 1999).at(ago(8)));
    world
}

fn id(world: &World, name: &str) -> Uuid {
    let domain = if name == "key" { "portal" } else { "agency" };
    world.account_by_email(&format!("{name}@{domain}.example")).unwrap().id
}

/// Whether dormouse takes part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dormouse {
    Works,
    /// What it did to the portal is done all the same.
    IsAway,
}

/// The site after those days.
pub(super) fn lived(dormouse: Dormouse) -> Site {
    let site = Site::new(world());
    site.configure(CONFIGURATION);
    site.write("hr.csv", ROSTER);
    let runs = |line: &str, code: u8| {
        if dormouse == Dormouse::Works {
            site.run(line).ends(code);
        }
    };
    let disables = |line: &str, code: u8, names: &[&str]| {
        runs(line, code);
        changed(&site, dormouse, names, Status::Terminated);
    };
    // The first day: everybody is under review, a brake holds, and one call is refused.
    runs("sync", 0);
    runs("decide", 0);
    runs("apply --yes --max 1", 5);
    let refused = id(&site.portal.world(), "refused");
    let denied = Fault::json(403, r#"{"error":{"message":"Access denied"},"statusCode":403}"#);
    site.portal.faults().push(
        Rule::put(STATUS, denied).only_if(move |hit, _| hit.body.contains(&refused.to_string())),
    );
    let back = id(&site.portal.world(), "back");
    site.portal.world().add_login(Login::success(back));
    site.pass(TimeDelta::hours(3));
    disables("apply --yes --max-percent 100", 4, &["silent", "idle", "invited", "twice"]);
    site.portal.faults().clear();
    // The second: a roster, and one of them is enabled again.
    site.pass(TimeDelta::days(1));
    runs("sync --contractors hr.csv", 0);
    runs("decide --inactivity-days 45", 0);
    runs("restore twice@agency.example --yes", 0);
    changed(&site, dormouse, &["twice"], Status::Active);
    // The third: somebody else enables one, one is deleted, and the portal hides its history for a while.
    site.pass(TimeDelta::days(1));
    {
        let mut world = site.portal.world();
        let (owner, silent, leaver) = (world.owner(), id(&world, "silent"), id(&world, "leaver"));
        world.enable(owner, silent);
        world.delete_account(leaver);
        world.set_plan(Plan::Startup);
    }
    runs("sync", 3);
    site.portal.world().set_plan(Plan::SelfHosted);
    // The last: one historical decision and a current one.
    site.pass(TimeDelta::days(1));
    runs("sync", 0);
    runs("decide --as-of 2026-05-01T00:00:00Z", 0);
    runs("decide", 0);
    site
}

/// Accounts have this status afterwards: checked where dormouse did it, else done in its place.
fn changed(site: &Site, dormouse: Dormouse, names: &[&str], status: Status) {
    let mut world = site.portal.world();
    let key = id(&world, "key");
    for name in names {
        let id = id(&world, name);
        match (dormouse, status) {
            (Dormouse::Works, _) => assert_eq!(world.account(id).unwrap().status, status, "{name}"),
            (Dormouse::IsAway, Status::Terminated) => world.disable(key, id),
            (Dormouse::IsAway, _) => world.enable(key, id),
        }
    }
}
