//! `[notices]`: whom to tell, when, and by which server. Part of neither the policy nor its digest: like
//! brakes, notices say when something is done, not who is inactive. Secrets come from the environment or
//! a file of their own, and are asked for by the commands that send.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use reqwest::Url;
use secrecy::SecretString;

use crate::config::{
    ConfigError, file,
    mail_address::{ServerAddress, TlsStart, is_address, server, shown, webhook_url},
    origin::Found,
    secret::{self, NOT_SET, Secret, SecretKind},
    sources::Sources,
};
use crate::{
    cli::MAX_DAYS,
    domain::notices::{NoticeRules, Role},
};

#[derive(Debug, Clone)]
pub struct Notices {
    pub rules: NoticeRules,
    /// Who is told of an account, the webhook aside.
    pub to: Vec<Addressee>,
    pub mail: Option<MailServer>,
    pub webhook: Option<WebhookTarget>,
    /// A folder with templates in the place of the built-in ones.
    pub templates: Option<PathBuf>,
    /// Most messages a minute.
    pub per_minute: u32,
}

/// Whose address a notice goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    Account,
    Inviter,
    Address(String),
}

impl std::fmt::Display for Addressee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Inviter => f.write_str("inviter"),
            Self::Address(address) => f.write_str(address),
        }
    }
}

impl Addressee {
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Account => Role::Account,
            Self::Inviter => Role::Inviter,
            Self::Address(_) => Role::Fixed,
        }
    }
}

#[derive(Debug, Clone)]
pub struct MailServer {
    pub tls: TlsStart,
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    pub password: Secret,
    /// The sender.
    pub from: String,
}

#[derive(Debug, Clone)]
pub struct WebhookTarget {
    pub url: Url,
    pub secret: Secret,
}

impl MailServer {
    /// The password, where the URL names a user.
    ///
    /// # Errors
    /// It is not set, or its file cannot be used.
    pub fn password(&self) -> Result<Option<SecretString>, ConfigError> {
        let required = || {
            self.password.required(
                "the mail server has a user but no password; set DORMOUSE_SMTP_PASSWORD, or \
                 DORMOUSE_SMTP_PASSWORD_FILE to a file that holds it",
            )
        };
        self.user.as_ref().map(|_| required()).transpose()
    }
}

impl WebhookTarget {
    /// What signs the messages.
    ///
    /// # Errors
    /// It is not set, or its file cannot be used.
    pub fn secret(&self) -> Result<SecretString, ConfigError> {
        self.secret.required(
            "the webhook has no secret to sign with; set DORMOUSE_WEBHOOK_SECRET, or \
             DORMOUSE_WEBHOOK_SECRET_FILE to a file that holds it",
        )
    }
}

pub(super) fn load(sources: &mut Sources<'_>) -> Result<Option<Notices>, ConfigError> {
    let file = sources.file;
    let Some(spanned) = &file.tables.notices else {
        let nothing = Found::default(None);
        return Ok(sources.note("notices", nothing, |_| NOT_SET.to_owned()));
    };
    let table = spanned.get_ref();
    let missing = |problem: &str| ConfigError::value(file.origin(&spanned.span()), problem);

    let before_days = file
        .found(&table.before_days)
        .ok_or_else(|| missing("[notices] needs before_days, for example before_days = [14, 3]"))?;
    let before_days = sources.note("notices.before_days", before_days.check(stages)?, |stages| {
        stages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    });
    let to = file.found(&table.to).ok_or_else(|| {
        missing("[notices] needs to, for example to = [\"account\", \"inviter\"]")
    })?;
    let to_origin = to.origin.clone();
    let to = sources.list("notices.to", &table.to, &[], addressee)?;
    if to.iter().enumerate().any(|(n, one)| to[..n].contains(one)) {
        return Err(ConfigError::value(to_origin, "to names somebody twice"));
    }
    let mail = mail(sources, table, &missing)?;
    let webhook = webhook(sources, table)?;
    if mail.is_none() && webhook.is_none() {
        return Err(missing(
            "[notices] needs smtp or webhook, for example smtp = \"smtps://dormouse@mail.example.com\"",
        ));
    }
    if mail.is_none() && !to.is_empty() {
        return Err(ConfigError::value(to_origin, "to names addresses, and no smtp server is set"));
    }
    let default = before_days.iter().copied().min().unwrap_or(0).into();
    let min_notice_days =
        sources.number("notices.min_notice_days", &table.min_notice_days, 0..=MAX_DAYS, default)?;
    let required = file.found(&table.required).unwrap_or(Found::default(false));
    let required_origin = required.origin.clone();
    let required = sources.note("notices.required", required, ToString::to_string);
    if required && !to.contains(&Addressee::Account) {
        return Err(ConfigError::value(
            required_origin,
            "required = true needs \"account\" in to: nobody else can be told in a person's place \
             before they were",
        ));
    }
    let templates = file.found(&table.templates).map(|found| {
        let base = file.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let base = sources.cwd.join(base);
        base.join(sources.note("notices.templates", found, Clone::clone))
    });
    let per_minute = sources.number("notices.per_minute", &table.per_minute, 1..=60_000, 60)?;
    let rules = NoticeRules { before_days, min_notice_days, required };
    Ok(Some(Notices { rules, to, mail, webhook, templates, per_minute }))
}

