//! The rules of dormouse as pure functions: no I/O, no async, no clock; the same input gives the
//! same answer on any machine, any day.

pub mod account;
pub mod account_ref;
pub mod backtest;
pub mod brakes;
pub mod compare;
pub mod contiguity;
pub mod coverage;
pub mod decision;
pub mod digest;
pub mod evidence;
pub mod explain;
pub mod history;
pub mod human;
pub mod login;
pub mod notices;
pub(crate) mod outcomes;
pub mod policy;
pub mod population;
pub mod reconciliation;
pub mod recorded;
mod roster;
pub mod silence;
pub mod text;
pub mod timeline;
pub mod trail;
pub mod verdict;
