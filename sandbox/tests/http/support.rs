//! A portal and a plain client for it.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Sandbox, World, WorldBuilder};
use serde_json::Value;

pub(crate) const LOGINS: &str = "/api/2.0/security/audit/login/filter";
pub(crate) const AUDITS: &str = "/api/2.0/security/audit/events/filter";
pub(crate) const PEOPLE: &str = "/api/2.0/people/filter";

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a date").with_timezone(&Utc)
}

pub(crate) fn now() -> DateTime<Utc> {
    utc("2026-06-15T12:00:00Z")
}

pub(crate) fn world() -> WorldBuilder {
    World::builder(now())
}

pub(crate) fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

pub(crate) async fn start(world: World) -> Sandbox {
    Sandbox::start(world).await.expect("a portal")
}

/// How many rows this list shows.
pub(crate) async fn count(portal: &Sandbox, path: &str) -> usize {
    get(portal, path).await.ids().len()
}

pub(crate) fn client() -> reqwest::Client {
    // Where the workspace is built as one, TLS comes without a provider (a second installation is refused),
    // and answers would be unpacked.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_gzip().build().expect("a client")
}

pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    pub(crate) fn response(&self) -> Value {
        self.json()["response"].clone()
    }

    /// The ids in the order told.
    pub(crate) fn ids(&self) -> Vec<Value> {
        self.response().as_array().expect("a list").iter().map(|item| item["id"].clone()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }
}

pub(crate) async fn try_get(portal: &Sandbox, path: &str) -> reqwest::Result<Got> {
    get_as(portal, path, &format!("Bearer {}", portal.admin_key())).await
}

pub(crate) async fn get(portal: &Sandbox, path: &str) -> Got {
    try_get(portal, path).await.expect("an answer")
}

pub(crate) async fn get_as(portal: &Sandbox, path: &str, header: &str) -> reqwest::Result<Got> {
    let request = client().get(format!("{}{path}", portal.url()));
    let request = if header.is_empty() { request } else { request.header("Authorization", header) };
    read(request.send().await?).await
}

pub(crate) async fn put(portal: &Sandbox, path: &str, body: &str) -> Got {
    put_as(portal, path, body, &portal.admin_key()).await
}

pub(crate) async fn put_as(portal: &Sandbox, path: &str, body: &str, key: &str) -> Got {
    let request = client()
        .put(format!("{}{path}", portal.url()))
        .header("Authorization", format!("Bearer {key}"))
        .header("Content-Type", "application/json")
        .body(body.to_owned());
    read(request.send().await.expect("an answer")).await.expect("a body")
}

pub(crate) async fn read(response: reqwest::Response) -> reqwest::Result<Got> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Got { status, headers, text })
}
