//! `apply` and `restore` against the sandbox portal: what is done is recorded, what is recorded is
//! true, and nobody is touched who should not be.

mod agree;
mod answers;
mod brakes;
mod by_hand;
mod chain;
mod clocks;
mod disk;
mod faults;
mod interrupted;
mod kill;
mod look;
mod others;
mod process;
mod record;
mod restore;
mod settle;
mod support;
mod template;
mod trail;
mod trouble;
