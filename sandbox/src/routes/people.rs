//! Reading people: lists, single profiles and the caller's own.

use serde_json::json;

use super::people_filter::{self, Filter};
use crate::wire::ask::{Ask, Scope, Unpaid};
use crate::wire::form::{self, Form};
use crate::wire::people::Full;
use crate::wire::reply::{Answer, Counts, Reply};
use crate::world::{Account, Kind, SYSTEM_IDS, Status, World};

pub(crate) fn filter(world: &mut World, ask: &Ask) -> Answer {
    let unpaid = if ask.version.lists_people_unpaid() { Unpaid::Answers } else { Unpaid::Refuses };
    ask.admit(world, Scope::PEOPLE, unpaid)?;
    let mut form = Form::new(ask);
    let filter = Filter::read(&mut form);
    list(world, ask, form, &filter)
}

/// `GET people`: active ones only.
pub(crate) fn active(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let form = Form::new(ask);
    let filter = Filter::with_status(&form, Some(Status::Active));
    list(world, ask, form, &filter)
}

/// `GET people/status/{status}`: the same list with that status.
pub(crate) fn by_status(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let form = Form::new(ask);
    let Some(number) = form::enum_value(ask.arg("status"), people_filter::STATUSES) else {
        return Err(ask.invalid(&json!({ "status": ["The value is not valid."] })));
    };
    let filter = Filter::with_status(&form, people_filter::status(number));
    list(world, ask, form, &filter)
}

fn list(world: &World, ask: &Ask, mut form: Form<'_>, filter: &Filter) -> Answer {
    let order = people_filter::Order::read(&form);
    let (start, count) = (form.start(), form.count());
    form.finish()?;
    let viewer = viewer(world, ask)?;
    let mut found: Vec<&Account> = world
        .accounts()
        .iter()
        .filter(|account| sees(world, viewer, account) && filter.admits(world, viewer.id, account))
        .collect();
    order.sort(world, &mut found);
    world.settings.ties.settle(ask.number, &mut found, |a, b| order.ties(world, a, b));
    let page: Vec<Full> =
        found.iter().skip(start).take(count.rows()).map(|account| world.full(account)).collect();
    ask.reply(&page, Counts::Page { count: page.len(), total: found.len() })
}

/// Users and guests may not list people.
fn viewer<'a>(world: &'a World, ask: &Ask) -> Result<&'a Account, Reply> {
    let viewer = world.account(ask.user()?).ok_or_else(Reply::access_denied)?;
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
pub(crate) fn by_id(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::AnyKey, Unpaid::Answers)?;
    let text = ask.arg("id");
    let named = |account: &&Account| account.user_name.eq_ignore_ascii_case(text);
    let id = text.parse().ok();
    let found = world.accounts().iter().find(named).or_else(|| id.and_then(|id| world.account(id)));
    if let Some(account) = found {
        return ask.reply(&world.full(account), Counts::One);
    }
    let system = SYSTEM_IDS.iter().find(|(known, _)| Some(*known) == id);
    let Some(&(id, name)) = system else { return Err(Reply::not_found("User not found")) };
    let made_up = Account::new(id, Kind::Flagless, name, "", "");
    ask.reply(&world.full(&made_up), Counts::One)
}

pub(crate) fn myself(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::SELF, Unpaid::Answers)?;
    let account = world.account(ask.user()?).ok_or_else(|| Reply::empty(401))?;
    ask.reply(&world.full_self(account), Counts::One)
}

pub(crate) fn by_email(world: &mut World, ask: &Ask) -> Answer {
    ask.admit(world, Scope::PEOPLE, Unpaid::Refuses)?;
    let email = ask.query.get("email").unwrap_or_default();
    let shaped =
        email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !shaped {
        let message = "The Email field is not a valid e-mail address.";
        return Err(ask.invalid(&json!({ "Email": [message] })));
    }
    let account =
        world.account_by_email(email).ok_or_else(|| Reply::not_found("User not found"))?;
    ask.reply(&world.full(account), Counts::One)
}
