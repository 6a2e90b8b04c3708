//! Changing accounts on the portal, for `apply` and `restore` alike: the intent is on disk before the
//! request leaves (`Session::intend` in `change.rs`), the outcome after the answer is read, and nothing is
//! called done that a reading did not show. `notify` looks at accounts in the same way.
//!
//! Rows of one account, run and action belong together: an intent, then an outcome. What was skipped
//! before a call has an outcome only. Another outcome follows where a later look showed otherwise, and
//! the last one stands: `failed` after `applied` where the account is read at the end of its own run
//! and does not show what was wanted; `applied` after `failed` or `skipped`, late, where a later run
//! finds that the portal did it after all, by our key.

mod arrivals;
mod call;
mod change;
pub(crate) mod gate;
pub(crate) mod plan;
pub(crate) mod recheck;
mod row;
mod run;
mod session;
mod signs;
mod since;

pub(crate) use self::{
    row::{Cleared, Target},
    run::{ChangeOptions, ChangeReport, ChangeRun},
    session::{Candidate, LOOK_LIFE, MILESTONE, Session},
};
