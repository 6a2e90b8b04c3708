//! Timestamps are UTC with millisecond precision everywhere; their one written form sorts as text.
//! The present comes from a [`Clock`], which only commands hold.

mod clock;
pub(crate) mod date_text;

use std::{
    fmt::{self, Write as _},
    ops::{Add, AddAssign, Deref, Sub},
    str::FromStr,
};

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use self::clock::{Clock, FixedClock, SystemClock};

/// Longest difference that is accepted between this machine's clock, which dates the history, and the
/// portal's, which dates everything else: `sync` refuses to work with more.
pub const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// A moment in UTC, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Before every other timestamp.
    pub const MIN: Self = Self(DateTime::<Utc>::MIN_UTC);
    /// After every other timestamp.
    pub const MAX: Self = Self(DateTime::<Utc>::MAX_UTC);

    /// From milliseconds since 1970; `None` far outside of any real date.
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// The form that the portal's date filters accept: whole seconds, `Z`.
    #[must_use]
    pub fn to_seconds_text(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The moment `count` days before, or [`Self::MIN`] where there is none.
    #[must_use]
    pub fn days_before(self, count: u32) -> Self {
        self.0.checked_sub_signed(days(count)).map_or(Self::MIN, Self)
    }

    /// The moment `count` days after, or [`Self::MAX`] where there is none.
    #[must_use]
    pub fn days_after(self, count: u32) -> Self {
        self.0.checked_add_signed(days(count)).map_or(Self::MAX, Self)
    }

    /// Whole days of 24 hours since `earlier`; 0 where `earlier` is the later.
    #[must_use]
    pub fn whole_days_since(self, earlier: Self) -> u32 {
        u32::try_from((self - earlier).num_hours().max(0) / 24).unwrap_or(u32::MAX)
    }
}

/// A span of whole days of 24 hours. Time zones and DST play no part in a threshold.
#[must_use]
pub fn days(count: u32) -> TimeDelta {
    TimeDelta::hours(24 * i64::from(count))
}

/// The form of a date where nothing else is said.
pub const DATE_FORMAT: &str = "%Y-%m-%d";

/// A date written exactly as `format` would write it: `27-1-5` is not the year 27.
#[must_use]
pub fn exact_date(text: &str, format: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, format).ok()?;
    let mut written = String::with_capacity(text.len());
    write!(written, "{}", date.format(format)).ok()?;
    (written == text).then_some(date)
}

/// Cuts to whole milliseconds.
impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(3))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl Deref for Timestamp {
    type Target = DateTime<Utc>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Add<TimeDelta> for Timestamp {
    type Output = Self;

    fn add(self, by: TimeDelta) -> Self {
        Self(self.0 + by)
    }
}

impl AddAssign<TimeDelta> for Timestamp {
    fn add_assign(&mut self, by: TimeDelta) {
        self.0 += by;
    }
}

impl Sub<TimeDelta> for Timestamp {
    type Output = Self;

    fn sub(self, by: TimeDelta) -> Self {
        Self(self.0 - by)
    }
}

impl Sub for Timestamp {
    type Output = TimeDelta;

    fn sub(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

/// RFC 3339, UTC, exactly three fraction digits, `Z`: the form of every time in SQL and JSON.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time, millis) = (self.0.time(), self.0.timestamp_subsec_millis());
        let year = match u32::try_from(self.0.year()) {
            Ok(year @ 0..=9999) if millis < 1000 => year,
            // Far from any real date, or a leap second.
            _ => return self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ").fmt(f),
        };
        // Digit by digit: a decision writes hundreds of thousands of times.
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (end, mut number) in [
            (4, year),
            (7, self.0.month()),
            (10, self.0.day()),
            (13, time.hour()),
            (16, time.minute()),
            (19, time.second()),
            (23, millis),
        ] {
            let mut place = end;
            while number > 0 {
                place -= 1;
                text[place] += u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Reads the written form and any other RFC 3339 text; what is finer than a millisecond is cut.
impl FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|at| at.to_utc().into())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in RFC 3339")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a valid time")
    }

    #[test]
    fn offsets_and_seven_digits_become_utc_milliseconds() {
        for (text, expected) in [
            ("2026-01-15T13:30:02.1239999+03:00", "2026-01-15T10:30:02.123Z"),
            ("2026-01-15T00:30:00.0000000+14:00", "2026-01-14T10:30:00.000Z"),
            ("2026-01-15T00:30:00.0000000-11:00", "2026-01-15T11:30:00.000Z"),
        ] {
            assert_eq!(at(text).to_string(), expected);
        }
    }

    #[test]
    fn the_written_form_is_that_of_the_format_string() {
        let by_chrono = |at: Timestamp| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let mut moments = vec![
            at("0000-01-01T00:00:00.000Z"),
            at("0001-01-01T00:00:00.000Z"),
            at("2024-02-29T23:59:59.999Z"),
            at("9999-12-31T23:59:59.999Z"),
            at("2016-12-31T23:59:60.500Z"),
            Timestamp::MIN,
            Timestamp::MAX,
        ];
        let odd = TimeDelta::milliseconds(86_399_999 * 37 + 1);
        moments.extend((0..2000).map(|n| at("1969-12-31T23:59:59.990Z") + odd * n));
        for moment in moments {
            assert_eq!(moment.to_string(), by_chrono(moment));
            assert_eq!(moment.to_string().len() == 24, (0..=9999).contains(&moment.year()));
        }
    }

    #[test]
    fn a_day_is_complete_after_24_hours_and_not_a_millisecond_before() {
        let start = at("2026-03-28T12:00:00Z");
        assert_eq!((start + days(30)).whole_days_since(start), 30);
        assert_eq!((start + days(30) - TimeDelta::milliseconds(1)).whole_days_since(start), 29);
        assert_eq!(start.whole_days_since(start + days(1)), 0);
    }
}
