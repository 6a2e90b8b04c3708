//! Rosters as JSON: an array of objects, for example `[{"id":"…","email":"…","displayName":"…"}]`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::{
    domain::population::RosterFormat,
    roster::{
        Extra, File, Row,
        columns::{Column, meanings},
        decode,
        error::{Named, Problems, RosterError},
        row::{Builder, LONGEST_CELL},
    },
};

/// Every object of the array.
pub(super) fn read(
    file: Named<'_>,
    text: &str,
    format: &RosterFormat,
) -> Result<File, RosterError> {
    let objects: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| malformed(file, 0, &e))?;
    let (mut line, mut counted_to) = (1_u32, 0);
    let mut found = File::default();
    let mut problems = Problems::default();
    for raw in objects {
        // The raw value borrows from the text, so its address tells its place.
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        line = line.saturating_add(decode::breaks(&text[counted_to..start]));
        counted_to = start;
        let pairs = serde_json::from_str(raw.get()).map_err(|e| malformed(file, line, &e));
        let row = pairs.and_then(|pairs| row(file, line, pairs, format));
        let Some(row) = problems.take(row) else { continue };
        for key in row.1.keys() {
            if !found.ignored.contains(key) {
                found.ignored.push(key.clone());
            }
        }
        found.rows.push(row);
    }
    problems.or(found)
}

/// The message of serde_json without the place, which counts from the start of one object.
fn malformed(file: Named<'_>, before: u32, error: &serde_json::Error) -> RosterError {
    let text = error.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text);
    let inside = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let line = if before == 0 { inside } else { before.saturating_add(inside.max(1) - 1) };
    file.at(line, format!("{problem}; a JSON roster is an array of objects"))
}

fn row(
    file: Named<'_>,
    line: u32,
    Pairs(pairs): Pairs,
    format: &RosterFormat,
) -> Result<Row, RosterError> {
    let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    let meanings = meanings(&keys, format).map_err(|problem| file.at(line, problem))?;
    let mut builder = Builder::new(file, line, format);
    let mut extra = Extra::new();
    for ((key, value), meaning) in pairs.into_iter().zip(meanings) {
        match (&value, meaning) {
            (_, None) => {
                extra.insert(key, value);
            }
            (Value::Null, Some(_)) => {}
            (Value::String(text), Some(_)) if text.len() > LONGEST_CELL => {
                builder.refuse(&key, text, "is too long for a roster");
            }
            (Value::String(text), Some(column)) => builder.set(column, &key, text),
            (Value::Number(number), Some(Column::Id)) => {
                builder.set(Column::Id, &key, &number.to_string());
            }
            (other, Some(_)) => builder.refuse(&key, &other.to_string(), "is not text"),
        }
    }
    Ok((builder.finish()?, extra))
}

/// An object with its keys in order and none lost: a map would keep the last of two alike.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}
