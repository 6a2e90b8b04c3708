//! Random kills of the real process. DORMOUSE_KILLS sets how many each suite makes; 1000 is the long
//! mode.

use std::{
    process::{Child, Command},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use sandbox::{Clock, Fault, Rule};

use super::{
    Machine, Site, at,
    program::{self, Surroundings, TestClock},
};

/// Longer is stuck.
const MOST: Duration = Duration::from_secs(60);

pub(crate) fn kills(usual: u64) -> u64 {
    std::env::var("DORMOUSE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// The same numbers each time (splitmix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    pub(crate) fn within(&mut self, longest: Duration) -> Duration {
        let longest = u64::try_from(longest.as_micros()).unwrap().max(1);
        Duration::from_micros(self.below(longest))
    }
}

/// What became of a run that was to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Killed,
    /// It was faster.
    Ended,
}

pub(crate) fn kill_after(mut child: Child, moment: Duration) -> Fate {
    thread::sleep(moment);
    kill(&mut child)
}

/// Kills a process a moment after something has come to pass.
pub(crate) fn kill_when(mut run: Command, has_begun: impl Fn() -> bool, moment: Duration) -> Fate {
    let mut child = run.spawn().unwrap();
    let began = Instant::now();
    while !has_begun() && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < MOST, "stuck");
        thread::sleep(Duration::from_micros(500));
    }
    kill_after(child, moment)
}

fn kill(child: &mut Child) -> Fate {
    let _ = child.kill();
    match child.wait().unwrap().code() {
        None => Fate::Killed,
        Some(_) => Fate::Ended,
    }
}

/// Kills a process a moment after a request of its has reached the portal, and waits for the portal.
pub(crate) fn kill_at(site: &Site, mut run: Command, request: u64, moment: Duration) -> Fate {
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
    let mut child = run.spawn().unwrap();
    let began = Instant::now();
    loop {
        if reached.recv_timeout(Duration::from_millis(5)).is_ok() {
            thread::sleep(moment);
            break;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        assert!(began.elapsed() < MOST, "stuck");
    }
    let fate = kill(&mut child);
    site.portal.faults().clear();
    site.until_idle();
    fate
}

impl Site {
    /// Waits until the portal has done what it was asked: it works on when its client has gone.
    pub(crate) fn until_idle(&self) {
        let began = Instant::now();
        while self.portal.journal().entries().iter().any(|e| e.finished.is_none()) {
            assert!(began.elapsed() < MOST, "the portal is stuck");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// What the process of [`Machine::clocked_process`] runs, and the time at which it begins.
const LINE: &str = "DORMOUSE_TEST_LINE";
const BEGIN: &str = "DORMOUSE_TEST_BEGIN";

impl Machine {
    /// A process of its own, without output, whose clock is the machine's: the real program knows only
    /// the real one.
    pub(crate) fn clocked_process(&self, line: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        self.silent(&mut command)
            .env(LINE, line)
            .env(BEGIN, self.clock.followed.now().to_rfc3339())
            .args(["--exact", "harness::kill::another_process", "--ignored"]);
        command
    }
}

#[test]
#[ignore = "runs in a process that another test starts"]
fn another_process() {
    let Ok(line) = std::env::var(LINE) else { return };
    let followed = Clock::running_from(at(&std::env::var(BEGIN).unwrap()));
    let names = ["DOCSPACE_API_HOST", "DOCSPACE_API_KEY", "DATABASE_URL", "DORMOUSE_SMTP_PASSWORD"];
    program::run(
        &line,
        Surroundings {
            env: names.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?))).collect(),
            cwd: std::env::current_dir().unwrap(),
            clock: TestClock { followed, skew: TimeDelta::zero() },
            answers: None,
            stdin: String::new(),
            columns: None,
        },
    );
}
