//! Portal accounts as the portal showed them; nothing here is inferred.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::{Uuid, uuid};

use crate::time::Timestamp;

/// A portal account's GUID, written in lower case. Stable for the life of the account; a deleted
/// and re-invited person has a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Uuid);

/// The anonymous id that the server writes for failed logins of anybody.
pub const ANONYMOUS: AccountId = AccountId(uuid!("712d9ec3-5d2b-4b13-824f-71f00191dcca"));

/// The owner that the server's seed data gives to tenant 1 of every self-hosted portal.
pub const SEED_OWNER: AccountId = AccountId(uuid!("66faa6e4-f133-11ea-b126-00ffeec8b4ef"));

/// Ids of the server's own pseudo users (Constants.cs): never acted on, never counted.
const SYSTEM: [AccountId; 5] = [
    ANONYMOUS,
    AccountId(uuid!("a37ee56e-3302-4a7b-b67e-ddbea64cd032")),
    AccountId(uuid!("4a515a15-d4d6-4b8e-828e-e0586f18f3a3")),
    AccountId(uuid!("e78f4c20-2f3b-4a9d-ad13-5f298bd5a3ba")),
    AccountId(uuid!("17097d73-2d1e-4b36-aa07-aeb34af993cd")),
];

impl AccountId {
    /// True for the server's own pseudo users.
    #[must_use]
    pub fn is_system(self) -> bool {
        SYSTEM.contains(&self)
    }

    /// True for the id that stands for nobody.
    #[must_use]
    pub fn is_nil(self) -> bool {
        self.0.is_nil()
    }
}

impl From<Uuid> for AccountId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl FromStr for AccountId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Reads a value from its written form without copying the text.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// An enum whose values have one written name each, the same in SQL, JSON and tables.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The written name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::domain::account::from_text(deserializer)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::account::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::domain::account::UnknownName {
                        given: text.to_owned(),
                        known: &[$($text),+],
                    }),
                }
            }
        }
    };
}
pub(crate) use named;

/// A text that names no value of the enum it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is not one of {}", known.join(", "))]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// The names that exist.
    pub known: &'static [&'static str],
}

named! {
    /// What an account may do, from the portal's flags.
    Kind {
        Owner = "owner",
        DocspaceAdmin = "docspace_admin",
        RoomAdmin = "room_admin",
        User = "user",
        Guest = "guest",
        /// No flag was true: never acted on.
        Unknown = "unknown",
    }
}

named! {
    /// Whether an account can be used.
    Status {
        Active = "active",
        /// Invited, never accepted.
        Pending = "pending",
        Disabled = "disabled",
        /// A number that no known release writes.
        Unknown = "unknown",
    }
}

impl Status {
    /// Whether somebody can log in with it, or accept the invitation.
    #[must_use]
    pub fn is_enabled(self) -> bool {
        match self {
            Self::Active | Self::Pending => true,
            Self::Disabled | Self::Unknown => false,
        }
    }
}

named! {
    /// Who decides whether the account exists and may log in.
    Management {
        Portal = "portal",
        /// An LDAP directory: the portal refuses to disable it, and the next directory sync decides.
        Directory = "directory",
    }
}

/// A group as it is shown with each of its members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// GUID; survives renaming.
    pub id: String,
    /// Not unique on a portal.
    pub name: String,
}

/// One version of a portal account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Stable id.
    pub id: AccountId,
    /// As written on the portal; compared without case.
    pub email: String,
    /// HTML-decoded.
    pub display_name: String,
    /// What it may do.
    pub kind: Kind,
    /// Whether it can be used.
    pub status: Status,
    /// Creation of the record, for invited people the invitation; `None` where the portal has no
    /// real date (year 0001 or absent).
    pub registered_at: Option<Timestamp>,
    /// Who manages it.
    pub management: Management,
    /// Groups shown with it. Guests are never in one.
    pub groups: Vec<Group>,
    /// Who invited it or made the invitation link; `None` where the portal names nobody who still
    /// exists.
    pub invited_by: Option<AccountId>,
}

/// The form in which e-mail addresses are compared: without case or surrounding space. Lower-casing
/// writes a sigma by its place in the word, so both small forms are made one. Nothing else is
/// folded: letters that merely look alike may be two people.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase().replace('ς', "σ")
}

/// The form in which e-mail domains are compared; a leading `@` means nothing.
#[must_use]
pub fn domain_key(domain: &str) -> String {
    email_key(domain.trim().trim_start_matches('@'))
}

/// The part of an e-mail address behind the last `@`, in the form of [`domain_key`].
#[must_use]
pub fn email_domain(email: &str) -> Option<String> {
    email.rsplit_once('@').map(|(_, domain)| domain_key(domain)).filter(|d| !d.is_empty())
}
