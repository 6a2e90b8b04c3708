//! Killed at any step, again and again, also while it settles what an earlier kill left: in the end
//! portal and history agree about everybody, and nobody was called without an intent on disk.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::domain::{
    account::AccountId,
    history::{Action, Entry, Outcome, Phase},
};
use sandbox::Status;
use uuid::Uuid;

use super::{support::*, template::*};
use crate::harness::kill::{Chance, Fate, kill_at, kills};

/// Accounts of a run: a group of calls and the beginning of another.
const ACCOUNTS: usize = 5;

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

/// After which request, and how long after it.
type Moment = (u64, Duration);

/// What is killed, and what must have come of it in the end.
struct Suite<'a> {
    template: Template,
    line: &'a str,
    ids: Vec<Uuid>,
    action: Action,
}

impl Suite<'_> {
    fn wanted(&self) -> Status {
        match self.action {
            Action::Disable => Status::Terminated,
            Action::Enable => Status::Active,
            Action::Notify => unreachable!("this suite changes accounts"),
        }
    }

    /// Nobody was called or changed without an intent on disk.
    fn assert_intended(&self, site: &Site, history: &[Entry]) {
        sound(history);
        let has_intent = |id: Uuid| {
            history.iter().any(|e| {
                (e.draft.account_id, e.draft.phase) == (AccountId::from(id), Phase::Intent)
                    && e.draft.action == self.action
            })
        };
        for id in site.called() {
            assert!(has_intent(id), "{id} was called without an intent on disk");
        }
        for id in self.ids.iter().filter(|id| site.status(**id) == Some(self.wanted())) {
            assert!(has_intent(*id), "{id} was changed without an intent on disk");
        }
    }

    /// Runs it undisturbed, and holds portal and history against each other.
    fn assert_settles(&self, site: &Site) {
        let ran = site.run(self.line);
        // Nothing may be left to restore.
        assert!(ran.code == 0 || (ran.code == 2 && self.action == Action::Enable), "{ran:?}");
        let history = site.history();
        sound(&history);
        for id in &self.ids {
            assert_eq!(site.status(*id), Some(self.wanted()));
            let standing = standing(&history, *id);
            assert_eq!(standing, Some((self.action, Some(Outcome::Applied))), "{id}");
        }
        assert_eq!(open_intents(&history), 0);
        site.run("history verify").ends(0);
    }

    /// Kills one run, and where it left something open and `again` says when, the run that would
    /// settle it; then settles.
    fn kill(&self, (request, moment): Moment, again: Option<Moment>) -> Hit {
        let site = self.site();
        let fate = kill_at(&site, site.quiet_process(self.line), request, moment);
        let history = site.history();
        self.assert_intended(&site, &history);
        let mut hit = Hit::of(fate, &history);
        later(&site, TimeDelta::minutes(3));
        if let Some((request, moment)) = again.filter(|_| hit == Hit::Acting)
            && kill_at(&site, site.clocked_process(self.line), request, moment) == Fate::Killed
        {
            self.assert_intended(&site, &site.history());
            hit = Hit::Settling;
            later(&site, TimeDelta::minutes(6));
        }
        let calls = site.called().len();
        self.assert_settles(&site);
        // Who was called before the kill is called again only where the portal had done nothing.
        assert!(site.called().len() - calls <= self.ids.len());
        hit
    }

    fn site(&self) -> Site {
        let site = self.template.site();
        site.portal.world().settings.latency = Duration::from_millis(1);
        site
    }
}

/// Where a kill came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hit {
    /// The run had ended.
    Missed,
    /// Between an intent and its outcome.
    Acting,
    /// There too, and then in the run that settles it.
    Settling,
    Elsewhere,
}

impl Hit {
    fn of(fate: Fate, history: &[Entry]) -> Self {
        match (fate, open_intents(history)) {
            (Fate::Ended, _) => Self::Missed,
            (Fate::Killed, 0) => Self::Elsewhere,
            (Fate::Killed, _) => Self::Acting,
        }
    }
}

fn open_intents(history: &[Entry]) -> usize {
    let key = |e: &Entry| (e.draft.run_id, e.draft.account_id, e.draft.action);
    let has_outcome = |intent: &Entry| {
        history.iter().any(|e| e.draft.phase == Phase::Outcome && key(e) == key(intent))
    };
    let intents = history.iter().filter(|e| e.draft.phase == Phase::Intent);
    intents.filter(|intent| !has_outcome(intent)).count()
}

fn kill_often(suite: &Suite, times: u64) {
    let shape = shape(&suite.template, suite.line);
    let mut chance = Chance(times);
    let (mut acting, mut settling, mut elsewhere) = (0, 0, 0);
    // Until there were enough of each kind: how often a moment hits depends on the machine.
    let enough = |acting: u64, settling: u64| acting >= times / 10 && settling >= times / 20;
    while acting + settling + elsewhere < times || !enough(acting, settling) {
        let said =
            || format!("{acting} hit an action, {settling} its settling too, {elsewhere} not");
        assert!(acting + settling + elsewhere < 4 * times, "{}", said());
        // Mostly where it acts, sometimes anywhere.
        let from = if chance.below(5) == 0 { 1 } else { shape.before };
        let request = from + chance.below(shape.requests + 1 - from);
        let moment = chance.within(Duration::from_millis(6));
        // The run that settles does so at its beginning.
        let again = (1 + chance.below(shape.before), chance.within(Duration::from_millis(6)));
        let again = Some(again).filter(|_| chance.below(3) == 0);
        match suite.kill((request, moment), again) {
            Hit::Missed => {}
            Hit::Acting => acting += 1,
            Hit::Settling => settling += 1,
            Hit::Elsewhere => elsewhere += 1,
        }
    }
}

fn applying() -> Suite<'static> {
    let (world, ids) = present(ACCOUNTS);
    let template = Template::decided(world);
    Suite { template, line: "apply --yes", ids, action: Action::Disable }
}

fn restoring() -> Suite<'static> {
    let (world, ids) = present(ACCOUNTS);
    let template = Template::decided(world).after("apply --yes");
    Suite { template, line: "restore --run 3 --yes", ids, action: Action::Enable }
}

#[test]
fn a_killed_apply_is_settled_by_the_next() {
    kill_often(&applying(), kills(200) / 2);
}

#[test]
fn a_killed_restore_is_settled_by_the_next() {
    kill_often(&restoring(), kills(200) / 2);
}
