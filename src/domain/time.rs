//! Instants are UTC with millisecond precision everywhere; their one written form sorts as text.

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

/// A moment in UTC.
pub type Instant = DateTime<Utc>;

/// RFC 3339, UTC, exactly three fraction digits, `Z`: the form of every time in SQL and JSON.
#[must_use]
pub fn format(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The form that the portal's date filters accept: whole seconds, `Z`.
#[must_use]
pub fn format_seconds(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads [`format`]'s form and any other RFC 3339 text; what is finer than a millisecond is cut.
///
/// # Errors
/// The text is not RFC 3339.
pub fn parse(text: &str) -> Result<Instant, chrono::ParseError> {
    DateTime::parse_from_rfc3339(text).map(|at| cut(at.to_utc()))
}

/// Cuts to whole milliseconds, as everything stored and compared is.
#[must_use]
pub fn cut(at: Instant) -> Instant {
    at.trunc_subsecs(3)
}

/// A span of whole days of 24 hours. Time zones and DST play no part in a threshold.
#[must_use]
pub fn days(count: u32) -> TimeDelta {
    TimeDelta::hours(24 * i64::from(count))
}

/// The moment `count` days before; the earliest there is where that lies before all time.
#[must_use]
pub fn days_before(at: Instant, count: u32) -> Instant {
    at.checked_sub_signed(days(count)).unwrap_or(Instant::MIN_UTC)
}

/// The moment `count` days after; the last there is where that lies after all time.
#[must_use]
pub fn days_after(at: Instant, count: u32) -> Instant {
    at.checked_add_signed(days(count)).unwrap_or(Instant::MAX_UTC)
}

/// `None` for the portal's empty date, year 0001, in any zone (east of UTC it falls into year 0).
#[must_use]
pub fn real(at: Instant) -> Option<Instant> {
    (at.year() > 1).then_some(at)
}

/// Whole days of 24 hours from `from` to `to`; 0 where `from` is the later.
#[must_use]
pub fn whole_days(from: Instant, to: Instant) -> u32 {
    u32::try_from((to - from).num_hours().max(0) / 24).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
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
    fn a_day_is_complete_after_24_hours_and_not_a_millisecond_before() {
        let start = at("2026-03-28T12:00:00Z");
        assert_eq!(whole_days(start, start + days(30)), 30);
        assert_eq!(whole_days(start, start + days(30) - TimeDelta::milliseconds(1)), 29);
        assert_eq!(whole_days(start + days(1), start), 0);
    }
}
