//! What people and programs read: text made safe to show, tables, CSV, and the streams they go to.
//! Nothing here decides anything, and nothing from the portal reaches a terminal unescaped.

pub mod csv;
pub mod decision;
pub mod folder;
mod format;
pub mod html;
pub(crate) mod output;
pub mod pack;
pub mod promise;
pub mod reconciliation;
pub mod style;
pub mod table;
pub mod text;
pub mod when;

pub use format::{ColorMode, Format};
pub use output::{Output, Streams, Terminal, Verbosity};
