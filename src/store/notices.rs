//! Notices as the history tells of them, by account.

use sqlx::SqliteConnection;

use crate::store::{StoreError, types::json_column};
use crate::{
    domain::{
        account::AccountId,
        history::Outcome,
        notices::{NoticeDetail, SentNotice, SentNotices},
    },
    time::Timestamp,
};

/// Whose notices to read.
#[derive(Debug, Clone, Copy)]
pub enum NoticesOf<'a> {
    Everybody,
    Accounts(&'a [AccountId]),
}

/// What was sent, or may have been, oldest first: each notice as its last row has it. What was skipped
/// is no notice.
pub async fn sent(
    conn: &mut SqliteConnection,
    whose: NoticesOf<'_>,
) -> Result<SentNotices, StoreError> {
    let accounts = match whose {
        NoticesOf::Everybody => None,
        NoticesOf::Accounts(accounts) => Some(serde_json::json!(accounts).to_string()),
    };
    let rows = sqlx::query!(
        r#"SELECT at AS "at: Timestamp", run_id, account_id AS "account_id: AccountId",
                  outcome AS "outcome: Outcome", detail
           FROM history
           WHERE action = 'notify' AND (?1 IS NULL OR account_id IN (SELECT value FROM json_each(?1)))
           ORDER BY seq"#,
        accounts
    )
    .fetch_all(conn)
    .await?;
    let mut sent = SentNotices::default();
    for row in rows {
        let detail: NoticeDetail = json_column("history.detail", &row.detail)?;
        let (account_id, run_id, at) = (row.account_id, row.run_id, row.at);
        let notices = sent.about_mut(account_id);
        // Its intent, which the outcome takes the place of.
        notices.retain(|known| {
            known.run_id != run_id
                || known.detail.stage != detail.stage
                || known.detail.recipient != detail.recipient
        });
        if row.outcome != Some(Outcome::Skipped) {
            notices.push(SentNotice { account_id, run_id, at, detail });
        }
    }
    Ok(sent)
}
