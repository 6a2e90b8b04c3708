//! Signed JSON over a real socket, and the check of its signature that the documentation shows.

use std::{process::Command, time::Duration};

use dormouse::{
    config::shown_webhook,
    mail::{Notice, Webhook},
    portal::Route,
};
use reqwest::Url;
use sandbox::WebhookReceiver;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::support::{notice, parts};
use crate::harness::block;

const SECRET: &str = "a secret of this test";

fn webhook(url: &str) -> Webhook {
    let url = Url::parse(url).unwrap();
    let builder = Route::default().client_builder(&url, Duration::from_millis(300)).unwrap();
    Webhook::new(url, SecretString::from(SECRET.to_owned()), builder).unwrap()
}

fn post(url: &str, notice: &Notice) -> (&'static str, String) {
    block(async { parts(webhook(url).send(notice).await) })
}

#[test]
fn a_notice_is_posted_as_json_with_its_signature() {
    let receiver = WebhookReceiver::spawn().unwrap();
    let url = format!("{}?token=1", receiver.url());
    assert_eq!(post(&url, &notice("ann@example.com")), ("accepted", "200 ".trim_end().to_owned()));
    let posted = receiver.posted().remove(0);
    assert_eq!(posted.path, "/notices?token=1");
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    assert_eq!(
        body,
        json!({
            "schema": "dormouse.notice/1",
            "recipient": "ann@example.com",
            "role": "account",
            "portal": "https://docspace.example.com",
            "accounts": [{
                "account_id": "6e7a3a4e-0b7d-4a8e-9a57-000000000001",
                "email": "ann@example.com",
                "display_name": "Ann Müller",
                "kind": "guest",
                "last_activity_at": null,
                "idle_days": 16,
                "not_before": "2026-12-01",
                "stage_days": 14,
            }],
            "threshold_days": 30,
            "message_id": "<15.14@dormouse>",
        })
    );
    let digest = posted.signature.strip_prefix("sha256=").unwrap();
    assert!(digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit()), "{digest}");
}

#[test]
fn what_became_of_it_follows_from_the_answer() {
    let receiver = WebhookReceiver::spawn().unwrap();
    for (status, kind) in [
        (204, "accepted"),
        (302, "deferred"),
        (400, "refused"),
        (401, "deferred"),
        (404, "deferred"),
        (422, "refused"),
        (429, "deferred"),
        (500, "deferred"),
        (503, "deferred"),
    ] {
        receiver.answer(status, "");
        assert_eq!(post(&receiver.url(), &notice("ann@example.com")).0, kind, "{status}");
    }
    receiver.answer_late(Duration::from_secs(2));
    let late = post(&receiver.url(), &notice("ann@example.com"));
    assert_eq!(late, ("unproven", "the notice was sent, and no answer came in time".to_owned()));
    assert_eq!(receiver.posted().len(), 10);
    let url = receiver.url();
    drop(receiver);
    let (kind, said) = post(&url, &notice("ann@example.com"));
    assert_eq!(kind, "deferred");
    assert!(said.starts_with("cannot reach the webhook: "), "{said}");
}

#[test]
fn neither_the_secret_nor_the_query_is_repeated() {
    let receiver = WebhookReceiver::spawn().unwrap();
    let url = receiver.url().replace("http://", "http://user:word@") + "?token=0123";
    receiver.answer(500, &format!("{SECRET} token=0123 \u{1b}[2J{}", "x".repeat(100_000)));
    let (_, said) = post(&url, &notice("ann@example.com"));
    assert!(said.starts_with(r"500 [secret] [secret] \u{1b}[2Jxxx"), "{said}");
    assert!(said.chars().count() < 350, "{said}");
    assert_eq!(shown_webhook(&Url::parse(&url).unwrap()), receiver.url());
}

/// Skipped where there is no Python.
#[test]
fn the_documented_check_accepts_what_was_signed_and_nothing_else() {
    let page = include_str!("../../../docs/notices.md");
    let check = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(check.lines().count() <= 10, "{check}");
    let receiver = WebhookReceiver::spawn().unwrap();
    post(&receiver.url(), &notice("jürgen@example.com"));
    let posted = receiver.posted().remove(0);
    let accepts = |secret: &str, body: &str, signature: &str| {
        let script = format!(
            "{check}\nimport sys\nsys.exit(0 if is_from_dormouse(*[a.encode() for a in sys.argv[1:3]], \
             sys.argv[3]) else 1)"
        );
        let args = ["-c", &script, secret, body, signature];
        Command::new("python3").args(args).output().ok().and_then(|ran| ran.status.code())
    };
    let Some(code) = accepts(SECRET, &posted.body, &posted.signature) else { return };
    assert_eq!(code, 0);
    assert_eq!(accepts("another", &posted.body, &posted.signature), Some(1));
    assert_eq!(
        accepts(SECRET, &posted.body.replace("account", "accounts"), &posted.signature),
        Some(1)
    );
    assert_eq!(accepts(SECRET, &posted.body, ""), Some(1));
}
