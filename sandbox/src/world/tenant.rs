//! The portal as a whole: identity, ownership, roles, and the setters of its settings.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::settings::{Limits, Plan, TenantStatus};
use super::{Kind, Retention, Status, World};
use crate::version::Version;

impl World {
    /// With the owner, the identity of the portal.
    pub fn tenant_id(&self) -> i32 {
        self.tenant_id
    }

    /// First part of the host name.
    pub fn alias(&self) -> &str {
        &self.alias
    }

    pub(crate) fn created(&self) -> DateTime<Utc> {
        self.created
    }

    /// The owner's account.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// Makes another account the owner; the old one stays a DocSpace admin.
    pub fn transfer_ownership(&mut self, to: Uuid) {
        if let Some(account) = self.account_mut(to) {
            account.kind = Kind::DocSpaceAdmin;
            self.owner = to;
        }
    }

    /// Hands tests another key than the owner's as `admin_key`.
    pub fn set_admin_key(&mut self, secret: &str) {
        secret.clone_into(&mut self.admin_key);
    }

    /// Owner or DocSpace admin.
    pub fn is_portal_admin(&self, id: Uuid) -> bool {
        self.account(id).is_some_and(|account| account.kind == Kind::DocSpaceAdmin)
    }

    /// Seats in use: everyone above a plain user who is not disabled.
    pub(crate) fn seats_taken(&self) -> usize {
        let paid = |kind| matches!(kind, Kind::DocSpaceAdmin | Kind::RoomAdmin);
        self.accounts
            .iter()
            .filter(|account| account.status != Status::Terminated && paid(account.kind))
            .count()
    }

    /// Release.
    pub fn set_version(&mut self, version: Version) {
        self.settings.version = version;
    }

    /// Plan.
    pub fn set_plan(&mut self, plan: Plan) {
        self.settings.plan = plan;
    }

    /// Days that login and audit events are kept; what is older goes with the next purge.
    pub fn set_retention(&mut self, login_days: u16, audit_days: u16) {
        self.settings.retention = Retention { login_days, audit_days };
    }

    /// The same as an administrator does it now: the setting tells when it was changed.
    pub fn change_retention(&mut self, login_days: u16, audit_days: u16) {
        self.set_retention(login_days, audit_days);
        self.settings.retention_changed = Some(self.clock.now());
    }

    /// Gives an account another role.
    pub fn set_kind(&mut self, id: Uuid, kind: Kind) {
        if let Some(account) = self.account_mut(id) {
            account.kind = kind;
        }
    }

    /// Portal zone.
    pub fn set_timezone(&mut self, timezone: Tz) {
        self.settings.timezone = timezone;
    }

    /// Portal state.
    pub fn set_tenant_status(&mut self, status: TenantStatus) {
        self.settings.tenant_status = status;
    }

    /// Rate limits, or none.
    pub fn set_limits(&mut self, limits: Option<Limits>) {
        self.settings.limits = limits;
    }
}
