//! The forms of the wire that more than one call has: envelopes, dates, user objects. Unknown fields
//! are ignored, absent ones are null, and what has no meaning for us is an error, never a default.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use sha2::{Digest, Sha256};

use crate::{
    domain::account::{Account, AccountId, Group, Kind, Management, Status},
    time::Timestamp,
};

/// The envelope of a success; `total` comes with lists of people and groups only.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) response: T,
    pub(super) total: Option<u64>,
}

/// Decodes the envelope and converts what is in it.
pub(super) fn open<'a, W, T>(
    text: &'a str,
    convert: impl FnOnce(W) -> Result<T, serde_json::Error>,
) -> Result<T, serde_json::Error>
where
    W: Deserialize<'a>,
{
    convert(serde_json::from_str::<Envelope<W>>(text)?.response)
}

/// The server's own words in an error envelope, or in the validation answer that the success
/// envelope carries; cut short, since a stack of the server follows.
pub(super) fn error_message(text: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    let said = body
        .pointer("/error/message")
        .or_else(|| body.pointer("/response/title"))
        .and_then(serde_json::Value::as_str)?;
    Some(first_bytes(said))
}

/// The start of a text from outside, on one line and harmless to a terminal.
pub(super) fn first_bytes(text: &str) -> String {
    const MOST: usize = 120;
    text.trim().chars().take(MOST).flat_map(char::escape_debug).collect()
}

/// A date as the server writes it. Unset ones are of the year 1.
pub(super) fn date(text: &str) -> Result<Option<Timestamp>, serde_json::Error> {
    let at = text
        .parse::<Timestamp>()
        .map_err(|e| serde_json::Error::custom(format!("date \"{}\": {e}", first_bytes(text))))?;
    Ok((at.timestamp() > UNSET_BEFORE).then_some(at))
}

/// The end of the year 1, in seconds since 1970: an offset may move the unset date by hours.
const UNSET_BEFORE: i64 = -62_104_060_800;

pub(super) fn account_id(text: &str) -> Result<AccountId, serde_json::Error> {
    text.parse().map_err(|_| {
        serde_json::Error::custom(format!("\"{}\" is no account id", first_bytes(text)))
    })
}

/// No code of the server: an event without one can be of any kind.
pub(super) const NO_CODE: i64 = 0;

/// A property, or a row of a list, as far as it can be read: an odd one must not hide the others.
#[derive(Debug, Clone, Default)]
pub(super) enum Property<T> {
    /// Not there, or null.
    #[default]
    Absent,
    Is(T),
    /// Of another type.
    Odd,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Property<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Self::Absent,
            value => serde_json::from_value(value).map_or(Self::Odd, Self::Is),
        })
    }
}

impl<T> Property<T> {
    pub(super) fn readable(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Odd => None,
        }
    }

    pub(super) fn as_ref(&self) -> Property<&T> {
        match self {
            Self::Absent => Property::Absent,
            Self::Is(value) => Property::Is(value),
            Self::Odd => Property::Odd,
        }
    }

    pub(super) fn is_odd(&self) -> bool {
        matches!(self, Self::Odd)
    }
}

impl Property<String> {
    /// The date that it holds, where that can be read.
    pub(super) fn date(self) -> Option<Timestamp> {
        date(&self.readable()?).ok()?
    }
}

impl Property<bool> {
    fn holds(&self) -> bool {
        matches!(self, Self::Is(true))
    }
}

/// Stands for the id of a row that has no readable one: the same for the same text, and negative, as no
/// real id is.
pub(super) fn fingerprint<'t>(parts: impl IntoIterator<Item = &'t str>) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update("\n");
    }
    let bytes = hash.finalize();
    let number = bytes.iter().take(8).fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
    number | i64::MIN
}

/// A user object, as in every list and answer about people.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    id: Property<String>,
    email: Property<String>,
    display_name: Property<String>,
    status: Property<i64>,
    registration_date: Property<String>,
    is_owner: Property<bool>,
    is_admin: Property<bool>,
    is_room_admin: Property<bool>,
    is_visitor: Property<bool>,
    is_collaborator: Property<bool>,
    #[serde(rename = "isLDAP")]
    is_ldap: Property<bool>,
    groups: Property<Vec<UserGroup>>,
    created_by: Property<Creator>,
}

