//! Dates as the server writes and reads them.
//!
//! Out: tenant-local time, seven fractional digits, offset or `Z`. In: four exact forms only.

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::world::{RepeatedHour, Settings};

/// An unset date (.NET's default).
pub(crate) const UNSET: &str = "0001-01-01T00:00:00.0000000Z";

/// No zone in use changes its offset inside a quarter of an hour, so one lookup serves that long.
const STEP_MICROS: i64 = 900 * 1_000_000;

/// Writes the dates of login and audit events, which the server converts from UTC to local time
/// and back: in the hour repeated when DST ends they can be an hour off.
pub(crate) struct EventDates {
    tz: Tz,
    repeated_hour: RepeatedHour,
    step: i64,
    local: i32,
    told: i32,
}

impl EventDates {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (tz, repeated_hour) = (settings.timezone, settings.repeated_hour);
        Self { tz, repeated_hour, step: i64::MIN, local: 0, told: 0 }
    }

    pub(crate) fn push(&mut self, out: &mut String, at_micros: i64) {
        let step = at_micros.div_euclid(STEP_MICROS);
        if step != self.step {
            (self.local, self.told) = offsets(self.tz, self.repeated_hour, micros(at_micros));
            self.step = step;
        }
        push_local(out, at_micros + i64::from(self.local) * 1_000_000, self.told);
    }

    pub(crate) fn text(&mut self, at_micros: i64) -> String {
        let mut out = String::with_capacity(33);
        self.push(&mut out, at_micros);
        out
    }
}

/// Any other date: the true instant in tenant-local time.
pub(crate) fn plain(tz: Tz, at: DateTime<Utc>) -> String {
    let local = offset_seconds(tz, at);
    let mut out = String::with_capacity(33);
    push_local(&mut out, at.timestamp_micros() + i64::from(local) * 1_000_000, local);
    out
}

/// The offset in force, in seconds.
pub(crate) fn offset_seconds(tz: Tz, at: DateTime<Utc>) -> i32 {
    tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// The offset that makes the local time, and the offset written behind it.
fn offsets(tz: Tz, repeated_hour: RepeatedHour, at: DateTime<Utc>) -> (i32, i32) {
    let local = offset_seconds(tz, at);
    let wall = at.naive_utc() + chrono::TimeDelta::seconds(i64::from(local));
    let told = match tz.offset_from_local_datetime(&wall) {
        chrono::LocalResult::Ambiguous(a, b) => {
            let (a, b) = (a.fix().local_minus_utc(), b.fix().local_minus_utc());
            match repeated_hour {
                RepeatedHour::Late => a.min(b),
                RepeatedHour::Early => a.max(b),
                RepeatedHour::True => local,
            }
        }
        _ => local,
    };
    (local, told)
}

fn micros(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at).unwrap_or_default()
}

fn push_local(out: &mut String, local_micros: i64, offset: i32) {
    let at: NaiveDateTime = micros(local_micros).naive_utc();
    digits(out, at.year().unsigned_abs(), 4);
    out.push('-');
    digits(out, at.month(), 2);
    out.push('-');
    digits(out, at.day(), 2);
    out.push('T');
    digits(out, at.hour(), 2);
    out.push(':');
    digits(out, at.minute(), 2);
    out.push(':');
    digits(out, at.second(), 2);
    out.push('.');
    digits(out, at.nanosecond() / 100, 7);
    if offset == 0 {
        out.push('Z');
        return;
    }
    out.push(if offset < 0 { '-' } else { '+' });
    let minutes = offset.unsigned_abs() / 60;
    digits(out, minutes / 60, 2);
    out.push(':');
    digits(out, minutes % 60, 2);
}

fn digits(out: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        out.push(char::from(b'0' + digit as u8));
    }
}

/// Reads a date parameter; `None` is a 400.
pub(crate) fn read(text: &str) -> Option<DateTime<Utc>> {
    let rest = text.as_bytes().get(19..)?;
    let zone = match rest.first()? {
        b'.' => {
            let count = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count != 3 && count != 7 {
                return None;
            }
            &rest[1 + count..]
        }
        _ => rest,
    };
    let zone_is_exact = zone == b"Z" || (zone.len() == 6 && matches!(zone[0], b'+' | b'-'));
    let shaped = text.as_bytes()[10] == b'T' && zone_is_exact;
    if !shaped {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn the_repeated_hour_is_told_late_early_or_as_it_is() {
        // 02:30 summer time, then 02:30 standard time.
        let passes = [utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z")];
        for (repeated_hour, offsets) in [
            (RepeatedHour::Late, ["+01:00", "+01:00"]),
            (RepeatedHour::Early, ["+02:00", "+02:00"]),
            (RepeatedHour::True, ["+02:00", "+01:00"]),
        ] {
            let timezone = chrono_tz::Europe::Berlin;
            let settings = Settings { timezone, repeated_hour, ..Settings::default() };
            let mut dates = EventDates::new(&settings);
            for (at, offset) in passes.iter().zip(offsets) {
                let told = dates.text(at.timestamp_micros());
                assert_eq!(told, format!("2026-10-25T02:30:00.0000000{offset}"));
            }
        }
        let registration = plain(chrono_tz::Europe::Berlin, passes[0]);
        assert_eq!(registration, "2026-10-25T02:30:00.0000000+02:00");
    }

    #[test]
    fn dates_have_seven_digits_and_z_only_without_an_offset() {
        let at = utc("2026-01-15T10:30:02.123456Z");
        assert_eq!(plain(chrono_tz::UTC, at), "2026-01-15T10:30:02.1234560Z");
        assert_eq!(plain(chrono_tz::Asia::Kolkata, at), "2026-01-15T16:00:02.1234560+05:30");
        assert_eq!(plain(chrono_tz::America::St_Johns, at), "2026-01-15T07:00:02.1234560-03:30");
    }

    #[test]
    fn only_the_four_documented_forms_are_read() {
        for good in [
            "2026-01-15T10:30:02Z",
            "2026-01-15T13:30:02+03:00",
            "2026-01-15T10:30:02.000Z",
            "2026-01-15T13:30:02.0000000+03:00",
        ] {
            assert_eq!(read(good), Some(utc("2026-01-15T10:30:02Z")), "{good}");
        }
        for bad in [
            "",
            "2026-01-15",
            "2026-01-15T10:30:02",
            "2026-01-15T10:30Z",
            "2026-01-15T10:30:02.000000Z",
            "2026-01-15 10:30:02Z",
            "2026-01-15T13:30:02 03:00",
            "2026-13-15T10:30:02Z",
            "2026-01-15T10:30:02z",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
