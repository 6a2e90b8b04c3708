//! What people are shown, run in process as `main` runs it, over stores that were filled from a
//! portal on a real socket.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

#[path = "../common/mod.rs"]
mod common;
mod doctor;
mod figures;
mod recipes;
mod report;
mod status;
mod support;
