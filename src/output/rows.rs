//! Lists as CSV: RFC 4180, UTF-8, opened by a spreadsheet without running anything. A row is one
//! serializable struct: what are keys in JSON are columns here, so the two forms never differ.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

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
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(stream);
    csv.write_record(R::COLUMNS)?;
    for row in rows {
        let mut cells = Map::new();
        flatten(&mut cells, "", serde_json::to_value(row)?);
        csv.write_record(
            R::COLUMNS.iter().map(|name| cells.remove(*name).map_or_else(String::new, cell)),
        )?;
    }
    csv.flush()
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

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => harmless(text),
        // Never mistaken for a formula, although it may begin with a minus.
        Value::Number(number) => number.to_string(),
        other => harmless(other.to_string()),
    }
}

/// Spreadsheets take text with these first characters, also in their full-width forms, for a formula;
/// a leading apostrophe makes it text again.
fn harmless(text: String) -> String {
    const FORMULA: [char; 11] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    row! {
        struct Line<'a> {
            name: &'a str,
            days: Option<i64>,
            current: bool,
        }
    }

    #[derive(Serialize)]
    struct Interval {
        from: u8,
        to: u8,
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
        assert_eq!(
            text(vec![Line { name: "Ann", days: None, current: false }]),
            "name,days,current\r\nAnn,,no\r\n"
        );
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        let names = ["=1+1", "@SUM(A1)", "-2", "+49 30", "\tx", "Ann, \"A\"", "a=b"];
        let lines = names.map(|name| Line { name, days: Some(-1), current: true });
        assert_eq!(
            text(lines.into()),
            "name,days,current\r\n'=1+1,-1,yes\r\n'@SUM(A1),-1,yes\r\n'-2,-1,yes\r\n\
             '+49 30,-1,yes\r\n'\tx,-1,yes\r\n\"Ann, \"\"A\"\"\",-1,yes\r\na=b,-1,yes\r\n"
        );
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
