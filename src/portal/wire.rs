//! The forms of the wire that more than one call has: envelopes, dates, user objects. Unknown fields
//! are ignored, absent ones are null, and what has no meaning for us is an error, never a default.

use serde::{Deserialize, Deserializer, de::Error as _};

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

/// A user object, as in every list and answer about people.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: String,
    email: Option<String>,
    display_name: Option<String>,
    status: Option<i64>,
    registration_date: Option<String>,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_owner: bool,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_admin: bool,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_room_admin: bool,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_visitor: bool,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_collaborator: bool,
    #[serde(default, deserialize_with = "null_is_absent", rename = "isLDAP")]
    is_ldap: bool,
    groups: Option<Vec<UserGroup>>,
    created_by: Option<Creator>,
}

fn null_is_absent<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
struct UserGroup {
    id: String,
    name: Option<String>,
}

/// Whoever is deleted is shown as one of the server's pseudo users.
#[derive(Debug, Deserialize)]
struct Creator {
    id: Option<String>,
}

impl User {
    /// The flags in the order in which the server means them: before 3.7.1 the owner has `isAdmin`
    /// too.
    fn kind(&self) -> Kind {
        if self.is_owner {
            Kind::Owner
        } else if self.is_admin {
            Kind::DocspaceAdmin
        } else if self.is_room_admin {
            Kind::RoomAdmin
        } else if self.is_visitor {
            Kind::Guest
        } else if self.is_collaborator {
            Kind::User
        } else {
            Kind::Unknown
        }
    }

    pub(super) fn into_account(self) -> Result<Account, serde_json::Error> {
        let mut groups: Vec<Group> = self
            .groups
            .iter()
            .flatten()
            .map(|g| Group { id: g.id.clone(), name: g.name.clone().unwrap_or_default() })
            .collect();
        groups.sort();
        let shown = self.display_name.as_deref().unwrap_or_default();
        let creator = self.created_by.as_ref().and_then(|by| by.id.as_deref());
        // It decides who is told, never who is inactive: an unreadable one is none known.
        let invited_by = creator.and_then(|id| id.parse::<AccountId>().ok());
        Ok(Account {
            id: account_id(&self.id)?,
            email: self.email.clone().unwrap_or_default(),
            display_name: html_escape::decode_html_entities(shown).into_owned(),
            kind: self.kind(),
            // `terminated` is not looked at: it is stale after changes of status.
            status: match self.status {
                Some(1) => Status::Active,
                Some(2) => Status::Disabled,
                Some(4) => Status::Pending,
                _ => Status::Unknown,
            },
            registered_at: self.registration_date.and_then(|text| date(&text).ok().flatten()),
            management: if self.is_ldap { Management::Directory } else { Management::Portal },
            groups,
            invited_by: invited_by.filter(|id| !id.is_system() && !id.is_nil()),
        })
    }
}

pub(super) fn accounts(users: Vec<User>) -> Result<Vec<Account>, serde_json::Error> {
    users.into_iter().map(User::into_account).collect()
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
