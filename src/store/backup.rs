//! A copy of the store as one file, also of a store in use.

use std::{io, path::Path};

use crate::store::{Store, StoreError};

/// Copies the store as of one moment into `into`, which must be empty.
pub(crate) async fn copy(store: &mut Store, into: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Open { path: into.to_owned(), source };
    let name = into.to_str().ok_or_else(|| failed(io::Error::other("the name is not UTF-8")))?;
    // Not checked at build time: it is not a statement that can be prepared without the file.
    sqlx::query("VACUUM INTO ?").bind(name).execute(store.conn()).await?;
    Ok(())
}
