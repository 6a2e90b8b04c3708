//! The auditor's report: what it says, and how it looks as one page or as a folder of CSV files. It is
//! given plain data and reads nothing itself.

mod accounts;
mod controls;
mod csv_files;
mod html;
mod measures;
mod model;
mod notices;
mod summary;

pub(crate) use self::{
    accounts::*,
    controls::{Control, controls},
    csv_files::csv_files,
    html::page,
    measures::{Measures, is_dormant},
    model::*,
    notices::{NoticeEnd, NoticeLine},
    summary::{sentence, warnings},
};

/// The promise in the one wording that doctor, report and README use.
pub(crate) const PROMISE: &str = "Nobody is disabled who has a login event, an audited action or a use of an \
     API key inside the threshold, or for whom it was not possible to look.";

/// What no record of the portal can show.
pub(crate) const BLIND_SPOT: &str = "Plain browsing on an old session leaves no trace anywhere on the portal: \
     somebody who does nothing else is not seen.";

/// Where the portal's administrator closes that gap.
pub(crate) const SESSION_SETTING: &str = "Settings > Security > DocSpace Access > Session lifetime \
     (cookiesettings in the API; 9999 minutes at most)";

/// How accounts are listed.
pub(crate) const LISTING: &str = "GET /api/2.0/people/filter?sortBy=email&sortOrder=ascending, without any filter, \
     in pages of 100 that overlap by a row; who is under review is chosen afterwards, from the complete list";

/// Why that list is complete.
pub(crate) const LISTING_PROOF: &str = "the portal's own total and the number of distinct ids must agree; a list \
     that keeps changing is read up to three times, and then no account is marked deleted";

/// How the login history is read, and why it has no gaps.
pub(crate) const HISTORY_PROOF: &str = "read newest first without any filter; each page begins with the first row \
     of the oldest second of the page before and must show that second again, so that nothing can \
     hide between two pages; what cannot be proven is a hole";
