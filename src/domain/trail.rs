//! What the audit trail can prove. A check that finds nothing shows that an account did nothing only while the
//! trail was written: a portal that stopped recording actions looks like everybody resting.

use crate::{
    domain::silence::{HourOfRows, Silence, SilenceRule, open_silence, suspect_silences},
    time::Timestamp,
};

/// Rows of the trail that were read, as far as they are not by the key's account, which proves nothing about
/// others.
#[derive(Debug, Clone, Copy)]
pub struct TrailRows<'a> {
    /// Since when they were looked for.
    pub from: Timestamp,
    /// The last moment that counts.
    pub to: Timestamp,
    /// Their moments, oldest first.
    pub rows: &'a [Timestamp],
}

/// When the trail was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TrailRecord {
    /// Nobody looked: a run of a release that knew no such rule.
    #[default]
    NotProbed,
    Probed {
        from: Timestamp,
        /// Stretches in which it may have stopped, oldest first.
        silences: Vec<Silence>,
    },
}

/// What a check can prove at the moment decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailProof {
    /// See [`TrailRecord::NotProbed`]: checks count as they did then.
    NotProbed,
    /// The trail was written since `from`, where it begins or where looking began.
    Since { from: Timestamp },
    /// The trail may have stopped in this stretch; nothing is proven before its end.
    After(Silence),
}

impl TrailRows<'_> {
    /// What they show.
    #[must_use]
    pub fn record(&self, rule: &SilenceRule) -> TrailRecord {
        let mut hours: Vec<HourOfRows> = Vec::new();
        for at in self.rows.iter().filter(|at| **at <= self.to) {
            match hours.last_mut().filter(|hour| hour_of(hour.first) == hour_of(*at)) {
                Some(hour) => {
                    hour.last = *at;
                    hour.rows += 1;
                }
                None => hours.push(HourOfRows { first: *at, last: *at, rows: 1, by_outsiders: 0 }),
            }
        }
        if hours.first().is_some_and(|hour| hour.first > self.from) {
            // The time between the look's beginning and the first row is a silence like others.
            let looked = HourOfRows { first: self.from, last: self.from, rows: 0, by_outsiders: 0 };
            hours.insert(0, looked);
        }
        let mut silences = suspect_silences(&hours, rule);
        silences.extend(open_silence(&hours, rule, self.to));
        silences.retain(|silence| silence.to > self.from);
        // A portal that is younger had no trail yet: the record begins with the first row.
        let began = silences.first().filter(|silence| silence.from <= self.from).map(|s| s.to);
        silences.retain(|silence| Some(silence.to) != began);
        TrailRecord::Probed { from: began.unwrap_or(self.from), silences }
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.timestamp_millis().div_euclid(3_600_000)
}

impl TrailRecord {
    /// Stretches in which it may have stopped.
    #[must_use]
    pub fn silences(&self) -> &[Silence] {
        match self {
            Self::NotProbed => &[],
            Self::Probed { silences, .. } => silences,
        }
    }

    /// What it proves at `as_of`; none is the end of what is known.
    #[must_use]
    pub fn until(&self, as_of: Option<Timestamp>) -> TrailProof {
        match self {
            Self::NotProbed => TrailProof::NotProbed,
            Self::Probed { from, silences } => {
                let began = |silence: &&Silence| as_of.is_none_or(|as_of| silence.from < as_of);
                match silences.iter().rev().find(began) {
                    Some(silence) => TrailProof::After(*silence),
                    None => TrailProof::Since { from: *from },
                }
            }
        }
    }
}

impl TrailProof {
    /// Whether absence from the trail proves something for all time since `needed`.
    #[must_use]
    pub fn reaches(self, needed: Timestamp) -> bool {
        self.from().is_none_or(|from| from <= needed)
    }

    /// Since when it proves something, where that is bounded.
    #[must_use]
    pub fn from(self) -> Option<Timestamp> {
        match self {
            Self::NotProbed => None,
            Self::Since { from } => Some(from),
            Self::After(silence) => Some(silence.to),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use chrono_tz::Tz;

    use super::*;
    use crate::time::days;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Eight rows a day from the first of March on, but for the days of March that are left out.
    fn rows(without: std::ops::RangeInclusive<u32>) -> Vec<Timestamp> {
        let start = at("2026-03-01T08:00:00Z");
        let open = |day: &u32| !without.contains(&(day + 1));
        (0..31)
            .filter(open)
            .flat_map(|day| (0..8).map(move |n| start + days(day) + TimeDelta::hours(n)))
            .collect()
    }

    fn record(rows: &[Timestamp], from: &str) -> TrailRecord {
        let rule = SilenceRule {
            max_silence: TimeDelta::hours(72),
            zone: Tz::UTC,
            quiet_days: Vec::new(),
        };
        let (from, to) = (at(from), at("2026-03-31T20:00:00Z"));
        TrailRows { from, to, rows }.record(&rule)
    }

    #[test]
    fn a_trail_that_was_written_all_the_time_proves_as_far_as_it_was_looked_at() {
        let proof = record(&rows(32..=32), "2026-03-02T00:00:00Z").until(None);
        assert_eq!(proof, TrailProof::Since { from: at("2026-03-02T00:00:00Z") });
        assert!(proof.reaches(at("2026-03-02T00:00:00Z")));
        assert!(!proof.reaches(at("2026-03-01T23:59:59Z")));
    }

    #[test]
    fn nothing_is_proven_before_the_end_of_a_silence() {
        let record = record(&rows(10..=14), "2026-03-02T00:00:00Z");
        let TrailProof::After(silence) = record.until(None) else { panic!("{record:?}") };
        assert_eq!(silence.from, at("2026-03-09T15:00:00Z"));
        assert_eq!(silence.to, at("2026-03-15T08:00:00Z"));
        assert!(record.until(None).reaches(silence.to));
        assert!(!record.until(None).reaches(silence.to - TimeDelta::milliseconds(1)));
        // Before it began, it did not matter.
        assert_eq!(
            record.until(Some(at("2026-03-08T00:00:00Z"))),
            TrailProof::Since { from: at("2026-03-02T00:00:00Z") }
        );
        // While it lasts, nothing is proven up to now.
        assert!(
            !record.until(Some(at("2026-03-12T00:00:00Z"))).reaches(at("2026-03-11T00:00:00Z"))
        );
    }

    #[test]
    fn a_trail_that_ends_or_begins_inside_the_window_proves_nothing_there() {
        let ended = record(&rows(20..=31), "2026-03-02T00:00:00Z").until(None);
        assert_eq!(ended.from(), Some(at("2026-03-31T20:00:00Z")));
        let began = record(&rows(1..=9), "2026-03-02T00:00:00Z").until(None);
        assert_eq!(began, TrailProof::Since { from: at("2026-03-10T08:00:00Z") });
    }

    #[test]
    fn a_trail_of_few_rows_is_never_suspect() {
        let few = [at("2026-03-03T08:00:00Z"), at("2026-03-20T08:00:00Z")];
        let proof = record(&few, "2026-03-02T00:00:00Z").until(None);
        assert_eq!(proof, TrailProof::Since { from: at("2026-03-02T00:00:00Z") });
    }
}
