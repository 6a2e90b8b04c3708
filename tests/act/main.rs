//! `apply` and `restore` against the sandbox portal: what is done is recorded, what is recorded is
//! true, and nobody is touched who should not be.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod agree;
mod answers;
mod chain;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod kill;
mod look;
mod process;
mod restore;
mod settle;
mod support;
mod template;
mod trail;
mod trouble;
