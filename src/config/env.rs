//! The variables that dormouse reads: from the environment, and from `.env` in the working
//! directory, which never overrides it. An empty variable counts as not set.

use std::{collections::HashMap, ffi::OsString, io, path::Path};

use crate::{
    cli::MAX_DAYS,
    config::{
        ConfigError,
        file::bounded,
        origin::{Found, Origin},
    },
};

pub const API_HOST: &str = "DOCSPACE_API_HOST";
pub const API_KEY: &str = "DOCSPACE_API_KEY";
pub const API_KEY_FILE: &str = "DOCSPACE_API_KEY_FILE";
pub const INACTIVITY_DAYS: &str = "INACTIVITY_DAYS";
pub const LOGIN_LOOKBACK_DAYS: &str = "LOGIN_LOOKBACK_DAYS";
/// The status that disables an account; only one is accepted.
pub const DISABLED_STATUS: &str = "DISABLED_STATUS";
pub const DATABASE_URL: &str = "DATABASE_URL";
pub const SMTP_PASSWORD: &str = "DORMOUSE_SMTP_PASSWORD";
pub const SMTP_PASSWORD_FILE: &str = "DORMOUSE_SMTP_PASSWORD_FILE";
/// What signs the messages to the webhook.
pub const WEBHOOK_SECRET: &str = "DORMOUSE_WEBHOOK_SECRET";
pub const WEBHOOK_SECRET_FILE: &str = "DORMOUSE_WEBHOOK_SECRET_FILE";
/// Set to anything: no colour (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

pub const NAMES: [&str; 12] = [
    API_HOST,
    API_KEY,
    API_KEY_FILE,
    INACTIVITY_DAYS,
    LOGIN_LOOKBACK_DAYS,
    DISABLED_STATUS,
    DATABASE_URL,
    SMTP_PASSWORD,
    SMTP_PASSWORD_FILE,
    WEBHOOK_SECRET,
    WEBHOOK_SECRET_FILE,
    NO_COLOR,
];

/// The proxy, the first that is set. These are what other programs heed too, and are never read
/// from `.env`.
pub(super) const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Hosts that are reached without it.
pub(super) const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// Certificate authorities in the place of the system's.
pub(super) const SSL_CERT_FILE: &str = "SSL_CERT_FILE";
const UNKNOWN: &str = "unknown";

/// The environment of the process, or a test's stand-in for it.
#[derive(Clone, Default)]
pub struct Env {
    variables: HashMap<String, OsString>,
    operator: String,
}

impl Env {
    /// The variables of this process that dormouse knows, and the user who runs it.
    #[must_use]
    pub fn of_process() -> Self {
        let names = NAMES.into_iter().chain(PROXY).chain(NO_PROXY).chain([SSL_CERT_FILE]);
        let known = names.filter_map(|n| Some((n, std::env::var_os(n)?)));
        let user = whoami::username().unwrap_or_else(|_| UNKNOWN.to_owned());
        let host = whoami::hostname().unwrap_or_else(|_| UNKNOWN.to_owned());
        Self { operator: format!("{user}@{host}"), ..known.collect() }
    }

    /// Operating system user and host.
    pub(crate) fn operator(&self) -> &str {
        &self.operator
    }

    /// True where the variable is there and not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|value| !value.is_empty())
    }
}

impl<K: Into<String>, V: Into<OsString>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let variables = pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { variables, operator: format!("{UNKNOWN}@{UNKNOWN}") }
    }
}

/// Values can be secrets: only names are shown.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// The environment with `.env` below it.
pub(super) struct Variables<'a> {
    process: &'a Env,
    dotenv: Env,
}

impl<'a> Variables<'a> {
    pub(super) fn load(process: &'a Env, cwd: &Path) -> Result<Self, ConfigError> {
        Ok(Self { process, dotenv: read_dotenv(&cwd.join(".env"))? })
    }

    /// The variable, where it is set and not empty. The environment wins.
    pub(super) fn get(&self, name: &'static str) -> Result<Option<Found<String>>, ConfigError> {
        match self.in_process(name)? {
            Some(found) => Ok(Some(found)),
            None => self.in_dotenv(name),
        }
    }

    /// The same as a number of days.
    pub(super) fn days(&self, name: &'static str) -> Result<Option<Found<u32>>, ConfigError> {
        let read = |text: String| {
            let number = text.trim().parse().map_err(|_| {
                format!("\"{text}\" is not a whole number of days from 1 to {MAX_DAYS}")
            })?;
            bounded(name, number, 1..=MAX_DAYS)
        };
        self.get(name)?.map(|found| found.check(read)).transpose()
    }

    pub(super) fn in_process(
        &self,
        name: &'static str,
    ) -> Result<Option<Found<String>>, ConfigError> {
        text(self.process, name, Origin::Environment(name))
    }

    pub(super) fn in_dotenv(
        &self,
        name: &'static str,
    ) -> Result<Option<Found<String>>, ConfigError> {
        text(&self.dotenv, name, Origin::DotEnv(name))
    }
}

fn text(env: &Env, name: &str, origin: Origin) -> Result<Option<Found<String>>, ConfigError> {
    match env.variables.get(name).map(|value| value.to_str()) {
        None | Some(Some("")) => Ok(None),
        Some(Some(value)) => Ok(Some(Found::new(value.to_owned(), origin))),
        Some(None) => Err(ConfigError::value(origin, "is not UTF-8 text")),
    }
}

fn read_dotenv(path: &Path) -> Result<Env, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Env::default()),
        Err(e) => return Err(ConfigError::file(path, format!("cannot be read: {e}"))),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    dotenvy::from_read_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|e| ConfigError::file(path, malformed(&e, text)))
}

/// The error of dotenvy holds the line's text, and that can be the key: only its number is shown.
fn malformed(error: &dotenvy::Error, text: &str) -> String {
    let number = match error {
        dotenvy::Error::LineParse(bad, _) => text.lines().position(|l| l.trim() == bad.trim()),
        _ => None,
    };
    match number {
        Some(n) => format!("line {} is not of the form NAME=value", n + 1),
        None => "is not a list of NAME=value lines".to_owned(),
    }
}
