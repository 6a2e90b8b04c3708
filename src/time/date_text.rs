//! Dates in serde's hands: always in the form of [`DATE_FORMAT`].

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::time::{DATE_FORMAT, exact_date};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub(crate) fn serialize<S: Serializer>(date: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&date.format(DATE_FORMAT))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    exact_date(&text, DATE_FORMAT)
        .ok_or_else(|| D::Error::custom(format!("\"{text}\" is not a date")))
}
