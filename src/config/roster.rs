//! How roster files are written: the columns to read where their names are not the usual ones, and the
//! form of their dates.

use chrono::NaiveDate;

use crate::{
    config::{ConfigError, file::Optional, sources::Sources},
    domain::population::RosterFormat,
    time::exact_date,
};

pub(super) fn load(sources: &mut Sources<'_>) -> Result<RosterFormat, ConfigError> {
    let table = &sources.file.tables.roster;
    let mut read =
        |name, written: &Optional<String>, check: fn(String) -> Result<String, String>| {
            let Some(found) = sources.file.found(written) else { return Ok(None) };
            Ok(Some(sources.note(name, found.check(check)?, Clone::clone)))
        };
    Ok(RosterFormat {
        id: read("roster.id", &table.id, column)?,
        email: read("roster.email", &table.email, column)?,
        display_name: read("roster.display_name", &table.display_name, column)?,
        contract_end: read("roster.contract_end", &table.contract_end, column)?,
        date_format: read("roster.date_format", &table.date_format, date_format)?,
    })
}

fn column(name: String) -> Result<String, String> {
    match name.chars().any(char::is_alphanumeric) {
        true => Ok(name),
        false => Err(format!("\"{name}\" is not the name of a column")),
    }
}

/// A format that writes day, month and year and nothing that a date lacks.
fn date_format(format: String) -> Result<String, String> {
    let samples = [(2027, 1, 2), (2031, 12, 25)];
    let is_good = samples.into_iter().all(|(year, month, day)| {
        let Some(date) = NaiveDate::from_ymd_opt(year, month, day) else { return false };
        let mut written = String::new();
        let is_written =
            std::fmt::Write::write_fmt(&mut written, format_args!("{}", date.format(&format)));
        is_written.is_ok() && exact_date(&written, &format) == Some(date)
    });
    match is_good {
        true => Ok(format),
        false => Err(format!(
            "date_format = \"{format}\" does not write a whole date; for example \"%d.%m.%Y\" reads \
             31.12.2026"
        )),
    }
}
