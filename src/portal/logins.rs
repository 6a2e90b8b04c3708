//! Reading the login history. Never with a filter: the server filters after paging.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    domain::{
        account::{ANONYMOUS, AccountId},
        contiguity::{REPORTED_LATE, Row},
        login::{EventClass, LoginEvent, class_of},
    },
    portal::{
        Answer, PortalError, PortalReader,
        error::Request,
        wire::{self, NO_CODE, Property},
    },
    time::Timestamp,
};

const PATH: &str = "security/audit/login/filter";

/// One event on the wire, each property as far as it can be read. `page` is not read: it can hold
/// secrets of confirmation links.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireEvent<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    date: Option<&'a RawValue>,
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    action_id: Option<&'a RawValue>,
    ip: Property<String>,
    country: Property<String>,
    city: Property<String>,
    browser: Property<String>,
    platform: Property<String>,
}

/// The same with its values.
struct ReadRow {
    /// The portal's id, or a fingerprint of the row where that cannot be read: negative, as no real
    /// id is.
    id: i64,
    has_id: bool,
    date: Option<Timestamp>,
    /// `None` where nobody can say whose it is. A failure is nobody's, however odd.
    account: Option<AccountId>,
    code: i64,
    ip: Option<String>,
    country: Option<String>,
    city: Option<String>,
    browser: Option<String>,
    platform: Option<String>,
}

impl WireEvent<'_> {
    fn read(self) -> ReadRow {
        let some = |text: Property<String>| text.readable().filter(|t| !t.is_empty());
        let number = |raw: Option<&RawValue>| raw.and_then(|raw| raw.get().parse::<i64>().ok());
        let code = number(self.action_id).unwrap_or(NO_CODE);
        let id = number(self.id).filter(|id| *id >= 0);
        let account = text(self.user_id).and_then(|t| t.parse().ok());
        let anonymous = (class_of(code) == EventClass::Failure).then_some(ANONYMOUS);
        ReadRow {
            id: id.unwrap_or_else(|| self.fingerprint()),
            has_id: id.is_some(),
            date: text(self.date).and_then(|t| wire::date(&t).ok().flatten()),
            account: account.or(anonymous),
            code,
            ip: some(self.ip),
            country: some(self.country),
            city: some(self.city),
            browser: some(self.browser),
            platform: some(self.platform),
        }
    }

    fn fingerprint(&self) -> i64 {
        let parts = [self.id, self.date, self.user_id, self.action_id];
        wire::fingerprint(parts.map(|raw| raw.map_or("null", RawValue::get)))
    }
}

fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let raw = raw?.get();
    match raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
        _ => serde_json::from_str(raw).ok().map(Cow::Owned),
    }
}

fn decode(text: &str) -> Result<Vec<ReadRow>, serde_json::Error> {
    wire::open(text, |events: Vec<Option<WireEvent<'_>>>| {
        Ok(events.into_iter().map(|event| event.unwrap_or_default().read()).collect())
    })
}

/// A page of the login history, newest first.
#[derive(Debug, Clone)]
pub struct LoginPage {
    /// Every row with its place in the list.
    pub rows: Vec<Row>,
    /// The rows that name an account.
    pub events: Vec<LoginEvent>,
    /// Indexes of rows that name nobody and are no failures: they can be anybody's.
    pub unattributed: Vec<usize>,
}

impl LoginPage {
    fn new(read: Vec<ReadRow>, now: Timestamp) -> Self {
        let mut listed_at = read.iter().find_map(|row| row.date).unwrap_or(now);
        let mut page = Self { rows: Vec::new(), events: Vec::new(), unattributed: Vec::new() };
        for row in read {
            // What has no date stands where its neighbours stand.
            listed_at = row.date.unwrap_or(listed_at);
            let place = page.rows.len();
            page.rows.push(Row { id: row.id, at: listed_at });
            let Some(account) = row.account else {
                page.unattributed.push(place);
                continue;
            };
            let dated = row.date.filter(|at| row.has_id && *at <= now + REPORTED_LATE);
            page.events.push(LoginEvent {
                id: row.id,
                account,
                at: dated.unwrap_or(now),
                listed_at: dated.is_none().then_some(listed_at),
                code: row.code,
                ip: row.ip,
                country: row.country,
                city: row.city,
                browser: row.browser,
                platform: row.platform,
            });
        }
        page
    }
}

