//! Other people while a run waits or works: an exemption written, a login, a change by an admin. None of
//! them is overlooked, and nothing of theirs is undone.

use std::{
    io::{self, BufRead, Cursor, Read},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use dormouse::domain::history::Outcome;
use sandbox::{Fault, Login, Rule, Status, World};
use uuid::Uuid;

use super::support::*;
use crate::harness::paths::LOGINS;

/// Somebody who writes the configuration before they answer.
struct Writes {
    file: Option<(PathBuf, String)>,
    answer: Cursor<String>,
}

impl Read for Writes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((path, text)) = self.file.take() {
            std::fs::write(path, text)?;
        }
        self.answer.read(buffer)
    }
}

fn writes(site: &Site, text: &str, answer: &str) -> Box<dyn BufRead + Send> {
    let file = Some((site.path().join("dormouse.toml"), text.to_owned()));
    Box::new(io::BufReader::new(Writes { file, answer: Cursor::new(answer.to_owned()) }))
}

#[test]
fn an_exemption_written_while_the_prompt_waits_counts() {
    let (world, ids) = world(2);
    let site = decided(world);
    let email = site.portal.world().account(ids[0]).unwrap().email.clone();
    let exempt = format!("[[exemption]]\nemail = \"{email}\"\nreason = \"parental leave\"\n");
    let ran = site.run_with("apply", Some(writes(&site, &exempt, "2\n"))).ends(0);
    assert!(ran.stdout.contains("\n1 disabled, 1 skipped (exempt)\n"), "{ran:?}");
    assert_eq!(site.status(ids[0]), Some(Status::Active));
    assert!(site.last_outcome(ids[0]).1.contains("parental leave"));
}

#[test]
fn others_may_write_while_the_prompt_waits() {
    let (world, ids) = world(2);
    let site = decided(world);
    let answers = meanwhile(&site, "sync", "2\n");
    site.run_with("apply", Some(answers)).ends(0);
    assert!(ids.iter().all(|id| site.status(*id) == Some(Status::Terminated)));
    site.verifies();
    let answers = meanwhile(&site, &format!("restore --yes {}", ids[0]), "y\n");
    let ran = site.run_with("restore --run 3", Some(answers)).ends(0);
    assert!(ran.stdout.contains("\n1 enabled\n"), "{ran:?}");
    assert!(ids.iter().all(|id| site.status(*id) == Some(Status::Active)));
    site.verifies();
}

#[test]
fn who_is_skipped_does_not_use_up_the_limit() {
    let (world, ids) = world(6);
    let site = decided(world);
    site.pass(TimeDelta::minutes(5));
    for id in [ids[0], ids[2]] {
        site.portal.world().add_login(Login::success(id));
    }
    site.run("apply --yes --limit 3").ends(0);
    assert_eq!(site.called(), [ids[1], ids[3], ids[4]]);
    assert!(site.outcomes(ids[5]).is_empty(), "not reached");
}

/// The gap between the look at an account and its call, the longest of a run.
fn longest_gap(site: &Site) -> Duration {
    let journal = site.portal.journal();
    let entries = journal.entries();
    let look = |id: Uuid, before| {
        let path = format!("{ACCOUNT}{id}");
        let looks = entries.iter().filter(|e| e.path == path && e.started < before);
        looks.map(|e| e.started).max().unwrap()
    };
    let gaps = entries.iter().filter(|e| e.method == "PUT").map(|e| {
        let id = subject(&e.body);
        e.started - look(id, e.started)
    });
    gaps.max().unwrap()
}

/// The window of a minute ends between the looks of a group and their calls, as it does somewhere among 440
/// accounts at the default pace and at 23 requests a minute: looks that were made at once would be a minute
/// old when their calls leave. The run waits for that minute.
#[test]
fn calls_leave_directly_after_their_look_at_any_pace() {
    let (world, ids) = world(3);
    let site = decided(world);
    let requests = || site.portal.journal().entries().len();
    let before = requests();
    site.must("sync");
    let pull = requests() - before;
    let looks = 2 + 2 * ids.len();
    site.configure(&format!("[portal]\nrequests_per_minute = {}\n", pull + looks + 1));
    let back = ids[1];
    let ran = std::thread::scope(|scope| {
        let came_back = scope.spawn(|| {
            while requests() < before + 2 * pull {
                std::thread::sleep(Duration::from_millis(100));
            }
            // Looks that did not wait are made by now.
            std::thread::sleep(Duration::from_secs(3));
            site.portal.world().add_login(Login::success(back));
            requests()
        });
        let ran = site.run("apply --yes").ends(0);
        assert_eq!(came_back.join().unwrap(), before + 2 * pull, "no look before the wait");
        ran
    });
    assert!(ran.stdout.contains("\n2 disabled, 1 skipped (became active)\n"), "{ran:?}");
    assert_eq!(site.called(), [ids[0], ids[2]]);
    assert!(site.last_outcome(back).1.contains("recent_activity"));
    let gap = longest_gap(&site);
    assert!(gap < Duration::from_secs(10), "{gap:?}");
}

