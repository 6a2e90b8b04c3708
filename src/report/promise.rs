//! The promise, and where it ends, in the one wording that doctor, report and README use.

/// What is held before anybody is disabled.
pub const PROMISE: &str = "Nobody is disabled who has a login event, an audited action or a use of an \
                           API key inside the threshold, or for whom it was not possible to look.";

/// What no record of the portal can show.
pub const BLIND_SPOT: &str = "Plain browsing on an old session leaves no trace anywhere on the portal: \
                              somebody who does nothing else is not seen.";

/// Where the portal's administrator closes that gap.
pub const SESSION_SETTING: &str = "Settings > Security > DocSpace Access > Session lifetime \
                                   (cookiesettings in the API; 9999 minutes at most)";
