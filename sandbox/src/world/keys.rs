//! API keys and the accounts they act as.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Status, World};

/// One API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Id of the key itself.
    pub id: Uuid,
    /// Its label.
    pub name: String,
    /// `sk-` and 64 hexadecimal digits.
    pub secret: String,
    /// Empty or `*` is everything.
    pub permissions: Vec<String>,
    /// The account it acts as.
    pub created_by: Uuid,
    /// When it was made.
    pub created_on: DateTime<Utc>,
    /// Moved by every accepted call.
    pub last_used: Option<DateTime<Utc>>,
    /// Fixed at creation.
    pub expires_at: Option<DateTime<Utc>>,
    /// Switched on?
    pub state: KeyState,
}

/// `isActive` of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyState {
    /// Works.
    Active,
    /// Switched off: 401.
    Inactive,
}

impl ApiKey {
    /// The part that lists show.
    pub(crate) fn postfix(&self) -> &str {
        self.secret.get(self.secret.len().saturating_sub(4)..).unwrap_or_default()
    }
}

impl World {
    /// Makes a key for `owner` and returns its secret.
    pub fn add_key(&mut self, owner: Uuid, permissions: &[&str]) -> String {
        let (id, a, b) = (self.new_guid(), self.new_guid(), self.new_guid());
        let secret = format!("sk-{}{}", a.simple(), b.simple());
        self.keys.push(ApiKey {
            id,
            name: "sync".to_owned(),
            secret: secret.clone(),
            permissions: permissions.iter().map(|&text| text.to_owned()).collect(),
            created_by: owner,
            created_on: self.clock.now(),
            last_used: None,
            expires_at: None,
            state: KeyState::Active,
        });
        secret
    }

    /// The key with this secret.
    pub fn key_mut(&mut self, secret: &str) -> Option<&mut ApiKey> {
        self.keys.iter_mut().find(|key| key.secret == secret)
    }

    /// Gives the administrator's key other permissions.
    pub fn set_key_permissions(&mut self, permissions: &[&str]) {
        let secret = self.admin_key.clone();
        if let Some(key) = self.key_mut(&secret) {
            key.permissions = permissions.iter().map(|&text| text.to_owned()).collect();
        }
    }

    /// All keys.
    pub fn keys(&self) -> &[ApiKey] {
        &self.keys
    }

    /// The working key with this secret; using it moves its `lastUsed`.
    pub(crate) fn use_key(&mut self, secret: &str) -> Option<ApiKey> {
        let now = self.clock.now();
        let at = self.keys.iter().position(|key| key.secret == secret)?;
        let owner = self.account(self.keys[at].created_by)?;
        let works = owner.status != Status::Terminated
            && self.keys[at].state == KeyState::Active
            && self.keys[at].expires_at.is_none_or(|end| end > now);
        if !works {
            return None;
        }
        self.keys[at].last_used = Some(now);
        Some(self.keys[at].clone())
    }
}
