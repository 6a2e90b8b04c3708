//! The rules, tested from outside: tables of boundaries, properties over generated evidence, and
//! the incidents that tools of this kind are known for.

mod boundaries;
mod brakes;
mod classes;
mod compare;
mod explain;
mod history;
mod incidents;
mod notices;
mod policy;
mod properties;
mod roster;
mod support;
