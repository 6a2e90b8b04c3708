//! Reading the audit trail. Here filters come before paging, so asking for one account's newest action
//! is exact. Without the audit option the trail, too, answers with its newest rows whatever is asked.

use chrono::TimeDelta;
use serde::Deserialize;

use crate::portal::{
    Answer, PortalError, PortalReader,
    error::Request,
    wire::{self, NO_CODE, Property},
};
use crate::{
    domain::account::{ANONYMOUS, AccountId},
    time::Timestamp,
};

const PATH: &str = "security/audit/events/filter";
const PAGE: u64 = 100;

/// An audited action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The portal's id.
    pub id: i64,
    pub at: Timestamp,
    /// MessageAction number.
    pub code: i64,
    pub actor: AccountId,
    /// Accounts among the targets.
    pub targets: Vec<AccountId>,
}

/// Actions, and what of them could not be read.
#[derive(Debug, Clone)]
pub struct Actions {
    /// Newest first. One without a readable id or date stands under a negative id, as of now where it has
    /// no date: it names its targets, and proves nothing else.
    pub rows: Vec<Audited>,
    /// When the newest was made that may be anybody's, or name anybody.
    pub unclear: Option<Timestamp>,
}

/// A row on the wire, each property as far as it can be read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireRow {
    id: Property<i64>,
    date: Property<String>,
    user_id: Property<String>,
    action_id: Property<i64>,
    target: Property<Vec<String>>,
}

/// The same with its values; a row that is no object has none.
struct ReadRow {
    fingerprint: i64,
    id: Option<i64>,
    at: Option<Timestamp>,
    actor: Option<AccountId>,
    code: Option<i64>,
    /// None where they cannot be read: it may name anybody.
    targets: Option<Vec<AccountId>>,
}

impl From<Property<WireRow>> for ReadRow {
    fn from(row: Property<WireRow>) -> Self {
        let is_row = matches!(row, Property::Is(_));
        let row = row.readable().unwrap_or_default();
        let fingerprint = wire::fingerprint([format!("{row:?}").as_str()]);
        let ids = |named: Vec<String>| {
            let pieces = named.iter().flat_map(|text| text.split(','));
            pieces.filter_map(|id| id.trim().parse().ok()).collect()
        };
        Self {
            fingerprint,
            id: row.id.readable().filter(|id| *id >= 0),
            at: row.date.date(),
            actor: row.user_id.readable().and_then(|id| id.parse().ok()),
            code: row.action_id.readable(),
            targets: match row.target {
                Property::Is(named) => Some(ids(named)),
                Property::Absent if is_row => Some(Vec::new()),
                Property::Absent | Property::Odd => None,
            },
        }
    }
}

impl ReadRow {
    /// None where something of it cannot be read.
    fn whole(self) -> Option<Audited> {
        Some(Audited {
            id: self.id?,
            at: self.at?,
            code: self.code?,
            actor: self.actor?,
            targets: self.targets.unwrap_or_default(),
        })
    }

    /// What it says of its targets.
    fn naming(self, now: Timestamp) -> Audited {
        Audited {
            id: self.id.filter(|_| self.at.is_some()).unwrap_or(self.fingerprint),
            at: self.at.unwrap_or(now),
            code: self.code.unwrap_or(NO_CODE),
            actor: self.actor.unwrap_or(ANONYMOUS),
            targets: self.targets.unwrap_or_default(),
        }
    }
}

/// When somebody did something audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActedRow {
    /// The portal's id.
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: AccountId,
}

/// Whether older rows follow a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Nothing,
    More,
}

/// A page of the trail.
#[derive(Debug)]
pub(crate) struct TrailPage {
    /// Rows that tell who acted when; others show nothing.
    pub(crate) rows: Vec<ActedRow>,
    pub(crate) below: Below,
}

fn decode(text: &str) -> Result<Vec<ReadRow>, serde_json::Error> {
    wire::open(text, |rows: Vec<Property<WireRow>>| {
        Ok(rows.into_iter().map(ReadRow::from).collect())
    })
}

fn request() -> Request {
    Request { method: "GET", path: PATH.to_owned() }
}

fn hidden() -> PortalError {
    PortalError::HiddenHistory(request())
}

impl PortalReader {
    /// The newest action of anybody, where it can be read.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail.
    pub async fn newest_action(&self) -> Result<Answer<Option<Audited>>, PortalError> {
        let Answer { value, at } = self.newest_of(&[]).await?;
        Ok(Answer { value: value.and_then(ReadRow::whole), at })
    }

