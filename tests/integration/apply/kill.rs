//! Killed at any step, again and again: after settling, portal and history agree about everybody, and
//! nobody was called without an intent on disk. DORMOUSE_KILLS sets how often.

use std::{
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use dormouse::domain::{
    account::AccountId,
    history::{Action, Entry, Outcome, Phase},
};
use sandbox::{Fault, Rule, Status};
use uuid::Uuid;

use super::{support::*, template::*};

const KILLS: u64 = 200;

/// How a run looks that nobody kills.
struct Shape {
    requests: u64,
    /// Requests before the first that looks at one account.
    before: u64,
}

fn shape(template: &Template, line: &str) -> Shape {
    let site = template.site();
    site.run(line).ends(0);
    let journal = site.portal.journal();
    let first = journal.entries().iter().position(|e| e.method == "PUT").unwrap() as u64;
    Shape { requests: journal.entries().len() as u64, before: first.saturating_sub(12) }
}

/// Runs the real process and kills it a moment after a request of its has reached the portal.
fn killed(site: &Site, line: &str, request: u64, moment: Duration) -> bool {
    let (send, reached) = mpsc::channel();
    let count = Mutex::new(0);
    let counting = Rule::any(Fault::Delay(Duration::ZERO)).only_if(move |_, _| {
        let mut count = count.lock().unwrap();
        *count += 1;
        if *count == request {
            let _ = send.send(());
        }
        false
    });
    site.portal.faults().push(counting);
    let mut child = site.quiet_process(line).spawn().unwrap();
    let began = Instant::now();
    loop {
        if reached.recv_timeout(Duration::from_millis(20)).is_ok() {
            thread::sleep(moment);
            break;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "stuck");
    }
    let _ = child.kill();
    let is_killed = child.wait().unwrap().code().is_none();
    site.portal.faults().clear();
    // The portal works on when its client has gone.
    while site.portal.journal().entries().iter().any(|e| e.finished.is_none()) {
        assert!(began.elapsed() < Duration::from_secs(60), "the portal is stuck");
        thread::sleep(Duration::from_millis(1));
    }
    is_killed
}

/// Kills one run, settles, and holds portal and history against each other.
fn kill_and_settle(
    template: &Template,
    line: &str,
    (ids, action): (&[Uuid], Action),
    (request, moment): (u64, Duration),
) -> Hit {
    let site = template.site();
    site.portal.world().settings.latency = Duration::from_millis(1);
    let old = site.history().len();
    let is_killed = killed(&site, line, request, moment);

    let history = site.history();
    sound(&history);
    let has_intent = |id: Uuid| {
        history[old..].iter().any(|e| {
            (e.draft.account_id, e.draft.phase) == (AccountId::from(id), Phase::Intent)
                && e.draft.action == action
        })
    };
    let wanted = match action {
        Action::Disable => Status::Terminated,
        Action::Enable => Status::Active,
    };
    for id in site.called() {
        assert!(has_intent(id), "{id} was called without an intent on disk");
    }
    for id in ids.iter().filter(|id| site.status(**id) == Some(wanted)) {
        assert!(has_intent(*id), "{id} was changed without an intent on disk");
    }
    let calls = site.called().len();
    let is_open = open_intents(&history) > 0;

    later(&site, TimeDelta::minutes(3));
    let ran = site.run(line);
    // Nothing may be left to restore.
    assert!(ran.code == 0 || (ran.code == 2 && action == Action::Enable), "{ran:?}");
    let history = site.history();
    sound(&history);
    for id in ids {
        assert_eq!(site.status(*id), Some(wanted));
        assert_eq!(standing(&history, *id), Some((action, Some(Outcome::Applied))), "{id}");
    }
    assert_eq!(open_intents(&history), 0);
    site.run("history verify").ends(0);
    // Who was called before the kill is called again only where the portal had done nothing.
    assert!(site.called().len() - calls <= ids.len());
    match is_killed {
        false => Hit::Missed,
        true if is_open => Hit::Acting,
        true => Hit::Elsewhere,
    }
}

/// Where a kill came.
#[derive(Debug, PartialEq, Eq)]
enum Hit {
    /// The run had ended.
    Missed,
    /// Between an intent and its outcome.
    Acting,
    Elsewhere,
}

fn open_intents(history: &[Entry]) -> usize {
    let key = |e: &Entry| (e.draft.run_id, e.draft.account_id, e.draft.action);
    let has_outcome = |intent: &Entry| {
        history.iter().any(|e| e.draft.phase == Phase::Outcome && key(e) == key(intent))
    };
    let intents = history.iter().filter(|e| e.draft.phase == Phase::Intent);
    intents.filter(|intent| !has_outcome(intent)).count()
}

/// The same numbers each time (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

fn kills() -> u64 {
    std::env::var("DORMOUSE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS)
}

fn kill_often(template: &Template, line: &str, who: (&[Uuid], Action), times: u64) {
    let shape = shape(template, line);
    let mut chance = Chance(times);
    let (mut acting, mut elsewhere) = (0, 0);
    while acting + elsewhere < times {
        // Mostly where it acts, sometimes anywhere.
        let from = if chance.below(5) == 0 { 1 } else { shape.before };
        let request = from + chance.below(shape.requests + 1 - from);
        let moment = Duration::from_micros(chance.below(6000));
        match kill_and_settle(template, line, who, (request, moment)) {
            Hit::Missed => {}
            Hit::Acting => acting += 1,
            Hit::Elsewhere => elsewhere += 1,
        }
    }
    assert!(times < 50 || acting >= times / 10, "{acting} of {times} kills hit an action");
}

#[test]
fn a_killed_apply_is_settled_by_the_next() {
    let (world, ids) = present(9);
    let template = Template::decided(world);
    kill_often(&template, "apply --yes", (&ids, Action::Disable), kills() / 2);
}

#[test]
fn a_killed_restore_is_settled_by_the_next() {
    let (world, ids) = present(9);
    let template = Template::decided(world).after("apply --yes");
    kill_often(&template, "restore --run 3 --yes", (&ids, Action::Enable), kills().div_ceil(2));
}
