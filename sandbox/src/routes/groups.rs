//! Groups: lists without members, one group with those members who are not disabled.

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::wire::call::{Call, Scope, Unpaid};
use crate::wire::envelope::Counts;
use crate::wire::form::Form;
use crate::wire::people::Full;
use crate::wire::reply::{Answer, Reply};
use crate::world::{Account, Group, Status, World};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupDto {
    name: String,
    parent: Uuid,
    category: Uuid,
    id: Uuid,
    #[serde(rename = "isLDAP")]
    is_ldap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<Full>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Full>>,
    members_count: usize,
}

pub(crate) fn list(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::GROUPS, Unpaid::Refuses)?;
    let mut form = Form::new(call);
    let wanted = form.text("filterValue").unwrap_or_default().to_lowercase();
    let user = form.guid("userId");
    let by = form.text("sortBy").unwrap_or_default().to_ascii_lowercase();
    let descending = form.text("sortOrder").is_some_and(|o| o.eq_ignore_ascii_case("descending"));
    let (start, count) = (form.start(), form.count());
    form.finish()?;
    let mut found: Vec<&Group> = world
        .groups()
        .iter()
        .filter(|group| group.name.to_lowercase().contains(&wanted))
        .filter(|group| user.is_none_or(|id| is_member(world, id, group.id)))
        .collect();
    match by.as_str() {
        "manager" => found.sort_by_key(|group| manager(world, group).map(Account::display_name)),
        "memberscount" => found.sort_by_key(|group| members(world, group.id).count()),
        _ => found.sort_by_key(|group| group.name.to_lowercase()),
    }
    if descending {
        found.reverse();
    }
    let page = found.iter().skip(start).take(count.rows());
    let page: Vec<GroupDto> = page.map(|group| dto(world, group)).collect();
    call.reply(&page, Counts::Page { count: page.len(), total: found.len() })
}

pub(crate) fn by_id(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::GROUPS, Unpaid::Refuses)?;
    let Ok(id) = call.arg("id").parse::<Uuid>() else { return Err(Reply::empty(404)) };
    let mut form = Form::new(call);
    let with_members = form.truth("includeMembers").unwrap_or(true);
    form.finish()?;
    let group = world.groups().iter().find(|group| group.id == id);
    let group = group.ok_or_else(|| Reply::not_found("Group not found"))?;
    let mut group = dto(world, group);
    if with_members {
        group.members = Some(members(world, id).map(|account| world.full(account)).collect());
    }
    call.reply(&group, Counts::One)
}

/// `GET group/user/{id}`: the groups of one person, as short objects.
pub(crate) fn of_user(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::GROUPS, Unpaid::Refuses)?;
    let Ok(id) = call.arg("id").parse::<Uuid>() else { return Err(Reply::empty(404)) };
    let groups = world.groups().iter().filter(|group| is_member(world, id, group.id));
    let groups: Vec<_> = groups
        .map(|group| {
            let manager = manager(world, group).map(|account| account.user_name.clone());
            json!({ "id": group.id, "name": group.name, "manager": manager.unwrap_or_default() })
        })
        .collect();
    call.reply(&groups, Counts::Items(groups.len()))
}

fn dto(world: &World, group: &Group) -> GroupDto {
    GroupDto {
        name: group.name.clone(),
        parent: Uuid::nil(),
        category: Uuid::nil(),
        id: group.id,
        is_ldap: group.directory.is_ldap(),
        manager: manager(world, group).map(|account| world.full(account)),
        members: None,
        members_count: members(world, group.id).count(),
    }
}

fn manager<'a>(world: &'a World, group: &Group) -> Option<&'a Account> {
    group.manager.and_then(|id| world.account(id))
}

fn is_member(world: &World, account: Uuid, group: Uuid) -> bool {
    world.account(account).is_some_and(|account| account.groups.contains(&group))
}

fn members(world: &World, group: Uuid) -> impl Iterator<Item = &Account> {
    world
        .accounts()
        .iter()
        .filter(move |account| account.groups.contains(&group))
        .filter(|account| account.status != Status::Terminated)
}