#[test]
fn a_pace_without_room_for_a_look_and_its_call_is_refused_before_anything_is_asked() {
    let (world, _) = world(1);
    let site = decided(world);
    site.configure("[portal]\nrequests_per_minute = 4\n");
    let before = site.portal.journal().entries().len();
    let ran = site.run("apply --yes").ends(2);
    assert!(ran.error().contains("requests_per_minute = 4 is too low"), "{ran:?}");
    assert_eq!(site.portal.journal().entries().len(), before);
}

#[test]
fn a_call_that_the_limit_postpones_is_preceded_by_another_look() {
    let (world, ids) = world(2);
    let site = decided(world);
    // Refused with a wait, and meanwhile one of them is back.
    let back = ids[1];
    let comes_back = Fault::before(move |world: &mut World| {
        world.add_login(Login::success(back));
    });
    site.portal.faults().push(Rule::put(DISABLE, comes_back).nth(1));
    site.portal.faults().push(Rule::put(DISABLE, Fault::too_many(Some(1))).first(2));
    let ran = site.run("apply --yes").ends(0);
    assert!(ran.stdout.contains("\n1 disabled, 1 skipped (became active)\n"), "{ran:?}");
    assert_eq!(site.status(back), Some(Status::Active));
    assert!(site.last_outcome(back).1.contains("recent_activity"));
    site.verifies();
}

#[test]
fn a_history_that_does_not_join_spares() {
    let (world, ids) = world(1);
    let site = decided(world);
    // Once the last part of the pull is read, the portal shows another history.
    let pulled = Arc::new(AtomicBool::new(false));
    let (sets, reads) = (Arc::clone(&pulled), pulled);
    // The trail's newest row is asked for before the pull and at its end.
    let (asked, newest) = (AtomicUsize::new(0), Rule::get(AUDIT, Fault::Delay(Duration::ZERO)));
    site.portal.faults().push(newest.param("count", "1").only_if(move |_, _| {
        sets.fetch_or(asked.fetch_add(1, Ordering::Relaxed) == 1, Ordering::Relaxed);
        false
    }));
    let empty = Fault::json(200, r#"{"response":[],"count":0,"status":0,"statusCode":200}"#);
    let rule = Rule::get(LOGINS, empty).only_if(move |_, _| reads.load(Ordering::Relaxed));
    site.portal.faults().push(rule);
    site.run("apply --yes").ends(0);
    let (outcome, detail) = site.last_outcome(ids[0]);
    assert_eq!(outcome, Outcome::Skipped, "{detail}");
    assert!(detail.contains("could not be joined"), "{detail}");
    assert!(site.called().is_empty());
}

#[test]
fn what_an_admin_did_before_our_call_stays_theirs() {
    let (mut world, ids) = world(1);
    let admin = world.add_guest("admin@contractor.example", at(now(), 1));
    let site = decided(world);
    let who = ids[0];
    let first = Fault::before(move |world: &mut World| world.disable(admin, who));
    site.portal.faults().push(Rule::put(DISABLE, first).nth(1));
    site.run("apply --yes").ends(0);
    let outcomes: Vec<_> = site.outcomes(who).into_iter().map(|o| o.0).collect();
    assert_eq!(outcomes, [Outcome::Applied, Outcome::Skipped]);
    assert!(site.last_outcome(who).1.contains("changed by someone else"));
    site.verifies();
    // Not ours to undo, now or after the next sync.
    site.run(&format!("restore --yes {who}")).ends(2);
    site.pass(TimeDelta::hours(1));
    site.run("sync").ends(0);
    site.run(&format!("restore --yes {who}")).ends(2);
    assert_eq!(site.status(who), Some(Status::Terminated));
    assert_eq!(site.outcomes(who).len(), 2);
    site.verifies();
}
