//! The append-only record of every action. Rows are only added to the end of the chain.

use std::collections::HashMap;

use futures_util::{Stream, StreamExt};
use sqlx::{Row as _, SqliteConnection, TypeInfo, ValueRef, sqlite::SqliteRow};

use crate::store::StoreError;
use crate::{
    domain::{
        account::{AccountId, Status},
        history::{
            Action, COLUMNS, Draft, Entry, GENESIS, Ledger, Outcome, Pair, Phase, Row, Value,
        },
    },
    time::Timestamp,
};

/// Place and hash of the newest row; place 0 and [`GENESIS`] where there is none.
pub async fn head(conn: &mut SqliteConnection) -> Result<(i64, String), StoreError> {
    let row = sqlx::query!("SELECT seq, hash FROM history ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or_else(|| (0, GENESIS.to_owned()), |r| (r.seq, r.hash)))
}

/// Place of the newest row; 0 where there is none.
pub async fn last_seq(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(head(conn).await?.0)
}

/// Appends a row. After an error nothing was appended.
pub async fn append(conn: &mut SqliteConnection, draft: Draft) -> Result<Entry, StoreError> {
    let (seq, prev_hash) = head(conn).await?;
    let entry = Entry::seal(seq + 1, draft, prev_hash);
    let d = &entry.draft;
    sqlx::query!(
        "INSERT INTO history (seq, at, run_id, decision_id, account_id, email, action, phase, outcome,
                              detail, actor, status_before, status_after, http_status,
                              portal_event_id, prev_hash, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.seq,
        d.at,
        d.run_id,
        d.decision_id,
        d.account_id,
        d.email,
        d.action,
        d.phase,
        d.outcome,
        d.detail,
        d.actor,
        d.status_before,
        d.status_after,
        d.http_status,
        d.portal_event_id,
        entry.prev_hash,
        entry.hash
    )
    .execute(conn)
    .await?;
    Ok(entry)
}

/// Every row about changes of accounts, in order. A row that holds what our code never writes is an
/// error.
pub async fn all(conn: &mut SqliteConnection) -> Result<Vec<Entry>, StoreError> {
    entries(conn, ActionFilter::All).await
}

/// Which actions to read.
#[derive(Debug, Clone, Copy)]
pub enum ActionFilter<'a> {
    All,
    /// Begun at or after this moment.
    Since(Timestamp),
    /// Of these accounts.
    Of(&'a [AccountId]),
}

/// Changes of accounts that were begun, in order.
pub async fn pairs(
    conn: &mut SqliteConnection,
    which: ActionFilter<'_>,
) -> Result<Vec<Pair>, StoreError> {
    Ok(Ledger::of(entries(conn, which).await?).into_pairs())
}

async fn entries(
    conn: &mut SqliteConnection,
    which: ActionFilter<'_>,
) -> Result<Vec<Entry>, StoreError> {
    let (accounts, since) = match which {
        ActionFilter::All => (None, None),
        ActionFilter::Since(at) => (None, Some(at)),
        ActionFilter::Of(accounts) => (Some(serde_json::json!(accounts).to_string()), None),
    };
    // What ends an action comes after its intent, whatever the clock said.
    let rows = sqlx::query_as!(
        StoredEntry,
        r#"SELECT seq, at AS "at: Timestamp", run_id, decision_id, account_id AS "account_id: AccountId", email,
                  action AS "action: Action", phase AS "phase: Phase", outcome AS "outcome: Outcome", detail,
                  actor, status_before AS "status_before: Status", status_after AS "status_after: Status",
                  http_status AS "http_status: u16", portal_event_id, prev_hash, hash
           FROM history
           WHERE action <> 'notify'
             AND (?1 IS NULL OR account_id IN (SELECT value FROM json_each(?1)))
             AND (?2 IS NULL OR seq >= (SELECT min(seq) FROM history WHERE at >= ?2))
           ORDER BY seq"#,
        accounts,
        since
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// Every row about notices of the runs that wrote one in `[from, to)`.
pub async fn notices_of_runs_between(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query_as!(
        StoredEntry,
        r#"SELECT seq, at AS "at: Timestamp", run_id, decision_id, account_id AS "account_id: AccountId", email,
                  action AS "action: Action", phase AS "phase: Phase", outcome AS "outcome: Outcome", detail,
                  actor, status_before AS "status_before: Status", status_after AS "status_after: Status",
                  http_status AS "http_status: u16", portal_event_id, prev_hash, hash
           FROM history
           WHERE action = 'notify'
             AND run_id IN (SELECT run_id FROM history WHERE action = 'notify' AND at >= ? AND at < ?)
           ORDER BY seq"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// The portal's events that show an action of ours on an account already, and when that was last noted.
pub async fn shown_events(
    conn: &mut SqliteConnection,
) -> Result<HashMap<(i64, AccountId), Timestamp>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT portal_event_id AS "event!", account_id AS "account!: AccountId",
                  max(at) AS "noted_at!: Timestamp"
           FROM history WHERE phase = 'corroboration' GROUP BY portal_event_id, account_id"#
    );
    let shown = rows.fetch_all(conn).await?.into_iter();
    Ok(shown.map(|r| ((r.event, r.account), r.noted_at)).collect())
}

/// Changes of accounts without an outcome: a run is still at work, or was killed.
pub async fn open(conn: &mut SqliteConnection) -> Result<Vec<Pair>, StoreError> {
    let rows = without_outcome(conn).await?.into_iter();
    Ok(Ledger::of(rows.filter(|row| row.draft.action != Action::Notify)).into_pairs())
}

/// Intents of notices without an outcome: a run is still at work, or was killed.
pub async fn open_notices(conn: &mut SqliteConnection) -> Result<Vec<Draft>, StoreError> {
    let rows = without_outcome(conn).await?.into_iter().map(|row| row.draft);
    Ok(rows.filter(|d| d.action == Action::Notify && d.phase == Phase::Intent).collect())
}

/// Rows that no outcome belongs to. Only notices have a stage and a recipient.
async fn without_outcome(conn: &mut SqliteConnection) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query_as!(
        StoredEntry,
        r#"SELECT seq, at AS "at: Timestamp", run_id, decision_id, account_id AS "account_id: AccountId", email,
                  action AS "action: Action", phase AS "phase: Phase", outcome AS "outcome: Outcome", detail,
                  actor, status_before AS "status_before: Status", status_after AS "status_after: Status",
                  http_status AS "http_status: u16", portal_event_id, prev_hash, hash
           FROM history h
           WHERE phase <> 'outcome' AND NOT EXISTS (
               SELECT 1 FROM history o
               WHERE o.run_id = h.run_id AND o.account_id = h.account_id AND o.action = h.action
                 AND o.stage IS h.stage AND o.recipient IS h.recipient AND o.phase = 'outcome')
           ORDER BY seq"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

struct StoredEntry {
    seq: i64,
    at: Timestamp,
    run_id: i64,
    decision_id: Option<i64>,
    account_id: AccountId,
    email: String,
    action: Action,
    phase: Phase,
    outcome: Option<Outcome>,
    detail: String,
    actor: String,
    status_before: Option<Status>,
    status_after: Option<Status>,
    http_status: Option<u16>,
    portal_event_id: Option<i64>,
    prev_hash: String,
    hash: String,
}

impl From<StoredEntry> for Entry {
    fn from(r: StoredEntry) -> Self {
        Self {
            seq: r.seq,
            draft: Draft {
                at: r.at,
                run_id: r.run_id,
                decision_id: r.decision_id,
                account_id: r.account_id,
                email: r.email,
                action: r.action,
                phase: r.phase,
                outcome: r.outcome,
                detail: r.detail,
                actor: r.actor,
                status_before: r.status_before,
                status_after: r.status_after,
                http_status: r.http_status,
                portal_event_id: r.portal_event_id,
            },
            prev_hash: r.prev_hash,
            hash: r.hash,
        }
    }
}

/// What an action of ours showed of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastShown {
    pub(super) seq: i64,
    pub(super) status: Status,
}

/// The status that our newest action showed, by account.
pub(super) async fn last_shown(
    conn: &mut SqliteConnection,
) -> Result<HashMap<AccountId, LastShown>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT account_id AS "account_id!: AccountId", max(seq) AS "seq!: i64", status_after AS "status!: Status"
           FROM history WHERE status_after IS NOT NULL GROUP BY account_id"#
    )
    .fetch_all(conn)
    .await?;
    let shown =
        rows.into_iter().map(|r| (r.account_id, LastShown { seq: r.seq, status: r.status }));
    Ok(shown.collect())
}

/// Which rows to read; nothing set is all of them.
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    /// Of these accounts only.
    pub accounts: Option<Vec<AccountId>>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Of this run only.
    pub run: Option<i64>,
}

