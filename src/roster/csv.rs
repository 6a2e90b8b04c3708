//! Rosters as CSV: RFC 4180, separated by comma, semicolon or tab, with a header. Blank rows and the
//! `sep=` line that spreadsheets write mean nothing.

use serde_json::Value;

use crate::{
    domain::{population::RosterFormat, text::is_deceptive},
    roster::{
        Extra, File, Row,
        columns::{Column, meanings, missing},
        error::{Named, Problems, RosterError},
        records::{Malformed, Record, Records},
        row::{Builder, LONGEST_CELL, invisible},
    },
};

const MOST_COLUMNS: usize = 256;

/// A column: its header, and what it means.
type Header = (String, Option<Column>);

pub(super) fn read(
    file: Named<'_>,
    text: &str,
    format: &RosterFormat,
) -> Result<File, RosterError> {
    let malformed = |Malformed { line, problem }| file.at(line, problem);
    let mut records = records(text, format)
        .filter(|record| !record.as_ref().is_ok_and(Record::is_blank))
        .map(|record| record.map_err(malformed));
    let Some(header) = records.next() else { return Ok(File::default()) };
    let columns = columns(file, &header?, format)?;
    let mut problems = Problems::default();
    let rows = records.filter_map(|record| {
        problems.take(record.and_then(|record| row(file, &columns, record, format)))
    });
    let rows = rows.collect();
    let ignored = columns.into_iter().filter(|(_, meaning)| meaning.is_none());
    problems.or(File { rows, ignored: ignored.map(|(header, _)| header).collect() })
}

/// The records after a `sep=` line, separated as it says; without one, as the header suggests.
fn records<'t>(text: &'t str, format: &RosterFormat) -> Records<'t> {
    let first = text.lines().next().unwrap_or_default();
    let named = first.trim().trim_matches('"').to_ascii_lowercase();
    if let Some(separator @ ("," | ";" | "\t" | "|")) = named.strip_prefix("sep=") {
        let rest = text[first.len()..].trim_start_matches('\r');
        let rest = rest.strip_prefix('\n').unwrap_or(rest);
        return Records::new(rest, 2, char::from(separator.as_bytes()[0]));
    }
    Records::new(text, 1, separator(text, format))
}

/// The separator under which the header has most columns that mean something.
fn separator(text: &str, format: &RosterFormat) -> char {
    let score = |separator: char| {
        let mut records = Records::new(text, 1, separator);
        let header = records.find(|record| !record.as_ref().is_ok_and(Record::is_blank));
        let Some(Ok(Record { cells, .. })) = header else { return (0, 0) };
        let known = meanings(&cells, format).unwrap_or_default();
        (known.iter().flatten().count(), cells.len())
    };
    // Of equals the last wins, which is the comma.
    ['\t', ';', ','].into_iter().max_by_key(|s| score(*s)).unwrap_or(',')
}

fn columns(
    file: Named<'_>,
    header: &Record,
    format: &RosterFormat,
) -> Result<Vec<Header>, RosterError> {
    let refuse = |problem: String| file.at(header.line, problem);
    if header.cells.len() > MOST_COLUMNS {
        return Err(refuse(format!("the header has more than {MOST_COLUMNS} columns")));
    }
    let mut names = Vec::with_capacity(header.cells.len());
    for (place, name) in (1..).zip(&header.cells) {
        let name = name.trim();
        if let Some(c) = name.chars().find(|c| is_deceptive(*c)) {
            return Err(file.value(header.line, &format!("{place}"), name, &invisible(c)));
        }
        names.push(if name.is_empty() { format!("column {place}") } else { name.to_owned() });
    }
    let meanings = meanings(&names, format).map_err(refuse)?;
    match missing(&names, &meanings, format) {
        Some(problem) => Err(refuse(problem)),
        None => Ok(names.into_iter().zip(meanings).collect()),
    }
}

fn row(
    file: Named<'_>,
    columns: &[Header],
    record: Record,
    format: &RosterFormat,
) -> Result<Row, RosterError> {
    let Record { line, cells } = record;
    if cells.len() != columns.len() {
        return Err(file.at(
            line,
            format!("the row has {} values, the header {} columns", cells.len(), columns.len()),
        ));
    }
    let mut builder = Builder::new(file, line, format);
    let mut extra = Extra::new();
    for ((header, meaning), value) in columns.iter().zip(cells) {
        match meaning {
            _ if value.len() > LONGEST_CELL => {
                builder.refuse(header, &value, "is too long for a roster");
            }
            Some(column) => builder.set(*column, header, &value),
            None => {
                extra.insert(header.clone(), Value::from(value));
            }
        }
    }
    Ok((builder.finish()?, extra))
}
