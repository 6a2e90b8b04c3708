//! Typed values of flags: what parses here is well formed, so that commands never check again.

use std::str::FromStr;

use chrono::{Days, NaiveDateTime, NaiveTime};
use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};

use crate::{
    output::Format,
    time::{DATE_FORMAT, Timestamp, exact_date},
};

/// Longest threshold or history that makes sense, in days: about a hundred years.
pub const MAX_DAYS: i64 = 36_500;

/// A place in the history that an auditor kept: the number of its newest entry and that entry's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryHead {
    /// Number of the entry; 0 for an empty history.
    pub seq: i64,
    /// 64 lower-case hex digits.
    pub hash: String,
}

impl FromStr for HistoryHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "expected SEQ:HASH as `dormouse history head` prints it";
        let (seq, hash) = text.trim().split_once(':').ok_or(FORM)?;
        let seq = seq.parse().map_err(|_| FORM)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if seq < 0 || !is_hash {
            return Err(FORM);
        }
        Ok(Self { seq, hash: hash.to_lowercase() })
    }
}

/// A moment, or the first moment of a day (UTC).
pub(crate) fn since(text: &str) -> Result<Timestamp, String> {
    moment_or_day(text, Days::new(0))
}

/// A moment, or the first moment after a day (UTC), so that the day itself is included.
pub(crate) fn until(text: &str) -> Result<Timestamp, String> {
    moment_or_day(text, Days::new(1))
}

fn moment_or_day(text: &str, later: Days) -> Result<Timestamp, String> {
    if let Some(day) = exact_date(text, DATE_FORMAT) {
        let day = day.checked_add_days(later).ok_or("the date is out of range")?;
        return Ok(day.and_time(NaiveTime::MIN).and_utc().into());
    }
    // As dormouse itself shows it.
    let minute = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(at) = NaiveDateTime::parse_from_str(minute, "%Y-%m-%d %H:%M") {
        return Ok(at.and_utc().into());
    }
    text.parse::<Timestamp>().map_err(|_| {
        "expected a date (2026-11-24), a minute in UTC (\"2026-11-24 10:43\") or a time in RFC 3339 \
         (2026-11-24T10:43:00Z)"
            .to_owned()
    })
}

pub(crate) fn days() -> impl TypedValueParser<Value = u32> {
    whole_number(MAX_DAYS, "expected a whole number of days from 1 to 36500")
}

pub(crate) fn at_least_one() -> impl TypedValueParser<Value = u32> {
    whole_number(u32::MAX.into(), "expected a whole number, 1 or more")
}

pub(crate) fn percent() -> impl TypedValueParser<Value = u32> {
    whole_number(100, "expected a whole number from 1 to 100")
}

/// Numbers of decisions and runs.
pub(crate) fn number() -> impl TypedValueParser<Value = i64> {
    whole_number(i64::MAX, "expected a number as dormouse gives it, 1 or more")
}

/// From 1 to `most`; `expected` is said of everything else.
fn whole_number<N>(most: i64, expected: &'static str) -> impl TypedValueParser<Value = N>
where
    N: TryFrom<i64> + Clone + Send + Sync + 'static,
{
    move |text: &str| match text.parse() {
        Ok(number) if (1..=most).contains(&number) => N::try_from(number).map_err(|_| expected),
        Ok(_) | Err(_) => Err(expected),
    }
}

/// Reads only the formats that the command can write.
pub(crate) fn one_of(formats: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    format(formats.iter().filter_map(ValueEnum::to_possible_value).collect())
}

/// Reads the formats of every command, and that of `status`, whose name may come later.
pub(crate) fn any_format() -> impl TypedValueParser<Value = Format> {
    let every = [Format::Table, Format::Json, Format::Csv];
    let of_status = Format::Prometheus.to_possible_value().map(|value| value.hide(true));
    format(every.iter().filter_map(ValueEnum::to_possible_value).chain(of_status).collect())
}

fn format(names: Vec<PossibleValue>) -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(names).try_map(|name| Format::from_str(&name, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_given_as_end_is_included() {
        assert_eq!(since("2026-09-30").unwrap().to_string(), "2026-09-30T00:00:00.000Z");
        assert_eq!(until("2026-09-30").unwrap().to_string(), "2026-10-01T00:00:00.000Z");
        assert_eq!(
            until("2026-09-30T12:00:00+02:00").unwrap().to_string(),
            "2026-09-30T10:00:00.000Z"
        );
        for shown in ["2026-09-30 10:00", "2026-09-30 10:00 UTC"] {
            assert_eq!(since(shown).unwrap().to_string(), "2026-09-30T10:00:00.000Z");
        }
        assert!(since("yesterday").is_err());
    }

    #[test]
    fn a_head_needs_number_and_whole_hash() {
        let hash = "ab".repeat(32);
        assert_eq!(HistoryHead::from_str(&format!("7:{hash}")).unwrap().seq, 7);
        for bad in ["7", "7:abc", ":", &format!("-1:{hash}"), &format!("x:{hash}")] {
            assert!(HistoryHead::from_str(bad).is_err(), "{bad}");
        }
    }
}
