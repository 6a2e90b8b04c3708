//! From columns to domain types and back. A value that our own code never writes is an error that
//! names table and column, never a guess.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::store::StoreError;
use crate::time::Timestamp;

/// Where a value was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column(pub(super) &'static str, pub(super) &'static str);

impl Column {
    fn bad(self, value: impl ToString) -> StoreError {
        StoreError::Inconsistent { table: self.0, column: self.1, value: value.to_string() }
    }

    /// A time in the one written form.
    pub(super) fn time(self, text: &str) -> Result<Timestamp, StoreError> {
        text.parse::<Timestamp>().map_err(|_| self.bad(text))
    }

    /// A time that may be null.
    pub(super) fn time_opt(self, text: Option<&str>) -> Result<Option<Timestamp>, StoreError> {
        text.map(|text| self.time(text)).transpose()
    }

    /// An id, an enum or anything else with one written form.
    pub(super) fn named<T: FromStr>(self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.bad(text))
    }

    /// The same where null is allowed.
    pub(super) fn named_opt<T: FromStr>(self, text: Option<&str>) -> Result<Option<T>, StoreError> {
        text.map(|text| self.named(text)).transpose()
    }

    /// A date.
    pub(super) fn date_opt(self, text: Option<&str>) -> Result<Option<NaiveDate>, StoreError> {
        self.named_opt(text)
    }

    /// Milliseconds since 1970 UTC.
    pub(super) fn millis(self, ms: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_millis(ms).ok_or_else(|| self.bad(ms))
    }

    /// A number in a narrower type.
    pub(super) fn number<T: TryFrom<i64>>(self, n: i64) -> Result<T, StoreError> {
        T::try_from(n).map_err(|_| self.bad(n))
    }
}
