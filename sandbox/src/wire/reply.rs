//! Answers: the success envelope, the error envelope, validation problems and empty bodies.
//!
//! `count` and `total` are the server's, quirks included: callers say which of them a route has.

use serde::Serialize;
use serde_json::{Value, json};

use super::ask::Ask;

/// A finished answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: String,
}

/// What a route returns; a refusal is an answer too.
pub(crate) type Answer = Result<Reply, Reply>;

const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";

/// What stands in the envelope's `count` and `total`.
#[derive(Clone, Copy)]
pub(crate) enum Counts {
    /// A single object, or a stream without an explicit count: always 1.
    One,
    /// The number of items, without `total`.
    Items(usize),
    /// A page of a list whose full length is known.
    Page { count: usize, total: usize },
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), content_type: None, body: String::new() }
    }

    fn json(status: u16, content_type: &'static str, body: String) -> Self {
        Self { status, headers: Vec::new(), content_type: Some(content_type), body }
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
}

fn problem_type(status: u16) -> &'static str {
    match status {
        400 => "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        402 => "https://tools.ietf.org/html/rfc9110#section-15.5.3",
        403 => "https://tools.ietf.org/html/rfc9110#section-15.5.4",
        _ => "https://tools.ietf.org/html/rfc9110#section-15.5.5",
    }
}

impl Ask {
    /// Wraps `response`, which is JSON text, in the success envelope.
    pub(crate) fn success(&self, response: &str, counts: Counts) -> Reply {
        let narrowed;
        let response = match self.fields() {
            Some(fields) => {
                narrowed = narrow(response, &fields);
                narrowed.as_str()
            }
            None => response,
        };
        let mut body = String::with_capacity(response.len() + self.href.len() + 128);
        body.push_str(r#"{"response":"#);
        body.push_str(response);
        let (count, total) = match counts {
            Counts::One => (1, None),
            Counts::Items(count) => (count, None),
            Counts::Page { count, total } => (count, Some(total)),
        };
        body.push_str(&format!(r#","count":{count}"#));
        if let Some(total) = total {
            body.push_str(&format!(r#","total":{total}"#));
        }
        let href = Value::from(self.href.as_str());
        body.push_str(&format!(
            r#","links":[{{"href":{href},"action":"GET"}}],"status":0,"statusCode":200}}"#
        ));
        Reply::json(200, JSON, body)
    }

    /// Serializes one object or list into the success envelope.
    pub(crate) fn reply(&self, response: &impl Serialize, counts: Counts) -> Answer {
        match serde_json::to_string(response) {
            Ok(text) => Ok(self.success(&text, counts)),
            Err(error) => Err(Reply::error(500, &error.to_string(), "System.Exception")),
        }
    }

    /// A 400: HTTP says so, the body is the success envelope around ProblemDetails.
    pub(crate) fn invalid(&self, errors: &Value) -> Reply {
        let told = self.version.tells_status_in_validation_errors();
        let body = json!({
            "response": {
                "type": problem_type(400),
                "title": "One or more validation errors occurred.",
                "status": 400,
                "errors": errors,
                "traceId": format!("00-{:032x}-{:016x}-00", self.number, self.number),
            },
            "count": 1,
            "links": [{ "href": self.href, "action": "GET" }],
            "status": i32::from(told),
            "statusCode": if told { 400 } else { 200 },
        });
        Reply::json(400, JSON, body.to_string())
    }

    fn fields(&self) -> Option<Vec<String>> {
        if !self.version.knows_fields() {
            return None;
        }
        let fields: Vec<String> = self
            .query
            .all("fields")
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        (!fields.is_empty()).then_some(fields)
    }
}

/// Keeps the named properties of the object, or of each object of the list.
fn narrow(response: &str, fields: &[String]) -> String {
    let keep = |value: &mut Value| {
        if let Value::Object(object) = value {
            object.retain(|name, _| fields.contains(&name.to_ascii_lowercase()));
        }
    };
    let mut value: Value = serde_json::from_str(response).unwrap_or_default();
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(keep),
        object => keep(object),
    }
    value.to_string()
}
