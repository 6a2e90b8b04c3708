//! The key reaches the portal and nobody else: no proxy, no message, no row; and an answer costs no
//! more memory than it may.

#![cfg(unix)]

use std::{
    fs,
    io::Read,
    net::TcpListener,
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use sandbox::{Echo, Fault, Rule};

use super::{decided, portal};
use crate::harness::{Machine, Ran, Site, at, paths::PEOPLE};

fn key(site: &Site) -> String {
    let (_, key) = site.env.iter().find(|(name, _)| *name == "DOCSPACE_API_KEY").unwrap();
    key.clone()
}

#[test]
fn an_answer_that_repeats_the_key_is_shown_without_it() {
    for (status, form) in
        [(200, Echo::Text), (400, Echo::Envelope), (403, Echo::Text), (403, Echo::Envelope)]
    {
        let site = decided();
        site.portal.faults().push(Rule::any(Fault::Echo { status, form }));
        for line in ["-vv sync", "-vv --log-format json sync", "doctor"] {
            let ran: Ran = site.process(line).output().unwrap().into();
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!all.contains(&key(&site)), "{status} {form:?} {line}: {all}");
            assert_ne!(ran.code, 0);
        }
        site.run("sync");
        assert!(!site.dump().contains(&key(&site)), "{status} {form:?}");
    }
}

/// So it is for the folder of every test.
#[test]
#[should_panic(expected = "the key is in")]
fn a_file_that_holds_the_key_is_found() {
    let site = decided();
    site.write("report.html", &format!("<html>{}</html>", key(&site)));
}

#[test]
fn no_proxy_is_asked_about_a_portal_on_this_machine() {
    let site = decided();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let (said, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut request = [0; 4096];
        let (mut stream, _) = listener.accept().unwrap();
        let length = stream.read(&mut request).unwrap();
        said.send(String::from_utf8_lossy(&request[..length]).into_owned()).unwrap();
    });
    let mut command = site.process("sync");
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
        command.env(name, &proxy);
    }
    command.output().unwrap();
    let request = heard.recv_timeout(Duration::from_millis(200));
    assert!(request.is_err(), "{request:?}");
}

#[test]
fn an_answer_that_unpacks_without_end_is_an_error() {
    let site = decided();
    site.portal.faults().push(Rule::get(PEOPLE, Fault::GzipBomb { unpacked: 8 << 30 }));
    let begun = Instant::now();
    let ran = site.run("sync");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("larger than 16 MiB"), "{}", ran.stderr);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_reader_that_has_seen_enough_does_not_change_the_exit_code() {
    let (world, _) = sandbox::scenarios::demo(at("2026-11-22T12:00:00Z"), 7);
    let site = Site::fast(world);
    site.must("sync");
    let script = "{ sleep 0.2; \"$0\" --format json decide --check; echo $? > code; } | true";
    let ran = site.shell(script);
    assert_eq!(fs::read_to_string(site.path().join("code")).unwrap().trim(), "10", "{ran:?}");
    assert_eq!(ran.stderr, "");
}

/// Needs openssl for a certificate and Python for a server; skipped where there is neither.
#[test]
fn a_certificate_that_is_not_trusted_is_said_at_once() {
    let site = Site::fast(portal());
    let issue = |more: &str| {
        Command::new("openssl")
            .args("req -x509 -newkey rsa:2048 -nodes -days 1".split(' ').chain(more.split(' ')))
            .current_dir(site.path())
            .output()
            .is_ok_and(|ran| ran.status.success())
    };
    let issued = issue("-subj /CN=authority -keyout ca.key -out ca.pem")
        && issue(
            "-subj /CN=localhost -CA ca.pem -CAkey ca.key -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -keyout server.key -out server.pem",
        );
    if !issued {
        return;
    }
    site.write("server.py", SERVER);
    let server = Command::new("python3").arg("server.py").current_dir(site.path()).spawn();
    let Ok(mut server) = server else { return };
    let port = site.path().join("port");
    while !port.exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let url = format!("https://localhost:{}", fs::read_to_string(&port).unwrap());
    let run = |more: &[(&str, &str)]| {
        let mut command = site.process("--db sqlite://other.db sync");
        command.env("DOCSPACE_API_HOST", &url).envs(more.iter().copied());
        let begun = Instant::now();
        let ran: Ran = command.output().unwrap().into();
        (ran, begun.elapsed())
    };
    let (stranger, took) = run(&[]);
    let (trusted, _) = run(&[("SSL_CERT_FILE", "ca.pem")]);
    let (unread, _) = run(&[("SSL_CERT_FILE", "server.py")]);
    site.configure("[portal]\nca_file = \"ca.pem\"\n");
    let (configured, _) = run(&[]);
    let (proxied, _) = run(&[("HTTPS_PROXY", "http://user:word@127.0.0.1:9")]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(stranger.code, 1, "{}", stranger.stderr);
    assert!(stranger.error().contains("is not trusted"), "{}", stranger.stderr);
    assert!(stranger.error().contains("ca_file"), "{}", stranger.stderr);
    assert!(took < Duration::from_secs(3), "no second try: {took:?}");
    assert!(trusted.error().contains("(404)"), "{}", trusted.stderr);
    assert!(configured.error().contains("(404)"), "{}", configured.stderr);
    assert_eq!(unread.code, 2, "{}", unread.stderr);
    assert!(unread.error().contains("server.py"), "{}", unread.stderr);
    // A portal on this machine is asked without it.
    assert!(proxied.error().contains("(404)"), "{}", proxied.stderr);
}

#[test]
fn a_proxy_is_shown_without_its_password_and_named_in_errors() {
    let mut machine = Machine::at(at("2026-11-24T12:00:00Z"));
    machine.env = vec![
        ("DOCSPACE_API_HOST", "https://portal.example.com".to_owned()),
        ("DOCSPACE_API_KEY", "sk-0123456789".to_owned()),
        ("HTTPS_PROXY", "http://user:word@127.0.0.1:9".to_owned()),
    ];
    let config = machine.must("config");
    assert!(config.stdout.contains("http://127.0.0.1:9"), "{}", config.stdout);
    assert!(config.stdout.contains("HTTPS_PROXY"), "{}", config.stdout);
    let doctor = machine.run("doctor");
    assert!(doctor.stdout.contains("http://127.0.0.1:9 (HTTPS_PROXY)"), "{}", doctor.stdout);
    for text in [&config.stdout, &doctor.stdout, &doctor.stderr] {
        assert!(!text.contains("word"), "{text}");
    }
    assert!(doctor.stdout.contains("through the proxy"), "{}", doctor.stdout);
}

/// Answers 404 to everything, over TLS, on a port that it writes into a file.
const SERVER: &str = r#"
import http.server, os, ssl
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404)
        self.end_headers()
    def log_message(self, *_):
        pass
server.RequestHandlerClass = Handler
with open("port.part", "w") as file:
    file.write(str(server.server_address[1]))
os.rename("port.part", "port")
server.serve_forever()
"#;
