//! A line of the report for each notice of a scope.

use sqlx::SqliteConnection;

use crate::{
    domain::{
        history::{Attempt, Ledger},
        notices::NoticeDetail,
    },
    report::{NoticeLine, Scope, ScopeKind},
    store::{self, StoreError},
};

/// The notices of a scope, in the order in which they were sent. No decision is the ground of one: to a
/// decision belong those of its time.
pub(super) async fn of_scope(
    conn: &mut SqliteConnection,
    scope: Scope,
) -> Result<Vec<NoticeLine>, StoreError> {
    let line = |attempt: &Attempt| {
        let (first, last) = (&attempt.first()?.draft, attempt.last()?);
        let belongs = match scope.kind {
            ScopeKind::Run => Some(first.run_id) == scope.id,
            ScopeKind::Decision | ScopeKind::Period => (scope.from..scope.to).contains(&first.at),
        };
        if !belongs {
            return None;
        }
        let intent = attempt.intent.as_ref().map(|entry| &entry.draft);
        let end = attempt.outcomes.last().map(|entry| &entry.draft);
        let detail = NoticeDetail::from_json(&end.unwrap_or(first).detail)?;
        Some(NoticeLine {
            run_id: first.run_id,
            account_id: first.account_id,
            email: first.email.clone(),
            stage: detail.stage,
            recipient: detail.recipient,
            role: detail.role,
            not_before: detail.not_before.to_string(),
            intent_at: intent.map(|row| row.at),
            outcome_at: end.map(|row| row.at),
            outcome: end.and_then(|row| row.outcome),
            delivery: detail.delivery,
            detail: detail.reply.unwrap_or_else(|| "no result is known".to_owned()),
            message_id: detail.message_id,
            history_seq: last.seq,
        })
    };
    let entries = store::history::notices_of_runs_between(conn, scope.from, scope.to).await?;
    Ok(Ledger::of(entries).attempts().filter_map(line).collect())
}
