//! Silences of the login history as people are told of them: the stretch, what the audit trail shows in it,
//! and the lines by which somebody can vouch for it. Only who knows whether people were away can.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    domain::{
        coverage::Coverage,
        policy::Policy,
        recorded::{CoverageByClock, Pace, QuietPeriod},
    },
    engine::evaluate::by_clock,
    store::{
        StoreError,
        recording::{self, Acted},
    },
    time::Timestamp,
};

/// Everything that the policy finds silent or takes for quiet, and the coverage that is left.
#[derive(Debug, Default)]
pub(crate) struct Silences {
    pub(crate) coverage: Option<Coverage>,
    pub(crate) found: Vec<SilenceFound>,
    pub(crate) quiet: Vec<QuietPeriod>,
    /// Vouched days on which the audit trail shows that people were at work.
    pub(crate) refuted: Vec<NaiveDate>,
    /// `None` where no sync has proven anything, or one of an older release.
    pub(crate) pace: Option<Pace>,
}

/// A stretch in which login events were to be expected and none is there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SilenceFound {
    /// The last login event before it.
    pub(crate) from: Timestamp,
    /// The first login event after it; none where it goes on.
    pub(crate) to: Option<Timestamp>,
    /// How many were to be expected; not counted where it goes on.
    expected_events: Option<u32>,
    trail_actions: u32,
    trail_accounts: u32,
    /// The whole days in it, which somebody could vouch for: `YYYY-MM-DD`, both inclusive.
    quiet_from: Option<String>,
    quiet_to: Option<String>,
}

/// The silences after a sync run under a policy. `written` is the coverage of runs and policies of releases
/// that knew no silences.
pub(crate) async fn silences(
    conn: &mut SqliteConnection,
    sync_run: i64,
    written: Option<Coverage>,
    policy: &Policy,
) -> Result<Silences, StoreError> {
    let Some((recorded, by_clock)) = by_clock(conn, sync_run, policy).await? else {
        return Ok(Silences { coverage: written, ..Silences::default() });
    };
    let CoverageByClock { coverage, silences, silent_since, pace, refuted, .. } = by_clock;
    let between = silences.iter().map(|s| (s.from, Some(s.to), Some(s.expected)));
    let mut found = Vec::new();
    for (from, to, expected_events) in between.chain(silent_since.map(|from| (from, None, None))) {
        let end = to.unwrap_or(recorded.proven.to);
        let Acted { actions, accounts } =
            recording::acted_between(conn, sync_run, from, end).await?;
        let days = recorded.whole_days(from, end);
        let (quiet_from, quiet_to) =
            days.map(|(first, last)| (first.to_string(), last.to_string())).unzip();
        found.push(SilenceFound {
            from,
            to,
            expected_events,
            trail_actions: actions,
            trail_accounts: accounts,
            quiet_from,
            quiet_to,
        });
    }
    let quiet = policy.silence.as_ref().map(|s| s.quiet.clone()).unwrap_or_default();
    Ok(Silences { coverage, found, quiet, refuted, pace: Some(pace) })
}

impl Silences {
    /// One sentence for each that keeps an account from a verdict, and for each day wrongly vouched for.
    pub(crate) fn warnings(&self, inactivity_days: u32) -> Vec<String> {
        let bounds = |silence: &&SilenceFound| match (silence.to, self.coverage) {
            (None, _) | (_, None) => true,
            (Some(to), Some(c)) => to == c.from && c.to.whole_days_since(c.from) < inactivity_days,
        };
        let found = self.found.iter().filter(bounds).map(ToString::to_string);
        found.chain(self.refuted()).collect()
    }

    /// Days for which nobody can vouch.
    pub(crate) fn refuted(&self) -> impl Iterator<Item = String> {
        self.refuted.iter().map(|day| {
            format!(
                "the quiet period on {day} does not count: the audit trail shows that people were at \
                 work on that day"
            )
        })
    }
}

impl SilenceFound {
    /// The lines of dormouse.toml by which somebody takes the whole days in it for quiet.
    pub(crate) fn lines(&self) -> Option<String> {
        let (from, to) = (self.quiet_from.as_ref()?, self.quiet_to.as_ref()?);
        Some(format!("[[quiet]]\nfrom = {from}\nto = {to}\nreason = \"\"\nowner = \"\""))
    }

    /// The stretch and why it is suspect.
    pub(crate) fn stretch(&self) -> String {
        match (self.to, self.expected_events) {
            (Some(to), Some(expected)) => format!(
                "no login event from {} to {to}, where about {expected} were to be expected",
                self.from
            ),
            (Some(to), None) => format!("no login event from {} to {to}", self.from),
            (None, _) => format!("no login event since {}", self.from),
        }
    }
}

/// What happened, how to find out why, and what to do where nothing was wrong.
impl fmt::Display for SilenceFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match self.to {
            Some(_) => "only what came after it is covered",
            None => "coverage ends with it",
        };
        write!(f, "{}; {known}. ", self.stretch())?;
        match (self.trail_actions, self.trail_accounts) {
            (0, _) => f.write_str(
                "The audit trail shows nobody at work in that time, as far as it was read; ask whether \
                 anybody was. ",
            )?,
            (actions, accounts) => write!(
                f,
                "The audit trail shows people at work in that time (actions read: {actions}, accounts: \
                 {accounts}), so the portal had probably stopped recording logins. "
            )?,
        }
        f.write_str("If nobody was, `dormouse status` shows the lines that vouch for it")
    }
}
