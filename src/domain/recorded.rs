//! From what a sync proved to coverage: the stretch in which a login would have been recorded **and** read.
//! Rows that are joined are not yet time that is covered; what a policy allows as silence decides.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde::Serialize;

use crate::{
    domain::{
        coverage::Coverage,
        silence::{HourOfRows, Silence, SilenceRule, silent_from, suspect_silences},
        trail::{TrailRecord, TrailRows},
    },
    time::{Timestamp, date_text},
};

/// Days for which a named person vouches that the portal was simply quiet. As JSON the days are
/// `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct QuietPeriod {
    /// First day, in the portal's time zone.
    #[serde(serialize_with = "date_text::serialize")]
    pub from: NaiveDate,
    /// Last day, inclusive.
    #[serde(serialize_with = "date_text::serialize")]
    pub to: NaiveDate,
    /// Why nobody was there.
    pub reason: String,
    /// Who vouches for it.
    pub owner: String,
}

impl fmt::Display for QuietPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, reason, owner } = self;
        write!(f, "{from} to {to}, {owner}: {reason}")
    }
}

/// How a policy reads silences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilencePolicy {
    /// Longest silence, in hours, that needs no explanation.
    pub max_silence_hours: u32,
    /// Days that are vouched for.
    pub quiet: Vec<QuietPeriod>,
}

/// What a sync run knew about the login history when it ended.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The newest stretch whose rows are all here.
    pub proven: Coverage,
    /// How far back the portal showed that stretch again, row by row; none where all of it was read at once.
    pub whole_from: Option<Timestamp>,
    /// The portal's time zone.
    pub zone: Tz,
    /// Rows up to the portal's clock, oldest first.
    pub hours: Vec<HourOfRows>,
    /// Moments at which somebody else than the key's account acted, by the audit trail.
    pub acted: Vec<Timestamp>,
    /// Since when the audit trail was looked through; none for runs of releases that did not.
    pub trail_from: Option<Timestamp>,
    /// The portal's clock at that run.
    pub now: Timestamp,
}

/// Coverage, and what bounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageByClock {
    /// The newest stretch for which the absence of a login is a fact; none where nothing is left.
    pub coverage: Option<Coverage>,
    /// What lies directly before it.
    pub bound: LowerBound,
    /// All suspect silences of the proven stretch, oldest first.
    pub silences: Vec<Silence>,
    /// The newest row, where rows were to be expected after it and coverage ends for want of them.
    pub silent_since: Option<Timestamp>,
    /// Whether the portal writes enough rows to notice that it stopped.
    pub pace: Pace,
    /// Vouched days on which the audit trail shows that people were there: they vouch for nothing.
    pub refuted: Vec<NaiveDate>,
}

/// Why coverage reaches no further back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LowerBound {
    /// The record begins there.
    Record,
    /// The portal did not show older rows again, so rows that came late may be missing.
    Whole,
    /// A silence in which the portal may not have recorded.
    Silence(Silence),
}

/// Whether silences can be told from a portal that stopped recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Rows come often enough.
    Known,
    /// Fewer than ten rows in 90 days: no silence is suspect.
    TooQuiet,
}