#[derive(Debug, Clone, Deserialize)]
struct UserGroup {
    id: String,
    name: Option<String>,
}

/// Whoever is deleted is shown as one of the server's pseudo users.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Creator {
    id: Option<String>,
}

impl Property<Creator> {
    pub(super) fn account(self) -> Option<AccountId> {
        self.readable()?.id?.parse().ok()
    }
}

impl User {
    /// The flags in the order in which the server means them: before 3.7.1 the owner has `isAdmin`
    /// too. Where something that decides who is exempt cannot be read, the kind is not known either.
    fn kind(&self) -> Kind {
        let flags = [&self.is_room_admin, &self.is_visitor, &self.is_collaborator, &self.is_ldap];
        let may_hide_a_protection = self.is_owner.is_odd()
            || self.is_admin.is_odd()
            || self.email.is_odd()
            || self.groups.is_odd()
            || flags.into_iter().any(Property::is_odd);
        if self.is_owner.holds() {
            Kind::Owner
        } else if self.is_admin.holds() {
            Kind::DocspaceAdmin
        } else if may_hide_a_protection {
            Kind::Unknown
        } else if self.is_room_admin.holds() {
            Kind::RoomAdmin
        } else if self.is_visitor.holds() {
            Kind::Guest
        } else if self.is_collaborator.holds() {
            Kind::User
        } else {
            Kind::Unknown
        }
    }

    /// How to name it to a person who looks for it.
    fn label(&self) -> String {
        let said =
            [&self.email, &self.display_name].into_iter().find_map(|p| p.as_ref().readable());
        said.map_or_else(|| "without an address".to_owned(), |text| first_bytes(text))
    }

    /// None where its id cannot be read.
    pub(super) fn into_account(self) -> Option<Account> {
        let kind = self.kind();
        let mut groups: Vec<Group> = self
            .groups
            .readable()
            .into_iter()
            .flatten()
            .map(|g| Group { id: g.id, name: g.name.unwrap_or_default() })
            .collect();
        groups.sort();
        let shown = self.display_name.readable().unwrap_or_default();
        // It decides who is told, never who is inactive: an unreadable one is none known.
        let invited_by = self.created_by.account();
        Some(Account {
            id: self.id.readable()?.parse().ok()?,
            email: self.email.readable().unwrap_or_default(),
            display_name: html_escape::decode_html_entities(&shown).into_owned(),
            kind,
            // `terminated` is not looked at: it is stale after changes of status.
            status: match self.status {
                Property::Is(1) => Status::Active,
                Property::Is(2) => Status::Disabled,
                Property::Is(4) => Status::Pending,
                _ => Status::Unknown,
            },
            registered_at: self.registration_date.date(),
            management: match self.is_ldap.holds() {
                true => Management::Directory,
                false => Management::Portal,
            },
            groups,
            invited_by: invited_by.filter(|id| !id.is_system() && !id.is_nil()),
        })
    }
}

/// The accounts of a list, and how those are called whose id cannot be read.
pub(super) fn accounts(users: Vec<Property<User>>) -> (Vec<Account>, Vec<String>) {
    let mut accounts = Vec::new();
    let mut unreadable = Vec::new();
    for user in users {
        // A row that is no object has no property at all.
        let user = user.readable().unwrap_or_default();
        let label = user.label();
        match user.into_account() {
            Some(account) => accounts.push(account),
            None => unreadable.push(label),
        }
    }
    (accounts, unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_0001_is_an_unset_date_in_every_zone() {
        for text in
            ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+03:00", "0001-01-01T00:00:00-11:00"]
        {
            assert_eq!(date(text).unwrap(), None, "{text}");
        }
        let set = "2026-11-24T12:00:00Z";
        assert_eq!(date(set).unwrap(), Some(set.parse().unwrap()));
    }
}
