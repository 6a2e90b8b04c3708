//! Accounts that become inactive if nothing happens, each with the date.

use serde::Serialize;

use crate::{
    domain::{
        account::{AccountId, Kind},
        verdict::first_inactive,
    },
    engine::evaluate::Judged,
    time::Timestamp,
};

/// An account that becomes inactive at this moment if nothing happens.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DueAccount {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) kind: Kind,
    pub(crate) at: Timestamp,
}

/// Those that cross the threshold within `days` after the moment decided, the earliest first.
pub(crate) fn due_within(judged: &Judged, days: u32) -> Vec<DueAccount> {
    let as_of = judged.as_of;
    let mut due: Vec<DueAccount> = judged
        .evidence()
        .values()
        .filter_map(|e| Some((&e.account, first_inactive(&judged.policy, e)?)))
        .filter(|(_, at)| *at > as_of && *at <= as_of.days_after(days))
        .map(|(account, at)| DueAccount {
            account_id: account.id,
            email: account.email.clone(),
            display_name: account.display_name.clone(),
            kind: account.kind,
            at,
        })
        .collect();
    due.sort_by(|a, b| (a.at, &a.email, a.account_id).cmp(&(b.at, &b.email, b.account_id)));
    due
}
