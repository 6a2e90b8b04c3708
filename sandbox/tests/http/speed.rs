//! Measurements, for release builds: `cargo test -p sandbox --release -- --ignored --nocapture`.
//!
//! The portal must never be the slow part of a benchmark of its client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sandbox::{Sandbox, scenarios};

use crate::support::*;

const PAGES: usize = 10_000;
const CONNECTIONS: usize = 4;

/// Reads pages one after another over one connection, looking at nothing but their length.
fn read_pages(address: &str, key: &str, first: usize) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone().expect("a socket"));
    let mut body = Vec::new();
    for page in (first..PAGES).step_by(CONNECTIONS) {
        let start = page * 100;
        write!(
            stream,
            "GET {LOGINS}?startIndex={start}&count=100 HTTP/1.1\r\nHost: x\r\n\
             Authorization: Bearer {key}\r\n\r\n"
        )
        .expect("a request");
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).expect("a header");
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.trim().parse().expect("a length");
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).expect("a body");
        assert!(length > 20_000, "{length}");
    }
}

/// Seconds of processor that the portal's thread has used: unlike the wall clock, the same on a
/// machine that is busy with other things.
fn portal_seconds() -> Option<f64> {
    for task in std::fs::read_dir("/proc/self/task").ok()?.flatten() {
        let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
        if let Some((_, fields)) = stat.split_once("(sandbox) ") {
            let ticks =
                fields.split(' ').skip(11).take(2).filter_map(|text| text.parse::<f64>().ok());
            return Some(ticks.sum::<f64>() / 100.0);
        }
    }
    None
}

#[test]
#[ignore = "a measurement"]
fn a_million_events_are_made_and_served_in_seconds() {
    let started = Instant::now();
    let (world, _) = scenarios::busy(now(), 1, 2_000, 1_000_000);
    let made = started.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();

    let portal = Sandbox::spawn(world).unwrap();
    let (address, key) = (portal.url().replace("http://", ""), portal.admin_key());
    let started = Instant::now();
    std::thread::scope(|scope| {
        for first in 0..CONNECTIONS {
            let (address, key) = (&address, &key);
            scope.spawn(move || read_pages(address, key, first));
        }
    });
    let took = started.elapsed();
    let worked = portal_seconds().unwrap_or(took.as_secs_f64());
    let rate = PAGES as f64 / worked;
    #[expect(clippy::print_stdout, reason = "what a measurement is for")]
    {
        println!(
            "made in {made:?}, {memory}, served in {took:?}, {rate:.0} pages a second of processor"
        );
    }
    assert!(made < Duration::from_secs(3), "{made:?}");
    assert!(rate > 10_000.0, "{rate}");
}
