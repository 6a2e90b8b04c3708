//! The way of one request: journal, faults, key, limits, latency, route, faults again, `Date`.
//!
//! An `Err` closes the connection without an answer. The world is locked only between waits.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, Response, Uri, header, request};
use hyper::body::Incoming;
use tower_service::Service;
use uuid::Uuid;

use crate::body::Dropped;
use crate::journal::{Entry, Outcome};
use crate::limits::Access;
use crate::rule::Hit;
use crate::spoil::{self, Early, Spoiled};
use crate::state::Shared;
use crate::wire::call::{Call, Caller};
use crate::wire::query::Query;
use crate::world::World;

const BODY_LIMIT: usize = 64 * 1024 * 1024;

pub(crate) async fn answer(
    shared: Shared,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_LIMIT).await.map_err(|_| Dropped)?;
    let text = String::from_utf8_lossy(&body);
    let number = shared.journal.open(entry(&shared, &parts, &text));
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let hit =
        Hit { method: parts.method.as_str(), path: parts.uri.path(), query: &query, body: &text };
    let faults = shared.firing(&hit);

    let spoiled = match spoil::before(&shared, &faults, &parts).await {
        Some(Early::Answer(response)) => Spoiled::Whole(response),
        Some(Early::Drop) => {
            shared.journal.close(number, Outcome::Dropped);
            return Err(Dropped);
        }
        None => {
            let call = |world: &mut World| Call {
                number,
                href: href(&parts.uri, &parts.headers),
                path: parts.uri.path().to_owned(),
                query: query.clone(),
                caller: caller(world, &parts.headers),
                version: world.settings.version,
                body: body.clone(),
                body_is_json: is_json(&parts.headers),
                args: Vec::new(),
            };
            let access = if parts.method == "GET" { Access::Read } else { Access::Write };
            let request = Request::from_parts(parts.clone(), Body::empty());
            let response = work(&shared, router, request, call, access).await;
            spoil::after(&shared, &faults, response).await
        }
    };
    let status = |response: &Response<Body>| response.status().as_u16();
    let (outcome, result) = match spoiled {
        Spoiled::Whole(response) => (Outcome::Answered(status(&response)), Ok(response)),
        Spoiled::Cut(response) => (Outcome::Lost(status(&response)), Ok(response)),
        Spoiled::Lost(status) => (Outcome::Lost(status.as_u16()), Err(Dropped)),
        Spoiled::Hung(status) => {
            shared.journal.close(number, Outcome::Lost(status.as_u16()));
            std::future::pending().await
        }
    };
    let result = result.map(|response| dated(&shared, response));
    shared.journal.close(number, outcome);
    result
}

fn entry(shared: &Shared, parts: &request::Parts, body: &str) -> Entry {
    Entry {
        number: 0,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorized: parts.headers.contains_key(header::AUTHORIZATION),
        body: body.to_owned(),
        portal_time: shared.clock.now(),
        started: Instant::now(),
        finished: None,
        outcome: Outcome::Open,
    }
}

async fn work(
    shared: &Shared,
    mut router: Router,
    mut request: Request<Body>,
    call: impl FnOnce(&mut World) -> Call,
    access: Access,
) -> Response<Body> {
    let (call, limits, latency) = {
        let mut world = shared.world();
        (call(&mut world), world.settings.limits, world.settings.latency)
    };
    let user = call.user().unwrap_or(Uuid::nil());
    let _lease = match shared.limiter.enter(limits, user, access) {
        Ok(lease) => lease,
        Err(rejection) => return rejection.into_response(),
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    request.extensions_mut().insert(call);
    match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Every `Date` is the portal's, not this machine's; a proxy in front of it may be off.
fn dated(shared: &Shared, mut response: Response<Body>) -> Response<Body> {
    let at = shared.clock.now() + shared.world().settings.date_skew;
    let date = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    response
}

/// `Bearer sk-…` to the letter; every other form is a scheme the sandbox has no session for.
fn caller(world: &mut World, headers: &HeaderMap) -> Caller {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Caller::Anonymous };
    let secret = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
    match secret.and_then(|secret| world.use_key(secret)) {
        Some(key) => {
            Caller::Key { user: key.created_by, key: key.id, permissions: key.permissions }
        }
        None => Caller::Invalid,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"))
}

fn href(uri: &Uri, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("http://{host}{path}")
}
