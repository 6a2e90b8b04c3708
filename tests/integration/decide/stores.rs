//! What must hold for every store: the verdict is the same however it is computed and whatever was
//! learned since.

use std::collections::BTreeMap;

use dormouse::{
    domain::{
        account::Account,
        decision::{Facts, Finding, decide},
        evidence::Evidence,
        policy::{PopulationSource, Signals},
        population::resolve,
        verdict::{RULES, Reason},
    },
    store::evidence::{AsOfBound, Gathered, Snapshot, by_id, gather, gather_about},
    time::{Timestamp, days},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::model::{Filled, Model, ODD, PLAIN, exemptions_json, models, now, time_of};
use crate::harness::generated;

/// A verdict with all that a decision shows of it.
type Verdict = (String, String, Option<String>, Option<String>, Option<i64>, Option<i64>);

fn moment(model: &Model, snapshot: &Snapshot) -> (Timestamp, AsOfBound) {
    let end = snapshot.sync_run.coverage.map_or(now(), |c| c.to);
    match model.back {
        None => (end, AsOfBound::None),
        Some(back) => {
            let as_of = end - days(u32::try_from(back).unwrap());
            (as_of, AsOfBound::UpTo(as_of))
        }
    }
}

fn judged(model: &Model, gathered: &Gathered, as_of: Timestamp) -> Vec<Finding> {
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    let roster = gathered.roster.as_ref().map(|r| &r.roster);
    let resolved = resolve(&model.policy.population, roster, &accounts, as_of);
    decide(&model.policy, &gathered.facts, &resolved, as_of)
}

async fn by_sql(
    conn: &mut SqliteConnection,
    model: &Model,
    snapshot: &Snapshot,
    as_of: Timestamp,
    bound: AsOfBound,
) -> Vec<Verdict> {
    let policy = &model.policy;
    let kinds: Vec<&str> = policy.population.kinds.iter().map(|k| k.as_str()).collect();
    let values = [
        (":run", json!(snapshot.sync_run.id)),
        (":seq", json!(snapshot.history_seq)),
        (":as_of", json!(as_of.to_string())),
        (
            ":bound",
            json!(match bound {
                AsOfBound::None => "9999".to_owned(),
                AsOfBound::UpTo(at) => at.to_string(),
            }),
        ),
        (":days", json!(policy.inactivity_days)),
        (":grace", json!(policy.grace_days)),
        (":audit", json!(u8::from(policy.signals == Signals::LoginsAndAudit))),
        (
            ":source",
            json!(policy.population.source.map(|s| match s {
                PopulationSource::Roster => "roster",
                PopulationSource::Portal => "portal",
            })),
        ),
        (":kinds", json!(json!(kinds).to_string())),
        (":groups", json!(json!(policy.population.groups).to_string())),
        (":domains", json!(json!(policy.population.email_domains).to_string())),
        (":exemptions", json!(exemptions_json(policy))),
    ];
    // sqlx numbers parameters; the file names them, as the command line of sqlite3 wants it.
    let named = include_str!("verdict.sql").to_owned();
    let code = (1..)
        .zip(&values)
        .fold(named, |sql, (number, (name, _))| sql.replace(name, &format!("?{number}")));
    let mut query = sqlx::query(AssertSqlSafe(code));
    for (_, value) in values {
        query = match value {
            serde_json::Value::Number(n) => query.bind(n.as_i64()),
            serde_json::Value::String(s) => query.bind(s),
            _ => query.bind(None::<String>),
        };
    }
    let rows = query.fetch_all(conn).await.unwrap();
    rows.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), r.get(5))).collect()
}

