//! Reading accounts.

use crate::domain::account::{Account, AccountId};
use crate::portal::{Answer, PortalError, PortalReader, wire};

/// A page of the listing.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// Accounts, by e-mail.
    pub accounts: Vec<Account>,
    /// How many accounts there are in all, as the portal counts them at this moment.
    pub total: u64,
}

impl PortalReader {
    /// A page of all accounts, whatever their kind and status. No filter: they combine badly. By
    /// e-mail, the only order without ties.
    pub async fn accounts(&self, offset: u64) -> Result<Answer<AccountPage>, PortalError> {
        let query = [
            ("sortBy", "email".to_owned()),
            ("sortOrder", "ascending".to_owned()),
            ("startIndex", offset.to_string()),
            ("count", "100".to_owned()),
        ];
        self.transport
            .get("people/filter", &query, |text| {
                let envelope: wire::Envelope<Vec<wire::User>> = serde_json::from_str(text)?;
                let total = envelope
                    .total
                    .ok_or_else(|| serde::de::Error::custom("the list has no total"))?;
                Ok(AccountPage { accounts: wire::accounts(envelope.response)?, total })
            })
            .await
    }

    /// One account as it is now; none where it was deleted.
    pub async fn account(&self, id: AccountId) -> Result<Answer<Option<Account>>, PortalError> {
        let answer = self
            .transport
            .get(&format!("people/{id}"), &[], |text| wire::open(text, wire::User::into_account))
            .await;
        match answer {
            // The server looks for a user name first, which could be anything.
            Ok(a) if a.value.id == id => Ok(Answer { value: Some(a.value), at: a.at }),
            Ok(a) => Ok(Answer { value: None, at: a.at }),
            Err(PortalError::NotFound(_)) => {
                // A suspended portal answers 404 to everything; only a living one may say "deleted".
                let alive = self.identity().await?;
                Ok(Answer { value: None, at: alive.at })
            }
            Err(error) => Err(error),
        }
    }
}
