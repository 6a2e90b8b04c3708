//! Known incidents from the portal to the verdict, where the rules alone do not show them: what sync
//! reads, what the store keeps, what decide makes of it. Each ends with nobody wrongly disabled.

use chrono::TimeDelta;
use sandbox::{AuditEvent, Fault, Login, Recording, Rule, Status};

use super::{
    model::now,
    team::{Site, ago, guest, portal, reasons, team},
};

#[test]
fn a_retention_shorter_than_the_threshold() {
    let mut world = portal();
    world.settings.retention.login_days = 14;
    guest(&mut world, "idle", Some(40));
    guest(&mut world, "regular", Some(20));
    guest(&mut world, "busy", Some(2));
    world.purge();
    let owner = world.owner();
    world.add_login(Login::success(owner).at(ago(13).into()));
    let site = Site::new(world);
    site.must("sync");
    let shown = site.must("decide");
    assert!(
        shown.stdout.contains("needs 30 days without activity, history covers 12"),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.contains("can be decided from 2026-12-11"), "{}", shown.stdout);
    assert_eq!(site.reason("idle"), "insufficient_coverage");
    assert_eq!(site.reason("regular"), "insufficient_coverage");
    assert_eq!(site.reason("busy"), "recent_activity");
    // Our copy outlives the portal's: it is decided on the day that was said.
    for _ in 0..17 {
        site.pass_days(1);
        site.portal.world().purge();
        site.must("sync");
    }
    assert_eq!(site.reason("idle"), "insufficient_coverage");
    site.pass_days(1);
    site.must("sync");
    assert_eq!(site.reason("idle"), "idle");
}

#[test]
fn a_person_enabled_yesterday_whether_or_not_a_sync_saw_it_disabled() {
    for seen in [true, false] {
        let mut world = portal();
        let back = guest(&mut world, "back", Some(90));
        let owner = world.owner();
        let site = Site::new(world);
        if seen {
            site.portal.world().account_mut(back).unwrap().status = Status::Terminated;
            site.must("sync");
            assert_eq!(site.reason("back"), "already_disabled");
            site.portal.world().account_mut(back).unwrap().status = Status::Active;
        } else {
            site.must("sync");
            assert_eq!(site.reason("back"), "idle");
            let mut world = site.portal.world();
            world.disable(owner, back);
            world.enable(owner, back);
        }
        site.pass_days(1);
        site.must("sync");
        assert_eq!(site.reason("back"), "recently_enabled", "seen {seen}");
        let decided = site.must("decide --format json").json();
        assert_eq!(decided["decision"]["counts"]["inactive"], 0);
        site.pass_days(28);
        site.must("sync");
        assert_eq!(
            site.reason("back"),
            "recently_enabled",
            "seen {seen}: the whole threshold again"
        );
        site.pass_days(4);
        site.must("sync");
        assert_eq!(site.reason("back"), "idle", "seen {seen}");
    }
}

#[test]
fn a_threshold_longer_than_the_last_sync_looked_back() {
    let mut world = portal();
    let back = guest(&mut world, "back", Some(120));
    let owner = world.owner();
    world.add_audit(AuditEvent::new(owner, 4020, ago(60).into()).target(&[back]));
    // More than a page of changes above it.
    let other = guest(&mut world, "other", Some(2));
    for hour in 0..200 {
        let at = ago(40) + TimeDelta::hours(hour);
        world.add_audit(AuditEvent::new(owner, 4020, at.into()).target(&[other]));
    }
    let site = Site::new(world);
    site.must("sync");
    let decided = site.must("decide --inactivity-days 90 --format json").json();
    assert!(reasons(&decided).contains(&("back".into(), "recently_enabled".into())), "{decided}");
}

#[test]
fn a_person_who_works_by_api_key_only() {
    let mut world = portal();
    let integrator = guest(&mut world, "integrator", Some(120));
    let secret = world.add_key(integrator, &["*"]);
    world.key_mut(&secret).unwrap().last_used = Some(ago(4).into());
    let site = Site::new(world);
    site.must("sync");
    assert_eq!(site.reason("integrator"), "recent_activity");
    let shown = site.must("explain integrator@contractor.example --format json").json();
    assert_eq!(shown["evidence"]["last_activity_source"], "api_key");
    site.portal.world().key_mut(&secret).unwrap().last_used = Some(ago(100).into());
    let mut site = site;
    site.use_store("second.db");
    site.must("sync");
    assert_eq!(site.reason("integrator"), "idle");
}

