//! Numbers, dates and times as people read them. Always UTC.

use crate::time::Timestamp;

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
pub fn many(count: impl TryInto<i64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(i64::MAX);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_separators() {
        for (number, shown) in
            [(1, "1 day"), (0, "0 days"), (999, "999 days"), (-1000, "-1,000 days")]
        {
            assert_eq!(many(number, "day"), shown);
        }
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
