//! Notices from outside: who is told, once, and what is recorded of it.

mod back;
mod gate;
mod input;
mod sent;
mod shown;
mod support;
