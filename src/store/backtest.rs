//! The recorded past as a backtest reads it: what was known of each account from when on, when each was
//! active, and which stretches of time the runs have proven. Read in parts of a fixed size, so that memory
//! does not grow with the history.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::{
    domain::{
        account::AccountId,
        backtest::{AccountPast, AccountVersion},
        coverage::Coverage,
        timeline::{Acted, Shown},
    },
    store::{
        StoreError,
        accounts::{self, Presence, Span},
        as_of::AsOfBound,
        evidence::{Snapshot, timelines},
        types::json_rows,
        void,
    },
    time::Timestamp,
};

/// Events of one statement: enough for the statement not to count, few enough for little memory.
const PART: i64 = 100_000;

/// One account by its short key, its past, and when it was active outside of the login history.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) pk: i64,
    pub(crate) past: AccountPast,
    /// Audited actions and key uses.
    pub(crate) traces: Vec<Timestamp>,
}

/// Reads accounts part by part, in the order of their short keys.
#[derive(Debug)]
pub(crate) struct People {
    spans: std::vec::IntoIter<Span>,
    outcomes: HashMap<AccountId, Vec<Acted>>,
    sync_run: i64,
}

impl People {
    pub(crate) async fn new(
        conn: &mut SqliteConnection,
        snapshot: &Snapshot,
    ) -> Result<Self, StoreError> {
        let spans = Span::all(conn).await?.into_iter();
        let outcomes = timelines::outcomes(conn, snapshot.history_seq, AsOfBound::None).await?;
        Ok(Self { spans, outcomes, sync_run: snapshot.sync_run.id })
    }

    /// The next part; none where all were read.
    pub(crate) async fn next(
        &mut self,
        conn: &mut SqliteConnection,
    ) -> Result<Option<Vec<Person>>, StoreError> {
        let Some(span) = self.spans.next() else { return Ok(None) };
        let mut changed = timelines::changes(conn, self.sync_run, AsOfBound::None, span).await?;
        let mut traces = traces(conn, span).await?;
        let mut people: Vec<Person> = Vec::new();
        for shown in accounts::versions(conn, self.sync_run, span).await? {
            let accounts::AccountVersion { pk, at, history_seq, presence, account, .. } = shown;
            let status = match presence {
                Presence::Listed => Some(account.status),
                Presence::Gone => None,
            };
            let id = account.id;
            let version = AccountVersion { shown: Shown { at, history_seq, status }, account };
            match people.last_mut() {
                Some(known) if known.pk == pk => known.past.versions.push(version),
                Some(_) | None => people.push(Person {
                    pk,
                    past: AccountPast {
                        versions: vec![version],
                        acted: self.outcomes.remove(&id).unwrap_or_default(),
                        changed: changed.remove(&pk).unwrap_or_default(),
                    },
                    traces: traces.remove(&pk).unwrap_or_default(),
                }),
            }
        }
        Ok(Some(people))
    }
}

/// What the audit trail and the list of keys showed.
async fn traces(
    conn: &mut SqliteConnection,
    span: Span,
) -> Result<HashMap<i64, Vec<Timestamp>>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(account_pk, at)) AS "rows!: String"
           FROM (SELECT account_pk, event_at AS at FROM checks
                 WHERE account_pk BETWEEN ?1 AND ?2 AND event_at IS NOT NULL
                 UNION SELECT account_pk, used_at FROM key_uses WHERE account_pk BETWEEN ?1 AND ?2)"#,
        span.first,
        span.last
    )
    .fetch_one(conn)
    .await?;
    let rows: Vec<(i64, Timestamp)> = json_rows("checks, key_uses", &rows)?;
    let mut traces: HashMap<i64, Vec<Timestamp>> = HashMap::new();
    for (pk, at) in rows {
        traces.entry(pk).or_default().push(at);
    }
    Ok(traces)
}

/// Login events that are not failures: the account and the time of each, in milliseconds.
#[derive(Debug)]
pub(crate) struct EventTimes {
    pub(crate) accounts: Vec<i64>,
    pub(crate) times: Vec<i64>,
    /// The last one's id.
    pub(crate) last: i64,
}

/// Some events after one, in the order of their ids, which is how they are stored: by the index in the order
/// of accounts would take many times as long. None where there are no more.
pub(crate) async fn events_after(
    conn: &mut SqliteConnection,
    after: Option<i64>,
) -> Result<Option<EventTimes>, StoreError> {
    let part = sqlx::query!(
        r#"SELECT json_group_array(account_pk) AS "accounts!: String", json_group_array(at_ms) AS "times!: String",
                  max(event_id) AS "last: i64"
           FROM (SELECT event_id, account_pk, at_ms FROM events NOT INDEXED
                 WHERE event_id > coalesce(?, -9223372036854775807 - 1) AND class <> 'failure'
                 ORDER BY event_id LIMIT ?)"#,
        after,
        PART
    )
    .fetch_one(conn)
    .await?;
    let Some(last) = part.last else { return Ok(None) };
    Ok(Some(EventTimes {
        accounts: json_rows("events", &part.accounts)?,
        times: json_rows("events", &part.times)?,
        last,
    }))
}

/// Stretches that the runs up to `sync_run` have proven complete, each as far back as the portal showed it
/// whole; those of releases that wrote coverage alone have what was written then. Evidence that is void
/// proves nothing.
pub(crate) async fn proven(
    conn: &mut SqliteConnection,
    sync_run: i64,
) -> Result<Vec<Coverage>, StoreError> {
    let began = void::record_began(conn, sync_run).await?.map(|(run, _)| run);
    let rows = sqlx::query_as!(
        Coverage,
        r#"SELECT DISTINCT "from" AS "from!: Timestamp", "to" AS "to!: Timestamp"
           FROM (SELECT max(coalesce(whole_from, proven_from, coverage_from), coalesce(proven_from, coverage_from)) AS "from",
                        coalesce(proven_to, coverage_to) AS "to"
                 FROM sync_runs WHERE id <= ?1 AND (?2 IS NULL OR id >= ?2))
           WHERE "from" <= "to""#,
        sync_run,
        began
    );
    Ok(rows.fetch_all(conn).await?)
}
