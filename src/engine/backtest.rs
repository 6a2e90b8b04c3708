//! Tries thresholds on the recorded past: the population, the exemptions and the coverage of `decide`, the
//! rules of `domain::backtest`, one account at a time.

use std::collections::HashMap;

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    domain::{
        account::Account,
        backtest::{
            Backtested, CoveredTime, Day, Days, Idleness, ReviewedPast, Tally, Trial,
            WouldBeDisable,
        },
        evidence::KeyOwner,
        human::minute,
        policy::Policy,
        population::Review,
    },
    engine::evaluate::{by_clock, judge, newest},
    exit::Failure,
    store::{
        self, StoreError,
        backtest::{People, Person, events_after},
        decisions::Currency,
        evidence::Snapshot,
        segments, void,
    },
    time::Timestamp,
};

/// What is to be tried.
#[derive(Debug, Clone, Default)]
pub(crate) struct BacktestOptions {
    /// In days; in any order.
    pub(crate) thresholds: Vec<u32>,
    /// The first moment on which a review may take place, by default the first one covered.
    pub(crate) from: Option<Timestamp>,
    /// The moment before which reviews end, by default after the last one covered.
    pub(crate) to: Option<Timestamp>,
}

/// Reads only. `found` is told of each would-be disable, with the newest version of its account.
///
/// # Errors
/// Nothing is proven yet: refused.
pub(crate) async fn backtest(
    conn: &mut SqliteConnection,
    policy: &Policy,
    options: &BacktestOptions,
    mut found: impl FnMut(&WouldBeDisable, &Account),
) -> anyhow::Result<Backtested> {
    let (snapshot, end) = newest(conn, policy).await?;
    if let Some(from) = options.from.filter(|from| *from > end) {
        return Err(Failure::refused(format!(
            "{} is after the end of coverage, {}: there is no day to try",
            minute(from),
            minute(end)
        ))
        .into());
    }
    let covered = covered(conn, &snapshot, policy, end).await?;
    let all = covered
        .days()
        .unwrap_or(Days { first: Day::starting_after(end), end: Day::starting_after(end) });
    let days = Days {
        first: options.from.map_or(all.first, Day::starting_from),
        end: options.to.map_or(all.end, Day::starting_from),
    };
    let trial = Trial::new(policy, &options.thresholds, &covered, days);
    let mut tallies: Vec<Tally> = trial
        .thresholds()
        .map(|(threshold, judged)| Tally::new(threshold, judged, days.count()))
        .collect();
    let reviewer = Reviewer::new(conn, snapshot.clone(), policy, end).await?;
    let mut people = People::new(conn, &snapshot).await?;
    let mut idle = idleness(conn, trial.shortest()).await?;
    let mut accounts = 0;
    while let Some(part) = people.next(conn).await? {
        for person in &part {
            let Some(mut past) = reviewer.reviewed(person) else { continue };
            let Some(newest) = person.past.versions.last() else { continue };
            let mut idleness = idle.remove(&person.pk).unwrap_or_default();
            person.traces.iter().for_each(|at| idleness.seen(*at, trial.shortest()));
            trial.account(&mut past, &idleness, |disable| {
                let of = |tally: &&mut Tally| tally.inactivity_days == disable.inactivity_days;
                if let Some(tally) = tallies.iter_mut().find(of) {
                    tally.add(&disable);
                }
                found(&disable, &newest.account);
            });
            accounts += 1;
        }
    }
    Ok(Backtested { days, coverage: covered.stretches().to_vec(), accounts, tallies })
}

/// When each account was idle, by its login events.
async fn idleness(
    conn: &mut SqliteConnection,
    shortest: TimeDelta,
) -> Result<HashMap<i64, Idleness>, StoreError> {
    let mut idle: HashMap<i64, Idleness> = HashMap::new();
    let mut after = None;
    while let Some(part) = events_after(conn, after).await? {
        for (pk, millis) in part.accounts.into_iter().zip(part.times) {
            if let Some(at) = Timestamp::from_millis(millis) {
                idle.entry(pk).or_default().seen(at, shortest);
            }
        }
        after = Some(part.last);
    }
    Ok(idle)
}

/// Every stretch that a run has proven and that the policy finds neither silent nor full of holes.
async fn covered(
    conn: &mut SqliteConnection,
    snapshot: &Snapshot,
    policy: &Policy,
    end: Timestamp,
) -> Result<CoveredTime, StoreError> {
    let run = snapshot.sync_run.id;
    let mut covered = CoveredTime::of(store::backtest::proven(conn, run).await?).until(end);
    for hole in segments::holes(conn).await? {
        covered = covered.without(hole.from, hole.to);
    }
    let Some(first) = covered.stretches().first().map(|stretch| stretch.from) else {
        return Ok(covered);
    };
    if let Some((mut recorded, _)) = by_clock(conn, run, policy).await?
        && let Some(silence) = &policy.silence
    {
        // Not only the silences of the newest stretch.
        recorded.whole_from = None;
        recorded.proven.from = first.min(recorded.proven.from);
        for silence in recorded.coverage(silence).silences {
            covered = covered.without(silence.from, silence.to);
        }
    }
    Ok(covered)
}

/// Who is under review, and whose account is never disabled.
struct Reviewer {
    review: Review,
    snapshot: Snapshot,
    record_began: Option<Timestamp>,
}

impl Reviewer {
    async fn new(
        conn: &mut SqliteConnection,
        snapshot: Snapshot,
        policy: &Policy,
        end: Timestamp,
    ) -> anyhow::Result<Self> {
        let began = void::record_began(conn, snapshot.sync_run.id).await?;
        let now = judge(conn, snapshot, policy.clone(), end, Currency::Current).await?;
        let accounts: Vec<&Account> = now.gathered.facts.accounts().collect();
        Ok(Self {
            review: Review::new(&policy.population, &now.resolved, &accounts),
            record_began: began.map(|(_, at)| at),
            snapshot: now.snapshot,
        })
    }

    /// The past as a review sees it; none for an account that was never under review.
    fn reviewed(&self, person: &Person) -> Option<ReviewedPast> {
        let key_owner = match self.snapshot.sync_run.key_account {
            Some(own) if person.past.versions.iter().any(|v| v.account.id == own) => KeyOwner::Own,
            Some(_) | None => KeyOwner::Other,
        };
        let matched = |account: &Account| self.review.matched(account);
        let past = person.past.reviewed(matched, key_owner, self.record_began)?;
        past.is_ever_reviewed().then_some(past)
    }
}
