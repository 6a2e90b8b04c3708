//! The wire format: what the server's serializer makes of the portal's state.

pub(crate) mod call;
pub(crate) mod date;
pub(crate) mod envelope;
pub(crate) mod events;
pub(crate) mod form;
pub(crate) mod html;
mod odd;
pub(crate) mod people;
pub(crate) mod query;
pub(crate) mod reply;
