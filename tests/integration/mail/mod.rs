//! Notices on their way out, over real sockets, to a mail server and a webhook of the sandbox.

mod doctor;
mod kill;
mod many;
mod refusals;
mod smtp;
mod support;
mod tls;
mod webhook;
mod year;
