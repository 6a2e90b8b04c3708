//! The wire format: what the server's serializer makes of the portal's state.

pub(crate) mod ask;
pub(crate) mod date;
pub(crate) mod events;
pub(crate) mod form;
pub(crate) mod html;
pub(crate) mod people;
pub(crate) mod query;
pub(crate) mod reply;
