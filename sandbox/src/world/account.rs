//! Accounts and groups as the portal's database holds them.

use chrono::{DateTime, Utc};
use uuid::{Uuid, uuid};

/// The id on failed log-ins; never a person.
pub const ANONYMOUS: Uuid = uuid!("712d9ec3-5d2b-4b13-824f-71f00191dcca");

/// System ids and the names their made-up profiles carry.
pub(crate) const SYSTEM_IDS: [(Uuid, &str); 4] = [
    (ANONYMOUS, "Anonymous"),
    (uuid!("a37ee56e-3302-4a7b-b67e-ddbea64cd032"), "System"),
    (uuid!("e78f4c20-2f3b-4a9d-ad13-5f298bd5a3ba"), "Outside"),
    (uuid!("17097d73-2d1e-4b36-aa07-aeb34af993cd"), "Poster"),
];

/// What an account may do. The owner is a `DocSpaceAdmin` whom the portal names as its owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// Full access.
    DocSpaceAdmin,
    /// May create rooms; also anybody without a system group.
    RoomAdmin,
    /// A member.
    User,
    /// An outsider; never in a group.
    Guest,
    /// None of the flags is set: what a future release might send.
    Flagless,
}

/// `status` of the user object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Status {
    /// May log in.
    Active,
    /// Disabled.
    Terminated,
    /// Invited, never accepted.
    Pending,
}

impl Status {
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Active => 1,
            Self::Terminated => 2,
            Self::Pending => 4,
        }
    }
}

/// `activationStatus` of the user object: the state of the e-mail address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Activation {
    /// Not confirmed.
    NotActivated,
    /// Confirmed.
    Activated,
    /// Invited.
    Pending,
}

impl Activation {
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::NotActivated => 0,
            Self::Activated => 1,
            Self::Pending => 2,
        }
    }
}

/// Where an account is managed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Directory {
    /// On the portal itself.
    Portal,
    /// Synchronised from LDAP (has a SID).
    Ldap,
    /// Logs in by SAML (has a name id).
    Sso,
    /// Both.
    LdapAndSso,
}

impl Directory {
    pub(crate) fn is_ldap(self) -> bool {
        matches!(self, Self::Ldap | Self::LdapAndSso)
    }

    pub(crate) fn is_sso(self) -> bool {
        matches!(self, Self::Sso | Self::LdapAndSso)
    }
}

/// One user record.
#[derive(Clone, Debug)]
pub struct Account {
    /// Changes only in a restore from a backup.
    pub id: Uuid,
    /// Unique; empty names are common for invited people.
    pub user_name: String,
    /// As typed, not encoded.
    pub first_name: String,
    /// As typed, not encoded.
    pub last_name: String,
    /// Unique among accounts that are not deleted.
    pub email: String,
    /// See [`Kind`].
    pub kind: Kind,
    /// See [`Status`].
    pub status: Status,
    /// See [`Activation`].
    pub activation: Activation,
    /// See [`Directory`].
    pub directory: Directory,
    /// Groups the account belongs to.
    pub groups: Vec<Uuid>,
    /// Who invited or created it.
    pub created_by: Option<Uuid>,
    /// Creation of the record; `None` is told as year 1.
    pub registered: Option<DateTime<Utc>>,
    /// Set only by `PUT people/{id}`, not by `PUT people/status`.
    pub terminated: Option<DateTime<Utc>>,
    /// Bytes.
    pub used_space: i64,
}

impl Account {
    /// An active account with a confirmed address.
    pub fn new(id: Uuid, kind: Kind, first: &str, last: &str, email: &str) -> Self {
        Self {
            id,
            user_name: email.split('@').next().unwrap_or_default().to_owned(),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: email.to_owned(),
            kind,
            status: Status::Active,
            activation: Activation::Activated,
            directory: Directory::Portal,
            groups: Vec::new(),
            created_by: None,
            registered: None,
            terminated: None,
            used_space: 0,
        }
    }

    /// An invitation that nobody has accepted: no names, status and activation pending.
    pub fn invited(id: Uuid, kind: Kind, email: &str) -> Self {
        Self {
            status: Status::Pending,
            activation: Activation::Pending,
            ..Self::new(id, kind, "", "", email)
        }
    }

    /// Sets when the record was made.
    #[must_use]
    pub fn registered(mut self, at: DateTime<Utc>) -> Self {
        self.registered = Some(at);
        self
    }

    /// Sets who invited or created the account.
    #[must_use]
    pub fn created_by(mut self, id: Uuid) -> Self {
        self.created_by = Some(id);
        self
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Sets where the account is managed.
    #[must_use]
    pub fn directory(mut self, directory: Directory) -> Self {
        self.directory = directory;
        self
    }

    /// Adds a group.
    #[must_use]
    pub fn group(mut self, id: Uuid) -> Self {
        self.groups.push(id);
        self
    }

    /// "First Last"; the e-mail address where there are no names.
    pub fn display_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        match name.trim() {
            "" => self.email.clone(),
            name => name.to_owned(),
        }
    }
}

/// A named group of members.
#[derive(Clone, Debug)]
pub struct Group {
    /// Changes only in a restore from a backup.
    pub id: Uuid,
    /// Not unique.
    pub name: String,
    /// An account.
    pub manager: Option<Uuid>,
    /// See [`Directory`].
    pub directory: Directory,
}

impl Group {
    /// A group without a manager.
    pub fn new(id: Uuid, name: &str) -> Self {
        Self { id, name: name.to_owned(), manager: None, directory: Directory::Portal }
    }
}