impl PortalReader {
    /// Rows from `offset`, newest first; fewer than `count` only where the history ends.
    ///
    /// # Errors
    /// More came than asked for: the portal hides its history and shows its newest 20 events whatever
    /// is asked.
    pub async fn login_page(
        &self,
        offset: u64,
        count: usize,
    ) -> Result<Answer<LoginPage>, PortalError> {
        page(count, self.transport.get(PATH, &query(offset, count), decode).await?)
    }

    /// The same for a page that may hold a row which the portal cannot show: a fault of the server is
    /// repeated once only.
    pub async fn try_login_page(
        &self,
        offset: u64,
        count: usize,
    ) -> Result<Answer<LoginPage>, PortalError> {
        page(count, self.transport.try_get(PATH, &query(offset, count), decode).await?)
    }
}

fn query(offset: u64, count: usize) -> [(&'static str, String); 2] {
    [("startIndex", offset.to_string()), ("count", count.to_string())]
}

fn page(count: usize, answer: Answer<Vec<ReadRow>>) -> Result<Answer<LoginPage>, PortalError> {
    if answer.value.len() > count {
        return Err(PortalError::HiddenHistory(Request { method: "GET", path: PATH.to_owned() }));
    }
    Ok(Answer { value: LoginPage::new(answer.value, answer.at), at: answer.at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-15T12:00:00Z";

    fn page(events: &str) -> LoginPage {
        let text = format!(r#"{{"response":[{events}],"count":2,"status":0,"statusCode":200}}"#);
        LoginPage::new(decode(&text).expect("a page"), NOW.parse().expect("a time"))
    }

    #[test]
    fn events_are_decoded_as_the_server_writes_them() {
        let page = page(
            r#"{"id":418233,"date":"2026-01-15T13:30:02.0000000+03:00","user":"Ann Guest","userId":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","action":"Login success","actionId":1029,"ip":"203.0.113.7","country":"Germany","city":"Berlin","browser":"Chrome 131","platform":"Windows 10","page":"https://portal.example.com/login?secret=1"},
 {"id":418231,"date":"2026-01-15T13:29:40.0000000+03:00","user":"ann@contractor.example","userId":"712d9ec3-5d2b-4b13-824f-71f00191dcca","login":"ann@contractor.example","action":"Failed Login via API","actionId":1013,"ip":"","country":"","city":""}"#,
        );
        let events = &page.events;
        assert_eq!(events[0].at.to_string(), "2026-01-15T10:30:02.000Z");
        assert_eq!(events[0].class(), EventClass::Login);
        assert_eq!(events[0].browser.as_deref(), Some("Chrome 131"));
        assert_eq!((events[1].account, events[1].class()), (ANONYMOUS, EventClass::Failure));
        assert_eq!((&events[1].ip, &events[1].platform), (&None, &None));
        assert_eq!(events[0].listed_at, None);
        assert!(page.unattributed.is_empty());
    }

    #[test]
    fn a_row_without_date_or_id_protects_its_account_as_of_the_moment_it_was_read() {
        let ann = r#""userId":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","actionId":1029"#;
        for odd in [
            format!(r#"{{"id":7,"date":null,{ann}}}"#),
            format!(r#"{{"id":7,"date":"0001-01-01T00:00:00.0000000Z",{ann}}}"#),
            format!(r#"{{"id":7,"date":"2028-01-01T00:00:00Z",{ann}}}"#),
            format!(r#"{{"id":"A-7","date":"2026-01-14T00:00:00Z",{ann}}}"#),
            format!(r#"{{"date":"2026-01-14T00:00:00Z",{ann}}}"#),
        ] {
            let page = page(&odd);
            assert_eq!(page.events[0].at, NOW.parse().expect("a time"), "{odd}");
            assert!(page.events[0].listed_at.is_some(), "{odd}");
            assert_eq!(page.rows[0].id, page.events[0].id);
            assert!(page.events[0].id == 7 || page.events[0].id < 0);
        }
    }

    #[test]
    fn a_row_of_nobody_is_anybodys_unless_it_is_a_failure() {
        let dated = r#""id":7,"date":"2026-01-14T00:00:00Z","userId":null"#;
        let login = page(&format!(r#"{{{dated},"actionId":1029}}"#));
        assert_eq!((login.unattributed, login.events.len()), (vec![0], 0));
        let failure = page(&format!(r#"{{{dated},"actionId":1013}}"#));
        assert_eq!((failure.unattributed, failure.events[0].account), (vec![], ANONYMOUS));
    }
}
