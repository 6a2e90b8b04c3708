//! What the portal says of itself and of the key in use.

use serde::Deserialize;

use crate::portal::{Answer, PortalError, PortalReader, wire};
use crate::{
    domain::account::{Account, AccountId},
    time::Timestamp,
};

/// Which portal this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Tenant id; a restore from backup changes it.
    pub tenant_id: i64,
    /// Owner; only owners and admins are told.
    pub owner_id: Option<AccountId>,
    /// Its time zone (IANA); only owners and admins are told.
    pub timezone: Option<String>,
}

/// The key in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Scopes; empty means all.
    pub permissions: Vec<String>,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it may read everything that `sync` reads.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.has(&["*", "*:read", "*:write"])
    }

    /// Whether it may change the status of accounts.
    #[must_use]
    pub fn can_write_accounts(&self) -> bool {
        self.has(&["*", "*:write", "accounts:write"])
    }

    fn has(&self, any: &[&str]) -> bool {
        self.permissions.is_empty() || self.permissions.iter().any(|p| any.contains(&p.as_str()))
    }
}

/// Newest use of somebody's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsed {
    /// Owner of the key.
    pub owner: AccountId,
    pub at: Timestamp,
}

/// Newest uses of all keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUses {
    pub of_accounts: Vec<KeyUsed>,
    pub of_nobody: Vec<NobodysKey>,
}

/// A key that was used and does not say whose it is: it can be anybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NobodysKey {
    pub name: String,
    /// When it was used last.
    pub at: Timestamp,
}

/// How long a session lives without a new login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetime {
    pub minutes: u32,
}

/// A portal that does not work normally (TenantStatus.cs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Switched off.
    Suspended,
    /// About to be deleted.
    RemovePending,
    /// Being moved to another server.
    Transferring,
    /// Being restored from a backup.
    Restoring,
    /// Its files are being encrypted or decrypted.
    Encrypting,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Suspended => "the portal is suspended; its owner can switch it on again",
            Self::RemovePending => "the portal is about to be deleted",
            Self::Transferring => "the portal is being moved to another server; run again after that",
            Self::Restoring => {
                "the portal is being restored from a backup; after that every account has a new id, \
                 so a new store is needed"
            }
            Self::Encrypting => "the portal's files are being encrypted; run again after that",
        })
    }
}

