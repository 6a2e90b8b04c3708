//! A backtest as JSON (`dormouse.backtest/1`), as CSV and in words, the same for its command and the report.

use serde::Serialize;

use crate::{
    domain::{
        backtest::{
            Backtested, FALSE_DISABLES_ACCEPTED, FEWEST, FollowedUp, Tally, WITHIN_DAYS,
            recommended,
        },
        coverage::Coverage,
    },
    output::{
        rows::row,
        when::{many, thousands},
    },
    time::Timestamp,
};

/// Why the figures are an estimate.
pub(crate) const ESTIMATE: [&str; 3] = [
    "A disabled person cannot come back, so nobody knows what the disabled would have done.",
    "Plain browsing on an old session leaves no trace, so somebody who seems to be away may have been there.",
    "No activity check was made on those days: audited actions and key uses count as far as they were read.",
];

#[derive(Debug, Clone, Serialize)]
pub(crate) struct BacktestDocument {
    pub(crate) schema: &'static str,
    /// Start of the first day.
    pub(crate) from: Timestamp,
    /// Start of the day after the last one.
    pub(crate) to: Timestamp,
    pub(crate) days: u32,
    /// Under review on some day.
    pub(crate) accounts: u64,
    pub(crate) coverage: Vec<Coverage>,
    /// Shortest first.
    pub(crate) thresholds: Vec<ThresholdFigures>,
    pub(crate) recommendation: Option<Recommendation>,
    pub(crate) estimate: [&'static str; 3],
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ThresholdFigures {
    pub(crate) inactivity_days: u32,
    pub(crate) days_judged: u32,
    pub(crate) days_not_judged: u32,
    pub(crate) would_be_disables: u64,
    pub(crate) by_earliest_version: u64,
    pub(crate) false_disables: [FalseDisables; 3],
    pub(crate) exposure_saved_account_days: i64,
    pub(crate) sentence: String,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct FalseDisables {
    pub(crate) within_days: u32,
    pub(crate) returned: u64,
    pub(crate) measurable: u64,
    pub(crate) too_recent: u64,
    /// Of the measurable; none where there are none.
    pub(crate) percent: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recommendation {
    pub(crate) inactivity_days: u32,
    pub(crate) sentence: String,
}

row! {
    /// The figures of one threshold in one row.
    pub(crate) struct ThresholdRow {
        inactivity_days: u32,
        days_judged: u32,
        days_not_judged: u32,
        would_be_disables: u64,
        by_earliest_version: u64,
        returned_30: u64,
        measurable_30: u64,
        too_recent_30: u64,
        percent_30: Option<f64>,
        returned_60: u64,
        measurable_60: u64,
        too_recent_60: u64,
        percent_60: Option<f64>,
        returned_90: u64,
        measurable_90: u64,
        too_recent_90: u64,
        percent_90: Option<f64>,
        exposure_saved_account_days: i64,
    }
}

impl From<Backtested> for BacktestDocument {
    fn from(Backtested { days, coverage, accounts, tallies }: Backtested) -> Self {
        Self {
            schema: "dormouse.backtest/1",
            from: days.first.start(),
            to: days.end.start(),
            days: days.count(),
            accounts,
            coverage,
            thresholds: tallies.iter().map(ThresholdFigures::from).collect(),
            recommendation: recommended(&tallies).map(Recommendation::from),
            estimate: ESTIMATE,
        }
    }
}

impl BacktestDocument {
    /// What there is to say of the figures: each threshold that enough disables speak for, and the advice.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = String> {
        let telling = self.thresholds.iter().filter(|t| t.false_disables[0].measurable >= FEWEST);
        let later: Vec<String> = self
            .thresholds
            .iter()
            .filter(|t| t.by_earliest_version > 0)
            .map(|t| format!("{} at {} days", thousands(t.by_earliest_version), t.inactivity_days))
            .collect();
        let later = (!later.is_empty()).then(|| {
            format!(
                "Judged by the earliest known version of the account, not by that of the day: {}.",
                later.join(", ")
            )
        });
        telling.map(|t| t.sentence.clone()).chain([self.advice()]).chain(later)
    }

    /// The recommendation, or why there is none.
    fn advice(&self) -> String {
        let enough = self.thresholds.iter().any(|t| t.false_disables[0].measurable >= FEWEST);
        match &self.recommendation {
            Some(recommendation) => recommendation.sentence.clone(),
            None if enough => format!(
                "No recommendation: at each of these thresholds more than {FALSE_DISABLES_ACCEPTED} % came \
                 back within {} days.",
                WITHIN_DAYS[0]
            ),
            None => format!(
                "No recommendation: fewer than {FEWEST} disables can be followed for {} days.",
                WITHIN_DAYS[0]
            ),
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = ThresholdRow> {
        self.thresholds.iter().map(ThresholdRow::from)
    }
}

impl From<&Tally> for ThresholdFigures {
    fn from(tally: &Tally) -> Self {
        Self {
            inactivity_days: tally.inactivity_days,
            days_judged: tally.days_judged,
            days_not_judged: tally.days_not_judged,
            would_be_disables: tally.would_be_disables,
            by_earliest_version: tally.by_earliest_version,
            false_disables: tally.followed_up.map(FalseDisables::from),
            exposure_saved_account_days: tally.exposure.num_days(),
            sentence: sentence(tally),
        }
    }
}

impl From<FollowedUp> for FalseDisables {
    fn from(followed_up: FollowedUp) -> Self {
        let FollowedUp { within_days, returned, measurable, too_recent } = followed_up;
        let permille = followed_up.permille().and_then(|n| u32::try_from(n).ok());
        let percent = permille.map(|n| f64::from(n) / 10.0);
        Self { within_days, returned, measurable, too_recent, percent }
    }
}

impl From<&Tally> for Recommendation {
    fn from(tally: &Tally) -> Self {
        let sentence = format!(
            "{} is the shortest of these thresholds at which at most {FALSE_DISABLES_ACCEPTED} % came back \
             within {} days.",
            many(tally.inactivity_days, "day"),
            WITHIN_DAYS[0]
        );
        Self { inactivity_days: tally.inactivity_days, sentence }
    }
}

impl From<&ThresholdFigures> for ThresholdRow {
    fn from(figures: &ThresholdFigures) -> Self {
        let [thirty, sixty, ninety] = figures.false_disables;
        Self {
            inactivity_days: figures.inactivity_days,
            days_judged: figures.days_judged,
            days_not_judged: figures.days_not_judged,
            would_be_disables: figures.would_be_disables,
            by_earliest_version: figures.by_earliest_version,
            returned_30: thirty.returned,
            measurable_30: thirty.measurable,
            too_recent_30: thirty.too_recent,
            percent_30: thirty.percent,
            returned_60: sixty.returned,
            measurable_60: sixty.measurable,
            too_recent_60: sixty.too_recent,
            percent_60: sixty.percent,
            returned_90: ninety.returned,
            measurable_90: ninety.measurable,
            too_recent_90: ninety.too_recent,
            percent_90: ninety.percent,
            exposure_saved_account_days: figures.exposure_saved_account_days,
        }
    }
}

impl FalseDisables {
    /// For example `2 of 22 (9.1 %)`.
    pub(crate) fn in_words(self) -> String {
        let of = format!("{} of {}", thousands(self.returned), thousands(self.measurable));
        match self.percent {
            Some(percent) => format!("{of} ({percent:.1} %)"),
            None => of,
        }
    }
}

/// One threshold in a sentence for those who answer for it.
fn sentence(tally: &Tally) -> String {
    let first = FalseDisables::from(tally.followed_up[0]);
    let disables = many(tally.would_be_disables, "disable");
    let begin =
        format!("At {} there would have been {disables}", many(tally.inactivity_days, "day"));
    let (within, measurable) = (first.within_days, thousands(first.measurable));
    if first.measurable < FEWEST {
        return format!(
            "{begin}, of which {measurable} can be followed for {within} days: too few to recommend anything."
        );
    }
    format!(
        "{begin}; {} of those that can be followed for {within} days came back in that time, and {} of unused \
         access would have been closed.",
        first.in_words(),
        many(tally.exposure.num_days(), "account-day")
    )
}
