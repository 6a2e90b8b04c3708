//! What the portal says of itself to anyone, and the little more it says to a key.

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::wire::call::{Call, Caller, Scope, Unpaid};
use crate::wire::date;
use crate::wire::envelope::Counts;
use crate::wire::reply::Answer;
use crate::world::{Plan, SessionLife, World};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsDto {
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    trusted_domains: [&'static str; 0],
    trusted_domains_type: i32,
    culture: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    utc_offset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utc_hours_offset: Option<f64>,
    greeting_settings: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<Uuid>,
    enabled_join: bool,
    third_party_enable: bool,
    standalone: bool,
    base_domain: &'static str,
    version: String,
    tenant_status: i32,
    tenant_alias: String,
    cookie_settings_enabled: bool,
}

pub(crate) fn settings(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::Open, Unpaid::Answers)?;
    let known = matches!(call.caller, Caller::Key { .. });
    let zone = world.settings.timezone;
    let offset = date::offset_seconds(zone, world.clock().now());
    let settings = SettingsDto {
        timezone: known.then(|| zone.name().to_owned()),
        trusted_domains: [],
        trusted_domains_type: 0,
        culture: "en-US",
        utc_offset: known.then(|| span(offset)),
        utc_hours_offset: known.then(|| f64::from(offset) / 3600.0),
        greeting_settings: "Sandbox",
        owner_id: known.then(|| world.owner()),
        enabled_join: false,
        third_party_enable: true,
        standalone: world.settings.plan == Plan::SelfHosted,
        base_domain: "localhost",
        version: world.settings.version.to_string(),
        tenant_status: world.settings.tenant_status.number(),
        tenant_alias: world.alias().to_owned(),
        cookie_settings_enabled: world.settings.session_life != SessionLife::Year,
    };
    call.reply(&settings, Counts::One)
}

/// A .NET `TimeSpan`.
fn span(seconds: i32) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}:00", minutes / 60, minutes % 60)
}

pub(crate) fn build(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::Open, Unpaid::Answers)?;
    let version = world.settings.version.to_string();
    call.reply(&json!({ "docSpace": version, "documentServer": "9.3.1" }), Counts::One)
}

pub(crate) fn capabilities(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::Open, Unpaid::Answers)?;
    let ldap = world.accounts().iter().any(|account| account.directory.is_ldap());
    let capabilities = json!({
        "ldapEnabled": ldap, "providers": [], "ssoLabel": "", "oauthEnabled": true, "ssoUrl": "",
        "identityServerEnabled": true,
    });
    call.reply(&capabilities, Counts::One)
}

pub(crate) fn authentication(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::Open, Unpaid::Answers)?;
    call.reply(&matches!(call.caller, Caller::Key { .. }), Counts::One)
}

pub(crate) fn cookie_settings(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    call.require_portal_admin(world)?;
    let (minutes, enabled) = match world.settings.session_life {
        SessionLife::Year => (1440, false),
        SessionLife::Minutes(minutes) => (minutes, true),
    };
    call.reply(&json!({ "lifeTime": minutes, "enabled": enabled }), Counts::One)
}
