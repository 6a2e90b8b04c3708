//! Reading accounts.

use crate::domain::account::{Account, AccountId};
use crate::portal::{Answer, PortalError, PortalReader, error::Request, wire};

/// A page of the listing.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// Accounts, by e-mail.
    pub accounts: Vec<Account>,
    /// What those are called whose id cannot be read.
    pub unreadable: Vec<String>,
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
                let envelope: wire::Envelope<Vec<wire::Property<wire::User>>> =
                    serde_json::from_str(text)?;
                let total = envelope
                    .total
                    .ok_or_else(|| serde::de::Error::custom("the list has no total"))?;
                let (accounts, unreadable) = wire::accounts(envelope.response);
                Ok(AccountPage { accounts, unreadable, total })
            })
            .await
    }

    /// One account as it is now; none where it was deleted.
    ///
    /// # Errors
    /// The request failed, or the answer does not say whose record it is ([`PortalError::Unclear`]).
    pub async fn account(&self, id: AccountId) -> Result<Answer<Option<Account>>, PortalError> {
        let path = format!("people/{id}");
        let decode = |text: &str| wire::open(text, |user: wire::User| Ok(user.into_account()));
        match self.transport.get(&path, &[], decode).await {
            Ok(Answer { value: None, .. }) => Err(PortalError::Unclear {
                request: Request { method: "GET", path },
                what: "whose record it is",
            }),
            // The server looks for a user name first, which could be anything.
            Ok(a) => Ok(Answer { value: a.value.filter(|account| account.id == id), at: a.at }),
            Err(PortalError::NotFound(_)) => {
                // A suspended portal answers 404 to everything; only a living one may say "deleted".
                let alive = self.identity().await?;
                Ok(Answer { value: None, at: alive.at })
            }
            Err(error) => Err(error),
        }
    }
}