impl Recorded {
    /// Coverage under a policy.
    #[must_use]
    pub fn coverage(&self, policy: &SilencePolicy) -> CoverageByClock {
        let (quiet_days, refuted) = policy.quiet_days(&self.acted, self.zone);
        let rule = policy.rule(quiet_days, self.zone);
        let whole = self.whole_from.filter(|from| *from > self.proven.from);
        let start = whole.unwrap_or(self.proven.from);
        let (pace, end) = match silent_from(&self.hours, &rule) {
            Some(silent) => (Pace::Known, self.proven.to.min(silent)),
            None => (Pace::TooQuiet, self.proven.to),
        };
        let newest = self.hours.last().map(|hour| hour.last);
        let silent_since = newest.filter(|_| end < self.proven.to);
        let silences: Vec<Silence> = suspect_silences(&self.hours, &rule)
            .into_iter()
            .filter(|silence| silence.to > start && silence.from < end)
            .collect();
        // The newest rows may be in the two hours that are always left open.
        let end = silences.last().filter(|s| s.to > end).map_or(end, |s| s.from);
        let before = silences.iter().rev().find(|silence| silence.to <= end);
        let (from, bound) = match (before, whole) {
            (Some(silence), _) => (silence.to, LowerBound::Silence(*silence)),
            (None, Some(_)) => (start, LowerBound::Whole),
            (None, None) => (start, LowerBound::Record),
        };
        CoverageByClock {
            // Without a single row nothing shows that the portal records.
            coverage: Coverage::up_to(from, (!self.hours.is_empty()).then_some(end)),
            bound,
            silences,
            silent_since,
            pace,
            refuted,
        }
    }

    /// The whole days of the portal's zone between two moments: what would have to be vouched for. None
    /// where there is no whole day.
    #[must_use]
    pub fn whole_days(&self, from: Timestamp, to: Timestamp) -> Option<(NaiveDate, NaiveDate)> {
        let day = |at: Timestamp| at.with_timezone(&self.zone).date_naive();
        let (first, last) = (day(from).succ_opt()?, day(to).pred_opt()?);
        (first <= last).then_some((first, last))
    }

    /// When the audit trail was written, under a policy.
    #[must_use]
    pub fn trail(&self, policy: &SilencePolicy) -> TrailRecord {
        let Some(from) = self.trail_from else { return TrailRecord::NotProbed };
        let (quiet_days, _) = policy.quiet_days(&self.acted, self.zone);
        let rows = TrailRows { from, to: self.now, rows: &self.acted };
        rows.record(&policy.rule(quiet_days, self.zone))
    }
}

impl SilencePolicy {
    /// What makes a silence suspect in a portal of this zone.
    #[must_use]
    pub fn rule(&self, quiet_days: Vec<NaiveDate>, zone: Tz) -> SilenceRule {
        let max_silence = TimeDelta::hours(self.max_silence_hours.into());
        SilenceRule { max_silence, zone, quiet_days }
    }

    /// Days that are vouched for, and those among them on which people acted all the same.
    #[must_use]
    pub fn quiet_days(&self, acted: &[Timestamp], zone: Tz) -> (Vec<NaiveDate>, Vec<NaiveDate>) {
        let mut days: Vec<NaiveDate> = self
            .quiet
            .iter()
            .flat_map(|period| period.from.iter_days().take_while(|day| *day <= period.to))
            .collect();
        days.sort_unstable();
        days.dedup();
        let acted =
            |day: &NaiveDate| acted.iter().any(|at| at.with_timezone(&zone).date_naive() == *day);
        days.into_iter().partition(|day| !acted(day))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;
    use crate::time::days;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Twenty rows on each working day of the first half of 2026, but for the days that are left out.
    fn recorded(without: &[&str]) -> Recorded {
        let start = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        let open = |day: &NaiveDate| {
            day.weekday().num_days_from_monday() < 5 && !without.contains(&day.to_string().as_str())
        };
        let hours = start.iter_days().take(175).filter(open).map(|day| {
            let first = Timestamp::from(day.and_hms_opt(9, 0, 0).unwrap().and_utc());
            HourOfRows { first, last: first + TimeDelta::minutes(50), rows: 20, by_outsiders: 0 }
        });
        let hours: Vec<_> = hours.collect();
        let to = hours.last().unwrap().last + TimeDelta::hours(4);
        Recorded {
            proven: Coverage { from: hours[0].first, to },
            whole_from: None,
            zone: Tz::UTC,
            now: to,
            hours,
            acted: Vec::new(),
            trail_from: None,
        }
    }

    fn policy(quiet: &[(&str, &str)]) -> SilencePolicy {
        let quiet = quiet.iter().map(|(from, to)| QuietPeriod {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            reason: "works outing".into(),
            owner: "Ann".into(),
        });
        SilencePolicy { max_silence_hours: 72, quiet: quiet.collect() }
    }

    const OUTING: [&str; 4] = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];

