//! Faults: what the client meets and what the portal has done by then.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sandbox::{Fault, Framing, Login, Outcome, Rule, Sandbox, Status};
use serde_json::json;

use crate::support::*;

const DISABLE: &str = "/api/2.0/people/status/Terminated";

async fn portal() -> Sandbox {
    let mut world = world().build();
    world.add_guest("ann@contractor.example", now());
    let owner = world.owner();
    for minute in 0..30 {
        world.add_login(Login::success(owner).at(now() - TimeDelta::minutes(minute)));
    }
    Sandbox::start(world).await.expect("a portal")
}

async fn try_disable(portal: &Sandbox) -> reqwest::Result<Got> {
    let id = portal.world().accounts()[1].id;
    let request = client()
        .put(format!("{}{DISABLE}", portal.url()))
        .header("Authorization", format!("Bearer {}", portal.admin_key()))
        .header("Content-Type", "application/json")
        .body(json!({ "userIds": [id] }).to_string());
    read(request.send().await?).await
}

fn ann(portal: &Sandbox) -> Status {
    portal.world().accounts()[1].status
}

#[tokio::test]
async fn a_reset_does_nothing_and_a_lost_answer_did_it() {
    let portal = portal().await;
    portal.faults().push(Rule::put(DISABLE, Fault::Reset).nth(1));
    portal.faults().push(Rule::put(DISABLE, Fault::LoseAnswer).nth(2));
    assert!(try_disable(&portal).await.is_err());
    assert_eq!(ann(&portal), Status::Active);
    assert!(try_disable(&portal).await.is_err());
    assert_eq!(ann(&portal), Status::Terminated);
    let journal = portal.journal();
    let outcomes: Vec<_> = journal.writes().iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [Outcome::Dropped, Outcome::Lost(200)]);
}

#[tokio::test]
async fn bodies_are_cut_in_both_framings() {
    let portal = portal().await;
    for framing in [Framing::ContentLength, Framing::Chunked] {
        portal.faults().clear();
        portal.faults().push(Rule::get(LOGINS, Fault::Truncate { keep: 500, framing }));
        let request = client()
            .get(format!("{}{LOGINS}", portal.url()))
            .header("Authorization", format!("Bearer {}", portal.admin_key()));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{framing:?}");
        assert!(response.text().await.is_err(), "{framing:?}");
    }
}

#[tokio::test]
async fn foreign_answers_come_at_the_ordered_moment() {
    let portal = portal().await;
    portal.faults().push(Rule::get(LOGINS, Fault::too_many(Some(86_400))).nth(2));
    portal.faults().push(Rule::get(LOGINS, Fault::html(502)).after(2).param("startIndex", "10"));
    assert_eq!(get(&portal, LOGINS).await.status, 200);
    let got = get(&portal, LOGINS).await;
    assert_eq!((got.status, got.header("retry-after")), (429, Some("86400")));
    let page = format!("{LOGINS}?startIndex=10");
    for expected in [200, 200, 502] {
        assert_eq!(get(&portal, &page).await.status, expected);
    }
    assert_eq!(get(&portal, LOGINS).await.status, 200);
}

#[tokio::test]
async fn events_arrive_between_two_pages() {
    let portal = portal().await;
    let owner = portal.world().owner();
    let arriving = vec![Login::success(owner).at(now() + TimeDelta::seconds(1))];
    portal.faults().push(Rule::get(LOGINS, Fault::logins_arrive(arriving)).nth(2));
    let first = get(&portal, &format!("{LOGINS}?count=10")).await.ids();
    let second = get(&portal, &format!("{LOGINS}?count=10&startIndex=10")).await.ids();
    assert_eq!(first.last(), second.first());
}

#[tokio::test]
async fn a_poisoned_event_spoils_each_page_that_has_it() {
    let portal = portal().await;
    let bad = portal.world().logins()[5].id;
    portal.world().poison_event(bad);
    for _ in 0..2 {
        assert_eq!(get(&portal, LOGINS).await.status, 500);
    }
    assert_eq!(get(&portal, &format!("{LOGINS}?count=24")).await.status, 200);
    assert_eq!(get(&portal, &format!("{LOGINS}?startIndex=24&count=1")).await.status, 500);
    portal.faults().push(Rule::get(LOGINS, Fault::html(503)).containing(bad));
    assert_eq!(get(&portal, LOGINS).await.status, 503);
}

#[tokio::test]
async fn slow_answers_hangs_and_pieces_take_their_time() {
    let portal = portal().await;
    let pause = Duration::from_millis(30);
    portal.faults().push(Rule::get(LOGINS, Fault::Delay(pause)).nth(1));
    portal.faults().push(Rule::get(LOGINS, Fault::DelayAnswer(pause)).nth(2));
    portal.faults().push(Rule::get(LOGINS, Fault::Trickle { piece: 6000, pause }).nth(3));
    portal.faults().push(Rule::get(LOGINS, Fault::Hang).nth(4));
    for _ in 0..3 {
        let started = Instant::now();
        assert_eq!(get(&portal, LOGINS).await.ids().len(), 30);
        assert!(started.elapsed() >= pause);
    }
    let hang = tokio::time::timeout(Duration::from_millis(50), try_get(&portal, LOGINS)).await;
    assert!(hang.is_err());
}

#[tokio::test]
async fn the_portal_works_on_when_its_client_has_gone() {
    let portal = portal().await;
    portal.faults().push(Rule::put(DISABLE, Fault::Delay(Duration::from_secs(1))));
    let impatient = tokio::time::timeout(Duration::from_millis(500), try_disable(&portal)).await;
    assert!(impatient.is_err());
    assert_eq!(ann(&portal), Status::Active);
    let works_on = async {
        while ann(&portal) == Status::Active {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), works_on).await.expect("it is disabled");
}

#[tokio::test]
async fn a_portal_that_was_switched_off_comes_back_on_its_port() {
    let mut portal = portal().await;
    let url = portal.url();
    portal.stop().await;
    assert!(try_get(&portal, LOGINS).await.is_err());
    portal.restart().unwrap();
    assert_eq!(portal.url(), url);
    assert_eq!(get(&portal, LOGINS).await.status, 200);
}

#[tokio::test]
async fn every_answer_is_dated_by_the_portals_clock() {
    let portal = portal().await;
    let date = |got: &Got| got.header("date").map(str::to_owned);
    let first = get(&portal, LOGINS).await;
    assert_eq!(date(&first).as_deref(), Some("Mon, 15 Jun 2026 12:00:00 GMT"));
    assert_eq!(first.header("api-supported-versions"), Some("2.0"));
    portal.advance(TimeDelta::days(1));
    portal.faults().push(Rule::any(Fault::status(502)));
    let second = get(&portal, "/nowhere").await;
    assert_eq!(date(&second).as_deref(), Some("Tue, 16 Jun 2026 12:00:00 GMT"));
}
