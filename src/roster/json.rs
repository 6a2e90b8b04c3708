//! Rosters as JSON: an array of objects, for example `[{"id":"…","email":"…","displayName":"…"}]`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::roster::{
    Extra, Row, decode,
    error::{Named, RosterError},
    row::{Builder, Column, LONGEST_CELL},
};

/// Every object of the array.
pub(super) fn rows(file: Named<'_>, text: &str) -> Result<Vec<Row>, RosterError> {
    let objects: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| malformed(file, 0, &e))?;
    let (mut line, mut counted_to) = (1_u32, 0);
    let mut rows = Vec::with_capacity(objects.len());
    for raw in objects {
        // The raw value borrows from the text, so its address tells its place.
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        line = line.saturating_add(decode::breaks(&text[counted_to..start]));
        counted_to = start;
        let pairs: Pairs =
            serde_json::from_str(raw.get()).map_err(|e| malformed(file, line, &e))?;
        rows.push(row(file, line, pairs)?);
    }
    Ok(rows)
}

/// The message of serde_json without the place, which counts from the start of one object.
fn malformed(file: Named<'_>, before: u32, error: &serde_json::Error) -> RosterError {
    let text = error.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text);
    let inside = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let line = if before == 0 { inside } else { before.saturating_add(inside.max(1) - 1) };
    file.at(line, format!("{problem}; a JSON roster is an array of objects"))
}

fn row(file: Named<'_>, line: u32, Pairs(pairs): Pairs) -> Result<Row, RosterError> {
    let mut builder = Builder::new(file, line);
    let mut extra = Extra::new();
    let mut seen: Vec<(Column, String)> = Vec::new();
    for (key, value) in pairs {
        let Some(column) = Column::named(&key) else {
            if extra.contains_key(&key) {
                return Err(file.at(line, format!("the key \"{key}\" is there twice")));
            }
            extra.insert(key, value);
            continue;
        };
        if let Some((_, other)) = seen.iter().find(|(c, _)| *c == column) {
            return Err(file.at(
                line,
                format!("the keys \"{other}\" and \"{key}\" mean the same; remove one"),
            ));
        }
        match (&value, column) {
            (Value::Null, _) => {}
            (Value::String(text), _) if text.len() > LONGEST_CELL => {
                return Err(file.value(line, &key, text, "is too long for a roster"));
            }
            (Value::String(text), _) => builder.set(column, &key, text)?,
            (Value::Number(number), Column::Id) => {
                builder.set(column, &key, &number.to_string())?;
            }
            (other, _) => return Err(file.value(line, &key, &other.to_string(), "is not text")),
        }
        seen.push((column, key));
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
