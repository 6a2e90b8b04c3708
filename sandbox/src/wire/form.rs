//! Typed query parameters; every fault is collected, so a 400 names them all as the server does.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::Call;
use super::date;
use super::reply::Reply;

/// Names and numbers of an enum that MVC binds; other numbers are refused.
pub(crate) type Names = &'static [(&'static str, i32)];

/// How many rows are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    Rows(usize),
    /// `count=0` on the login history before 3.2.
    Everything,
}

impl Count {
    pub(crate) fn rows(self) -> usize {
        match self {
            Self::Rows(rows) => rows,
            Self::Everything => usize::MAX,
        }
    }
}

/// The parameters of one request, being read.
pub(crate) struct Form<'a> {
    call: &'a Call,
    errors: Map<String, Value>,
}

impl<'a> Form<'a> {
    pub(crate) fn new(call: &'a Call) -> Self {
        Self { call, errors: Map::new() }
    }

    /// Fails with the 400 if any parameter read so far was bad.
    pub(crate) fn finish(self) -> Result<(), Reply> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(self.call.invalid(&Value::Object(self.errors)))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.call.query.get(name)
    }

    pub(crate) fn guid(&mut self, name: &str) -> Option<Uuid> {
        self.parse(name, |text| text.parse().ok())
    }

    pub(crate) fn date(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.parse(name, date::read)
    }

    pub(crate) fn truth(&mut self, name: &str) -> Option<bool> {
        self.parse(name, |text| text.to_ascii_lowercase().parse().ok())
    }

    pub(crate) fn named(&mut self, name: &str, names: Names) -> Option<i32> {
        self.parse(name, |text| enum_value(text, names))
    }

    /// Every value of a repeated enum parameter.
    pub(crate) fn named_all(&mut self, name: &str, names: Names) -> Vec<i32> {
        let mut values = Vec::new();
        for text in self.call.query.all(name) {
            match enum_value(text, names) {
                Some(value) => values.push(value),
                None => refuse(&mut self.errors, name, text),
            }
        }
        values
    }

    /// A number that need not be a known member of its enum.
    pub(crate) fn number<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.parse(name, |text| text.parse().ok())
    }

    /// Negative offsets act as 0.
    pub(crate) fn start(&mut self) -> usize {
        let start: Option<i32> = self.number("startIndex");
        start.and_then(|start| usize::try_from(start).ok()).unwrap_or(0)
    }

    pub(crate) fn count(&mut self) -> Count {
        let strict = self.call.version.refuses_bad_counts();
        let Some(count) = self.number::<i32>("count") else {
            return Count::Rows(if strict { 100 } else { 1000 });
        };
        match (strict, usize::try_from(count)) {
            (true, Ok(count @ 1..=100)) => Count::Rows(count),
            (true, _) => {
                let text = "The field Count must be between 1 and 100.";
                self.errors.insert("count".to_owned(), Value::from(vec![text]));
                Count::Rows(1)
            }
            (false, Ok(0)) => Count::Everything,
            (false, Ok(count)) => Count::Rows(count.min(1000)),
            (false, Err(_)) => Count::Rows(1000),
        }
    }

    pub(crate) fn parse<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.call.query.get(name)?;
        let value = read(text);
        if value.is_none() {
            refuse(&mut self.errors, name, text);
        }
        value
    }
}

/// An enum value by name in any letter case, or by number.
pub(crate) fn enum_value(text: &str, names: Names) -> Option<i32> {
    let text = text.trim();
    let number: Option<i32> = text.parse().ok();
    names
        .iter()
        .find(|(name, value)| name.eq_ignore_ascii_case(text) || number == Some(*value))
        .map(|(_, value)| *value)
}

fn refuse(errors: &mut Map<String, Value>, name: &str, text: impl Display) {
    let message = format!("The value '{text}' is not valid.");
    errors.insert(name.to_owned(), Value::from(vec![message]));
}
