//! dormouse from outside: real commands, a real store, a portal in memory over a real socket.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod harness;
mod outputs;
mod stores;
