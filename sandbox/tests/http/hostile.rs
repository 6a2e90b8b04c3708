//! Answers that would harm a trusting client: bombs, echoes, silence half-way.

use std::time::Duration;

use flate2::bufread::GzDecoder;
use sandbox::{Echo, Fault, Login, Outcome, Rule, Sandbox, Status, Version};
use serde_json::json;

use crate::support::*;

async fn portal() -> Sandbox {
    let mut world = world().build();
    world.add_guest("ann@contractor.example", now());
    let owner = world.owner();
    world.add_login_burst(&Login::success(owner), 30);
    Sandbox::start(world).await.expect("a portal")
}

async fn bytes(portal: &Sandbox, path: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let got = client().get(format!("{}{path}", portal.url())).send().await.expect("an answer");
    (got.headers().clone(), got.bytes().await.expect("a body").to_vec())
}

#[tokio::test]
async fn a_small_gzip_body_unpacks_to_a_gigabyte() {
    let portal = portal().await;
    portal.faults().push(Rule::get(PEOPLE, Fault::GzipBomb { unpacked: 4_000_000 }).nth(1));
    portal.faults().push(Rule::get(PEOPLE, Fault::GzipBomb { unpacked: 1 << 30 }).nth(2));

    let (headers, small) = bytes(&portal, PEOPLE).await;
    assert_eq!(headers["content-encoding"], "gzip");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut GzDecoder::new(small.as_slice()), &mut text).expect("gzip");
    assert!(text.len() >= 4_000_000);
    let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(body["response"], json!([]));

    let (_, big) = bytes(&portal, PEOPLE).await;
    assert!(big.len() < 1_200_000, "{}", big.len());
    let told = big.last_chunk::<4>().map(|size| u32::from_le_bytes(*size));
    assert!(told.is_some_and(|size| size >= 1 << 30));
}

#[tokio::test]
async fn an_error_repeats_the_key() {
    let portal = portal().await;
    let key = portal.admin_key();
    for (nth, form) in [(1, Echo::Text), (2, Echo::Envelope)] {
        portal.faults().push(Rule::get(LOGINS, Fault::Echo { status: 502, form }).nth(nth));
    }
    let text = get(&portal, LOGINS).await;
    assert_eq!((text.status, text.header("content-type")), (502, Some("text/plain")));
    assert!(text.text.contains(&format!("authorization: Bearer {key}")));
    let envelope = get(&portal, LOGINS).await;
    assert!(envelope.json()["error"]["message"].as_str().expect("text").contains(&key));
}

#[tokio::test]
async fn a_listing_hangs_half_way() {
    let portal = portal().await;
    portal.faults().push(Rule::get(PEOPLE, Fault::Stall { keep: 100 }));
    let url = format!("{}{PEOPLE}", portal.url());
    let request = client().get(url);
    let request = request.header("Authorization", format!("Bearer {}", portal.admin_key()));
    let mut response = request.send().await.expect("an answer");
    assert_eq!(response.chunk().await.expect("a piece").map(|piece| piece.len()), Some(100));
    let rest = tokio::time::timeout(Duration::from_millis(80), response.chunk()).await;
    assert!(rest.is_err());
}

#[tokio::test]
async fn a_change_is_made_and_its_answer_never_comes() {
    let portal = portal().await;
    let ann = portal.world().accounts()[1].id;
    portal.faults().push(Rule::put("/api/2.0/people/status", Fault::HangAnswer));
    let body = json!({ "userIds": [ann] }).to_string();
    let change = put(&portal, "/api/2.0/people/status/Terminated", &body);
    assert!(tokio::time::timeout(Duration::from_millis(200), change).await.is_err());
    assert_eq!(portal.world().account(ann).map(|account| account.status), Some(Status::Terminated));
    assert_eq!(portal.journal().writes()[0].outcome, Outcome::Lost(200));
}

#[tokio::test]
async fn before_3_2_a_bad_row_breaks_the_page_off() {
    let portal = portal().await;
    portal.world().set_version(Version::V3_1_1);
    let bad = portal.world().logins()[5].id;
    portal.world().poison_event(bad);
    assert!(try_get(&portal, LOGINS).await.is_err());
    assert_eq!(get(&portal, &format!("{LOGINS}?count=24")).await.ids().len(), 24);
}
