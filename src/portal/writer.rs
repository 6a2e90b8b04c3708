//! The one change that dormouse makes on a portal: the status of one account. One account a call: a
//! batch with a protected account is refused whole by some releases and silently thinned by others.

use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

use crate::domain::account::{Account, AccountId};
use crate::portal::{Answer, PortalError, http::Transport, wire};

/// A status that an account can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetStatus {
    /// Disabled; the portal's word is `Terminated`.
    Disabled,
    Active,
}

impl SetStatus {
    fn path(self) -> &'static str {
        match self {
            Self::Disabled => "people/status/Terminated",
            Self::Active => "people/status/Active",
        }
    }
}

/// Changes accounts. Only `apply` and `restore` have one.
pub struct PortalWriter {
    transport: Arc<Transport>,
}

impl PortalWriter {
    pub(super) fn new(transport: Arc<Transport>) -> Self {
        Self { transport }
    }

    /// Sets the status of one account and returns it as the answer shows it; none where the answer
    /// leaves it out. A 200 alone proves nothing: releases up to 3.6.1 answer it for accounts that
    /// they skip.
    ///
    /// # Errors
    /// The portal declined, or the effect is unknown; or it could not be sent before `leave_by`. Never
    /// repeated.
    pub async fn set_status(
        &self,
        id: AccountId,
        status: SetStatus,
        leave_by: Instant,
    ) -> Result<Answer<Option<Account>>, PortalError> {
        let body = json!({ "userIds": [id.to_string()], "resendAll": false });
        let answer = self
            .transport
            .put(status.path(), &body, leave_by, |text| {
                wire::open(text, |users| Ok(wire::accounts(users).0))
            })
            .await?;
        let shown = answer.value.into_iter().find(|a| a.id == id);
        Ok(Answer { value: shown, at: answer.at })
    }
}
