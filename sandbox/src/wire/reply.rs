//! Answers without an envelope of success: errors, problems and empty bodies, and how each becomes
//! HTTP.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::body;

/// A finished answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: String,
    pub(crate) ending: Ending,
}

/// Whether the body is sent to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    Whole,
    /// The server fails while it streams: the connection closes after `body`.
    Aborted,
}

/// What a route returns; a refusal is an answer too.
pub(crate) type Answer = Result<Reply, Reply>;

pub(crate) const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        let (headers, body) = (Vec::new(), String::new());
        Self { status, headers, content_type: None, body, ending: Ending::Whole }
    }

    pub(crate) fn json(status: u16, content_type: &'static str, body: String) -> Self {
        Self { content_type: Some(content_type), body, ..Self::empty(status) }
    }

    /// The error envelope, as the exception handler writes it.
    pub(crate) fn error(status: u16, message: &str, kind: &str) -> Self {
        let body = json!({
            "error": {
                "message": message,
                "type": kind,
                "stack": "   at ASC.Sandbox.Invoke() in /app/sandbox.cs:line 1",
                "hresult": -2146233078,
            },
            "status": 1,
            "statusCode": status,
        });
        Self::json(status, JSON, body.to_string())
    }

    pub(crate) fn access_denied() -> Self {
        Self::error(403, "Access denied", "System.Security.SecurityException")
    }

    pub(crate) fn not_found(message: &str) -> Self {
        Self::error(404, message, "ASC.Common.Web.ItemNotFoundException")
    }

    /// Bare ProblemDetails, as the filters before the action write them.
    pub(crate) fn problem(status: u16, title: &str) -> Self {
        let body = json!({ "type": problem_type(status), "title": title, "status": status });
        Self::json(status, PROBLEM, body.to_string())
    }

    /// This reply as HTTP, with the header that the whole API carries.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = match self.ending {
            Ending::Whole => Response::new(Body::from(self.body)),
            Ending::Aborted => Response::new(body::aborted(self.body.into())),
        };
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert("api-supported-versions", HeaderValue::from_static("2.0"));
        if let Some(kind) = self.content_type {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        add_headers(&mut response, &self.headers);
        response
    }
}

/// Sets headers by name; what is not valid in HTTP is left out.
pub(crate) fn add_headers(response: &mut Response<Body>, headers: &[(String, String)]) {
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
}

pub(crate) fn problem_type(status: u16) -> &'static str {
    match status {
        400 => "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        402 => "https://tools.ietf.org/html/rfc9110#section-15.5.3",
        403 => "https://tools.ietf.org/html/rfc9110#section-15.5.4",
        _ => "https://tools.ietf.org/html/rfc9110#section-15.5.5",
    }
}
