//! Logins that arrive while a run acts. The login history is read from the newest row down until it
//! joins the rows that are known; where it does not join, nothing is proven.

use std::collections::HashMap;

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    domain::{account::AccountId, contiguity::PAGE, login::LoginEvent},
    portal::PortalReader,
    store,
    time::Timestamp,
};

/// Rows that are known at the start.
const KNOWN: u32 = 500;
/// Rows of one second come in any order, and one is written a moment after what it tells of.
const SLACK: TimeDelta = TimeDelta::minutes(1);
/// More rows than this between two looks are not read.
const MOST_PAGES: usize = 50;

pub(super) struct Arrivals {
    known: HashMap<i64, (AccountId, i64)>,
    /// All that came since: an account may be looked at long after its login was read.
    arrived: Vec<LoginEvent>,
    /// Date of the newest known row.
    top: Option<Timestamp>,
}

/// What a reading gives.
pub(super) enum Joined {
    /// Every row about the accounts asked for since the start.
    New(Vec<LoginEvent>),
    /// Why it proves nothing.
    Not(String),
}

impl Arrivals {
    /// Since the newest rows in the store, which the pull of this run has just seen. A row later than
    /// `now`, by the portal's clock, says nothing of what came before it.
    pub(super) async fn since_stored(
        conn: &mut SqliteConnection,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let newest = store::events::newest(conn, KNOWN).await?;
        let top = newest.iter().map(|e| e.at).filter(|at| *at <= now).max();
        let known = newest.into_iter().map(|e| (e.id, (e.account, e.code))).collect();
        Ok(Self { known, arrived: Vec::new(), top })
    }

    pub(super) async fn read(
        &mut self,
        reader: &PortalReader,
        accounts: &[AccountId],
    ) -> anyhow::Result<Joined> {
        let Some(top) = self.top else {
            return Ok(Joined::Not("no event of the login history is known yet".to_owned()));
        };
        let mut new = Vec::new();
        let mut now_at = top;
        for page in 0..MOST_PAGES {
            let answer = reader.login_page((page * PAGE) as u64, PAGE).await?;
            let is_last = answer.value.rows.len() < PAGE;
            if !answer.value.unattributed.is_empty() {
                return Ok(Joined::Not("a row of the login history names no account".to_owned()));
            }
            let mut is_joined = false;
            for event in answer.value.events {
                match self.known.get(&event.id) {
                    Some(known) if *known != (event.account, event.code) => {
                        return Ok(Joined::Not(format!(
                            "event {} of the login history is no longer what it was: the portal was \
                             restored or replaced",
                            event.id
                        )));
                    }
                    // The end of the history joins too: what was above it is read.
                    Some(_) => is_joined |= is_last || event.at < top - SLACK,
                    None => {
                        // A row from the future must not hide those that come after it.
                        if event.at <= answer.at {
                            now_at = now_at.max(event.at);
                        }
                        new.push(event);
                    }
                }
            }
            if is_joined {
                return Ok(self.joined(new, now_at, accounts));
            }
            if is_last {
                break;
            }
        }
        Ok(Joined::Not(
            "the login history could not be joined to what this run has read; run it again"
                .to_owned(),
        ))
    }

    fn joined(&mut self, new: Vec<LoginEvent>, top: Timestamp, accounts: &[AccountId]) -> Joined {
        self.known.extend(new.iter().map(|e| (e.id, (e.account, e.code))));
        self.top = Some(top);
        self.arrived.extend(new);
        let asked = self.arrived.iter().filter(|e| accounts.contains(&e.account));
        Joined::New(asked.cloned().collect())
    }
}
