//! The login history: rows in order of time, and what each row looks like on the wire.
//!
//! A row is 24 bytes; all that rows of one person, device and code share is kept once, as JSON.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::ties::Ties;

/// All of an event but its id and its date.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    /// The account, or [`super::ANONYMOUS`].
    pub user_id: Uuid,
    /// The numeric action.
    pub code: u16,
    /// "First Last", or what stands in for it.
    pub user: String,
    /// Absent for successes.
    pub login: Option<String>,
    /// Localised text.
    pub action: String,
    /// IPv4; IPv6 is cut at the first colon when it is told.
    pub ip: String,
    /// Empty when unknown.
    pub country: String,
    /// Empty when unknown.
    pub city: String,
    /// Absent without a User-Agent.
    pub browser: Option<String>,
    /// Absent without a User-Agent.
    pub platform: Option<String>,
    /// The referring page.
    pub page: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tail<'a> {
    user: &'a str,
    user_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<&'a str>,
    action: &'a str,
    action_id: u16,
    ip: &'a str,
    country: &'a str,
    city: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    page: &'a str,
}

/// A [`Shape`] with its JSON.
#[derive(Debug)]
pub(crate) struct SharedShape {
    shape: Shape,
    json_tail: String,
}

impl SharedShape {
    pub(crate) fn new(shape: Shape) -> Arc<Self> {
        let tail = Tail {
            user: &shape.user,
            user_id: shape.user_id,
            login: shape.login.as_deref(),
            action: &shape.action,
            action_id: shape.code,
            // The server's own bug: it splits the address from its port at the first colon.
            ip: shape.ip.split(':').next().unwrap_or_default(),
            country: &shape.country,
            city: &shape.city,
            browser: shape.browser.as_deref(),
            platform: shape.platform.as_deref(),
            page: &shape.page,
        };
        // Strings and numbers always serialize.
        let object = serde_json::to_string(&tail).unwrap_or_default();
        let json_tail = object.replacen('{', ",", 1);
        Arc::new(Self { shape, json_tail })
    }

    pub(crate) fn json_tail(&self) -> &str {
        &self.json_tail
    }
}

/// One login event.
#[derive(Clone, Debug)]
pub struct LoginRow {
    /// Grows with insertion, not strictly with the date.
    pub id: i32,
    /// Unix time in microseconds.
    pub at_micros: i64,
    pub(crate) shape: Arc<SharedShape>,
}

impl LoginRow {
    /// When it happened.
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.at_micros).unwrap_or_default()
    }

    /// The rest of the event.
    pub fn shape(&self) -> &Shape {
        &self.shape.shape
    }
}

/// All events, oldest first.
#[derive(Clone, Default, Debug)]
pub(crate) struct Logins {
    rows: Vec<LoginRow>,
}

impl Logins {
    /// Takes rows in any order.
    pub(crate) fn from_rows(mut rows: Vec<LoginRow>) -> Self {
        rows.sort_by_key(|row| (row.at_micros, row.id));
        Self { rows }
    }

    pub(crate) fn rows(&self) -> &[LoginRow] {
        &self.rows
    }

    pub(crate) fn insert(&mut self, row: LoginRow) {
        let key = (row.at_micros, row.id);
        let place = self.rows.partition_point(|known| (known.at_micros, known.id) <= key);
        self.rows.insert(place, row);
    }

    pub(crate) fn drop_before(&mut self, at_micros: i64) -> usize {
        let keep_from = self.rows.partition_point(|row| row.at_micros < at_micros);
        self.rows.drain(..keep_from).count()
    }

    pub(crate) fn take(&mut self) -> Vec<LoginRow> {
        std::mem::take(&mut self.rows)
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&LoginRow) -> bool) {
        self.rows.retain(keep);
    }

    /// `count` rows after the newest `start`, newest first.
    pub(crate) fn window(
        &self,
        start: usize,
        count: usize,
        ties: Ties,
        request: u64,
    ) -> Vec<&LoginRow> {
        let len = self.rows.len();
        let end = len - start.min(len);
        let begin = end - count.min(end);
        if ties == Ties::Stable {
            return self.rows[begin..end].iter().rev().collect();
        }
        self.shuffled(begin, end, ties, request)
    }

    /// The window of a list in which each run of equal dates was shuffled as a whole, as the
    /// database does: a run cut by the window may show any of its rows.
    fn shuffled(&self, begin: usize, end: usize, ties: Ties, request: u64) -> Vec<&LoginRow> {
        if begin == end {
            return Vec::new();
        }
        let first = self.rows[begin].at_micros;
        let last = self.rows[end - 1].at_micros;
        let from = self.rows.partition_point(|row| row.at_micros < first);
        let to = self.rows.partition_point(|row| row.at_micros <= last);
        let mut span: Vec<&LoginRow> = self.rows[from..to].iter().rev().collect();
        ties.settle(request, &mut span, |a, b| a.at_micros == b.at_micros);
        span[to - end..to - begin].to_vec()
    }
}

/// Makes rows cheaply for generators: equal shapes are kept once.
#[derive(Default)]
pub struct Shapes(HashMap<Shape, Arc<SharedShape>>);

impl Shapes {
    /// A row of this shape; the id is given when the rows are loaded.
    pub fn row(&mut self, at_micros: i64, shape: &Shape) -> LoginRow {
        let shared = match self.0.get(shape) {
            Some(shared) => Arc::clone(shared),
            None => {
                let shared = SharedShape::new(shape.clone());
                self.0.insert(shape.clone(), Arc::clone(&shared));
                shared
            }
        };
        LoginRow { id: 0, at_micros, shape: shared }
    }
}
