//! The way of one request: journal, faults, key, limits, latency, route, faults again, `Date`.
//!
//! An `Err` closes the connection without an answer. The world is locked only between waits.

use std::fmt;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use futures_util::stream;
use hyper::body::Incoming;
use tower_service::Service;
use uuid::Uuid;

use crate::fault::{Fault, Framing};
use crate::faults::Hit;
use crate::journal::{Entry, Outcome};
use crate::limits::Access;
use crate::routes;
use crate::server::Shared;
use crate::wire::ask::{Ask, Caller};
use crate::wire::query::Query;
use crate::world::World;

const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// Lets what was written reach the client before the connection closes.
const FLUSH: Duration = Duration::from_millis(20);

/// The connection closes without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

pub(crate) async fn answer(
    shared: Shared,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_LIMIT).await.map_err(|_| Dropped)?;
    let text = String::from_utf8_lossy(&body);
    let query = parts.uri.query().unwrap_or_default();
    let number = shared.journal.open(Entry {
        number: 0,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.to_owned(),
        authorized: parts.headers.contains_key(header::AUTHORIZATION),
        body: text.to_string(),
        portal_time: shared.clock.now(),
        started: Instant::now(),
        finished: None,
        outcome: Outcome::Open,
    });
    let query = Query::parse(query);
    let hit =
        Hit { method: parts.method.as_str(), path: parts.uri.path(), query: &query, body: &text };
    let faults = shared.firing(&hit);
    let result = match before(&shared, &faults).await {
        Some(Early::Answer(response)) => Ok(response),
        Some(Early::Drop) => {
            shared.journal.close(number, Outcome::Dropped);
            return Err(Dropped);
        }
        None => {
            let href = href(&parts.uri, &parts.headers);
            let ask = |world: &mut World| Ask {
                number,
                href,
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
            let response = work(&shared, router, request, ask, access).await;
            after(&shared, &faults, response).await
        }
    };
    let (response, outcome) = match result {
        Ok(response) => {
            let outcome = Outcome::Answered(response.status().as_u16());
            (Ok(dated(&shared, response)), outcome)
        }
        Err(Spoiled::Lost(status)) => (Err(Dropped), Outcome::Lost(status)),
        Err(Spoiled::Cut(response)) => {
            let outcome = Outcome::Lost(response.status().as_u16());
            (Ok(dated(&shared, response)), outcome)
        }
    };
    shared.journal.close(number, outcome);
    response
}

/// What a fault makes of a request before any work.
enum Early {
    Answer(Response<Body>),
    Drop,
}

/// What a fault makes of an answer.
enum Spoiled {
    Lost(u16),
    Cut(Response<Body>),
}

async fn before(shared: &Shared, faults: &[Fault]) -> Option<Early> {
    for fault in faults {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(*time).await,
            Fault::Before(happening) => happening(&mut shared.world()),
            Fault::Hang => std::future::pending().await,
            Fault::Reset => return Some(Early::Drop),
            Fault::Answer { status, headers, body } => {
                return Some(Early::Answer(foreign(*status, headers, body)));
            }
            _ => {}
        }
    }
    None
}

/// An answer that is not the API's.
fn foreign(status: u16, headers: &[(String, String)], body: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in headers {
        let name = header::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn work(
    shared: &Shared,
    mut router: Router,
    mut request: Request<Body>,
    ask: impl FnOnce(&mut World) -> Ask,
    access: Access,
) -> Response<Body> {
    let (ask, limits, latency) = {
        let mut world = shared.world();
        (ask(&mut world), world.settings.limits, world.settings.latency)
    };
    let user = ask.user().unwrap_or(Uuid::nil());
    let _lease = match shared.limiter.enter(limits, user, access) {
        Ok(lease) => lease,
        Err(rejection) => return routes::response(rejection),
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    request.extensions_mut().insert(ask);
    match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn after(
    shared: &Shared,
    faults: &[Fault],
    mut response: Response<Body>,
) -> Result<Response<Body>, Spoiled> {
    for fault in faults {
        match fault {
            Fault::After(happening) => happening(&mut shared.world()),
            Fault::DelayAnswer(time) => tokio::time::sleep(*time).await,
            Fault::LoseAnswer => return Err(Spoiled::Lost(response.status().as_u16())),
            Fault::Truncate { keep, framing } => {
                return Err(Spoiled::Cut(cut(response, *keep, *framing).await));
            }
            Fault::Trickle { piece, pause } => response = trickle(response, *piece, *pause).await,
            _ => {}
        }
    }
    Ok(response)
}

async fn cut(response: Response<Body>, keep: usize, framing: Framing) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    if framing == Framing::ContentLength {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    }
    let part = whole.slice(..keep.min(whole.len()));
    let pieces = stream::unfold(Some(part), |part| async move {
        match part {
            Some(part) => Some((Ok(part), None)),
            None => {
                tokio::time::sleep(FLUSH).await;
                Some((Err(Dropped), None))
            }
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

async fn trickle(response: Response<Body>, piece: usize, pause: Duration) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let pieces = stream::unfold(whole, move |mut rest: Bytes| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(piece.clamp(1, rest.len()));
        Some((Ok::<_, Dropped>(piece), rest))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// The portal's clock speaks in every `Date`, not this machine's.
fn dated(shared: &Shared, mut response: Response<Body>) -> Response<Body> {
    let date = shared.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
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

fn href(uri: &axum::http::Uri, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("http://{host}{path}")
}
