//! Many notices: their pace, how far they are, and Ctrl-C in the middle of them. What was begun is
//! finished and recorded, and the next run sends exactly the rest.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use dormouse::time::{Clock as _, SystemClock};
use sandbox::{Clock, World};

use super::support::{idle, mailing};
use crate::harness::at;

const PEOPLE: usize = 60;
const NOTICES: &str = "before_days = [14]\nto = [\"account\"]\n[policy]\nsignals = [\"logins\"]\n";

/// Its clock is the real one: so is that of the process.
fn world() -> World {
    let now: DateTime<Utc> = SystemClock.now().into();
    let mut world = idle(now, PEOPLE);
    world.set_clock(Clock::running_from(now));
    world
}

#[cfg(unix)]
#[test]
fn asked_to_stop_it_records_what_left_and_the_next_run_sends_the_rest() {
    let (site, server) = mailing(world(), NOTICES);
    site.must("sync");
    let child =
        site.process("notify").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while server.reached(sandbox::Moment::Data) < 5 {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was sent");
        thread::sleep(Duration::from_millis(2));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let sent = server.letters().len();
    assert!((5..PEOPLE - 25).contains(&sent), "{sent}");
    let said = format!("stopped on request; {} messages were not sent", PEOPLE - sent);
    assert!(stderr.contains(&said), "{said}: {stderr}");
    let rows = |phase: &str| {
        let count = format!(
            "SELECT count(*) FROM history WHERE action = 'notify' AND phase = '{phase}' AND \
             coalesce(outcome, 'applied') = 'applied'"
        );
        site.sql(&count)[0].parse::<usize>().unwrap()
    };
    assert_eq!((rows("intent"), rows("outcome")), (sent, sent));

    let ran = site.must("notify");
    assert!(ran.stderr.contains(&format!("25 of {} messages sent", PEOPLE - sent)), "{ran:?}");
    let told: Vec<String> = server.letters().into_iter().flat_map(|letter| letter.to).collect();
    assert_eq!(told.len(), PEOPLE);
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), PEOPLE, "nobody twice");
    assert_eq!((rows("intent"), rows("outcome")), (PEOPLE, PEOPLE));
    site.must("history verify");
}

#[test]
fn messages_leave_at_the_pace_configured_over_one_connection() {
    let (site, server) = mailing(idle(at("2026-06-15T12:00:00Z"), 6), NOTICES);
    let settings = std::fs::read_to_string(site.path().join("dormouse.toml")).unwrap();
    // One each 100 milliseconds.
    site.configure(&settings.replace("\nper_minute = 60000", "\nper_minute = 600"));
    site.must("sync");
    let began = Instant::now();
    site.must("notify");
    let took = began.elapsed();
    assert_eq!(server.letters().len(), 6);
    assert!(took >= Duration::from_millis(500), "{took:?}");
    assert_eq!(server.connections(), 1);
}
