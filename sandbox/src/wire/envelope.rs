//! The envelope around every success, and the one in which a validation error hides.
//!
//! `count` and `total` are the server's, quirks included: routes say which of them they have.

use serde::Serialize;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Answer, Ending, JSON, Reply, problem_type};

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

impl Call {
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

    /// The head of a success whose list the server could not finish.
    pub(crate) fn half_success(items: &str) -> Reply {
        let body = format!(r#"{{"response":{}"#, items.trim_end_matches(']'));
        Reply { ending: Ending::Aborted, ..Reply::json(200, JSON, body) }
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
