//! Login history and audit trail: the one is paged before it is filtered, the other after.

use serde::Serialize;

use crate::wire::call::{Call, Scope, Unpaid};
use crate::wire::envelope::Counts;
use crate::wire::events;
use crate::wire::form::Form;
use crate::wire::reply::{Answer, Reply};
use crate::world::{AuditEvent, AuditFilter, LoginHistory, LoginRow, Plan, World};

/// What the server shows of either history to a plan without audit, whatever is asked.
const FALLBACK: usize = 20;

pub(crate) fn login_filter(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    let mut form = Form::new(call);
    let user_id = form.guid("userId");
    let action: Option<u16> = action(&mut form);
    let (from, to) = (form.date("from"), form.date("to"));
    let (start, count) = (form.start(), form.count());
    form.finish()?;
    call.require_portal_admin(world)?;
    if hides_history(world)? {
        return login_page(world, call, 0, FALLBACK, |_| true);
    }
    login_page(world, call, start, count.rows(), |row| {
        user_id.is_none_or(|id| row.shape().user_id == id)
            && action.is_none_or(|code| row.shape().code == code)
            && from.is_none_or(|from| row.at() >= from)
            && to.is_none_or(|to| row.at() <= to)
    })
}

pub(crate) fn login_last(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    call.require_portal_admin(world)?;
    login_page(world, call, 0, FALLBACK, |_| true)
}

fn login_page(
    world: &World,
    call: &Call,
    start: usize,
    count: usize,
    keep: impl Fn(&LoginRow) -> bool,
) -> Answer {
    let window = world.login_window(start, count, call.number);
    let bad = window.iter().position(|row| world.is_poisoned(row.id));
    if bad.is_some() && !call.version.streams_lists() {
        let message = "Object reference not set to an instance of an object.";
        return Err(Reply::error(500, message, "System.NullReferenceException"));
    }
    let readable = bad.unwrap_or(window.len());
    let rows = window.into_iter().take(readable).filter(|row| keep(row));
    let (json, count) = events::logins(&world.settings, world.odd_logins(), rows);
    Ok(match bad {
        Some(_) => Call::half_success(&json),
        None => call.success(&json, Counts::Items(count)),
    })
}

pub(crate) fn events_filter(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    let mut form = Form::new(call);
    let filter = AuditFilter {
        user_id: form.guid("userId"),
        action: action(&mut form),
        action_type: form.number("actionType"),
        entry_type: form.number("entryType"),
        target: form.text("target").map(str::to_owned),
        from: form.date("from"),
        to: form.date("to"),
    };
    let (start, count) = (form.start(), form.count());
    form.finish()?;
    call.require_portal_admin(world)?;
    let rows: Vec<&AuditEvent> = if hides_history(world)? {
        world.readable_audits().take(FALLBACK).collect()
    } else {
        let mut matching: Vec<_> =
            world.readable_audits().filter(|event| filter.admits(event)).collect();
        let ties = world.settings.ties;
        ties.settle(call.number, &mut matching, |a, b| a.at == b.at);
        matching.into_iter().skip(start).take(count.rows()).collect()
    };
    match events::audits(&world.settings, world.odd_audits(), &rows) {
        Ok(json) => Ok(call.success(&json, Counts::Items(rows.len()))),
        Err(error) => Err(Reply::error(500, &error.to_string(), "System.Exception")),
    }
}

/// Zero and negative numbers are no members of the enum.
fn action(form: &mut Form<'_>) -> Option<u16> {
    form.parse("action", |text| text.parse().ok().filter(|&code| code > 0))
}

fn hides_history(world: &World) -> Result<bool, Reply> {
    let settings = &world.settings;
    match (settings.login_history, settings.plan) {
        (LoginHistory::Hidden, Plan::SelfHosted) => Ok(true),
        (LoginHistory::Hidden, _) => Err(Reply::error(
            402,
            "Your pricing plan does not support this option.",
            "ASC.Core.Billing.BillingException",
        )),
        (LoginHistory::Shown, plan) => Ok(!plan.has_audit()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lifetime {
    login_history_life_time: u16,
    audit_trail_life_time: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

pub(crate) fn lifetime(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    call.require_portal_admin(world)?;
    let retention = world.settings.retention;
    let changed = match world.settings.retention_changed {
        Some(at) => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        None => "0001-01-01T00:00:00".to_owned(),
    };
    let lifetime = Lifetime {
        login_history_life_time: retention.login_days,
        audit_trail_life_time: retention.audit_days,
        last_modified: call.version.dates_audit_settings().then_some(changed),
    };
    call.reply(&lifetime, Counts::One)
}
