//! `sync` against a portal in memory over a real socket, with the real store: what it costs, what it
//! survives, and that it never claims more than it has proven.

mod accounts;
mod faults;
mod identity;
mod incidents;
mod kill;
mod known;
mod life;
mod meanwhile;
mod nightly;
mod odd;
mod property;
mod pure;
mod refusals;
mod silence;
mod support;
mod trail;
mod walk;
mod wire;
