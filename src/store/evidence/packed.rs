//! Many rows as one: SQLite writes them as one JSON text. Through sqlx a row costs several times what
//! reading it costs, and a decision reads hundreds of thousands.

use serde::Deserialize;

use crate::store::StoreError;

/// The rows of a text that `json_group_array(json_array(…))` wrote.
pub(super) fn unpack<'a, T: Deserialize<'a>>(
    table: &'static str,
    rows: &'a str,
) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(rows).map_err(|error| StoreError::Inconsistent {
        table,
        column: "(a row)",
        value: error.to_string(),
    })
}
