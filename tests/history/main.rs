//! The history as auditors use it: listed, verified with and without dormouse, and after somebody
//! has been at the file. Real store, real triggers; commands run in process.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

#[path = "../common/mod.rs"]
mod common;
mod fixture;
mod listing;
mod properties;
mod python;
mod support;
mod tampering;
mod triggers;
mod verify;
