//! Rosters from HR or CRM: the list of contractors. Whole or not at all: one bad row refuses every
//! file, and the error names each place.

mod columns;
mod csv;
mod decode;
mod error;
mod json;
mod records;
mod row;
#[cfg(test)]
mod tests;

use std::{
    io::Read,
    path::{Path, PathBuf},
};

pub use crate::roster::error::RosterError;
use crate::{
    domain::{
        history::sha256,
        population::{RosterFormat, RosterRow},
    },
    roster::error::{Named, Problems},
};

/// The columns of a row that dormouse does not read, as written.
pub type Extra = serde_json::Map<String, serde_json::Value>;

pub type Row = (RosterRow, Extra);

/// Both are more than a list of all people a portal can hold.
const MOST_BYTES: u64 = 64 << 20;
const MOST_ROWS: usize = 1_000_000;

/// All files of one run, as one list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roster {
    pub rows: Vec<Row>,
    /// Names of the columns that dormouse does not read, each once.
    pub ignored: Vec<String>,
    /// Lower-case hex SHA-256 of the bytes of all files, one after the other as they were given:
    /// `cat FILE… | sha256sum`.
    pub sha256: String,
}

/// What is in one file.
#[derive(Debug, Default)]
struct File {
    rows: Vec<Row>,
    ignored: Vec<String>,
}

/// Reads all files as one roster; `-` is `stdin`. An empty file is an empty roster: the brakes decide
/// whether that is believed.
///
/// # Errors
/// A file cannot be read, or holds something that is not a roster: the first problems of all files.
pub fn read(
    files: &[PathBuf],
    format: &RosterFormat,
    cwd: &Path,
    stdin: &mut dyn Read,
) -> Result<Roster, RosterError> {
    let mut roster = Roster::default();
    let mut problems = Problems::default();
    let mut bytes = Vec::new();
    let mut stdin = Some(stdin);
    for path in files {
        let name = path.display().to_string();
        let file = Named(&name);
        let start = bytes.len();
        let read = if name == "-" {
            let stdin = stdin.take().ok_or_else(|| file.refused("stdin is named twice"))?;
            take(stdin, &mut bytes)
        } else {
            std::fs::File::open(cwd.join(path)).and_then(|mut opened| take(&mut opened, &mut bytes))
        };
        read.map_err(|error| file.refused(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(file.refused(format!("more than {} MiB of rosters", MOST_BYTES >> 20)));
        }
        let Some(found) = problems.take(parse(file, &bytes[start..], format)) else { continue };
        roster.rows.extend(found.rows);
        for name in found.ignored {
            if !roster.ignored.contains(&name) {
                roster.ignored.push(name);
            }
        }
        if roster.rows.len() > MOST_ROWS {
            return Err(file.refused(format!("more than {MOST_ROWS} rows")));
        }
    }
    roster.sha256 = sha256(&bytes);
    problems.or(roster)
}

/// Reads what may still be read, and one byte more to notice that there is more.
fn take(from: &mut dyn Read, into: &mut Vec<u8>) -> std::io::Result<usize> {
    let room = (MOST_BYTES + 1).saturating_sub(into.len() as u64);
    from.take(room).read_to_end(into)
}

fn parse(file: Named<'_>, bytes: &[u8], format: &RosterFormat) -> Result<File, RosterError> {
    let text = decode::text(file, bytes)?;
    match text.trim_start().chars().next() {
        Some('[' | '{') => json::read(file, text, format),
        _ => csv::read(file, text, format),
    }
}
