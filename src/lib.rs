//! dormouse: find the contractor accounts that nobody uses, disable them, and prove it.
//!
//! Layers, each using only those below it: `commands` sees everything; `portal` (the REST client),
//! `store` (SQLite) and `report` (what people read) never see each other; `domain` (the rules) sees
//! nothing and does no I/O.

pub mod domain;
pub mod portal;
pub mod store;
