//! User objects: `EmployeeFullDto` and the short `EmployeeDto` inside it.

use serde::Serialize;
use uuid::Uuid;

use super::{date, html};
use crate::world::{Account, Group, Kind, World};

/// The short form, as `createdBy` and `createBy` carry it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Short {
    id: Uuid,
    display_name: String,
    avatar: &'static str,
    avatar_original: &'static str,
    avatar_max: &'static str,
    avatar_medium: &'static str,
    avatar_small: &'static str,
    profile_url: String,
    has_avatar: bool,
    is_anonim: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupOf {
    id: Uuid,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<String>,
}

/// The full form. `@self` alone carries the last three.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Full {
    first_name: String,
    last_name: String,
    user_name: String,
    email: String,
    status: i32,
    activation_status: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminated: Option<String>,
    department: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupOf>,
    is_admin: bool,
    is_room_admin: bool,
    #[serde(rename = "isLDAP")]
    is_ldap: bool,
    is_owner: bool,
    is_visitor: bool,
    is_collaborator: bool,
    mobile_phone_activation_status: i32,
    #[serde(rename = "isSSO")]
    is_sso: bool,
    used_space: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Short>,
    registration_date: String,
    #[serde(flatten)]
    short: Short,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_event_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_personal_folder: Option<bool>,
}

impl World {
    pub(crate) fn short(&self, account: &Account) -> Short {
        Short {
            id: account.id,
            display_name: html::encode(&account.display_name()),
            avatar: "/static/images/default_user_photo_size_82-82.png",
            avatar_original: "/static/images/default_user_photo_size_200-200.png",
            avatar_max: "/static/images/default_user_photo_size_200-200.png",
            avatar_medium: "/static/images/default_user_photo_size_48-48.png",
            avatar_small: "/static/images/default_user_photo_size_32-32.png",
            profile_url: format!("/accounts/people/filter?search={}", account.email),
            has_avatar: false,
            is_anonim: false,
        }
    }

    pub(crate) fn full(&self, account: &Account) -> Full {
        let owner = account.id == self.owner();
        let groups: Vec<&Group> =
            self.groups().iter().filter(|group| account.groups.contains(&group.id)).collect();
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        Full {
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            user_name: account.user_name.clone(),
            email: account.email.clone(),
            status: account.status.number(),
            activation_status: account.activation.number(),
            terminated: account.terminated.map(|at| date::plain(self.settings.timezone, at)),
            department: html::encode(&names.join(", ")),
            groups: groups.iter().map(|group| self.group_of(group)).collect(),
            is_admin: match (owner, account.kind) {
                (true, _) => self.settings.version.owner_counts_as_admin(),
                (false, kind) => kind == Kind::DocSpaceAdmin,
            },
            is_room_admin: !owner && account.kind == Kind::RoomAdmin,
            is_ldap: account.directory.is_ldap(),
            is_owner: owner,
            is_visitor: !owner && account.kind == Kind::Guest,
            is_collaborator: !owner && account.kind == Kind::User,
            mobile_phone_activation_status: 0,
            is_sso: account.directory.is_sso(),
            used_space: account.used_space,
            created_by: account
                .created_by
                .and_then(|id| self.account(id))
                .map(|creator| self.short(creator)),
            registration_date: match account.registered {
                Some(at) => date::plain(self.settings.timezone, at),
                None => date::UNSET.to_owned(),
            },
            short: self.short(account),
            theme: None,
            login_event_id: None,
            has_personal_folder: None,
        }
    }

    /// The caller's own profile.
    pub(crate) fn full_self(&self, account: &Account) -> Full {
        Full {
            theme: Some("Base"),
            login_event_id: Some(0),
            has_personal_folder: Some(true),
            ..self.full(account)
        }
    }

    fn group_of(&self, group: &Group) -> GroupOf {
        let manager = group.manager.and_then(|id| self.account(id));
        GroupOf {
            id: group.id,
            name: group.name.clone(),
            manager: manager.map(|account| account.user_name.clone()),
        }
    }
}
