//! Silences of the login history and the audit trail as people are told of them: the stretch, what the audit trail shows in it,
//! and the lines by which somebody can vouch for it. Only who knows whether people were away can.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    domain::{
        coverage::Coverage,
        human::{minute, thousands},
        policy::Policy,
        recorded::{CoverageByClock, Pace, QuietPeriod, Recorded},
        silence::Silence,
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

/// Which of the portal's two records is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SilentRecord {
    LoginHistory,
    /// Actions of others than the key's account.
    AuditTrail,
}

/// A stretch in which rows of one record were to be expected and none is there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SilenceFound {
    pub(crate) record: SilentRecord,
    /// The last row before it.
    pub(crate) from: Timestamp,
    /// The first row after it; none where it goes on.
    pub(crate) to: Option<Timestamp>,
    /// How many rows were to be expected; of logins not counted where it goes on.
    pub(crate) expected_events: Option<u32>,
    pub(crate) trail_actions: u32,
    pub(crate) trail_accounts: u32,
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
    let read = by_clock(conn, sync_run, policy).await?;
    silences_in(conn, sync_run, written, policy, read).await
}

/// The same of what was read already.
pub(crate) async fn silences_in(
    conn: &mut SqliteConnection,
    sync_run: i64,
    written: Option<Coverage>,
    policy: &Policy,
    read: Option<(Recorded, CoverageByClock)>,
) -> Result<Silences, StoreError> {
    let Some((recorded, by_clock)) = read else {
        return Ok(Silences { coverage: written, ..Silences::default() });
    };
    let CoverageByClock { coverage, silences, silent_since, pace, refuted, .. } = by_clock;
    let between = silences.iter().map(|s| (s.from, Some(s.to), Some(s.expected)));
    let mut found = Vec::new();
    for (from, to, expected_events) in between.chain(silent_since.map(|from| (from, None, None))) {
        let end = to.unwrap_or(recorded.proven.to);
        let Acted { actions, accounts } =
            recording::acted_between(conn, sync_run, from, end).await?;
        found.push(SilenceFound {
            trail_actions: actions,
            trail_accounts: accounts,
            ..SilenceFound::new(SilentRecord::LoginHistory, from, to, expected_events, &recorded)
        });
    }
    let trail = policy.silence.as_ref().map(|silence| recorded.trail(silence)).unwrap_or_default();
    for Silence { from, to, expected } in trail.silences() {
        let to = Some(*to).filter(|to| *to < recorded.now);
        let record = SilentRecord::AuditTrail;
        found.push(SilenceFound::new(record, *from, to, Some(*expected), &recorded));
    }
    let quiet = policy.silence.as_ref().map(|s| s.quiet.clone()).unwrap_or_default();
    Ok(Silences { coverage, found, quiet, refuted, pace: Some(pace) })
}

impl Silences {
    /// One sentence for each that keeps an account from a verdict, and for each day wrongly vouched for.
    pub(crate) fn warnings(&self, inactivity_days: u32) -> Vec<String> {
        let bounds = |silence: &&SilenceFound| match (silence.to, self.coverage, silence.record) {
            (None, _, _) | (_, None, _) => true,
            (Some(to), Some(c), SilentRecord::LoginHistory) => {
                to == c.from && c.to.whole_days_since(c.from) < inactivity_days
            }
            (Some(to), Some(c), SilentRecord::AuditTrail) => {
                c.to.whole_days_since(to) < inactivity_days
            }
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
    fn new(
        record: SilentRecord,
        from: Timestamp,
        to: Option<Timestamp>,
        expected_events: Option<u32>,
        recorded: &Recorded,
    ) -> Self {
        let days = recorded.whole_days(from, to.unwrap_or(recorded.proven.to));
        let (quiet_from, quiet_to) =
            days.map(|(first, last)| (first.to_string(), last.to_string())).unzip();
        let (trail_actions, trail_accounts) = (0, 0);
        Self {
            record,
            from,
            to,
            expected_events,
            trail_actions,
            trail_accounts,
            quiet_from,
            quiet_to,
        }
    }

    /// The lines of dormouse.toml by which somebody takes the whole days in it for quiet.
    pub(crate) fn lines(&self) -> Option<String> {
        let (from, to) = (self.quiet_from.as_ref()?, self.quiet_to.as_ref()?);
        Some(format!("[[quiet]]\nfrom = {from}\nto = {to}\nreason = \"\"\nowner = \"\""))
    }

    /// The stretch and why it is suspect.
    pub(crate) fn stretch(&self) -> String {
        let row = match self.record {
            SilentRecord::LoginHistory => "login event",
            SilentRecord::AuditTrail => {
                "action by anybody but the key's account in the audit trail"
            }
        };
        let time = match self.to {
            Some(to) => format!("from {} to {}", minute(self.from), minute(to)),
            None => format!("since {}", minute(self.from)),
        };
        let expected = self.expected_events.map_or_else(String::new, |expected| {
            format!(", where about {expected} were to be expected")
        });
        format!("no {row} {time}{expected}")
    }
}

/// What happened, how to find out why, and what to do where nothing was wrong.
impl fmt::Display for SilenceFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; ", self.stretch())?;
        match (self.record, self.to) {
            (SilentRecord::LoginHistory, Some(_)) => {
                f.write_str("only what came after it is covered. ")?;
            }
            (SilentRecord::LoginHistory, None) => f.write_str("coverage ends with it. ")?,
            (SilentRecord::AuditTrail, Some(_)) => {
                f.write_str("checks of the trail prove nothing before its end. ")?;
            }
            (SilentRecord::AuditTrail, None) => {
                f.write_str("checks of the trail prove nothing. ")?
            }
        }
        match (self.record, self.trail_actions) {
            (SilentRecord::AuditTrail, _) => {
                f.write_str("Ask whether anybody was at work in that time. ")?;
            }
            (SilentRecord::LoginHistory, 0) => f.write_str(
                "The audit trail shows nobody at work in that time, as far as it was read; ask whether \
                 anybody was. ",
            )?,
            (SilentRecord::LoginHistory, actions) => write!(
                f,
                "The audit trail shows people at work in that time (actions read: {}, accounts: \
                 {}), so the portal had probably stopped recording logins. ",
                thousands(actions.into()),
                thousands(self.trail_accounts.into())
            )?,
        }
        f.write_str("If nobody was, `dormouse status` shows the lines that vouch for it")
    }
}
