//! dormouse: find the contractor accounts that nobody uses, disable them, and prove it.
//!
//! Layers, each using only those below it: `main` and `app` start a run; `commands` sees everything
//! else; `portal` (the REST client), `store` (SQLite) and `report` (what people read) never see each
//! other; `domain` (the rules) sees nothing and does no I/O. `cli`, `config`, `roster`, `prompt` and
//! `clock` are what comes in from outside, as values; `exit` is what goes out.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod domain;
mod engine;
pub mod exit;
pub mod lock;
pub mod logging;
pub mod output;
pub mod portal;
pub mod prompt;
pub mod report;
pub mod roster;
pub mod store;
pub mod time;
