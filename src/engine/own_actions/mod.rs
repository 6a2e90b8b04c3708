//! What the portal shows of our own actions: an account read again, the audit trail, and what a killed
//! run left open. History is only added to.

pub(crate) mod corroboration;
pub(crate) mod reading;
pub(crate) mod reenabled;
pub(crate) mod settle;
