//! Settling: an intent that a killed run left open ends as what the portal shows, and is ours only
//! where the audit trail says so.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dormouse::{
    domain::{
        account::Status,
        history::{Action, Draft, Outcome, Phase},
    },
    store::{self, Mode, Store},
};
use sandbox::{AuditEvent, World};
use uuid::Uuid;

use super::support::*;

/// What a run leaves that is killed after its intents were committed: they, and nothing else. The
/// portal is left to the test.
fn killed(site: &Site, ids: &[Uuid], action: Action) {
    let actor = site.portal.world().owner().to_string();
    let at = site.portal.clock().now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut store = Store::open(&site.store(), Mode::Record).await.unwrap();
        let decision = store::decisions::get(store.conn(), 1).await.unwrap().unwrap();
        let run = store::runs::NewRun {
            command: store::runs::Command::Apply,
            started_at: at.into(),
            actor: "cron@host".to_owned(),
            overrides: String::new(),
        };
        let run_id = store::runs::start(store.conn(), &run).await.unwrap();
        for id in ids {
            let row = Draft {
                at: at.into(),
                run_id,
                decision_id: (action == Action::Disable).then_some(1),
                account_id: (*id).into(),
                email: "guest@contractor.example".to_owned(),
                action,
                phase: Phase::Intent,
                outcome: None,
                detail: decision.digest.clone(),
                actor: actor.clone(),
                status_before: Some(Status::Active),
                status_after: None,
                http_status: None,
                portal_event_id: None,
            };
            store::history::append(store.conn(), row).await.unwrap();
        }
        store.close().await.unwrap();
    });
}

fn disable_by_key(world: &mut World, id: Uuid) {
    let owner = world.owner();
    world.disable(owner, id);
}

#[test]
fn an_open_intent_ends_as_the_portal_and_its_audit_trail_show() {
    let (mut world, ids) = world(4);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    killed(&site, &ids, Action::Disable);
    {
        let mut world = site.portal.world();
        disable_by_key(&mut world, ids[0]);
        world.disable(admin, ids[1]);
        world.delete_account(ids[2]);
    }
    site.pass(TimeDelta::minutes(3));
    let ran = site.run("apply --yes").ends(0);
    assert!(ran.stderr.contains("4 interrupted actions of earlier runs were settled"), "{ran:?}");
    site.verifies();
    let first = |id| site.outcomes(id).remove(0);
    let event = site.portal.world().audits().iter().find(|a| a.code == 4020).unwrap().id;
    assert_eq!(
        first(ids[0]),
        (Outcome::Applied, format!("settled by run 4: it is disabled, by our key (event {event})"))
    );
    let (outcome, detail) = first(ids[1]);
    assert_eq!(outcome, Outcome::Skipped);
    assert!(detail.contains("changed by someone else"), "{detail}");
    assert_eq!(first(ids[2]).0, Outcome::Failed);
    assert_eq!(
        first(ids[3]),
        (Outcome::Failed, "settled by run 4: it is active: the call had no effect".to_owned())
    );
    // Each row belongs to the run that was killed, and the run goes on to do what is left.
    let history = site.history();
    let settled = history.iter().filter(|e| e.draft.detail.starts_with("settled"));
    assert!(settled.clone().all(|e| e.draft.run_id == 3 && e.draft.decision_id == Some(1)));
    assert_eq!(settled.count(), 4);
    let shown: Vec<_> = history.iter().filter_map(|e| e.draft.portal_event_id).collect();
    assert!(shown.contains(&i64::from(event)));
    assert_eq!(site.called(), [ids[3]]);
}

#[test]
fn a_run_with_nothing_to_do_settles_too() {
    let (world, ids) = world(1);
    let site = decided(world);
    killed(&site, &ids, Action::Disable);
    disable_by_key(&mut site.portal.world(), ids[0]);
    site.pass(TimeDelta::minutes(3));
    site.run("sync").ends(0);
    let ran = site.run("apply --yes").ends(0);
    assert!(ran.stdout.contains("\n0 disabled\n"), "{ran:?}");
    assert_eq!(site.last_outcome(ids[0]).0, Outcome::Applied);
    // The sync found the event first; it is noted once.
    let history = site.history();
    assert_eq!(history.iter().filter(|e| e.draft.phase == Phase::Corroboration).count(), 1);
    sound(&history);
    // And restore settles what it is about to undo.
    killed(&site, &ids, Action::Enable);
    site.pass(TimeDelta::minutes(3));
    site.run(&format!("restore --yes {}", ids[0])).ends(0);
    let outcomes: Vec<_> = site.outcomes(ids[0]).into_iter().map(|o| o.0).collect();
    assert_eq!(outcomes, [Outcome::Applied, Outcome::Failed, Outcome::Applied]);
}

#[test]
fn the_event_of_one_action_never_proves_another() {
    let (mut world, ids) = world(1);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    site.run("apply --yes").ends(0);
    // Killed while enabling, a moment later; somebody else enabled the account.
    killed(&site, &ids, Action::Enable);
    site.portal.world().enable(admin, ids[0]);
    site.pass(TimeDelta::minutes(3));
    site.run("apply --yes").ends(0);
    let (outcome, detail) = site.outcomes(ids[0]).remove(1);
    assert_eq!(outcome, Outcome::Skipped, "{detail}");
}

#[test]
fn a_young_intent_is_waited_for() {
    let (world, ids) = world(2);
    let site = decided(world);
    killed(&site, &ids[..1], Action::Disable);
    // All but a few seconds of the two minutes are over; the slow portal is done in the last of them.
    site.pass(TimeDelta::seconds(116));
    let who = ids[0];
    let began = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(1000));
            site.portal.world().account_mut(who).unwrap().status = sandbox::Status::Terminated;
            std::thread::sleep(Duration::from_millis(1500));
            let mut world = site.portal.world();
            let (owner, now) = (world.owner(), world.clock().now());
            world.add_audit(AuditEvent::new(owner, 4020, now).target(&[who]));
        });
        site.run("apply --yes").ends(0);
    });
    assert_eq!(site.outcomes(who)[0].0, Outcome::Applied);
    assert!(began.elapsed() >= Duration::from_millis(2500));
}

#[test]
fn what_was_settled_counts_for_the_brakes() {
    let (world, ids) = world(3);
    let site = decided(world);
    configure(&site, "[brakes]\nmax_accounts = 2\n");
    killed(&site, &ids[..2], Action::Disable);
    for id in &ids[..2] {
        disable_by_key(&mut site.portal.world(), *id);
    }
    site.pass(TimeDelta::minutes(3));
    let ran = site.run(&format!("apply --yes --only {}", ids[2])).ends(5);
    assert!(ran.error().contains("1 account to disable and 2 disabled"), "{ran:?}");
    assert!(site.called().is_empty());
}

#[test]
fn what_cannot_be_read_stays_open() {
    let (world, ids) = world(1);
    let site = decided(world);
    killed(&site, &ids, Action::Disable);
    site.pass(TimeDelta::minutes(3));
    site.portal.faults().push(account_read(sandbox::Fault::status(403)));
    site.run("apply --yes").ends(3);
    assert!(site.outcomes(ids[0]).is_empty());
    site.portal.faults().clear();
    site.run("apply --yes").ends(0);
    assert_eq!(site.outcomes(ids[0])[0].0, Outcome::Failed);
}
