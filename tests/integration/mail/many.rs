//! Many notices, and Ctrl-C in the middle of them: what was begun is finished and recorded, and the next
//! run sends exactly the rest.

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
    assert!((5..PEOPLE).contains(&sent), "{sent}");
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

    site.must("notify");
    let told: Vec<String> = server.letters().into_iter().flat_map(|letter| letter.to).collect();
    assert_eq!(told.len(), PEOPLE);
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), PEOPLE, "nobody twice");
    assert_eq!((rows("intent"), rows("outcome")), (PEOPLE, PEOPLE));
    site.must("history verify");
}