/// Rows in the order of `seq`, as they are stored, whatever that is: no value of a row is an error.
pub fn rows<'c>(
    conn: &'c mut SqliteConnection,
    filter: &RowFilter,
) -> impl Stream<Item = Result<Row, StoreError>> + 'c {
    let accounts = filter.accounts.as_ref().map(|ids| serde_json::json!(ids).to_string());
    // Not checked at build time: that would fix the types of the columns, and somebody who changed the
    // file need not have kept to them. `Row` has the columns in this order.
    let rows = sqlx::query(
        "SELECT seq, at, run_id, decision_id, account_id, email, action, phase, outcome, detail, actor,
                status_before, status_after, http_status, portal_event_id, prev_hash, hash
         FROM history
         WHERE (?1 IS NULL OR account_id IN (SELECT value FROM json_each(?1)))
           AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR run_id = ?3)
         ORDER BY seq",
    )
    .bind(accounts)
    .bind(filter.since)
    .bind(filter.run)
    .fetch(conn);
    rows.map(|row| as_stored(&row?))
}

fn as_stored(row: &SqliteRow) -> Result<Row, StoreError> {
    let mut values = [const { Value::Null }; COLUMNS.len()];
    for (place, value) in values.iter_mut().enumerate() {
        let raw = row.try_get_raw(place)?;
        if raw.is_null() {
            continue;
        }
        *value = match raw.type_info().name() {
            "INTEGER" => Value::Integer(row.try_get_unchecked(place)?),
            "TEXT" => match String::from_utf8(row.try_get_unchecked(place)?) {
                Ok(text) => Value::Text(text),
                Err(bytes) => {
                    Value::Foreign(String::from_utf8_lossy(bytes.as_bytes()).into_owned())
                }
            },
            "BLOB" => {
                let bytes: Vec<u8> = row.try_get_unchecked(place)?;
                Value::Foreign(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => Value::Foreign(row.try_get_unchecked::<f64, _>(place)?.to_string()),
        };
    }
    Ok(Row(values))
}

/// An account that the store has heard of, with one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    /// The portal's id.
    pub account_id: AccountId,
    /// An address it has or had; empty where none was ever shown.
    pub email: String,
}

/// Every account, once for each address.
pub async fn known_accounts(conn: &mut SqliteConnection) -> Result<Vec<NamedAccount>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT k.account_id AS "account_id!", coalesce(v.email, '') AS "email!: String"
           FROM account_keys k LEFT JOIN account_versions v ON v.account_pk = k.pk
           UNION SELECT account_id, email FROM history ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    // A text that is not an id was put there by somebody else; `verify` names its row.
    let known = rows.into_iter().filter_map(|r| {
        Some(NamedAccount { account_id: r.account_id.parse().ok()?, email: r.email })
    });
    Ok(known.collect())
}
