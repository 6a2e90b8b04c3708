//! The sandbox over a real socket: each trap of the protocol in a few lines.

mod support;

mod access;
mod audit_trail;
mod faults;
mod generators;
mod limits;
mod login_history;
mod people;
mod shapes;
mod speed;
mod status;
