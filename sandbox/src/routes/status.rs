//! `PUT people/status/{status}`: the only write.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::wire::call::{Call, Scope, Unpaid};
use crate::wire::envelope::Counts;
use crate::wire::form::{self, Names};
use crate::wire::people::Full;
use crate::wire::reply::{Answer, Reply};
use crate::world::{Change, Channel, Refusal, World};

const STATUSES: Names =
    &[("Active", 1), ("Terminated", 2), ("Pending", 4), ("Default", 5), ("All", 7)];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_ids: Option<Vec<String>>,
}

pub(crate) fn change_status(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::PEOPLE_WRITE, Unpaid::Refuses)?;
    if !call.body_is_json {
        return Err(Reply::empty(415));
    }
    let Some(status) = form::enum_value(call.arg("status"), STATUSES) else {
        let message = format!("The value '{}' is not valid.", call.arg("status"));
        return Err(call.invalid(&json!({ "status": [message] })));
    };
    let ids = user_ids(call)?;
    call.require_portal_admin(world)?;
    let caller = call.user()?;
    let change = match status {
        1 => Change::Enable,
        2 => Change::Disable,
        _ if call.version.refuses_other_statuses() => {
            return Err(Reply::error(400, "Incorrect status", "System.ArgumentException"));
        }
        // Older releases do nothing and write the event all the same.
        _ => {
            world.write_status_event(caller, &ids, Channel::Api);
            return answer(world, call, &ids);
        }
    };
    match world.change_status(caller, &ids, change) {
        Ok(listed) => answer(world, call, &listed),
        Err(Refusal::Denied) => Err(Reply::access_denied()),
        Err(Refusal::NoSeat) => {
            let message = "The number of users exceeds the quota of your pricing plan.";
            Err(Reply::error(402, message, "ASC.Core.Tenants.TenantQuotaException"))
        }
    }
}

fn answer(world: &World, call: &Call, ids: &[Uuid]) -> Answer {
    let people: Vec<Full> =
        ids.iter().filter_map(|&id| world.account(id)).map(|account| world.full(account)).collect();
    call.reply(&people, Counts::One)
}

/// A list that is missing or null is the server's own crash; a bad GUID is a 400.
fn user_ids(call: &Call) -> Result<Vec<Uuid>, Reply> {
    let body: Body = serde_json::from_slice(&call.body)
        .map_err(|error| call.invalid(&json!({ "$": [error.to_string()] })))?;
    let Some(texts) = body.user_ids else {
        let message = "Value cannot be null. (Parameter 'source')";
        return Err(Reply::error(500, message, "System.ArgumentNullException"));
    };
    let mut ids = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        let id = text.parse().map_err(|_| {
            let message = "The JSON value could not be converted to System.Guid.";
            call.invalid(&json!({ format!("$.userIds[{place}]"): [message] }))
        })?;
        ids.push(id);
    }
    Ok(ids)
}
