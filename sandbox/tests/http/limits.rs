//! Rate limits: empty 429s with the headers that each limiter knows.

use std::time::Duration;

use sandbox::{Limits, Sandbox};

use crate::support::*;

#[tokio::test]
async fn the_window_slides_and_says_how_long() {
    let window = Duration::from_millis(900);
    let limits = Limits { per_window: 2, window, ..Limits::SHIPPED };
    let portal = Sandbox::start(world().limits(limits).build()).await.unwrap();
    for _ in 0..2 {
        let got = get(&portal, LOGINS).await;
        assert_eq!((got.status, got.header("x-ratelimit-limit")), (200, None));
    }
    let got = get(&portal, LOGINS).await;
    assert_eq!((got.status, got.text.as_str()), (429, ""));
    assert_eq!(got.header("x-ratelimit-limit"), Some("2"));
    assert_eq!(got.header("x-ratelimit-remaining"), Some("0"));
    // Cut to whole seconds.
    assert_eq!(got.header("retry-after"), Some("0"));
    tokio::time::sleep(window).await;
    assert_eq!(get(&portal, LOGINS).await.status, 200);
}

#[tokio::test]
async fn too_many_at_once_are_refused_without_a_wait() {
    let limits = Limits { concurrent_reads: 3, ..Limits::SHIPPED };
    let world = world().limits(limits).latency(Duration::from_millis(100)).build();
    let portal = Sandbox::start(world).await.unwrap();
    let (a, b, c, d) = tokio::join!(
        get(&portal, LOGINS),
        get(&portal, LOGINS),
        get(&portal, LOGINS),
        get(&portal, LOGINS),
    );
    let refused: Vec<_> = [a, b, c, d].into_iter().filter(|got| got.status == 429).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].header("retry-after"), None);
    assert!((3..=4).contains(&portal.journal().peak()));
    assert_eq!(portal.journal().entries()[0].param("startindex"), None);
}

#[tokio::test]
async fn writes_have_a_daily_limit_and_a_day_to_wait() {
    let limits = Limits { writes_per_day: 1, ..Limits::SHIPPED };
    let portal = Sandbox::start(world().limits(limits).build()).await.unwrap();
    let path = "/api/2.0/people/status/Terminated";
    assert_eq!(put(&portal, path, r#"{"userIds":[]}"#).await.status, 200);
    let got = put(&portal, path, r#"{"userIds":[]}"#).await;
    let wait: u64 = got.header("retry-after").unwrap().parse().unwrap();
    assert_eq!((got.status, wait / 100), (429, 863));
    assert_eq!(get(&portal, LOGINS).await.status, 200);
}