    /// Page `number`, from 0, of the rows that are not dated after `until`, newest first.
    ///
    /// # Errors
    /// The request failed.
    pub(crate) async fn trail_page(
        &self,
        until: Timestamp,
        number: u64,
    ) -> Result<TrailPage, PortalError> {
        let query = [
            ("to", until.to_seconds_text()),
            ("startIndex", (number * PAGE).to_string()),
            ("count", PAGE.to_string()),
        ];
        let rows = self.transport.get(PATH, &query, decode).await?.value;
        let below = if (rows.len() as u64) < PAGE { Below::Nothing } else { Below::More };
        let acted = |row: ReadRow| Some(ActedRow { id: row.id?, at: row.at?, actor: row.actor? });
        Ok(TrailPage { rows: rows.into_iter().filter_map(acted).collect(), below })
    }

    /// The newest action by `account`.
    ///
    /// # Errors
    /// The request failed; the portal hides its audit trail: a row of somebody else came; or that row cannot
    /// be read ([`PortalError::Unclear`]).
    pub async fn newest_action_by(
        &self,
        account: AccountId,
    ) -> Result<Answer<Option<Audited>>, PortalError> {
        let Answer { value, at } = self.newest_of(&[("userId", account.to_string())]).await?;
        let Some(row) = value else { return Ok(Answer { value: None, at }) };
        if row.actor.is_some_and(|actor| actor != account) {
            return Err(hidden());
        }
        match row.whole() {
            Some(action) => Ok(Answer { value: Some(action), at }),
            None => {
                Err(PortalError::Unclear { request: request(), what: "what an account did last" })
            }
        }
    }

    async fn newest_of(
        &self,
        filter: &[(&str, String)],
    ) -> Result<Answer<Option<ReadRow>>, PortalError> {
        let mut query = filter.to_vec();
        query.push(("count", "1".to_owned()));
        let answer = self.transport.get(PATH, &query, decode).await?;
        if answer.value.len() > 1 {
            return Err(hidden());
        }
        Ok(Answer { value: answer.value.into_iter().next(), at: answer.at })
    }

    /// All actions of one code since `from`, newest first.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail: a row of another code came.
    pub async fn actions_since(&self, code: i64, from: Timestamp) -> Result<Actions, PortalError> {
        let Answer { value: rows, at: now } =
            self.since(&[("action", code.to_string())], from).await?;
        if rows.iter().any(|row| row.code.is_some_and(|shown| shown != code)) {
            return Err(hidden());
        }
        let unclear = rows.iter().filter(|row| row.targets.is_none());
        let unclear = unclear.map(|row| row.at.unwrap_or(now)).max();
        let named = |row: ReadRow| Audited { code, ..row.naming(now) };
        Ok(Actions { rows: rows.into_iter().map(named).collect(), unclear })
    }

    /// All actions of anybody since `from`, newest first, with the portal's clock when it answered first.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail: an older row came.
    pub(crate) async fn all_actions_since(
        &self,
        from: Timestamp,
    ) -> Result<Answer<Actions>, PortalError> {
        let Answer { value: rows, at: now } = self.since(&[], from).await?;
        // It is asked in whole seconds.
        let is_older = |at: Timestamp| at + TimeDelta::seconds(1) <= from;
        if rows.iter().any(|row| row.at.is_some_and(is_older)) {
            return Err(hidden());
        }
        let is_unclear = |row: &&ReadRow| row.targets.is_none() || row.actor.is_none();
        let unclear = rows.iter().filter(is_unclear).map(|row| row.at.unwrap_or(now)).max();
        let rows = rows.into_iter().map(|row| row.naming(now)).collect();
        Ok(Answer { value: Actions { rows, unclear }, at: now })
    }

    /// New ones that arrive meanwhile push older rows down, so pages overlap by a row and repeats are
    /// dropped.
    async fn since(
        &self,
        filter: &[(&str, String)],
        from: Timestamp,
    ) -> Result<Answer<Vec<ReadRow>>, PortalError> {
        let mut actions: Vec<ReadRow> = Vec::new();
        let (mut offset, mut began) = (0, None);
        loop {
            let mut query = filter.to_vec();
            query.extend([
                ("from", from.to_seconds_text()),
                ("startIndex", offset.to_string()),
                ("count", PAGE.to_string()),
            ]);
            let Answer { value: page, at } = self.transport.get(PATH, &query, decode).await?;
            let began = *began.get_or_insert(at);
            let is_last = (page.len() as u64) < PAGE;
            let before = actions.len();
            for row in page {
                let is_it =
                    |known: &ReadRow| (known.id, known.fingerprint) == (row.id, row.fingerprint);
                if !actions.iter().rev().take(2 * PAGE as usize).any(is_it) {
                    actions.push(row);
                }
            }
            if is_last || actions.len() == before {
                return Ok(Answer { value: actions, at: began });
            }
            offset += PAGE - 1;
        }
    }
}
