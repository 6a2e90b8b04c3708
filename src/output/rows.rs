//! Lists as CSV. A row is one serializable struct: what are keys in JSON are columns here, so the two
//! forms never differ.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::output::csv::{Field, Writer};

/// A row whose columns are known without a row, so that an empty list has its header too.
pub(crate) trait Row: Serialize {
    /// The keys in their order. Those of a nested object are joined by `_`: `coverage_from`.
    const COLUMNS: &'static [&'static str];
}

impl<R: Row> Row for &R {
    const COLUMNS: &'static [&'static str] = R::COLUMNS;
}

/// Defines a struct whose fields are the columns of a [`Row`].
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(<$life:lifetime>)? {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize)]
        $vis struct $name $(<$life>)? { $($(#[$field_meta])* $field_vis $field: $type),+ }

        impl $(<$life>)? $crate::output::rows::Row for $name $(<$life>)? {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
        }
    };
}
pub(crate) use row;

/// Writes the header and every row.
pub(crate) fn write_csv<R: Row>(
    stream: impl Write,
    rows: impl IntoIterator<Item = R>,
) -> io::Result<()> {
    let mut csv = Writer::new(stream, R::COLUMNS)?;
    for row in rows {
        let mut cells = Map::new();
        flatten(&mut cells, "", serde_json::to_value(row)?);
        csv.record(R::COLUMNS.iter().map(|name| cells.remove(*name).map_or(Field::Empty, cell)))?;
    }
    csv.finish()
}

fn flatten(cells: &mut Map<String, Value>, key: &str, value: Value) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                let joined = if key.is_empty() { name } else { format!("{key}_{name}") };
                flatten(cells, &joined, value);
            }
        }
        other => {
            cells.insert(key.to_owned(), other);
        }
    }
}

fn cell(value: Value) -> Field {
    match value {
        Value::Null => Field::Empty,
        Value::Bool(true) => Field::Text("yes".to_owned()),
        Value::Bool(false) => Field::Text("no".to_owned()),
        Value::String(text) => Field::Text(text),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Field::Number(whole),
            None => Field::Text(number.to_string()),
        },
        other => Field::Text(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize)]
    struct Interval {
        from: u8,
        to: u8,
    }

    row! {
        struct Line<'a> {
            name: &'a str,
            days: Option<i64>,
            current: bool,
        }
    }

    #[derive(Serialize)]
    struct Nested {
        id: u8,
        coverage: Option<Interval>,
    }

    impl Row for Nested {
        const COLUMNS: &'static [&'static str] = &["id", "coverage_from", "coverage_to"];
    }

    fn text<R: Row>(rows: Vec<R>) -> String {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, rows).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn keys_become_columns() {
        assert_eq!(text(Vec::<Line<'_>>::new()), "name,days,current\r\n");
        let rows = vec![
            Line { name: "=1+1", days: Some(-1), current: true },
            Line { name: "Ann", days: None, current: false },
        ];
        assert_eq!(text(rows), "name,days,current\r\n'=1+1,-1,yes\r\nAnn,,no\r\n");
    }

    #[test]
    fn nested_objects_are_flattened_and_may_be_absent() {
        let rows = vec![
            Nested { id: 1, coverage: Some(Interval { from: 2, to: 3 }) },
            Nested { id: 2, coverage: None },
        ];
        assert_eq!(text(rows), "id,coverage_from,coverage_to\r\n1,2,3\r\n2,,\r\n");
    }
}
