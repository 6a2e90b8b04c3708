//! Timestamps are UTC with millisecond precision everywhere; their one written form sorts as text.

mod clock;

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Timelike, Utc};

pub use self::clock::{Clock, FixedClock, SystemClock};

/// A moment in UTC.
pub type Timestamp = DateTime<Utc>;

/// Longest difference that is accepted between this machine's clock, which dates the history, and the
/// portal's, which dates everything else: `sync` refuses to work with more.
pub const SKEW: TimeDelta = TimeDelta::minutes(5);

/// RFC 3339, UTC, exactly three fraction digits, `Z`: the form of every time in SQL and JSON.
#[must_use]
pub fn format(at: Timestamp) -> String {
    let (time, millis) = (at.time(), at.timestamp_subsec_millis());
    let year = match u32::try_from(at.year()) {
        Ok(year @ 0..=9999) if millis < 1000 => year,
        // Far from any real date, or a leap second.
        _ => return at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    };
    // Digit by digit: a decision writes hundreds of thousands of times.
    let mut text = *b"0000-00-00T00:00:00.000Z";
    for (end, mut number) in [
        (4, year),
        (7, at.month()),
        (10, at.day()),
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
    text.iter().map(|digit| char::from(*digit)).collect()
}

/// The form that the portal's date filters accept: whole seconds, `Z`.
#[must_use]
pub fn format_seconds(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads [`format`]'s form and any other RFC 3339 text; what is finer than a millisecond is cut.
///
/// # Errors
/// The text is not RFC 3339.
pub fn parse(text: &str) -> Result<Timestamp, chrono::ParseError> {
    DateTime::parse_from_rfc3339(text).map(|at| truncate_to_millis(at.to_utc()))
}

/// Cuts to whole milliseconds, as everything stored and compared is.
#[must_use]
pub fn truncate_to_millis(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(3)
}

/// A span of whole days of 24 hours. Time zones and DST play no part in a threshold.
#[must_use]
pub fn days(count: u32) -> TimeDelta {
    TimeDelta::hours(24 * i64::from(count))
}

/// The moment `count` days before; the earliest there is where that lies before all time.
#[must_use]
pub fn days_before(at: Timestamp, count: u32) -> Timestamp {
    at.checked_sub_signed(days(count)).unwrap_or(Timestamp::MIN_UTC)
}

/// The moment `count` days after; the last there is where that lies after all time.
#[must_use]
pub fn days_after(at: Timestamp, count: u32) -> Timestamp {
    at.checked_add_signed(days(count)).unwrap_or(Timestamp::MAX_UTC)
}

/// `None` for the portal's empty date, year 0001, in any zone (east of UTC it falls into year 0).
#[must_use]
pub fn real(at: Timestamp) -> Option<Timestamp> {
    (at.year() > 1).then_some(at)
}

/// Whole days of 24 hours from `from` to `to`; 0 where `from` is the later.
#[must_use]
pub fn whole_days(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from((to - from).num_hours().max(0) / 24).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        parse(text).expect("a valid time")
    }

    #[test]
    fn offsets_and_seven_digits_become_utc_milliseconds() {
        for (text, expected) in [
            ("2026-01-15T13:30:02.1239999+03:00", "2026-01-15T10:30:02.123Z"),
            ("2026-01-15T00:30:00.0000000+14:00", "2026-01-14T10:30:00.000Z"),
            ("2026-01-15T00:30:00.0000000-11:00", "2026-01-15T11:30:00.000Z"),
        ] {
            assert_eq!(format(at(text)), expected);
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
            Timestamp::MIN_UTC,
            Timestamp::MAX_UTC,
        ];
        let odd = TimeDelta::milliseconds(86_399_999 * 37 + 1);
        moments.extend((0..2000).map(|n| at("1969-12-31T23:59:59.990Z") + odd * n));
        for moment in moments {
            assert_eq!(format(moment), by_chrono(moment));
            assert_eq!(format(moment).len() == 24, (0..=9999).contains(&moment.year()));
        }
    }

    #[test]
    fn a_day_is_complete_after_24_hours_and_not_a_millisecond_before() {
        let start = at("2026-03-28T12:00:00Z");
        assert_eq!(whole_days(start, start + days(30)), 30);
        assert_eq!(whole_days(start, start + days(30) - TimeDelta::milliseconds(1)), 29);
        assert_eq!(whole_days(start + days(1), start), 0);
    }
}
