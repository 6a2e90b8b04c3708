//! `PUT people/status/{status}`: the only write.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::wire::ask::{Ask, Scope, Unpaid};
use crate::wire::form::{self, Names};
use crate::wire::people::Full;
use crate::wire::reply::{Answer, Counts, Reply};
use crate::world::{Change, Refusal, World};

const STATUSES: Names =
    &[("Active", 1), ("Terminated", 2), ("Pending", 4), ("Default", 5), ("All", 7)];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_ids: Option<Vec<String>>,
}

pub(crate) fn change_status(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::PEOPLE_WRITE, Unpaid::Refuses)?;
    if !ask.body_is_json {
        return Err(Reply::empty(415));
    }
    let Some(status) = form::enum_value(ask.arg("status"), STATUSES) else {
        let message = format!("The value '{}' is not valid.", ask.arg("status"));
        return Err(ask.invalid(&json!({ "status": [message] })));
    };
    let ids = user_ids(ask)?;
    ask.require_portal_admin(world)?;
    let caller = ask.user()?;
    let change = match status {
        1 => Change::Enable,
        2 => Change::Disable,
        _ if ask.version.refuses_other_statuses() => {
            return Err(Reply::error(400, "Incorrect status", "System.ArgumentException"));
        }
        // Older releases do nothing and write the event all the same.
        _ => {
            world.write_status_event(caller, &ids);
            return answer(world, ask, &ids);
        }
    };
    match world.change_status(caller, &ids, change) {
        Ok(listed) => answer(world, ask, &listed),
        Err(Refusal::Denied) => Err(Reply::access_denied()),
        Err(Refusal::NoSeat) => {
            let message = "The number of users exceeds the quota of your pricing plan.";
            Err(Reply::error(402, message, "ASC.Core.Tenants.TenantQuotaException"))
        }
    }
}

fn answer(world: &World, ask: &Ask, ids: &[Uuid]) -> Answer {
    let people: Vec<Full> =
        ids.iter().filter_map(|&id| world.account(id)).map(|account| world.full(account)).collect();
    ask.reply(&people, Counts::One)
}

/// A list that is missing or null is the server's own crash; a bad GUID is a 400.
fn user_ids(ask: &Ask) -> Result<Vec<Uuid>, Reply> {
    let body: Body = serde_json::from_slice(&ask.body)
        .map_err(|error| ask.invalid(&json!({ "$": [error.to_string()] })))?;
    let Some(texts) = body.user_ids else {
        let message = "Value cannot be null. (Parameter 'source')";
        return Err(Reply::error(500, message, "System.ArgumentNullException"));
    };
    let mut ids = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        let id = text.parse().map_err(|_| {
            let message = "The JSON value could not be converted to System.Guid.";
            ask.invalid(&json!({ format!("$.userIds[{place}]"): [message] }))
        })?;
        ids.push(id);
    }
    Ok(ids)
}
