//! The filters and orders of people lists, with the combinations that the server drops.

use std::cmp::Ordering;

use uuid::Uuid;

use crate::wire::form::{Form, Names};
use crate::world::{Account, Activation, Kind, Status, World};

/// `Default` is active only; 3 and 6 pass validation and filter nothing.
pub(crate) const STATUSES: Names = &[
    ("Active", 1),
    ("Terminated", 2),
    ("", 3),
    ("Pending", 4),
    ("Default", 5),
    ("", 6),
    ("All", 7),
];
const TYPES: Names =
    &[("All", 0), ("RoomAdmin", 1), ("Guest", 2), ("DocSpaceAdmin", 3), ("User", 4)];
const AREAS: Names = &[("All", 0), ("People", 1), ("Guests", 2)];
const ACTIVATIONS: Names = &[("NotActivated", 0), ("Activated", 1), ("Pending", 2)];
const LOGIN_TYPES: Names = &[("SSO", 0), ("LDAP", 1), ("Standart", 2)];
const PAYMENTS: Names = &[("Paid", 0), ("Free", 1)];

/// The status that a number of the query means; `None` filters nothing.
pub(crate) fn status(number: i32) -> Option<Status> {
    match number {
        1 | 5 => Some(Status::Active),
        2 => Some(Status::Terminated),
        4 => Some(Status::Pending),
        _ => None,
    }
}

