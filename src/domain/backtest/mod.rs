//! What a threshold would have done over the recorded past: a review at the start of each day (UTC), by
//! the rules of `verdict` and by what was known of each account on that day. Of its activities only the
//! long gaps between them are kept, so memory does not grow with their number.
//!
//! No activity check is required: audited actions and key uses count at their own times, as far as they
//! are stored. It is an estimate, since a disabled person could not have come back.

mod covered;
mod day;
mod idle;
mod past;
mod tally;
mod walk;

pub use self::{
    covered::CoveredTime,
    day::{Day, Days},
    idle::{Gap, Idleness},
    past::{AccountPast, AccountVersion, ReviewedPast},
    tally::{
        Backtested, FALSE_DISABLES_ACCEPTED, FEWEST, FollowedUp, Tally, WITHIN_DAYS, recommended,
    },
    walk::{Basis, Trial, WouldBeDisable},
};