fn shown(finding: &Finding) -> Verdict {
    let activity = finding.last_activity;
    (
        finding.account_id.to_string(),
        finding.reason.to_string(),
        activity.map(|a| a.at.to_string()),
        activity.map(|a| a.source.to_string()),
        activity.and_then(|a| a.event_id),
        finding.idle_days.map(i64::from),
    )
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The store after all syncs, and the snapshot after each.
async fn filled(model: &Model) -> (Filled, Vec<Snapshot>) {
    let mut filled = Filled::new().await;
    let mut snapshots = Vec::new();
    for (number, sync) in model.syncs.iter().enumerate() {
        snapshots.push(filled.write(sync, time_of(number, model.syncs.len())).await);
    }
    // A decision after the last actions.
    let last = snapshots.last().unwrap().clone();
    let history_seq = dormouse::store::history::last_seq(filled.store.conn()).await.unwrap();
    snapshots.push(Snapshot { history_seq, ..last });
    (filled, snapshots)
}

proptest! {
    #![proptest_config(generated(200))]

    #[test]
    fn one_sql_statement_gives_the_same_verdicts(model in models(&PLAIN)) {
        run(async {
            let (mut filled, snapshots) = filled(&model).await;
            for snapshot in &snapshots {
                let (as_of, bound) = moment(&model, snapshot);
                let gathered = gather(filled.store.conn(), snapshot, bound).await.unwrap();
                let expected: Vec<Verdict> =
                    judged(&model, &gathered, as_of).iter().map(shown).collect();
                let sql = by_sql(filled.store.conn(), &model, snapshot, as_of, bound).await;
                prop_assert_eq!(sql, expected);
            }
            Ok(())
        })?;
    }

    #[test]
    fn judged_alone_an_account_has_the_verdict_that_it_has_among_all(model in models(&ODD)) {
        run(async {
            let (mut filled, snapshots) = filled(&model).await;
            for snapshot in &snapshots {
                let (as_of, bound) = moment(&model, snapshot);
                let conn = filled.store.conn();
                let all = gather(conn, snapshot, bound).await.unwrap();
                let all = judged(&model, &all, as_of);
                for number in 0..9 {
                    let id = super::model::id(number);
                    let key = by_id(conn, id).await.unwrap();
                    let key = key.unwrap_or(dormouse::store::evidence::Key::unseen(id));
                    let population = &model.policy.population;
                    let one = gather_about(conn, snapshot, bound, population, key).await.unwrap();
                    let one = judged(&model, &one, as_of);
                    let of = |findings: &[Finding]| {
                        findings.iter().find(|f| f.account_id == id).cloned()
                    };
                    prop_assert_eq!(of(&one), of(&all));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_is_learned_later_changes_nothing_that_was_known(model in models(&PLAIN)) {
        run(async {
            let mut filled = Filled::new().await;
            let mut before: Vec<(Snapshot, AsOfBound, Facts, Vec<Finding>)> = Vec::new();
            for (number, sync) in model.syncs.iter().enumerate() {
                let snapshot = filled.write(sync, time_of(number, model.syncs.len())).await;
                let (as_of, bound) = moment(&model, &snapshot);
                let gathered = gather(filled.store.conn(), &snapshot, bound).await.unwrap();
                let findings = judged(&model, &gathered, as_of);
                before.push((snapshot, bound, gathered.facts, findings));
            }
            filled.start_another().await;
            for (snapshot, bound, facts, findings) in before {
                let (as_of, _) = moment(&model, &snapshot);
                let gathered = gather(filled.store.conn(), &snapshot, bound).await.unwrap();
                prop_assert_eq!(&gathered.facts.evidence, &facts.evidence);
                prop_assert_eq!(judged(&model, &gathered, as_of), findings);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_newest_events_kept_are_those_of_the_events(model in models(&PLAIN)) {
        run(async {
            let (mut filled, snapshots) = filled(&model).await;
            let newest = snapshots.last().unwrap();
            let kept = gather(filled.store.conn(), newest, AsOfBound::None).await.unwrap();
            // The same columns, computed from the events alone.
            let differing: i64 = sqlx::query_scalar(
                "WITH rebuilt AS (
                     SELECT account_pk, class, at_ms, event_id FROM (
                         SELECT e.account_pk, l.class, e.at_ms, e.event_id,
                                row_number() OVER (PARTITION BY e.account_pk, l.class
                                                   ORDER BY e.at_ms DESC, e.event_id DESC) AS n
                         FROM events e JOIN login_events l USING (event_id) WHERE l.class <> 'failure'
                     ) WHERE n = 1)
                 SELECT count(*) FROM (
                     SELECT * FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM last_events)
                     UNION ALL
                     SELECT * FROM (SELECT * FROM last_events EXCEPT SELECT * FROM rebuilt))",
            )
            .fetch_one(filled.store.conn())
            .await
            .unwrap();
            prop_assert_eq!(differing, 0);
            // With a newer run in the store the index is walked instead.
            filled.start_another().await;
            let indexed = gather(filled.store.conn(), newest, AsOfBound::None).await.unwrap();
            let (kept, indexed): (Vec<Evidence>, Vec<Evidence>) =
                (kept.facts.evidence, indexed.facts.evidence);
            prop_assert_eq!(kept, indexed);
            Ok(())
        })?;
    }
}

/// Otherwise the properties above could be true of nothing.
#[test]
fn the_stores_reach_every_reason() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeMap::<Reason, u32>::new();
    for _ in 0..250 {
        let model = models(&PLAIN).new_tree(&mut runner).unwrap().current();
        run(async {
            let (mut filled, snapshots) = filled(&model).await;
            for snapshot in &snapshots {
                let (as_of, bound) = moment(&model, snapshot);
                let gathered = gather(filled.store.conn(), snapshot, bound).await.unwrap();
                for finding in judged(&model, &gathered, as_of) {
                    *reached.entry(finding.reason).or_default() += 1;
                }
            }
        });
    }
    let rare: Vec<_> = RULES
        .into_iter()
        .chain([Reason::NotOnPortal])
        .filter(|rule| reached.get(rule).is_none_or(|count| *count < 5))
        .collect();
    assert_eq!(rare, [], "{reached:?}");
}
