//! Times for people: how long ago, and when exactly. Always UTC.

pub use crate::domain::human::{date, many, minute, thousands};
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
    let amount = many(count, unit);
    match count {
        0 => format!("just now ({shown})"),
        _ if at > now => format!("in {amount} ({shown})"),
        _ => format!("{amount} ago ({shown})"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
