//! Subject and text of a message, from the built-in templates or an administrator's own. A template that
//! cannot be used is an error before anything is sent: each is tried on notices of every kind.

use std::path::Path;

use chrono::NaiveDate;
use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use crate::{
    domain::text::is_deceptive,
    mail::{MailError, Notice, NoticeAccount, Role},
    time::{DATE_FORMAT, Timestamp},
};

const SUBJECT: &str = "subject.txt";
const TEXT: &str = "notice.txt";
const HTML: &str = "notice.html";

const BUILT_IN: [(&str, &str); 3] = [
    (SUBJECT, include_str!("templates/subject.txt")),
    (TEXT, include_str!("templates/notice.txt")),
    (HTML, include_str!("templates/notice.html")),
];

/// A larger file is another file.
const LARGEST: u64 = 256 << 10;
/// Names are the longest texts that strangers choose.
const LONGEST_NAME: usize = 100;

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub subject: String,
    pub text: String,
    pub html: String,
}

pub(super) struct Templates {
    environment: Environment<'static>,
}

/// What templates see.
#[derive(Serialize)]
struct Fields<'a> {
    #[serde(flatten)]
    notice: &'a Notice,
    /// The only account, or the first one.
    account: &'a NoticeAccount,
    /// The first date from which one of the accounts may be disabled.
    earliest: String,
}

const FIELDS: [&str; 8] = [
    "recipient",
    "role",
    "portal",
    "accounts",
    "threshold_days",
    "message_id",
    "account",
    "earliest",
];

impl Templates {
    /// # Errors
    /// A file is missing or cannot be used.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, MailError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|e| unusable(SUBJECT, &e))?);
        environment.add_filter("date", in_words);
        environment.add_filter("host", host);
        for (name, built_in) in BUILT_IN {
            let source = match folder {
                Some(folder) => read(&folder.join(name))?,
                None => built_in.to_owned(),
            };
            environment.add_template_owned(name, source).map_err(|e| unusable(name, &e))?;
        }
        let templates = Self { environment };
        templates.check_names()?;
        for notice in samples() {
            templates.render(&notice)?;
        }
        Ok(templates)
    }

    /// # Errors
    /// A template names what this notice does not have.
    pub(super) fn render(&self, notice: &Notice) -> Result<Preview, MailError> {
        let notice = harmless(notice);
        let Some(account) = notice.accounts.first() else {
            return Err(failed(SUBJECT, None, "the notice is about no account"));
        };
        let dates = notice.accounts.iter().map(|account| account.not_before);
        let earliest = dates.min().unwrap_or(account.not_before).format(DATE_FORMAT).to_string();
        let fields = Value::from(Serde(Fields { notice: &notice, account, earliest }));
        let render = |name| {
            let template = self.environment.get_template(name);
            template.and_then(|t| t.render(&fields)).map_err(|e| unusable(name, &e))
        };
        let subject = one_line(&render(SUBJECT)?);
        if subject.is_empty() {
            return Err(failed(SUBJECT, None, "the subject is empty"));
        }
        Ok(Preview { subject, text: render(TEXT)?, html: render(HTML)? })
    }

    /// Names of fields also where no sample comes by.
    fn check_names(&self) -> Result<(), MailError> {
        for (name, template) in self.environment.templates() {
            let mut unknown: Vec<String> = template
                .undeclared_variables(false)
                .into_iter()
                .filter(|field| !FIELDS.contains(&field.as_str()))
                .filter(|field| self.environment.globals().all(|(global, _)| global != field))
                .collect();
            unknown.sort();
            if let Some(field) = unknown.first() {
                let line = template.source().lines().position(|line| line.contains(field.as_str()));
                let reason = format!("`{field}` is undefined; known are {}", FIELDS.join(", "));
                return Err(failed(name, line.map(|line| line + 1), &reason));
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, MailError> {
    let bad = |reason: String| MailError::TemplateFile { path: path.to_owned(), reason };
    let size = std::fs::metadata(path).map_err(|e| bad(e.to_string()))?.len();
    if size > LARGEST {
        return Err(bad(format!("is larger than {} KiB", LARGEST >> 10)));
    }
    std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))
}

fn failed(file: &str, line: Option<usize>, reason: &str) -> MailError {
    MailError::Template { file: file.to_owned(), line, reason: reason.to_owned() }
}

fn unusable(file: &str, error: &Error) -> MailError {
    let reason = match (error.kind(), error.detail()) {
        (ErrorKind::UndefinedError, Some(detail)) => detail.to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    failed(error.name().unwrap_or(file), error.line(), &reason)
}

/// `2026-12-01`, with or without a time after it, as `Tuesday, 1 December 2026`.
fn in_words(date: &str) -> Result<String, Error> {
    let day = date.get(..10).unwrap_or(date);
    let day = NaiveDate::parse_from_str(day, DATE_FORMAT).map_err(|_| {
        Error::new(ErrorKind::InvalidOperation, format!("\"{}\" is not a date", one_line(date)))
    })?;
    Ok(day.format("%A, %-d %B %Y").to_string())
}

/// `https://docspace.example.com` as `docspace.example.com`.
fn host(url: &str) -> String {
    url.split_once("://").map_or(url, |(_, host)| host).to_owned()
}

/// Without line breaks and characters that hide or reorder others.
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.chars().filter(|c| !is_deceptive(*c)).collect()
}

/// The same notice with everything that people on the portal chose made harmless.
fn harmless(notice: &Notice) -> Notice {
    let mut notice = notice.clone();
    notice.recipient = one_line(&notice.recipient);
    for account in &mut notice.accounts {
        let name: String = one_line(&account.display_name).chars().take(LONGEST_NAME).collect();
        account.email = one_line(&account.email);
        account.display_name = if name.is_empty() { account.email.clone() } else { name };
    }
    notice
}

/// One notice of every kind.
fn samples() -> impl Iterator<Item = Notice> {
    let account = |last_activity_at| NoticeAccount {
        account_id: "00000000-0000-0000-0000-000000000001".to_owned(),
        email: "ann@example.com".to_owned(),
        display_name: "Ann Example".to_owned(),
        kind: "guest".to_owned(),
        last_activity_at,
        idle_days: 16,
        not_before: NaiveDate::default(),
        stage_days: 14,
    };
    [Role::Account, Role::Inviter, Role::Fixed].into_iter().flat_map(move |role| {
        [
            vec![account(None)],
            vec![account(Timestamp::from_millis(0))],
            vec![account(None), account(Timestamp::from_millis(0))],
        ]
        .map(|accounts| Notice {
            recipient: "ann@example.com".to_owned(),
            role,
            portal: "https://docspace.example.com".to_owned(),
            accounts,
            threshold_days: 30,
            message_id: "<sample@dormouse>".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests;
