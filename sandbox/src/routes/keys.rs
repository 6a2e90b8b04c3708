//! API keys: the one in use, and for administrators everybody's.

use serde::Serialize;
use uuid::Uuid;

use crate::wire::call::{Call, Caller, Scope, Unpaid};
use crate::wire::date;
use crate::wire::envelope::Counts;
use crate::wire::people::Short;
use crate::wire::reply::{Answer, Reply};
use crate::world::{ApiKey, KeyState, World};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyDto {
    id: Uuid,
    name: String,
    key: String,
    key_postfix: String,
    permissions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
    create_on: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_by: Option<Short>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    is_active: bool,
}

/// A stream without an explicit count: `count` is 1 whatever the list holds.
pub(crate) fn list(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    let user = call.user()?;
    let all = world.is_portal_admin(user);
    let keys = world.keys().iter().filter(|key| all || key.created_by == user);
    let keys: Vec<KeyDto> = keys.map(|key| dto(world, key)).collect();
    call.reply(&keys, Counts::One)
}

pub(crate) fn myself(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::AnyKey, Unpaid::Refuses)?;
    let Caller::Key { key: id, .. } = &call.caller else { return Err(Reply::empty(401)) };
    let key = world.keys().iter().find(|key| key.id == *id);
    let key = key.ok_or_else(|| Reply::empty(401))?;
    call.reply(&dto(world, key), Counts::One)
}

fn dto(world: &World, key: &ApiKey) -> KeyDto {
    let zone = world.settings.timezone;
    KeyDto {
        id: key.id,
        name: key.name.clone(),
        key: format!("sk-***{}", key.postfix()),
        key_postfix: key.postfix().to_owned(),
        permissions: key.permissions.clone(),
        last_used: key.last_used.map(|at| date::plain(zone, at)),
        create_on: date::plain(zone, key.created_on),
        create_by: world.account(key.created_by).map(|account| world.short(account)),
        expires_at: key.expires_at.map(|at| date::plain(zone, at)),
        is_active: key.state == KeyState::Active,
    }
}