    #[test]
    fn coverage_begins_after_a_silence_until_somebody_vouches_for_it() {
        let recorded = recorded(&OUTING);
        let cut = recorded.coverage(&policy(&[]));
        assert_eq!(cut.coverage.unwrap().from, at("2026-03-06T09:00:00Z"));
        assert!(
            matches!(cut.bound, LowerBound::Silence(s) if s.from == at("2026-02-27T09:50:00Z"))
        );

        let vouched = recorded.coverage(&policy(&[("2026-03-02", "2026-03-05")]));
        assert_eq!(vouched.coverage, Some(recorded.proven));
        assert_eq!((vouched.bound, vouched.silences), (LowerBound::Record, vec![]));
    }

    #[test]
    fn nobody_can_vouch_for_a_day_on_which_people_acted() {
        let mut recorded = recorded(&OUTING);
        recorded.acted.extend(["2026-03-03T10:00:00Z", "2026-03-04T10:00:00Z"].map(at));
        let cut = recorded.coverage(&policy(&[("2026-03-02", "2026-03-05")]));
        assert_eq!(cut.refuted.len(), 2);
        // Two days of four are left: less than the silence that needs no explanation, with the weekend.
        assert_eq!(cut.coverage, Some(recorded.proven));
        recorded.acted.extend(["2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z"].map(at));
        let cut = recorded.coverage(&policy(&[("2026-03-02", "2026-03-05")]));
        assert_eq!(cut.coverage.unwrap().from, at("2026-03-06T09:00:00Z"));
    }

    #[test]
    fn coverage_ends_no_later_than_the_silence_allowed_after_the_newest_row() {
        let mut recorded = recorded(&[]);
        let newest = recorded.hours.last().unwrap().last;
        recorded.proven.to = newest + days(30);
        let covered = recorded.coverage(&policy(&[])).coverage.unwrap();
        assert!(covered.to >= newest + days(3) && covered.to < newest + days(6), "{covered:?}");
    }

    #[test]
    fn rows_that_end_a_silence_only_now_do_not_join_what_is_before_it() {
        let mut recorded = recorded(&[]);
        let stopped =
            recorded.hours.iter().position(|h| h.first > at("2026-05-01T00:00:00Z")).unwrap();
        let last = recorded.hours[stopped - 1].last;
        let mut resumed = recorded.hours[stopped];
        resumed.first = at("2026-05-20T09:00:00Z");
        resumed.last = resumed.first;
        recorded.hours.truncate(stopped);
        recorded.hours.push(resumed);
        recorded.proven.to = resumed.first - TimeDelta::hours(1);
        assert_eq!(recorded.coverage(&policy(&[])).coverage.unwrap().to, last);
    }

    #[test]
    fn what_was_not_shown_again_is_not_covered() {
        let mut recorded = recorded(&[]);
        recorded.whole_from = Some(at("2026-04-01T00:00:00Z"));
        let whole = recorded.coverage(&policy(&[]));
        assert_eq!(whole.coverage.unwrap().from, at("2026-04-01T00:00:00Z"));
        assert_eq!(whole.bound, LowerBound::Whole);
    }

    #[test]
    fn a_history_without_rows_covers_nothing_and_one_with_few_is_too_quiet_to_tell() {
        let mut recorded = recorded(&[]);
        recorded.hours.truncate(1);
        recorded.hours[0].rows = 9;
        let quiet = recorded.coverage(&policy(&[]));
        assert_eq!((quiet.pace, quiet.coverage), (Pace::TooQuiet, Some(recorded.proven)));
        recorded.hours.clear();
        assert_eq!(recorded.coverage(&policy(&[])).coverage, None);
    }
}
