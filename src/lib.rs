//! dormouse: disable inactive contractor accounts, with proof.
//!
//! Each layer uses only those below it. `main` and `app` start a run; `commands` has one module per
//! command and sees everything else; `engine` holds the use cases that more than one command needs;
//! `portal` (the REST client), `mail` (notices), `store` (SQLite) and `report` (the auditor's report)
//! never see each other; `output` writes tables, CSV and JSON; `domain` (the rules) sees only `time` and does no I/O.
//! `cli`, `config`, `roster`, `prompt` and `time` bring in what comes from outside, as values; `exit`
//! is what goes out.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod domain;
mod engine;
pub mod exit;
pub mod lock;
mod logging;
pub mod mail;
pub mod output;
pub mod portal;
pub mod prompt;
pub(crate) mod report;
pub mod roster;
pub mod store;
pub mod time;
