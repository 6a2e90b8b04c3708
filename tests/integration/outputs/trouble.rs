//! What everyday trouble looks like: one sentence that names the cause, soon.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use dormouse::time::{Clock, SystemClock};

use super::story;
use crate::harness::{Machine, Ran, Site, at};

/// A machine that is told to find its portal there.
fn machine(url: &str) -> Machine {
    let mut machine = Machine::at(at("2026-11-24T12:00:00Z"));
    machine.env = vec![
        ("DOCSPACE_API_HOST", url.to_owned()),
        ("DOCSPACE_API_KEY", "sk-0123456789".to_owned()),
    ];
    machine
}

/// Runs a line that fails within 15 s and says so in one line.
#[track_caller]
fn trouble(machine: &Machine, line: &str, code: u8, words: &[&str]) {
    let started = Instant::now();
    let ran = machine.run(line);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    told(&ran, code, words);
}

#[track_caller]
fn told(ran: &Ran, code: u8, words: &[&str]) {
    assert_eq!(ran.code, code, "{}", ran.stderr);
    let errors: Vec<&str> = ran.stderr.lines().filter(|l| !l.starts_with("created")).collect();
    assert_eq!(errors.len(), 1, "one sentence: {}", ran.stderr);
    assert!(errors[0].starts_with("error: "), "{}", ran.stderr);
    for word in words {
        assert!(errors[0].contains(word), "{word}: {}", ran.stderr);
    }
}

/// A port of this machine on which nobody listens.
fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that answers every connection in plain text.
fn plain_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    port
}

#[test]
fn a_wrong_port() {
    let machine = machine(&format!("https://127.0.0.1:{}", dead_port()));
    trouble(
        &machine,
        "sync",
        1,
        &["cannot reach https://127.0.0.1", "refused", "DOCSPACE_API_HOST"],
    );
    assert!(!machine.store().exists());
}

#[test]
fn a_port_without_tls() {
    let machine = machine(&format!("https://127.0.0.1:{}", plain_server()));
    trouble(&machine, "sync", 1, &["cannot reach https://127.0.0.1", "without TLS", "http port"]);
}

#[test]
fn a_port_that_accepts_and_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let machine = machine(&format!("http://{}", listener.local_addr().unwrap()));
    let words = ["cannot reach http://127.0.0.1", "does not answer", "DOCSPACE_API_HOST"];
    trouble(&machine, "sync", 1, &words);
}

#[test]
fn a_port_that_is_not_a_portal() {
    let machine = machine(&format!("http://127.0.0.1:{}", plain_server()));
    trouble(&machine, "sync", 1, &["400"]);
}

#[test]
fn a_dead_proxy() {
    let mut machine = machine("https://docspace.invalid");
    let proxy = format!("http://127.0.0.1:{}", dead_port());
    machine.env.push(("HTTPS_PROXY", proxy.clone()));
    let words = ["cannot reach https://docspace.invalid", "through the proxy", &proxy];
    trouble(&machine, "sync", 1, &words);
}

#[test]
fn a_missing_folder() {
    let (site, _) = story::site();
    for line in [
        "--db sqlite://gone/dormouse.db sync",
        "--db sqlite://gone/dormouse.db sync --contractors hr.csv",
    ] {
        site.write("hr.csv", "email\nann@agency.example\n");
        trouble(&site, line, 1, &["cannot create the store", "there is no folder", "--db"]);
    }
    site.must("sync");
    trouble(&site, "backup gone/copy.db", 1, &["/gone/copy.db", "there is no folder"]);
}

/// A device that is always full takes the place of stdout.
#[test]
fn a_full_disk_under_the_output() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let (site, _) = story::site();
    site.must("sync");
    for line in ["status", "accounts --format csv", "history head"] {
        let ran = site.shell(&format!("\"$0\" {line} > /dev/full"));
        told(&ran, 1, &["No space left on device"]);
    }
}

/// A limit on the size of files stands in for a disk that fills up while the store is written.
#[test]
fn a_full_disk_under_the_store() {
    let now = Clock::now(&SystemClock).into();
    let site = Site::new(sandbox::scenarios::demo(now, 7).0);
    let ran = site.shell("trap '' XFSZ; ulimit -f 400; exec \"$0\" sync");
    told(&ran, 1, &["the disk with the store is full or failed", "SQLite error"]);
    // What is there is a store, and the next run goes on.
    site.shell("exec \"$0\" sync").ends(0);
}
