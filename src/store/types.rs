//! How domain types are written in columns, and how they are read back. A text that our own code
//! never writes is an error, never a guess.

use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::{
    Decode, Encode, Sqlite, Type,
    encode::IsNull,
    error::BoxDynError,
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

use crate::{
    domain::{
        account::{AccountId, Kind, Management, Status},
        coverage::SegmentEnd,
        evidence::Source,
        history::{Action, Outcome, Phase},
        login::EventClass,
        policy::PopulationSource,
        verdict::{Reason, Verdict},
    },
    store::StoreError,
    time::Timestamp,
};

/// Reads a text that `T` wrote.
pub(super) fn from_text<T: FromStr>(
    value: SqliteValueRef<'_>,
    what: &'static str,
) -> Result<T, BoxDynError> {
    let text = <&str as Decode<Sqlite>>::decode(value)?;
    text.parse().map_err(|_| format!("\"{text}\", which is not a valid {what}").into())
}

/// Types with one written form, which `Display` writes and `FromStr` reads.
macro_rules! text_columns {
    ($($type:ty as $what:literal),+ $(,)?) => {$(
        impl sqlx::Type<sqlx::Sqlite> for $type {
            fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
                <str as sqlx::Type<sqlx::Sqlite>>::type_info()
            }
        }

        impl sqlx::Encode<'_, sqlx::Sqlite> for $type {
            fn encode_by_ref(
                &self,
                buffer: &mut sqlx::sqlite::SqliteArgumentsBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<sqlx::Sqlite>::encode(self.to_string(), buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Sqlite> for $type {
            fn decode(value: sqlx::sqlite::SqliteValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                $crate::store::types::from_text(value, $what)
            }
        }
    )+};
}
pub(super) use text_columns;

text_columns! {
    Timestamp as "time",
    AccountId as "account id",
    Kind as "kind of account",
    Status as "status",
    Management as "management",
    SegmentEnd as "end of a segment",
    Source as "source of activity",
    EventClass as "class of events",
    Action as "action",
    Phase as "phase",
    Outcome as "outcome",
    PopulationSource as "population source",
    Reason as "reason",
    Verdict as "verdict",
    Date as "date",
}

/// A calendar date, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Date(pub(super) NaiveDate);

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A time in a column of milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Millis(pub(super) Timestamp);

impl TryFrom<i64> for Millis {
    type Error = String;

    fn try_from(millis: i64) -> Result<Self, Self::Error> {
        let at = Timestamp::from_millis(millis);
        at.map(Self).ok_or_else(|| format!("{millis}, which is not a valid time in milliseconds"))
    }
}

impl Type<Sqlite> for Millis {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Millis {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.timestamp_millis(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Millis {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::try_from(<i64 as Decode<Sqlite>>::decode(value)?)?)
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Many rows as one: the JSON text that `json_group_array(json_array(…))` wrote. Through sqlx a row
/// costs several times what reading it costs, and a decision reads hundreds of thousands.
pub(super) fn json_rows<'a, T: Deserialize<'a>>(
    table: &'static str,
    rows: &'a str,
) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(rows).map_err(|error| StoreError::Inconsistent {
        place: table.to_owned(),
        value: format!("a row that cannot be read: {error}"),
    })
}

/// The value of a column that holds JSON.
pub(super) fn json_column<'a, T: Deserialize<'a>>(
    column: &'static str,
    text: &'a str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        place: column.to_owned(),
        value: format!("\"{text}\""),
    })
}
