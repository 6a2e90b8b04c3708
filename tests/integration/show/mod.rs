//! What people are shown, run in process as `main` runs it, over stores that were filled from a
//! portal on a real socket.

mod doctor;
mod figures;
mod paper;
mod prometheus;
mod recipes;
mod report;
mod status;
mod support;
