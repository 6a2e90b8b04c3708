//! Times for people: how long ago, and when exactly. Always UTC.

use crate::{
    domain::population::MatchCounts,
    time::{Timestamp, days},
};

/// For example `93 days ago (2026-08-23)`; under two days `5 hours ago (2026-11-24 07:00 UTC)`.
#[must_use]
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let distance = (now - at).abs();
    let (count, unit) = if distance >= days(2) {
        (distance.num_days(), "day")
    } else if distance.num_hours() > 0 {
        (distance.num_hours(), "hour")
    } else {
        (distance.num_minutes(), "minute")
    };
    let shown = if distance >= days(2) { date(at) } else { minute(at) };
    let amount = counted(count, unit);
    match count {
        0 => format!("just now ({shown})"),
        _ if at > now => format!("in {amount} ({shown})"),
        _ => format!("{amount} ago ({shown})"),
    }
}

/// For example `2026-08-23`.
#[must_use]
pub fn date(at: Timestamp) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// For example `2026-08-23 07:00 UTC`.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with its noun and thousands separators: `1 day`, `2 days`, `4,012 events`.
#[must_use]
pub fn counted(count: i64, noun: &str) -> String {
    let sign = if count < 0 { "-" } else { "" };
    let plural = if count == 1 { "" } else { "s" };
    format!("{sign}{} {noun}{plural}", thousands(count.unsigned_abs()))
}

/// For example `4,012`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// For example `30 matched, 1 without an account`.
#[must_use]
pub fn matched_words(counts: MatchCounts) -> String {
    let MatchCounts { matched, without_account, ambiguous } = counts;
    let mut text = format!("{} matched", thousands(matched));
    for (count, what) in [(without_account, "without an account"), (ambiguous, "ambiguous")] {
        if count > 0 {
            text.push_str(&format!(", {} {what}", thousands(count)));
        }
    }
    text
}

/// The same for the length of a list.
#[must_use]
pub fn many(count: usize, noun: &str) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_separators() {
        for (number, shown) in
            [(1, "1 day"), (0, "0 days"), (999, "999 days"), (-1000, "-1,000 days")]
        {
            assert_eq!(counted(number, "day"), shown);
        }
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn distance_and_moment_are_both_said() {
        let now = "2026-11-24T12:00:30Z".parse().unwrap();
        for (at, shown) in [
            ("2026-08-23T12:00:00Z", "93 days ago (2026-08-23)"),
            ("2026-11-23T11:00:00Z", "25 hours ago (2026-11-23 11:00 UTC)"),
            ("2026-11-24T11:00:00Z", "1 hour ago (2026-11-24 11:00 UTC)"),
            ("2026-11-24T11:58:00Z", "2 minutes ago (2026-11-24 11:58 UTC)"),
            ("2026-11-24T12:00:00Z", "just now (2026-11-24 12:00 UTC)"),
            ("2026-12-24T12:00:30Z", "in 30 days (2026-12-24)"),
        ] {
            assert_eq!(relative(at.parse().unwrap(), now), shown);
        }
    }
}