/// The largest first.
fn stages(written: Vec<i64>) -> Result<Vec<u32>, String> {
    let read = written.iter().map(|n| file::bounded("before_days", *n, 1..=MAX_DAYS));
    let mut stages: Vec<u32> = read.collect::<Result<_, _>>()?;
    let distinct: BTreeSet<u32> = stages.iter().copied().collect();
    if stages.is_empty() {
        return Err("before_days is empty; for example [14, 3]".to_owned());
    }
    if distinct.len() < stages.len() {
        return Err("before_days names a day twice".to_owned());
    }
    stages.sort_unstable_by(|a, b| b.cmp(a));
    Ok(stages)
}

fn loaded(sources: &mut Sources<'_>, kind: &SecretKind) -> Result<Secret, ConfigError> {
    let found = secret::load(sources, kind)?;
    if let Secret::Missing = found {
        secret::note_missing(sources, kind);
    }
    Ok(found)
}

fn addressee(name: &str) -> Result<Addressee, String> {
    match name.trim() {
        "account" => Ok(Addressee::Account),
        "inviter" => Ok(Addressee::Inviter),
        address if is_address(address) => Ok(Addressee::Address(address.to_owned())),
        other => Err(format!(
            "to: \"{other}\" is neither \"account\" nor \"inviter\" nor a valid e-mail address"
        )),
    }
}

fn mail(
    sources: &mut Sources<'_>,
    table: &file::Notices,
    missing: &impl Fn(&str) -> ConfigError,
) -> Result<Option<MailServer>, ConfigError> {
    let file = sources.file;
    let Some(found) = file.found(&table.smtp) else { return Ok(None) };
    let ServerAddress { tls, host, port, user } =
        sources.note("notices.smtp", found.check(|text| server(&text))?, ToString::to_string);
    let from = file.found(&table.from).ok_or_else(|| {
        missing(
            "[notices] needs from, the address that mails come from, for example \
                 from = \"DocSpace <noreply@example.com>\"",
        )
    })?;
    let from = from.check(|text| match text.contains('@') && !text.contains(char::is_control) {
        true => Ok(text),
        false => Err(format!("from = \"{}\" is not a valid e-mail address", text.escape_debug())),
    })?;
    let from = sources.note("notices.from", from, Clone::clone);
    let password = loaded(sources, &secret::SMTP_PASSWORD)?;
    Ok(Some(MailServer { tls, host, port, user, password, from }))
}

fn webhook(
    sources: &mut Sources<'_>,
    table: &file::Notices,
) -> Result<Option<WebhookTarget>, ConfigError> {
    let Some(found) = sources.file.found(&table.webhook) else { return Ok(None) };
    let url = sources.note("notices.webhook", found.check(|text| webhook_url(&text))?, shown);
    let secret = loaded(sources, &secret::WEBHOOK_SECRET)?;
    Ok(Some(WebhookTarget { url, secret }))
}
