//! `backtest` against slow models that are obviously right: day by day over generated pasts, by the real
//! `decide` of each day, and by what the sandbox's people really did.

mod pure;
mod report;
mod truth;
mod usage;
