//! Typed values of flags: what parses here is well formed, so that commands never check again.

use std::str::FromStr;

use chrono::{Days, NaiveTime};
use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, RangedI64ValueParser, TypedValueParser},
    value_parser,
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
    text.parse::<Timestamp>().map_err(|_| {
        "expected a date (2026-11-24) or a time in RFC 3339 (2026-11-24T00:00:00Z)".to_owned()
    })
}

pub(crate) fn days() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..=MAX_DAYS)
}

pub(crate) fn at_least_one() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..)
}

pub(crate) fn percent() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..=100)
}

/// Numbers of decisions and runs.
pub(crate) fn number() -> RangedI64ValueParser<i64> {
    value_parser!(i64).range(1..)
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
