//! A row of the history as it is stored, value by value. What our code never writes is still a row:
//! whoever changed the file chose it, and it must be found, not stumbled over.

use serde::{Serialize, Serializer};

use crate::domain::history::{Draft, Entry, sha256};

/// The columns in the order of the table, which is the order of the hash.
pub const COLUMNS: [&str; 17] = [
    "seq",
    "at",
    "run_id",
    "decision_id",
    "account_id",
    "email",
    "action",
    "phase",
    "outcome",
    "detail",
    "actor",
    "status_before",
    "status_after",
    "http_status",
    "portal_event_id",
    "prev_hash",
    "hash",
];

/// Columns that the hash covers: all but itself.
const HASHED: usize = COLUMNS.len() - 1;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// A blob, a fraction, or bytes that are no UTF-8, as well as they can be shown.
    Foreign(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) | Self::Foreign(text) => text.fmt(f),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) | Self::Foreign(text) => serializer.serialize_str(text),
        }
    }
}

/// One row. As JSON an object with the columns in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub [Value; COLUMNS.len()]);

impl Row {
    /// The value of a column; NULL for a name that is none.
    #[must_use]
    pub fn get(&self, column: &str) -> &Value {
        let place = COLUMNS.iter().position(|name| *name == column);
        place.map_or(&Value::Null, |place| &self.0[place])
    }

    /// Its place. The column is SQLite's row id, which is always a whole number.
    #[must_use]
    pub fn seq(&self) -> i64 {
        match self.0[0] {
            Value::Integer(seq) => seq,
            _ => 0,
        }
    }

    /// The hash that belongs to the other columns; none where one of them has no JSON form.
    #[must_use]
    pub fn computed_hash(&self) -> Option<String> {
        let foreign = |value| matches!(value, &Value::Foreign(_));
        (!self.0[..HASHED].iter().any(foreign)).then(|| self.digest())
    }

    /// Lower-case hex SHA-256 of the compact JSON array of all columns but the hash.
    pub(super) fn digest(&self) -> String {
        sha256(serde_json::json!(&self.0[..HASHED]).to_string().as_bytes())
    }

    /// What our code writes.
    pub(super) fn of(seq: i64, draft: &Draft, prev_hash: &str, hash: &str) -> Self {
        Self([
            seq.into(),
            draft.at.to_string().into(),
            draft.run_id.into(),
            draft.decision_id.into(),
            draft.account_id.to_string().into(),
            draft.email.as_str().into(),
            draft.action.as_str().into(),
            draft.phase.as_str().into(),
            draft.outcome.map(|o| o.as_str()).into(),
            draft.detail.as_str().into(),
            draft.actor.as_str().into(),
            draft.status_before.map(|s| s.as_str()).into(),
            draft.status_after.map(|s| s.as_str()).into(),
            draft.http_status.map(i64::from).into(),
            draft.portal_event_id.into(),
            prev_hash.into(),
            hash.into(),
        ])
    }

    /// The row as an entry.
    ///
    /// # Errors
    /// The first column that holds what our code never writes.
    pub fn entry(&self) -> Result<Entry, &'static str> {
        let entry = Entry {
            seq: self.seq(),
            draft: Draft {
                at: self.text("at")?.parse().map_err(|_| "at")?,
                run_id: self.number("run_id")?,
                decision_id: self.opt("decision_id", Self::number)?,
                account_id: self.named("account_id")?,
                email: self.text("email")?.to_owned(),
                action: self.named("action")?,
                phase: self.named("phase")?,
                outcome: self.opt("outcome", Self::named)?,
                detail: self.text("detail")?.to_owned(),
                actor: self.text("actor")?.to_owned(),
                status_before: self.opt("status_before", Self::named)?,
                status_after: self.opt("status_after", Self::named)?,
                http_status: self.opt("http_status", Self::narrow)?,
                portal_event_id: self.opt("portal_event_id", Self::number)?,
            },
            prev_hash: self.text("prev_hash")?.to_owned(),
            hash: self.text("hash")?.to_owned(),
        };
        // One value can be written in several ways; our code writes each in one.
        let written = Self::from(&entry);
        let other = COLUMNS.iter().zip(self.0.iter().zip(&written.0)).find(|(_, (a, b))| a != b);
        other.map_or(Ok(entry), |(column, _)| Err(*column))
    }

    fn text(&self, column: &'static str) -> Result<&str, &'static str> {
        match self.get(column) {
            Value::Text(text) => Ok(text),
            _ => Err(column),
        }
    }

    fn number(&self, column: &'static str) -> Result<i64, &'static str> {
        match self.get(column) {
            Value::Integer(number) => Ok(*number),
            _ => Err(column),
        }
    }

    fn narrow(&self, column: &'static str) -> Result<u16, &'static str> {
        self.number(column)?.try_into().map_err(|_| column)
    }

    fn named<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, &'static str> {
        self.text(column)?.parse().map_err(|_| column)
    }

    fn opt<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&Self, &'static str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, &'static str> {
        match self.get(column) {
            Value::Null => Ok(None),
            _ => read(self, column).map(Some),
        }
    }
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        Self::of(entry.seq, &entry.draft, &entry.prev_hash, &entry.hash)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(COLUMNS.iter().zip(&self.0))
    }
}
