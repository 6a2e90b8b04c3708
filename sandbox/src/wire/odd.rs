//! Events that a reader cannot take for granted: the row is there, one of its properties is not.

use serde_json::Value;

use super::date;
use crate::world::Oddity;

/// The event's JSON with one property spoilt.
pub(crate) fn event(json: &str, oddity: Oddity) -> String {
    let mut event: Value = serde_json::from_str(json).unwrap_or_default();
    let Value::Object(properties) = &mut event else { return json.to_owned() };
    let (name, value) = match oddity {
        Oddity::NullDate => ("date", Some(Value::Null)),
        Oddity::UnsetDate => ("date", Some(date::UNSET.into())),
        Oddity::UnreadableDate => ("date", Some("yesterday".into())),
        Oddity::NoDate => ("date", None),
        Oddity::UnreadableId => ("id", Some("A-17".into())),
        Oddity::NoId => ("id", None),
        Oddity::NullAccount => ("userId", Some(Value::Null)),
        Oddity::NoAccount => ("userId", None),
    };
    match value {
        Some(value) => properties.insert(name.to_owned(), value),
        None => properties.remove(name),
    };
    event.to_string()
}
