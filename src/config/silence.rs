//! How silences of the login history are read: the longest that needs no explanation, and the quiet
//! periods that somebody vouches for.

use chrono::NaiveDate;

use crate::{
    cli::MAX_DAYS,
    config::{
        ConfigError, Warning,
        file::{self, bounded},
        origin::Found,
        sources::Sources,
    },
    domain::recorded::{QuietPeriod, SilencePolicy},
};

const MAX_SILENCE_HOURS_DEFAULT: u32 = 72;

pub(super) fn load(sources: &mut Sources<'_>) -> Result<SilencePolicy, ConfigError> {
    let file = sources.file;
    let hours = |value| {
        let found = file.found(value);
        found.map(|f| f.check(|n| bounded("max_silence_hours", n, 1..=24 * MAX_DAYS))).transpose()
    };
    let moved = hours(&file.tables.brakes.max_silence_hours)?;
    if let Some(found) = &moved {
        sources.warnings.push(Warning::MovedKey(found.origin.clone()));
    }
    let hours = hours(&file.tables.policy.max_silence_hours)?.or(moved);
    let hours = hours.unwrap_or(Found::default(MAX_SILENCE_HOURS_DEFAULT));
    let max_silence_hours = sources.note("policy.max_silence_hours", hours, ToString::to_string);
    let mut periods = Vec::new();
    for table in &file.tables.quiet {
        let found = Found::new(table.get_ref(), file.origin(&table.span()));
        let found = found.check(|table| quiet(table, sources.today))?;
        periods.push(sources.note("quiet", found, ToString::to_string));
    }
    Ok(SilencePolicy { max_silence_hours, quiet: periods })
}

fn quiet(table: &file::Quiet, today: NaiveDate) -> Result<QuietPeriod, String> {
    let day = |name: &str, value: &Option<toml::Value>| match value {
        Some(value) => file::date(name, value),
        None => Err(format!("a quiet period needs `{name}`, for example {name} = 2026-12-24")),
    };
    let text = |name: &str, value: &Option<String>| match value.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(format!("a quiet period needs `{name}`: somebody vouches that nobody was there")),
    };
    let (from, to) = (day("from", &table.from)?, day("to", &table.to)?);
    if to < from {
        return Err(format!("a quiet period ends before it begins: {from} to {to}"));
    }
    if to > today {
        return Err(format!("to = {to} is after today, {today}: nobody can vouch for that yet"));
    }
    Ok(QuietPeriod {
        from,
        to,
        reason: text("reason", &table.reason)?,
        owner: text("owner", &table.owner)?,
    })
}
