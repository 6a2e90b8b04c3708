//! The history as auditors use it: listed, verified with and without dormouse, and after somebody
//! has been at the file. Real store, real triggers; commands run in process.

mod fixture;
mod listing;
mod properties;
mod python;
mod support;
mod tampering;
mod triggers;
mod verify;
