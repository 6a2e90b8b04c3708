//! One request as a route sees it, and the checks that every route makes first.
//!
//! The order is the server's: authentication (401), scope (403), portal state, payment (402),
//! then validation (400) and role (403) in the route itself.

use axum::body::Bytes;
use uuid::Uuid;

use super::query::Query;
use super::reply::Reply;
use crate::version::Version;
use crate::world::{Payment, TenantStatus, World};

/// Who sent the request.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    Anonymous,
    /// An `Authorization` header that is no working key.
    Invalid,
    Key {
        user: Uuid,
        key: Uuid,
        permissions: Vec<String>,
    },
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) number: u64,
    pub(crate) href: String,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) caller: Caller,
    pub(crate) version: Version,
    pub(crate) body: Bytes,
    pub(crate) body_is_json: bool,
    pub(crate) args: Vec<(String, String)>,
}

/// Which permissions of a restricted key open a route.
#[derive(Clone, Copy)]
pub(crate) enum Scope {
    /// No key needed; one that is sent must still be good (since 3.7).
    Open,
    /// Any working key.
    AnyKey,
    /// A key with one of these permissions, or an unrestricted one.
    OneOf(&'static [&'static str]),
}

impl Scope {
    pub(crate) const SETTINGS: Self = Self::OneOf(&["*:read", "*:write"]);
    pub(crate) const PEOPLE: Self =
        Self::OneOf(&["accounts:read", "accounts:write", "*:read", "*:write"]);
    pub(crate) const SELF: Self =
        Self::OneOf(&["accounts.self:read", "accounts.self:write", "*:read", "*:write"]);
    pub(crate) const PEOPLE_WRITE: Self = Self::OneOf(&["accounts:write", "*:write"]);
    pub(crate) const GROUPS: Self = Self::OneOf(&["accounts:read", "*:read", "*:write"]);
}

/// Whether a route answers on a portal that was not paid for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unpaid {
    Answers,
    Refuses,
}

impl Call {
    pub(crate) fn arg(&self, name: &str) -> &str {
        let found = self.args.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The account the key acts as.
    pub(crate) fn user(&self) -> Result<Uuid, Reply> {
        match self.caller {
            Caller::Key { user, .. } => Ok(user),
            Caller::Anonymous | Caller::Invalid => Err(Reply::empty(401)),
        }
    }

    /// Everything that is decided before the action runs.
    pub(crate) fn admit(&self, world: &World, scope: Scope, unpaid: Unpaid) -> Result<(), Reply> {
        self.authenticate(world)?;
        self.permit(scope)?;
        self.tenant_is_up(world)?;
        if unpaid == Unpaid::Refuses && world.settings.payment == Payment::Unpaid {
            return Err(Reply::problem(402, "Payment required"));
        }
        Ok(())
    }

    /// The role that audit, quota and cookie settings demand.
    pub(crate) fn require_portal_admin(&self, world: &World) -> Result<(), Reply> {
        if world.is_portal_admin(self.user()?) { Ok(()) } else { Err(Reply::access_denied()) }
    }

    fn authenticate(&self, world: &World) -> Result<(), Reply> {
        if world.settings.tenant_status != TenantStatus::Unknown {
            return Ok(());
        }
        match self.caller {
            Caller::Anonymous => Err(Reply::empty(404)),
            Caller::Invalid | Caller::Key { .. } => {
                let message = "Could not resolve current tenant :-(.";
                Err(Reply::error(500, message, "System.Exception"))
            }
        }
    }

    fn permit(&self, scope: Scope) -> Result<(), Reply> {
        let checked = self.version.checks_keys_on_anonymous_routes();
        let refused_openly = || Reply::problem(403, "Forbidden");
        match (scope, &self.caller) {
            (Scope::Open, Caller::Invalid) if checked => Err(refused_openly()),
            (Scope::Open, Caller::Key { permissions, .. }) if checked => {
                if opens(permissions, &["*:read", "*:write"]) {
                    Ok(())
                } else {
                    Err(refused_openly())
                }
            }
            (Scope::Open, _) | (Scope::AnyKey, Caller::Key { .. }) => Ok(()),
            (Scope::OneOf(wanted), Caller::Key { permissions, .. }) => {
                if opens(permissions, wanted) { Ok(()) } else { Err(Reply::empty(403)) }
            }
            (_, Caller::Anonymous | Caller::Invalid) => Err(Reply::empty(401)),
        }
    }

    fn tenant_is_up(&self, world: &World) -> Result<(), Reply> {
        let path = self.path.trim_end_matches('/');
        match world.settings.tenant_status {
            TenantStatus::Active | TenantStatus::Migrating | TenantStatus::Unknown => Ok(()),
            TenantStatus::Suspended | TenantStatus::RemovePending => {
                let spared = world.settings.tenant_status == TenantStatus::Suspended
                    && path.ends_with("/settings");
                if spared { Ok(()) } else { Err(Reply::problem(404, "Not Found")) }
            }
            TenantStatus::Transferring | TenantStatus::Restoring | TenantStatus::Encryption => {
                let spared = ["/settings", "/build", "/@self", "/portal"];
                if spared.iter().any(|end| path.ends_with(end)) {
                    Ok(())
                } else {
                    Err(Reply::problem(403, "Forbidden"))
                }
            }
        }
    }
}

fn opens(permissions: &[String], wanted: &[&str]) -> bool {
    permissions.is_empty()
        || permissions.iter().any(|have| have == "*" || wanted.contains(&have.as_str()))
}
