//! The sandbox over a real socket: each trap of the protocol in a few lines.

mod support;

mod login_history;
