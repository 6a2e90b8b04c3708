//! What people and programs read: text made safe to show, tables, CSV, and the streams they go to.
//! Nothing here decides anything, and nothing from the portal reaches a terminal unescaped.

mod format;

pub use format::{ColorMode, Format};
