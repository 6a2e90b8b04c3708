//! Generated portals with the truth about every account, from a seed and a `now`.
//!
//! The same arguments give the same portal. The clock stands at `now`; no event lies in an hour
//! that the clocks repeat in autumn, so that every date told is the true one.

mod busy;
mod cast;
mod demo;
mod devices;
mod names;
mod truth;

pub use busy::busy;
pub use demo::demo;
pub use truth::{Source, Truth, TruthRow};
