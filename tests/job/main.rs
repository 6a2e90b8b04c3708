//! The whole job on generated portals whose truth is known: what is decided and done must agree with it
//! for every account. The real program in process, the real store, a real socket.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod support;
mod truth;
