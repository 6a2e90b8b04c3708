//! Signs of life that a look at accounts shows beside their audited actions: logins since the start of the
//! run, and the last use of each API key.

use crate::{
    domain::{
        account::AccountId,
        evidence::{Activity, Source, newest},
        human::minute,
        login::LoginEvent,
    },
    engine::status_change::arrivals::{Arrivals, Joined},
    portal::{KeyUses, NobodysKey, PortalReader},
    store::signals::{AuditedAction, KeyUse},
    time::Timestamp,
};

pub(super) struct Signs {
    logins: Joined,
    uses: Vec<KeyUse>,
    /// A key that was used since and does not say whose it is.
    nobodys: Option<NobodysKey>,
}

impl Signs {
    /// `as_of` is the moment up to which the uses of keys are part of the evidence.
    pub(super) async fn read(
        arrivals: &mut Arrivals,
        reader: &PortalReader,
        accounts: &[AccountId],
        as_of: Timestamp,
    ) -> anyhow::Result<Self> {
        let uses = async { reader.key_uses().await.map_err(anyhow::Error::from) };
        let (uses, logins) = tokio::try_join!(uses, arrivals.read(reader, accounts))?;
        let KeyUses { of_accounts, of_nobody } = uses;
        let nobodys = of_nobody.into_iter().find(|key| key.at > as_of);
        let uses = of_accounts.into_iter().filter(|u| accounts.contains(&u.owner));
        let uses = uses.map(KeyUse::from).collect();
        Ok(Self { logins, uses, nobodys })
    }

    /// The newest activity of an account among what is known, an audited action, and these.
    ///
    /// # Errors
    /// Why these prove nothing.
    pub(super) fn newest(
        &self,
        id: AccountId,
        known: Option<Activity>,
        audited: Option<AuditedAction>,
    ) -> Result<Option<Activity>, String> {
        let logins = match &self.logins {
            Joined::New(logins) => logins,
            Joined::Not(why) => return Err(why.clone()),
        };
        if let Some(NobodysKey { name, at }) = &self.nobodys {
            let at = minute(*at);
            return Err(format!("the API key \"{name}\", used at {at}, does not say whose it is"));
        }
        let audited = audited.map(|action| Activity {
            at: action.at,
            source: Source::Audit,
            event_id: Some(action.event_id),
        });
        let logins = logins.iter().filter(|e| e.account == id).filter_map(Activity::of);
        let uses = self.uses.iter().filter(|u| u.account == id);
        let uses = uses.map(|u| Activity { at: u.used_at, source: Source::ApiKey, event_id: None });
        Ok(newest(known.into_iter().chain(audited).chain(logins).chain(uses)))
    }

    pub(super) fn logins(&self) -> &[LoginEvent] {
        match &self.logins {
            Joined::New(logins) => logins,
            Joined::Not(_) => &[],
        }
    }

    pub(super) fn uses(&self) -> &[KeyUse] {
        &self.uses
    }
}
