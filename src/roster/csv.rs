//! Rosters as CSV: RFC 4180, separated by comma, semicolon or tab, with a header.

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use crate::roster::{
    Extra, Row, decode,
    error::{Named, RosterError},
    row::{Builder, Column, LONGEST_CELL},
};

const MOST_COLUMNS: usize = 256;

pub(super) fn rows(file: Named<'_>, text: &str) -> Result<Vec<Row>, RosterError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut records = records(file, text, separator(text))?.into_iter();
    let Some((line, header)) = records.next() else { return Ok(Vec::new()) };
    let columns = columns(file, line, &header)?;
    records.map(|(line, record)| row(file, line, &columns, &record)).collect()
}

/// The separator under which the header has most columns that mean something.
fn separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut reader = reader(text, separator);
        let header = reader.records().next().and_then(Result::ok).unwrap_or_default();
        (header.iter().filter(|h| Column::named(h.trim()).is_some()).count(), header.len())
    };
    // Of equals the last wins, which is the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|s| score(*s)).unwrap_or(b',')
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    // Lengths are checked here, with the header at hand.
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// Records with their lines.
fn records(
    file: Named<'_>,
    text: &str,
    separator: u8,
) -> Result<Vec<(u32, StringRecord)>, RosterError> {
    let mut records = Vec::new();
    let (mut line, mut counted_to) = (1_u32, 0);
    for record in reader(text, separator).into_records() {
        let record = record.map_err(|error| file.at(line, error.to_string()))?;
        let start = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
        // The reader counts blank lines before a record as part of it.
        let blank = text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
        line = line.saturating_add(decode::breaks(&text[counted_to..start + blank]));
        counted_to = start + blank;
        records.push((line, record));
    }
    if text.matches('"').count() % 2 == 1 {
        return Err(file.at(line, "a quotation mark opens a value that never ends"));
    }
    Ok(records)
}

/// A column: its header, and what it means.
type Header = (String, Option<Column>);

fn columns(file: Named<'_>, line: u32, header: &StringRecord) -> Result<Vec<Header>, RosterError> {
    if header.len() > MOST_COLUMNS {
        return Err(file.at(line, format!("the header has more than {MOST_COLUMNS} columns")));
    }
    let mut columns: Vec<Header> = Vec::with_capacity(header.len());
    for (i, name) in header.iter().enumerate() {
        let name = match name.trim() {
            "" => format!("column {}", i + 1),
            name => name.to_owned(),
        };
        let meaning = Column::named(&name);
        let twin = columns
            .iter()
            .find(|(other, same)| *other == name || (meaning.is_some() && *same == meaning));
        if let Some((other, _)) = twin {
            return Err(file.at(
                line,
                format!("columns \"{other}\" and \"{name}\" mean the same; rename or remove one"),
            ));
        }
        columns.push((name, meaning));
    }
    if !columns.iter().any(|(_, c)| matches!(c, Some(Column::Id | Column::Email))) {
        let found: Vec<_> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        return Err(file.at(
            line,
            format!("the header has no column id or email; it has {}", found.join(", ")),
        ));
    }
    Ok(columns)
}

fn row(
    file: Named<'_>,
    line: u32,
    columns: &[Header],
    record: &StringRecord,
) -> Result<Row, RosterError> {
    if record.len() != columns.len() {
        return Err(file.at(
            line,
            format!("the row has {} values, the header {} columns", record.len(), columns.len()),
        ));
    }
    let mut builder = Builder::new(file, line);
    let mut extra = Extra::new();
    for ((header, meaning), value) in columns.iter().zip(record) {
        if value.len() > LONGEST_CELL {
            return Err(file.value(line, header, value, "is too long for a roster"));
        }
        match meaning {
            Some(column) => builder.set(*column, header, value)?,
            None => {
                extra.insert(header.clone(), Value::from(value));
            }
        }
    }
    Ok((builder.finish()?, extra))
}
