//! dormouse from outside: real commands, a real store, a portal in memory over a real socket.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod app;
mod apply;
mod backtest;
mod config;
mod decide;
mod end_to_end;
mod harmless;
mod harness;
mod history;
mod layers;
mod mail;
mod notify;
mod outputs;
mod readme;
mod rosters;
mod rules;
mod show;
mod stores;
mod sync;
