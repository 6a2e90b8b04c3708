//! What happened to the status of each account: the versions that listings showed, our own outcomes,
//! and the portal's audit trail.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::{Dated, Generation, Span};
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

/// Every account ever listed. The versions that count are those shown by then, otherwise the
/// earliest one known.
pub(super) async fn histories(
    conn: &mut SqliteConnection,
    generation: &Generation,
    dated: Dated,
    span: &Span,
) -> Result<Vec<History>, StoreError> {
    let run = generation.sync_run.id;
    let mut changed = changes(conn, run, dated, span).await?;
    let mut acted = outcomes(conn, generation.history_seq, dated, span).await?;
    let rows = sqlx::query!(
        "SELECT v.account_pk, k.account_id, v.at, v.history_seq, v.presence, v.email,
                v.display_name, v.kind, v.status, v.registered_at, v.management, v.groups
         FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
         WHERE v.account_pk BETWEEN ? AND ? AND v.sync_run_id <= ?
         ORDER BY v.account_pk, v.sync_run_id",
        span.pk.0,
        span.pk.1,
        run
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("account_versions", name);
    let mut histories: Vec<History> = Vec::with_capacity(rows.len());
    // True from the first version of an account that was shown too late to count.
    let mut over = false;
    for r in rows {
        let at = column("at").time(&r.at)?;
        let status: Status = column("status").named(&r.status)?;
        let presence: Presence = column("presence").named(&r.presence)?;
        let status_shown = match presence {
            Presence::Listed => Some(status),
            Presence::Gone => None,
        };
        let shown = Shown { at, history_seq: r.history_seq, status: status_shown };
        let account = Account {
            id: Column("account_keys", "account_id").named(&r.account_id)?,
            email: r.email,
            display_name: r.display_name,
            kind: column("kind").named(&r.kind)?,
            status,
            registered_at: column("registered_at").time_opt(r.registered_at.as_deref())?,
            management: column("management").named(&r.management)?,
            groups: groups(&r.groups)?,
        };
        match histories.last_mut() {
            Some(known) if known.pk == r.account_pk => {
                over |= !dated.counts(at);
                if !over {
                    known.account = account;
                    known.timeline.shown.push(shown);
                }
            }
            Some(_) | None => {
                over = !dated.counts(at);
                let timeline = Timeline {
                    shown: vec![shown],
                    acted: acted.remove(&account.id).unwrap_or_default(),
                    changed: changed.remove(&r.account_pk).unwrap_or_default(),
                };
                histories.push(History { pk: r.account_pk, account, timeline });
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
    span: &Span,
) -> Result<HashMap<i64, Vec<Changed>>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        "SELECT account_pk, at, action_code FROM status_changes
         WHERE account_pk BETWEEN ? AND ? AND at <= ? AND sync_run_id <= ?",
        span.pk.0,
        span.pk.1,
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

async fn outcomes(
    conn: &mut SqliteConnection,
    seq: i64,
    dated: Dated,
    span: &Span,
) -> Result<HashMap<AccountId, Vec<Acted>>, StoreError> {
    let bound = dated.text();
    let rows = sqlx::query!(
        r#"SELECT seq, at, account_id, action, outcome AS "outcome!", status_after FROM history
           WHERE account_id BETWEEN ? AND ? AND seq <= ? AND at <= ?
             AND phase = 'outcome' AND outcome IS NOT NULL
           ORDER BY account_id, seq"#,
        span.id.0,
        span.id.1,
        seq,
        bound
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("history", name);
    let mut acted: HashMap<AccountId, Vec<Acted>> = HashMap::new();
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
