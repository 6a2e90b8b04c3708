//! What people and programs read: text made safe to show, tables, CSV, and the streams they go to.
//! Nothing here decides anything, and nothing from the portal reaches a terminal unescaped.

pub(crate) mod backtest;
pub mod decision;
pub(crate) mod files;
mod format;
pub(crate) mod next;
pub(crate) mod outcomes;
pub(crate) mod rows;
pub mod style;
pub(crate) mod table;
pub(crate) mod terminal;
pub mod text;
pub(crate) mod verdicts;
pub mod when;

pub use self::{
    format::{ColorMode, Format},
    terminal::{Output, Streams, Terminal, Verbosity},
};
