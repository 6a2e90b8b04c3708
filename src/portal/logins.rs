//! Reading the login history. Never with a filter: the server filters after paging.

use serde::Deserialize;

use crate::domain::login::LoginEvent;
use crate::portal::{Answer, PortalError, PortalReader, error::Request, wire};

const PATH: &str = "security/audit/login/filter";

/// One event on the wire. `page` is not read: it can hold secrets of confirmation links.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireEvent<'a> {
    id: i64,
    #[serde(borrow)]
    date: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    user_id: std::borrow::Cow<'a, str>,
    action_id: i64,
    ip: Option<String>,
    country: Option<String>,
    city: Option<String>,
    browser: Option<String>,
    platform: Option<String>,
}

impl WireEvent<'_> {
    fn into_event(self) -> Result<LoginEvent, serde_json::Error> {
        let some = |text: Option<String>| text.filter(|t| !t.is_empty());
        Ok(LoginEvent {
            id: self.id,
            account: wire::account_id(&self.user_id)?,
            at: wire::date(&self.date)?.ok_or_else(|| {
                serde::de::Error::custom(format!("event {} has no date", self.id))
            })?,
            code: self.action_id,
            ip: some(self.ip),
            country: some(self.country),
            city: some(self.city),
            browser: some(self.browser),
            platform: some(self.platform),
        })
    }
}

fn decode(text: &str) -> Result<Vec<LoginEvent>, serde_json::Error> {
    wire::open(text, |events: Vec<WireEvent<'_>>| {
        events.into_iter().map(WireEvent::into_event).collect()
    })
}

impl PortalReader {
    /// Events from `offset`, newest first; fewer than `count` only where the history ends.
    ///
    /// # Errors
    /// The request failed, or more came than asked for: the portal hides its history and shows its
    /// newest 20 events whatever is asked.
    pub async fn logins(
        &self,
        offset: u64,
        count: usize,
    ) -> Result<Answer<Vec<LoginEvent>>, PortalError> {
        let answer = self.transport.get(PATH, &query(offset, count), decode).await?;
        no_more_than(count, answer)
    }

    /// The same for a page that may hold a row which the portal cannot show: a fault of the server is
    /// repeated once only.
    pub async fn try_logins(
        &self,
        offset: u64,
        count: usize,
    ) -> Result<Answer<Vec<LoginEvent>>, PortalError> {
        let answer = self.transport.try_get(PATH, &query(offset, count), decode).await?;
        no_more_than(count, answer)
    }
}

fn query(offset: u64, count: usize) -> [(&'static str, String); 2] {
    [("startIndex", offset.to_string()), ("count", count.to_string())]
}

fn no_more_than(
    count: usize,
    answer: Answer<Vec<LoginEvent>>,
) -> Result<Answer<Vec<LoginEvent>>, PortalError> {
    if answer.value.len() > count {
        return Err(PortalError::HiddenHistory(Request { method: "GET", path: PATH.to_owned() }));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{account::ANONYMOUS, login::EventClass};

    #[test]
    fn events_are_decoded_as_the_server_writes_them() {
        let text = r#"{"response":[
 {"id":418233,"date":"2026-01-15T13:30:02.0000000+03:00","user":"Ann Guest","userId":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","action":"Login success","actionId":1029,"ip":"203.0.113.7","country":"Germany","city":"Berlin","browser":"Chrome 131","platform":"Windows 10","page":"https://portal.example.com/login?secret=1"},
 {"id":418231,"date":"2026-01-15T13:29:40.0000000+03:00","user":"ann@contractor.example","userId":"712d9ec3-5d2b-4b13-824f-71f00191dcca","login":"ann@contractor.example","action":"Failed Login via API","actionId":1013,"ip":"","country":"","city":""}],
 "count":2,"links":[{"href":"x","action":"GET"}],"status":0,"statusCode":200}"#;
        let events = decode(text).expect("a page");
        assert_eq!(events[0].at.to_string(), "2026-01-15T10:30:02.000Z");
        assert_eq!(events[0].class(), EventClass::Login);
        assert_eq!(events[0].browser.as_deref(), Some("Chrome 131"));
        assert_eq!((events[1].account, events[1].class()), (ANONYMOUS, EventClass::Failure));
        assert_eq!((&events[1].ip, &events[1].platform), (&None, &None));
    }
}
