//! Notices as a condition: where they are required, nobody is disabled who was not told in time of the
//! present stretch.

use sqlx::SqliteConnection;

use crate::{
    config::Settings,
    domain::{
        account::AccountId,
        notices::{NoticeRules, SentNotices, Told},
    },
    store::{
        StoreError,
        notices::{NoticesOf, sent},
    },
    time::Timestamp,
};

pub(crate) struct Gate {
    rules: NoticeRules,
    sent: SentNotices,
}

impl Gate {
    /// None where notices are not required.
    pub(crate) async fn load(
        conn: &mut SqliteConnection,
        settings: &Settings,
        accounts: &[AccountId],
    ) -> Result<Option<Self>, StoreError> {
        let rules = settings.notices.as_ref().map(|notices| &notices.rules);
        let Some(rules) = rules.filter(|rules| rules.required) else { return Ok(None) };
        let sent = sent(conn, NoticesOf::Accounts(accounts)).await?;
        Ok(Some(Self { rules: rules.clone(), sent }))
    }

    /// Why the account may not be disabled at `now`; `stretch` is when it became idle.
    pub(crate) fn objection(
        &self,
        account: AccountId,
        stretch: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<String> {
        let sent = self.sent.about(account);
        let told = stretch.map_or(Told::Not, |stretch| Told::of(sent, stretch));
        told.objection(&self.rules, now)
    }
}
