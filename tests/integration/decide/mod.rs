//! Decisions: that a verdict rests on what was known when it was made and on nothing else, that it is
//! the same however it is computed, and what the commands show of it.

mod explained;
mod incidents;
mod model;
mod policy;
mod repeated;
mod shown;
mod stores;
mod team;
mod timeline;
