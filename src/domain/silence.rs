//! Silences: stretches without any row, and which of them may mean that the portal had stopped recording.
//! That rows are joined proves that none was skipped, not that all were written: a portal that records
//! nothing looks like everybody leaving.
//!
//! A silence is suspect where it is longer than the policy allows **and** ten rows were to be expected in
//! it. Portals that are quiet by nature (few logins, free weekends, holidays) are never suspect.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use crate::time::{Timestamp, days};

/// Rows that must be missing before a silence is suspect.
const MISSED_ROWS: i128 = 10;
/// How far the usual rate is looked for on either side of a silence.
const RATE_WINDOW: u32 = 90;
/// How far back the habit of free weekends is looked for.
const WEEKEND_WINDOW: u32 = 60;

/// The rows of one clock hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourOfRows {
    /// Its earliest row.
    pub first: Timestamp,
    /// Its latest row.
    pub last: Timestamp,
    /// All its rows: any of them breaks a silence.
    pub rows: u32,
    /// Rows that outsiders can write at will, such as failed logins. They show that the portal records,
    /// but say nothing about how busy it is.
    pub by_outsiders: u32,
}

impl HourOfRows {
    /// Rows that say how busy the portal is.
    fn usual(self) -> u32 {
        self.rows.saturating_sub(self.by_outsiders)
    }
}

/// What makes a silence suspect.
#[derive(Debug, Clone)]
pub struct SilenceRule {
    /// Longest silence that needs no explanation.
    pub max_silence: TimeDelta,
    /// The portal's time zone, in which its weekends fall.
    pub zone: Tz,
    /// Days, in that zone, for which somebody vouches that nobody was there.
    pub quiet_days: Vec<NaiveDate>,
}

/// A stretch in which rows were to be expected and none is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The last row before it.
    pub from: Timestamp,
    /// The first row after it.
    pub to: Timestamp,
    /// How many rows the portal usually writes in as much time.
    pub expected: u32,
}

/// The usual number of rows in a time, where it is known.
#[derive(Debug, Clone, Copy)]
struct Rate {
    rows: i128,
    span: TimeDelta,
}

impl Rate {
    fn expected_in(self, time: TimeDelta) -> i128 {
        self.rows * i128::from(time.num_milliseconds())
            / i128::from(self.span.num_milliseconds().max(1))
    }

