//! Pulls evidence from the portal into the store: accounts, login events, activity checks. What is
//! proven is stored with its proof, so a run that fails or is killed grants nothing that it did not
//! prove and loses nothing that it did.

mod accounts;
pub(crate) mod activity;
mod prefetch;
pub(crate) mod preflight;
pub(crate) mod progress;
pub(crate) mod pull;
pub(crate) mod walk;

pub(crate) use self::{
    activity::check,
    preflight::{Portal, Purpose, preflight},
    progress::Progress,
    pull::{Orders, Pulled, Work},
    walk::Depth,
};
