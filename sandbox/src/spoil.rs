//! What the faults that fire make of a request and of its answer.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Response, StatusCode, header, request, response};

use serde_json::Value;

use crate::fault::{Echo, Fault, Framing};
use crate::state::Shared;
use crate::wire::reply::{self, Reply};
use crate::{body, bomb};

/// What becomes of a request before any work.
pub(crate) enum Early {
    Answer(Response<Body>),
    Drop,
}

/// What becomes of an answer.
pub(crate) enum Spoiled {
    Whole(Response<Body>),
    Cut(Response<Body>),
    Lost(StatusCode),
    /// As `Lost`, but the connection stays open.
    Hung(StatusCode),
}

pub(crate) async fn before(
    shared: &Shared,
    faults: &[Fault],
    request: &request::Parts,
) -> Option<Early> {
    for fault in faults {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(*time).await,
            Fault::Before(happening) => happening(&mut shared.world()),
            Fault::Hang => std::future::pending().await,
            Fault::Reset => return Some(Early::Drop),
            Fault::Answer { status, headers, body } => {
                return Some(Early::Answer(foreign(*status, headers, body.clone().into())));
            }
            Fault::Echo { status, form } => {
                return Some(Early::Answer(echo(*status, *form, request)));
            }
            Fault::GzipBomb { unpacked } => {
                let headers = [("Content-Type", reply::JSON), ("Content-Encoding", "gzip")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()));
                return Some(Early::Answer(foreign(200, &headers, bomb::gzip(*unpacked))));
            }
            Fault::After(_)
            | Fault::Edit(_)
            | Fault::DelayAnswer(_)
            | Fault::LoseAnswer
            | Fault::HangAnswer
            | Fault::Truncate { .. }
            | Fault::Stall { .. }
            | Fault::Trickle { .. } => {}
        }
    }
    None
}

/// An answer that is not the API's.
fn foreign(status: u16, headers: &[(String, String)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    reply::add_headers(&mut response, headers);
    response
}

fn echo(status: u16, form: Echo, request: &request::Parts) -> Response<Body> {
    let mut text = format!("{} {}\r\n", request.method, request.uri);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())));
    }
    match form {
        Echo::Text => {
            let headers = [("Content-Type".to_owned(), "text/plain".to_owned())];
            foreign(status, &headers, text.into())
        }
        Echo::Envelope => Reply::error(status, &text, "System.Exception").into_response(),
    }
}

pub(crate) async fn after(
    shared: &Shared,
    faults: &[Fault],
    mut response: Response<Body>,
) -> Spoiled {
    for fault in faults {
        match fault {
            Fault::After(happening) => happening(&mut shared.world()),
            Fault::Edit(edit) => response = edited(response, edit.as_ref()).await,
            Fault::DelayAnswer(time) => tokio::time::sleep(*time).await,
            Fault::LoseAnswer => return Spoiled::Lost(response.status()),
            Fault::HangAnswer => return Spoiled::Hung(response.status()),
            Fault::Truncate { keep, framing } => {
                return Spoiled::Cut(cut(response, *keep, *framing).await);
            }
            Fault::Stall { keep } => {
                let (parts, whole) = taken_apart(response).await;
                let part = whole.slice(..whole.len().min(*keep));
                return Spoiled::Cut(Response::from_parts(parts, body::stalled(part)));
            }
            Fault::Trickle { piece, pause } => {
                let (parts, whole) = taken_apart(response).await;
                response = Response::from_parts(parts, body::trickled(whole, *piece, *pause));
            }
            Fault::Delay(_)
            | Fault::Before(_)
            | Fault::Hang
            | Fault::Reset
            | Fault::Answer { .. }
            | Fault::Echo { .. }
            | Fault::GzipBomb { .. } => {}
        }
    }
    Spoiled::Whole(response)
}

async fn edited(
    response: Response<Body>,
    edit: &(dyn Fn(&mut Value) + Send + Sync),
) -> Response<Body> {
    let (mut parts, whole) = taken_apart(response).await;
    let mut answer: Value = serde_json::from_slice(&whole).unwrap_or_default();
    if let Some(told) = answer.get_mut("response") {
        edit(told);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, answer.to_string().into())
}

async fn cut(response: Response<Body>, keep: usize, framing: Framing) -> Response<Body> {
    let (mut parts, whole) = taken_apart(response).await;
    if framing == Framing::ContentLength {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    }
    Response::from_parts(parts, body::aborted(whole.slice(..whole.len().min(keep))))
}

async fn taken_apart(response: Response<Body>) -> (response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    // The body is our own and in memory already.
    (parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}