    /// The time in which [`MISSED_ROWS`] are to be expected.
    fn time_for_missed(self) -> TimeDelta {
        let millis = MISSED_ROWS * i128::from(self.span.num_milliseconds()) / self.rows.max(1);
        TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// The suspect silences between `hours`, which are in order of time, oldest first.
#[must_use]
pub fn suspect_silences(hours: &[HourOfRows], rule: &SilenceRule) -> Vec<Silence> {
    (1..hours.len())
        .filter_map(|place| {
            let (before, after) = hours.split_at(place);
            let (from, to) = (before.last()?.last, after.first()?.first);
            // Most are short whichever days are cut out.
            if to - from <= rule.max_silence {
                return None;
            }
            let weekends = weekends(before, from, rule.zone);
            let counted = rule.counted(from, to, weekends);
            let rates = [
                rule.rate(before, weekends, from - days(RATE_WINDOW), from),
                rule.rate(after, weekends, to, to + days(RATE_WINDOW)),
            ];
            let expected =
                rates.into_iter().flatten().map(|rate| rate.expected_in(counted)).max()?;
            (counted > rule.max_silence && expected >= MISSED_ROWS).then_some(Silence {
                from,
                to,
                expected: u32::try_from(expected).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// The latest moment up to which no rows after the newest are no reason for suspicion. `None` where the
/// portal writes too few rows to tell.
#[must_use]
pub fn silent_from(hours: &[HourOfRows], rule: &SilenceRule) -> Option<Timestamp> {
    let newest = hours.last()?.last;
    let weekends = weekends(hours, newest, rule.zone);
    let rate = rule.rate(hours, weekends, newest - days(RATE_WINDOW), newest)?;
    Some(rule.after(newest, rate.time_for_missed().max(rule.max_silence), weekends))
}

/// The silence after the newest row, where it is suspect and goes on at `now`.
#[must_use]
pub fn open_silence(hours: &[HourOfRows], rule: &SilenceRule, now: Timestamp) -> Option<Silence> {
    let newest = hours.last()?.last;
    let weekends = weekends(hours, newest, rule.zone);
    let rate = rule.rate(hours, weekends, newest - days(RATE_WINDOW), newest)?;
    let expected = rate.expected_in(rule.counted(newest, now, weekends));
    let expected = u32::try_from(expected).unwrap_or(u32::MAX);
    (silent_from(hours, rule)? < now).then_some(Silence { from: newest, to: now, expected })
}

/// Whether hours of Saturday and Sunday count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weekends {
    Busy,
    Free,
}

/// Weekends are free where those of the days before brought less than a tenth of the rows.
fn weekends(before: &[HourOfRows], until: Timestamp, zone: Tz) -> Weekends {
    let since = until - days(WEEKEND_WINDOW);
    let recent = before.iter().rev().take_while(|hour| hour.last >= since);
    let (mut all, mut free) = (0_u64, 0_u64);
    for hour in recent {
        let rows = u64::from(hour.usual());
        all += rows;
        if is_weekend(hour.first.with_timezone(&zone).date_naive()) {
            free += rows;
        }
    }
    if free * 10 < all { Weekends::Free } else { Weekends::Busy }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl SilenceRule {
    /// The rate of the rows in `[from, to]`, as far as there are rows; none where they are too few.
    fn rate(
        &self,
        hours: &[HourOfRows],
        weekends: Weekends,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Rate> {
        let start = hours.partition_point(|hour| hour.last < from);
        let end = hours.partition_point(|hour| hour.first <= to);
        let inside = hours.get(start..end)?;
        let rows = inside.iter().map(|h| i128::from(h.usual())).sum();
        let (first, last) = (inside.first()?.first.max(from), inside.last()?.last.min(to));
        // As far as there are rows: the history may begin or end inside the window.
        let from = if start == 0 { first } else { from };
        let to = if end == hours.len() { last } else { to };
        (rows >= MISSED_ROWS).then(|| Rate { rows, span: self.counted(from, to, weekends) })
    }

    /// The time between two moments without days that do not count.
    fn counted(&self, from: Timestamp, to: Timestamp, weekends: Weekends) -> TimeDelta {
        let mut counted = TimeDelta::zero();
        let mut at = from;
        while at < to {
            let next = self.day_after(at).min(to);
            if self.counts(at, weekends) {
                counted += next - at;
            }
            at = next;
        }
        counted
    }

    /// The moment at which `counted` has gone by since `from`.
    fn after(&self, from: Timestamp, counted: TimeDelta, weekends: Weekends) -> Timestamp {
        // Vouched days and weekends leave five days a week; far beyond that no silence is allowed.
        let limit = from + counted + counted + days(366);
        let (mut at, mut left) = (from, counted);
        while at < limit {
            let next = self.day_after(at);
            if self.counts(at, weekends) {
                if left <= next - at {
                    return at + left;
                }
                left -= next - at;
            }
            at = next;
        }
        limit
    }

    fn counts(&self, at: Timestamp, weekends: Weekends) -> bool {
        let day = at.with_timezone(&self.zone).date_naive();
        let free = weekends == Weekends::Free && is_weekend(day);
        !free && !self.quiet_days.contains(&day)
    }

    /// The first moment of the next day in the portal's zone.
    fn day_after(&self, at: Timestamp) -> Timestamp {
        let day = at.with_timezone(&self.zone).date_naive();
        let midnight = day.checked_add_days(Days::new(1)).and_then(|next| {
            // Where the clock skips midnight, the day begins an hour later.
            let begins = |hour| {
                next.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?)
                    .and_local_timezone(self.zone)
                    .earliest()
            };
            begins(0).or_else(|| begins(1))
        });
        let midnight = midnight.map(|at: DateTime<Tz>| Timestamp::from(at.to_utc()));
        midnight.filter(|next| *next > at).unwrap_or(at + days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Tz = chrono_tz::Europe::Berlin;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rule() -> SilenceRule {
        SilenceRule { max_silence: TimeDelta::hours(72), zone: BERLIN, quiet_days: Vec::new() }
    }

    fn hour(at: Timestamp, rows: u32) -> HourOfRows {
        HourOfRows { first: at, last: at + TimeDelta::minutes(50), rows, by_outsiders: 0 }
    }

    /// `rows` an hour at 9, 13 and 16 UTC on each day from `from` to `to` on which `open` holds.
    fn office(
        from: &str,
        to: &str,
        rows: u32,
        open: impl Fn(NaiveDate) -> bool,
    ) -> Vec<HourOfRows> {
        let (mut day, to) = (from.parse::<NaiveDate>().unwrap(), to.parse::<NaiveDate>().unwrap());
        let mut hours = Vec::new();
        while day <= to {
            if open(day) {
                hours.extend([9, 13, 16].map(|h| {
                    hour(Timestamp::from(day.and_hms_opt(h, 0, 0).unwrap().and_utc()), rows)
                }));
            }
            day = day.succ_opt().unwrap();
        }
        hours
    }

    fn working(day: NaiveDate) -> bool {
        !is_weekend(day)
    }

    #[test]
    fn free_weekends_and_easter_need_no_explanation() {
        let easter = |day: NaiveDate| {
            working(day) && !["2026-04-03", "2026-04-06"].contains(&day.to_string().as_str())
        };
        let hours = office("2026-01-05", "2026-05-29", 7, easter);
        assert_eq!(suspect_silences(&hours, &rule()), []);
    }

    #[test]
    fn three_logins_a_week_are_too_few_to_suspect_a_week_of_none() {
        let mondays =
            |day: NaiveDate| day.weekday() == Weekday::Mon && day.to_string() != "2026-03-09";
        let hours = office("2026-01-05", "2026-05-29", 1, mondays);
        assert_eq!(suspect_silences(&hours, &rule()), []);
        let newest = hours.last().unwrap().last;
        assert!(silent_from(&hours, &rule()).unwrap() > newest + days(20));
    }

    #[test]
    fn four_silent_working_days_of_a_busy_portal_are_suspect_until_somebody_vouches() {
        let stopped = |day: NaiveDate| {
            let text = day.to_string();
            working(day) && !("2026-03-02".."2026-03-06").contains(&text.as_str())
        };
        let hours = office("2026-01-05", "2026-05-29", 7, stopped);
        let found = suspect_silences(&hours, &rule());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].from, at("2026-02-27T16:50:00Z"));
        assert_eq!(found[0].to, at("2026-03-06T09:00:00Z"));
        assert!(found[0].expected >= 80, "{found:?}");

        let quiet_days = (2..=5).map(|d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap()).collect();
        assert_eq!(suspect_silences(&hours, &SilenceRule { quiet_days, ..rule() }), []);
    }

    #[test]
    fn a_burst_of_failed_logins_makes_a_quiet_portal_no_busier() {
        let mut hours = office("2026-01-05", "2026-05-29", 1, |d| d.weekday() == Weekday::Mon);
        let burst = hours.iter().position(|h| h.first > at("2026-03-01T00:00:00Z")).unwrap();
        hours[burst].rows += 150;
        hours[burst].by_outsiders += 150;
        assert_eq!(suspect_silences(&hours, &rule()), []);
    }

    #[test]
    fn the_newest_rows_vouch_for_no_more_than_the_silence_allowed() {
        let hours = office("2026-01-05", "2026-02-27", 7, working);
        // Friday evening: the weekend does not count, and 72 hours of the days after it do.
        assert_eq!(silent_from(&hours, &rule()), Some(at("2026-03-04T16:50:00Z")));
        assert_eq!(silent_from(&hours[..2], &rule()), Some(at("2026-01-08T13:50:00Z")));
        assert_eq!(silent_from(&hours[..1], &rule()), None);
    }

    #[test]
    fn the_hours_that_summer_time_skips_and_repeats_are_counted_once() {
        let counted = |from: &str, to: &str| rule().counted(at(from), at(to), Weekends::Busy);
        for (from, to) in [
            ("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"),
            ("2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z"),
        ] {
            assert_eq!(counted(from, to), TimeDelta::hours(72));
        }
    }
}
