//! Generated portals with the truth about every account, from a seed and a `now`.
//!
//! The same arguments give the same portal. The clock stands at `now`; no event falls in the hour
//! repeated when DST ends, so that every date told is the true one.

mod busy;
mod cast;
mod demo;
mod devices;
mod names;
mod quiet;
mod truth;

pub use busy::busy;
pub use demo::demo;
pub use quiet::{Rhythm, quiet, unrecorded_days};
pub use truth::{Source, Truth, TruthRow};