fn kind(number: i32) -> Option<Kind> {
    match number {
        1 => Some(Kind::RoomAdmin),
        2 => Some(Kind::Guest),
        3 => Some(Kind::DocSpaceAdmin),
        4 => Some(Kind::User),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Area {
    #[default]
    All,
    People,
    Guests,
}

/// Which accounts a list keeps.
#[derive(Default)]
pub(crate) struct Filter {
    status: Option<Status>,
    kind: Option<Kind>,
    kinds: Vec<Kind>,
    area: Area,
    group: Option<(Uuid, Membership)>,
    in_no_group: bool,
    administrators: bool,
    activation: Option<i32>,
    login_type: Option<i32>,
    payments: Option<i32>,
    inviter: Option<Uuid>,
    invited_by_me: bool,
    words: Vec<String>,
    words_are_alternatives: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    In,
    NotIn,
}

impl Filter {
    /// Everything that `people/filter` understands.
    pub(crate) fn read(form: &mut Form<'_>) -> Self {
        let membership = match form.truth("excludeGroup") {
            Some(true) => Membership::NotIn,
            Some(false) | None => Membership::In,
        };
        let mut filter = Self::with_status(form, None);
        filter.status = form.named("employeeStatus", STATUSES).and_then(status);
        filter.kind = form.named("employeeType", TYPES).and_then(kind);
        let kinds = form.named_all("employeeTypes", TYPES);
        filter.kinds = kinds.into_iter().filter_map(kind).collect();
        filter.area = match form.named("area", AREAS) {
            Some(1) => Area::People,
            Some(2) => Area::Guests,
            _ => Area::All,
        };
        filter.group = form.guid("groupId").map(|id| (id, membership));
        filter.in_no_group = form.truth("withoutGroup") == Some(true);
        filter.administrators = form.truth("isAdministrator") == Some(true);
        filter.activation = form.named("activationStatus", ACTIVATIONS);
        filter.login_type = form.named("accountLoginType", LOGIN_TYPES);
        filter.payments = form.named("payments", PAYMENTS);
        filter.inviter = form.guid("inviterId");
        filter.invited_by_me = form.truth("invitedByMe") == Some(true);
        filter.drop_contradictions();
        filter
    }

    /// A status and a search text, which is all that the other lists know.
    pub(crate) fn with_status(form: &Form<'_>, status: Option<Status>) -> Self {
        let text = form.text("filterValue").unwrap_or_default().to_lowercase();
        let separator = form.text("filterSeparator");
        let words: Vec<String> = match separator {
            Some(separator) => text.split(separator).map(|word| word.trim().to_owned()).collect(),
            None => text.split_whitespace().map(str::to_owned).collect(),
        };
        let words = words.into_iter().filter(|word| !word.is_empty()).collect();
        Self { status, words, words_are_alternatives: separator.is_some(), ..Self::default() }
    }

    /// A type outside the area is dropped in silence, and so is `employeeTypes` beside any other
    /// condition on groups and types.
    fn drop_contradictions(&mut self) {
        match (self.area, self.kind) {
            (Area::People, Some(Kind::Guest)) => self.kind = None,
            (Area::Guests, Some(kind)) if kind != Kind::Guest => self.kind = None,
            _ => {}
        }
        let conditions = self.kind.is_some()
            || self.group.is_some()
            || self.payments.is_some()
            || self.administrators
            || self.area == Area::Guests;
        if conditions {
            self.kinds.clear();
        }
    }

    pub(crate) fn admits(&self, world: &World, viewer: Uuid, account: &Account) -> bool {
        let free = matches!(account.kind, Kind::User | Kind::Guest);
        let inviter = if self.invited_by_me { Some(viewer) } else { self.inviter };
        let login_type = match (account.directory.is_sso(), account.directory.is_ldap()) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        self.status.is_none_or(|status| account.status == status)
            && self.kind.is_none_or(|kind| account.kind == kind)
            && (self.kinds.is_empty() || self.kinds.contains(&account.kind))
            && match self.area {
                Area::All => true,
                Area::People => account.kind != Kind::Guest,
                Area::Guests => account.kind == Kind::Guest,
            }
            && self.group.is_none_or(|(group, wanted)| {
                account.groups.contains(&group) == (wanted == Membership::In)
            })
            && (!self.in_no_group || account.groups.is_empty())
            && (!self.administrators || world.is_portal_admin(account.id))
            && self.activation.is_none_or(|number| Activation::number(account.activation) == number)
            && self.login_type.is_none_or(|number| login_type == number)
            && self.payments.is_none_or(|number| (number == 1) == free)
            && inviter.is_none_or(|inviter| account.created_by == Some(inviter))
            && self.admits_text(account)
    }

    fn admits_text(&self, account: &Account) -> bool {
        let texts = [&account.first_name, &account.last_name, &account.email];
        let texts = texts.map(|text| text.to_lowercase());
        let found = |word: &String| texts.iter().any(|text| text.contains(word.as_str()));
        if self.words_are_alternatives && !self.words.is_empty() {
            self.words.iter().any(found)
        } else {
            self.words.iter().all(found)
        }
    }
}

/// How a list is sorted; unknown names mean the first name.
pub(crate) struct Order {
    by: String,
    descending: bool,
}

impl Order {
    pub(crate) fn read(form: &Form<'_>) -> Self {
        let by = form.text("sortBy").unwrap_or_default().to_ascii_lowercase();
        let order = form.text("sortOrder").unwrap_or_default();
        Self { by, descending: order.eq_ignore_ascii_case("descending") }
    }

    /// Stable, so equal rows keep the order of creation; the server promises not even that.
    pub(crate) fn sort(&self, world: &World, accounts: &mut [&Account]) {
        if self.by == "email" {
            // The order of every full listing: worth making each key once.
            accounts.sort_by_cached_key(|account| account.email.to_lowercase());
            if self.descending {
                accounts.reverse();
            }
            return;
        }
        accounts.sort_by(|a, b| {
            let order = self.compare(world, a, b);
            if self.descending { order.reverse() } else { order }
        });
    }

    pub(crate) fn ties(&self, world: &World, a: &Account, b: &Account) -> bool {
        self.compare(world, a, b) == Ordering::Equal
    }

    fn compare(&self, world: &World, a: &Account, b: &Account) -> Ordering {
        let name_of = |id: Option<Uuid>| {
            id.and_then(|id| world.account(id)).map(Account::display_name).unwrap_or_default()
        };
        let group_of = |account: &Account| {
            world.groups().iter().find(|group| account.groups.contains(&group.id)).map(|g| &g.name)
        };
        match self.by.as_str() {
            "email" => a.email.to_lowercase().cmp(&b.email.to_lowercase()),
            "lastname" => (a.status, &a.last_name, &a.first_name).cmp(&(
                b.status,
                &b.last_name,
                &b.first_name,
            )),
            "displayname" => a.display_name().cmp(&b.display_name()),
            "type" => a.kind.cmp(&b.kind),
            "department" => group_of(a).cmp(&group_of(b)),
            "usedspace" => a.used_space.cmp(&b.used_space),
            "createdby" => name_of(a.created_by).cmp(&name_of(b.created_by)),
            "registrationdate" => a.registered.cmp(&b.registered),
            _ => (a.status, &a.first_name, &a.last_name).cmp(&(
                b.status,
                &b.first_name,
                &b.last_name,
            )),
        }
    }
}
