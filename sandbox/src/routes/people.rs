//! Reading people: lists, single profiles and the caller's own.

use serde_json::json;

use super::people_filter::{self, Filter};
use crate::wire::call::{Call, Scope, Unpaid};
use crate::wire::envelope::Counts;
use crate::wire::form::{self, Form};
use crate::wire::people::Full;
use crate::wire::reply::{Answer, Reply};
use crate::world::{Account, Kind, Listing, SYSTEM_IDS, Status, World};

pub(crate) fn filter(world: &mut World, call: &Call) -> Answer {
    let unpaid = if call.version.lists_people_unpaid() { Unpaid::Answers } else { Unpaid::Refuses };
    call.admit(world, Scope::PEOPLE, unpaid)?;
    let mut form = Form::new(call);
    let filter = Filter::read(&mut form);
    list(world, call, form, &filter)
}

/// `GET people`: active ones only.
pub(crate) fn active(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let form = Form::new(call);
    let filter = Filter::with_status(&form, Some(Status::Active));
    list(world, call, form, &filter)
}

/// `GET people/status/{status}`: the same list with that status.
pub(crate) fn by_status(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let form = Form::new(call);
    let Some(number) = form::enum_value(call.arg("status"), people_filter::STATUSES) else {
        return Err(call.invalid(&json!({ "status": ["The value is not valid."] })));
    };
    let filter = Filter::with_status(&form, people_filter::status(number));
    list(world, call, form, &filter)
}

fn list(world: &World, call: &Call, mut form: Form<'_>, filter: &Filter) -> Answer {
    let order = people_filter::Order::read(&form);
    let (start, count) = (form.start(), form.count());
    form.finish()?;
    let viewer = viewer(world, call)?;
    let mut found: Vec<&Account> = world
        .accounts()
        .iter()
        .filter(|account| sees(world, viewer, account) && filter.admits(world, viewer.id, account))
        .collect();
    order.sort(world, &mut found);
    world.settings.ties.settle(call.number, &mut found, |a, b| order.ties(world, a, b));
    let total = match world.settings.listing {
        Listing::Whole => found.len(),
        Listing::Total(total) => total,
        Listing::Empty => leave(&mut found, 0),
        Listing::First(count) => leave(&mut found, count),
    };
    let page: Vec<Full> =
        found.iter().skip(start).take(count.rows()).map(|account| world.full(account)).collect();
    call.reply(&page, Counts::Page { count: page.len(), total })
}

fn leave(found: &mut Vec<&Account>, count: usize) -> usize {
    found.truncate(count);
    found.len()
}

/// Users and guests may not list people.
fn viewer<'a>(world: &'a World, call: &Call) -> Result<&'a Account, Reply> {
    let viewer = world.account(call.user()?).ok_or_else(Reply::access_denied)?;
    match viewer.kind {
        Kind::DocSpaceAdmin | Kind::RoomAdmin => Ok(viewer),
        Kind::User | Kind::Guest | Kind::Flagless => Err(Reply::access_denied()),
    }
}

/// Room admins see neither disabled people nor other people's guests.
fn sees(world: &World, viewer: &Account, account: &Account) -> bool {
    let stranger = account.kind == Kind::Guest && account.created_by != Some(viewer.id);
    world.is_portal_admin(viewer.id) || (account.status != Status::Terminated && !stranger)
}

/// `GET people/{id}`: a user name first, a GUID second.
pub(crate) fn by_id(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::AnyKey, Unpaid::Answers)?;
    let text = call.arg("id");
    let named = |account: &&Account| account.user_name.eq_ignore_ascii_case(text);
    let id = text.parse().ok();
    let found = world.accounts().iter().find(named).or_else(|| id.and_then(|id| world.account(id)));
    if let Some(account) = found {
        return call.reply(&world.full(account), Counts::One);
    }
    let system = SYSTEM_IDS.iter().find(|(known, _)| Some(*known) == id);
    let Some(&(id, name)) = system else { return Err(Reply::not_found("User not found")) };
    let made_up = Account::new(id, Kind::Flagless, name, "", "");
    call.reply(&world.full(&made_up), Counts::One)
}

pub(crate) fn myself(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SELF, Unpaid::Answers)?;
    let account = world.account(call.user()?).ok_or_else(|| Reply::empty(401))?;
    call.reply(&world.full_self(account), Counts::One)
}

pub(crate) fn by_email(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let email = call.query.get("email").unwrap_or_default();
    let shaped =
        email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !shaped {
        let message = "The Email field is not a valid e-mail address.";
        return Err(call.invalid(&json!({ "Email": [message] })));
    }
    let account =
        world.account_by_email(email).ok_or_else(|| Reply::not_found("User not found"))?;
    call.reply(&world.full(account), Counts::One)
}
