//! Reading the audit trail. Here filters come before paging, so asking for one account's newest action
//! is exact. Without the audit option the trail, too, answers with its newest rows whatever is asked.

use chrono::TimeDelta;
use serde::Deserialize;

use crate::portal::{Answer, PortalError, PortalReader, error::Request, wire};
use crate::{domain::account::AccountId, time::Timestamp};

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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAction {
    id: i64,
    date: String,
    user_id: String,
    action_id: i64,
    target: Option<Vec<String>>,
}

impl WireAction {
    fn into_action(self) -> Result<Audited, serde_json::Error> {
        Ok(Audited {
            id: self.id,
            at: wire::date(&self.date)?.ok_or_else(|| {
                serde::de::Error::custom(format!("action {} has no date", self.id))
            })?,
            code: self.action_id,
            actor: wire::account_id(&self.user_id)?,
            targets: self
                .target
                .iter()
                .flatten()
                .flat_map(|t| t.split(','))
                .filter_map(|t| t.trim().parse().ok())
                .collect(),
        })
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRow {
    id: Option<i64>,
    date: Option<String>,
    user_id: Option<String>,
}

impl WireRow {
    fn into_row(self) -> Option<ActedRow> {
        Some(ActedRow {
            id: self.id?,
            at: wire::date(&self.date?).ok()??,
            actor: wire::account_id(&self.user_id?).ok()?,
        })
    }
}

fn decode_rows(text: &str) -> Result<Vec<WireRow>, serde_json::Error> {
    wire::open(text, |rows: Vec<WireRow>| Ok(rows))
}

fn decode(text: &str) -> Result<Vec<Audited>, serde_json::Error> {
    wire::open(text, |actions: Vec<WireAction>| {
        actions.into_iter().map(WireAction::into_action).collect()
    })
}

fn hidden() -> PortalError {
    PortalError::HiddenHistory(Request { method: "GET", path: PATH.to_owned() })
}

impl PortalReader {
    /// The newest action of anybody.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail.
    pub async fn newest_action(&self) -> Result<Answer<Option<Audited>>, PortalError> {
        self.newest_of(&[]).await
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
        let rows = self.transport.get(PATH, &query, decode_rows).await?.value;
        let below = if (rows.len() as u64) < PAGE { Below::Nothing } else { Below::More };
        Ok(TrailPage { rows: rows.into_iter().filter_map(WireRow::into_row).collect(), below })
    }

    /// The newest action by `account`.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail: a row of somebody else came.
    pub async fn newest_action_by(
        &self,
        account: AccountId,
    ) -> Result<Answer<Option<Audited>>, PortalError> {
        let answer = self.newest_of(&[("userId", account.to_string())]).await?;
        match &answer.value {
            Some(action) if action.actor != account => Err(hidden()),
            _ => Ok(answer),
        }
    }

    async fn newest_of(
        &self,
        filter: &[(&str, String)],
    ) -> Result<Answer<Option<Audited>>, PortalError> {
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
    pub async fn actions_since(
        &self,
        code: i64,
        from: Timestamp,
    ) -> Result<Vec<Audited>, PortalError> {
        let actions = self.since(&[("action", code.to_string())], from).await?.value;
        match actions.iter().all(|action| action.code == code) {
            true => Ok(actions),
            false => Err(hidden()),
        }
    }

    /// All actions of anybody since `from`, newest first, with the portal's clock when it answered first.
    ///
    /// # Errors
    /// The request failed, or the portal hides its audit trail: an older row came.
    pub(crate) async fn all_actions_since(
        &self,
        from: Timestamp,
    ) -> Result<Answer<Vec<Audited>>, PortalError> {
        let answer = self.since(&[], from).await?;
        // It is asked in whole seconds.
        match answer.value.iter().all(|action| action.at + TimeDelta::seconds(1) > from) {
            true => Ok(answer),
            false => Err(hidden()),
        }
    }

    /// New ones that arrive meanwhile push older rows down, so pages overlap by a row and repeats are
    /// dropped.
    async fn since(
        &self,
        filter: &[(&str, String)],
        from: Timestamp,
    ) -> Result<Answer<Vec<Audited>>, PortalError> {
        let mut actions: Vec<Audited> = Vec::new();
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
            for action in page {
                if !actions.iter().rev().take(2 * PAGE as usize).any(|a| a.id == action.id) {
                    actions.push(action);
                }
            }
            if is_last || actions.len() == before {
                return Ok(Answer { value: actions, at: began });
            }
            offset += PAGE - 1;
        }
    }
}
