//! What happened to the status of each account: the versions that listings showed, our own outcomes,
//! and the portal's audit trail.

use std::{borrow::Cow, collections::HashMap};

use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::store::evidence::{Dated, Span, packed::unpack};
use crate::{
    domain::{
        account::{Account, AccountId, Group, Status},
        timeline::{Acted, ChangeCode, Changed, Shown, Timeline},
    },
    store::{StoreError, accounts::Presence, codec::Column},
};

/// One account as the newest version that counts has it, and its timeline.
pub(super) struct History {
    pub(super) pk: i64,
    pub(super) account: Account,
    pub(super) timeline: Timeline,
}

/// Our own outcomes by account, in order.
pub(super) type Outcomes = HashMap<AccountId, Vec<Acted>>;

#[derive(Deserialize)]
struct Row<'a> {
    pk: i64,
    run: i64,
    history_seq: i64,
    id: &'a str,
    at: &'a str,
    presence: &'a str,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    display_name: Cow<'a, str>,
    kind: &'a str,
    status: &'a str,
    registered_at: Option<&'a str>,
    management: &'a str,
    #[serde(borrow)]
    groups: Cow<'a, str>,
}

impl Row<'_> {
    fn shown(&self) -> Result<Shown, StoreError> {
        let column = |name| Column("account_versions", name);
        let status: Status = column("status").named(self.status)?;
        Ok(Shown {
            at: column("at").time(self.at)?,
            history_seq: self.history_seq,
            status: match column("presence").named(self.presence)? {
                Presence::Listed => Some(status),
                Presence::Gone => None,
            },
        })
    }

    fn account(self) -> Result<Account, StoreError> {
        let column = |name| Column("account_versions", name);
        Ok(Account {
            id: Column("account_keys", "account_id").named(self.id)?,
            email: self.email.into_owned(),
            display_name: self.display_name.into_owned(),
            kind: column("kind").named(self.kind)?,
            status: column("status").named(self.status)?,
            registered_at: column("registered_at").time_opt(self.registered_at)?,
            management: column("management").named(self.management)?,
            groups: groups(&self.groups)?,
        })
    }
}

/// Every account ever listed. The versions that count are those shown by then, otherwise the
/// earliest one known.
pub(super) async fn histories(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
    acted: &mut Outcomes,
) -> Result<Vec<History>, StoreError> {
    let mut changed = changes(conn, run, dated, span).await?;
    let rows = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(
                      v.account_pk, v.sync_run_id, v.history_seq, k.account_id, v.at, v.presence, v.email,
                      v.display_name, v.kind, v.status, v.registered_at, v.management, v.groups)) AS "rows!: String"
           FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
           WHERE v.account_pk BETWEEN ? AND ? AND v.sync_run_id <= ?"#,
        span.0,
        span.1,
        run
    )
    .fetch_one(conn)
    .await?;
    let mut rows: Vec<Row<'_>> = unpack("account_versions", &rows)?;
    rows.sort_by_key(|r| (r.pk, r.run));
    let mut histories: Vec<History> = Vec::with_capacity(rows.len());
    // True from the first version of an account that was shown too late to count.
    let mut over = false;
    for row in rows {
        let (pk, shown) = (row.pk, row.shown()?);
        match histories.last_mut() {
            Some(known) if known.pk == pk => {
                over |= !dated.counts(shown.at);
                if !over {
                    known.account = row.account()?;
                    known.timeline.shown.push(shown);
                }
            }
            Some(_) | None => {
                over = !dated.counts(shown.at);
                let account = row.account()?;
                let timeline = Timeline {
                    shown: vec![shown],
                    acted: acted.remove(&account.id).unwrap_or_default(),
                    changed: changed.remove(&pk).unwrap_or_default(),
                };
                histories.push(History { pk, account, timeline });
            }
        }
    }
    Ok(histories)
}

/// Reads `[[id, name], …]`.
pub(super) fn groups(text: &str) -> Result<Vec<Group>, StoreError> {
    if text == "[]" {
        return Ok(Vec::new());
    }
    let groups: Vec<(String, String)> =
        serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
            table: "account_versions",
            column: "groups",
            value: text.to_owned(),
        })?;
    Ok(groups.into_iter().map(|(id, name)| Group { id, name }).collect())
}

async fn changes(
    conn: &mut SqliteConnection,
    run: i64,
    dated: Dated,
    span: Span,
) -> Result<HashMap<i64, Vec<Changed>>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        "SELECT account_pk, at, action_code FROM status_changes
         WHERE account_pk BETWEEN ? AND ? AND at <= ? AND sync_run_id <= ?",
        span.0,
        span.1,
        bound,
        run
    )
    .fetch_all(conn)
    .await?;
    let mut changed: HashMap<i64, Vec<Changed>> = HashMap::new();
    for r in rows {
        let at = Column("status_changes", "at").time(&r.at)?;
        let code = if r.action_code == 4020 { ChangeCode::Status } else { ChangeCode::Profile };
        changed.entry(r.account_pk).or_default().push(Changed { at, code });
    }
    Ok(changed)
}

/// Outcomes up to row `seq`, of everybody or of one account.
pub(super) async fn outcomes(
    conn: &mut SqliteConnection,
    seq: i64,
    dated: Dated,
    of: Option<AccountId>,
) -> Result<Outcomes, StoreError> {
    let bound = dated.text();
    // Ids are hex digits and hyphens: all lie below "g".
    let (first, last) = match of {
        Some(id) => (id.to_string(), id.to_string()),
        None => (String::new(), "g".to_owned()),
    };
    let rows = sqlx::query!(
        r#"SELECT seq, at, account_id, action, outcome AS "outcome!", status_after FROM history
           WHERE account_id BETWEEN ? AND ? AND seq <= ? AND at <= ?
             AND phase = 'outcome' AND outcome IS NOT NULL
           ORDER BY account_id, seq"#,
        first,
        last,
        seq,
        bound
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("history", name);
    let mut acted = Outcomes::new();
    for r in rows {
        let id = column("account_id").named(&r.account_id)?;
        acted.entry(id).or_default().push(Acted {
            seq: r.seq,
            at: column("at").time(&r.at)?,
            action: column("action").named(&r.action)?,
            outcome: column("outcome").named(&r.outcome)?,
            status_after: column("status_after").named_opt(r.status_after.as_deref())?,
        });
    }
    Ok(acted)
}
