//! The sandbox over a real socket: each trap of the protocol in a few lines.

mod support;

mod access;
mod audit_trail;
mod changes;
mod copies;
mod faults;
mod generators;
mod hostile;
mod limits;
mod login_history;
mod people;
mod quiet;
mod rows;
mod shapes;
mod speed;
mod status;