#[test]
fn a_login_code_of_a_later_release() {
    let mut world = portal();
    let upgraded = guest(&mut world, "upgraded", Some(90));
    world.add_login(Login::code(upgraded, 1031).at(ago(2).into()));
    let tried = guest(&mut world, "tried", Some(90));
    world.add_login(Login::code(tried, 1013).at(ago(1).into()));
    let site = Site::new(world);
    site.must("sync");
    let decided = site.must("decide --dry-run --format json").json();
    let of = |name: &str| {
        let all = decided["verdicts"].as_array().unwrap();
        all.iter().find(|v| v["email"].as_str().unwrap().starts_with(name)).unwrap().clone()
    };
    assert_eq!(of("upgraded")["reason"], "recent_activity");
    assert_eq!(of("upgraded")["last_activity_source"], "other", "never shown as a login");
    assert_eq!(of("tried")["reason"], "idle", "a failed attempt is nobody's activity");
}

#[test]
fn a_portal_that_stopped_recording() {
    let mut world = team();
    let busy = world.account_by_email("busy@contractor.example").unwrap().id;
    for row in 0..400 {
        world.add_login(Login::success(busy).at((now() - TimeDelta::hours(4 + 3 * row)).into()));
    }
    let site = Site::new(world);
    site.must("sync");
    site.portal.world().settings.recording = Recording::Off;
    for _ in 0..4 {
        site.pass(TimeDelta::days(10));
        site.must("sync");
    }
    // Forty days on, everybody looks idle; the record ends three days after the last event.
    let decided = site.must("decide --format json").json();
    assert_eq!(decided["decision"]["as_of"], "2026-11-27T09:00:00.000Z");
    assert_eq!(site.reason("busy"), "recent_activity");
    assert_eq!(site.run("decide --as-of 2026-12-20T00:00:00Z").code, 3);
    assert_eq!(
        site.run("apply --yes --max-percent 100").code,
        3,
        "evidence this old is not acted on"
    );
    assert!(site.portal.journal().writes().is_empty());
}

#[test]
fn a_portal_restored_from_a_backup() {
    let site = Site::new(team());
    site.must("sync");
    site.must("decide");
    site.portal.world().restore_from_backup();
    site.pass_days(1);
    let refused = site.run("sync");
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("restored from a backup"), "{}", refused.stderr);
    assert_eq!(site.run("apply --yes --max-percent 100").code, 3);
    assert!(site.portal.journal().writes().is_empty());
    site.must("decide verify 1");
}

#[test]
fn a_long_session_with_work_and_no_login() {
    let mut world = portal();
    let worker = guest(&mut world, "worker", Some(150));
    world.add_audit(AuditEvent::new(worker, 5054, ago(2).into()));
    let site = Site::new(world);
    site.must("sync");
    assert_eq!(site.reason("worker"), "recent_activity");
    let shown = site.must("explain worker@contractor.example").stdout;
    assert!(shown.contains("by an audited action"), "{shown}");
    // Nobody looked since: nothing is concluded.
    site.pass_days(1);
    site.must("sync --inactivity-days 365");
    site.write("dormouse.toml", "[policy]\ninactivity_days = 2\n");
    let shown = site.must("decide --dry-run").stdout;
    assert!(shown.contains("run `dormouse sync --inactivity-days 2`"), "{shown}");
    assert_eq!(site.reason("worker"), "no_activity_check");
    site.must("sync");
    assert_eq!(site.reason("worker"), "idle");
}

#[test]
fn a_partial_read() {
    let mut world = portal();
    let names: Vec<String> = (0..20).map(|n| format!("p{n}")).collect();
    for hour in 0..600 {
        let stranger = Login::failure("stranger@elsewhere.example");
        world.add_login(stranger.at((now() - TimeDelta::hours(5 + 3 * hour)).into()));
    }
    for name in &names {
        guest(&mut world, name, Some(60));
    }
    let site = Site::new(world);
    // The portal breaks down in the middle of the history, for good.
    let broken = Rule::get("/api/2.0/security/audit/login", Fault::html(200)).after(4);
    site.portal.faults().push(broken);
    let failed = site.run("sync");
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    let decided = site.run("decide --format json");
    assert_eq!(decided.code, 3, "nothing is proven: {}", decided.stdout);
    site.portal.faults().clear();
    site.must("sync");
    let inactive =
        site.must("decide --format json").json()["decision"]["counts"]["inactive"].clone();
    assert_eq!(inactive, 20, "those are idle, once it is known");
}

#[test]
fn an_old_invitation_accepted_today() {
    let mut world = portal();
    let invited = sandbox::Account::invited(
        world.new_guid(),
        sandbox::Kind::Guest,
        "invited@contractor.example",
    );
    let invited = world.add_account(invited.registered(ago(100).into()));
    let site = Site::new(world);
    site.must("sync");
    assert_eq!(site.reason("invited"), "never_logged_in");
    site.portal.world().account_mut(invited).unwrap().status = Status::Active;
    site.pass_days(1);
    site.must("sync");
    assert_eq!(site.reason("invited"), "recently_enabled");
}