/// Default of the server where the setting is off: one year (TenantCookieSettings.cs).
const YEAR_MINUTES: u32 = 365 * 24 * 60;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePortal {
    tenant_id: i64,
    owner_id: Option<String>,
    #[serde(default)]
    time_zone: wire::Property<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireKey {
    /// None of them means all: what cannot be read is an error.
    permissions: Option<Vec<String>>,
    name: wire::Property<String>,
    last_used: wire::Property<String>,
    expires_at: wire::Property<String>,
    create_by: wire::Property<wire::Creator>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLifetime {
    login_history_life_time: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCookies {
    life_time: u32,
    enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBuild {
    doc_space: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireGroup {
    id: String,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSettings {
    tenant_status: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct WireQuota {
    audit: Option<bool>,
}

impl PortalReader {
    /// Which portal this is.
    pub async fn identity(&self) -> Result<Answer<Identity>, PortalError> {
        self.transport
            .get("portal", &[], |text| {
                wire::open(text, |p: WirePortal| {
                    Ok(Identity {
                        tenant_id: p.tenant_id,
                        owner_id: p.owner_id.as_deref().map(wire::account_id).transpose()?,
                        timezone: p.time_zone.readable(),
                    })
                })
            })
            .await
    }

    /// What keeps the portal from working, if anything does. Answers in every state.
    pub async fn state(&self) -> Result<Option<State>, PortalError> {
        let decode = |text: &str| {
            wire::open(text, |settings: WireSettings| {
                Ok(match settings.tenant_status {
                    Some(1) => Some(State::Suspended),
                    Some(2) => Some(State::RemovePending),
                    Some(3) => Some(State::Transferring),
                    Some(4) => Some(State::Restoring),
                    Some(6) => Some(State::Encrypting),
                    _ => None,
                })
            })
        };
        Ok(self.transport.get("settings", &[], decode).await?.value)
    }

    /// The account that the key acts as.
    pub async fn key_owner(&self) -> Result<Account, PortalError> {
        let decode = |text: &str| {
            wire::open(text, |user: wire::User| {
                user.into_account().ok_or_else(|| serde::de::Error::custom("it has no readable id"))
            })
        };
        Ok(self.transport.get("people/@self", &[], decode).await?.value)
    }

    /// The key in use.
    pub async fn key(&self) -> Result<ApiKey, PortalError> {
        let decode = |text: &str| {
            wire::open(text, |key: WireKey| {
                Ok(ApiKey {
                    permissions: key.permissions.unwrap_or_default(),
                    // For advice only.
                    expires_at: key.expires_at.date(),
                })
            })
        };
        Ok(self.transport.get("keys/@self", &[], decode).await?.value)
    }

    /// Newest use of each key on the portal. An unreadable date protects the owner as of now.
    pub async fn key_uses(&self) -> Result<KeyUses, PortalError> {
        let decode = |text: &str| wire::open(text, |keys: Vec<wire::Property<WireKey>>| Ok(keys));
        let Answer { value: keys, at: now } = self.transport.get("keys", &[], decode).await?;
        let mut uses = KeyUses { of_accounts: Vec::new(), of_nobody: Vec::new() };
        for key in keys {
            let is_row = matches!(key, wire::Property::Is(_));
            let key = key.readable().unwrap_or_default();
            let at = match &key.last_used {
                wire::Property::Is(text) => wire::date(text).unwrap_or(Some(now)),
                wire::Property::Odd => Some(now),
                wire::Property::Absent if is_row => None,
                wire::Property::Absent => Some(now),
            };
            if is_row && matches!(key.create_by, wire::Property::Absent) {
                // Of somebody who is deleted: the key is dead.
                continue;
            }
            let owner = key.create_by.account();
            match (at, owner) {
                (None, _) => {}
                (Some(at), Some(owner)) => uses.of_accounts.push(KeyUsed { owner, at }),
                (Some(at), None) => {
                    let name = key.name.readable().unwrap_or_default();
                    uses.of_nobody.push(NobodysKey { name: wire::first_bytes(&name), at });
                }
            }
        }
        Ok(uses)
    }

    /// Days for which the portal keeps login events.
    pub async fn retention_days(&self) -> Result<u32, PortalError> {
        let decode = |text: &str| wire::open(text, |l: WireLifetime| Ok(l.login_history_life_time));
        Ok(self.transport.get("security/audit/settings/lifetime", &[], decode).await?.value)
    }

    /// How long a session lives without a new login.
    pub async fn session_lifetime(&self) -> Result<SessionLifetime, PortalError> {
        let decode = |text: &str| {
            wire::open(text, |c: WireCookies| {
                // Enabled with 0 minutes means for ever.
                let minutes = match (c.enabled, c.life_time) {
                    (false, _) => YEAR_MINUTES,
                    (true, 0) => u32::MAX,
                    (true, minutes) => minutes,
                };
                Ok(SessionLifetime { minutes })
            })
        };
        Ok(self.transport.get("settings/cookiesettings", &[], decode).await?.value)
    }

    /// Version of the server, as its operator lets it say.
    pub async fn server_version(&self) -> Result<Option<String>, PortalError> {
        let decode = |text: &str| wire::open(text, |b: WireBuild| Ok(b.doc_space));
        Ok(self.transport.get("settings/version/build", &[], decode).await?.value)
    }

    /// Whether the plan has the audit option; none where the portal does not say.
    pub async fn plan_has_audit(&self) -> Result<Option<bool>, PortalError> {
        let decode = |text: &str| wire::open(text, |q: WireQuota| Ok(q.audit));
        Ok(self.transport.get("portal/quota", &[], decode).await?.value)
    }

    /// Ids of the groups of exactly this name: names are not unique, and the server matches parts.
    pub async fn groups_named(&self, name: &str) -> Result<Vec<String>, PortalError> {
        let query = [("filterValue", name.to_owned()), ("count", "100".to_owned())];
        let decode = |text: &str| {
            wire::open(text, |groups: Vec<WireGroup>| {
                let exact = groups.into_iter().filter(|g| g.name.as_deref() == Some(name));
                Ok(exact.map(|g| g.id).collect())
            })
        };
        Ok(self.transport.get("group", &query, decode).await?.value)
    }
}
