//! The variables that dormouse reads: from the environment, and from `.env` in the working
//! directory, which never overrides it. An empty variable counts as not set.

use std::{collections::HashMap, ffi::OsString, io, path::Path};

use crate::config::{
    ConfigError,
    origin::{Found, Origin},
};

/// Base URL of the portal.
pub const API_HOST: &str = "DOCSPACE_API_HOST";
/// API key.
pub const API_KEY: &str = "DOCSPACE_API_KEY";
/// File that holds the API key.
pub const API_KEY_FILE: &str = "DOCSPACE_API_KEY_FILE";
/// Threshold in days.
pub const INACTIVITY_DAYS: &str = "INACTIVITY_DAYS";
/// How far the first sync reads back, in days.
pub const LOGIN_LOOKBACK_DAYS: &str = "LOGIN_LOOKBACK_DAYS";
/// The status that disables an account; only one is accepted.
pub const DISABLED_STATUS: &str = "DISABLED_STATUS";
/// The store.
pub const DATABASE_URL: &str = "DATABASE_URL";
/// Set to anything: no colour (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

/// All of them.
pub const NAMES: [&str; 8] = [
    API_HOST,
    API_KEY,
    API_KEY_FILE,
    INACTIVITY_DAYS,
    LOGIN_LOOKBACK_DAYS,
    DISABLED_STATUS,
    DATABASE_URL,
    NO_COLOR,
];

/// The environment of the process, or a test's stand-in for it.
#[derive(Clone, Default)]
pub struct Env(HashMap<String, OsString>);

impl Env {
    /// The variables of this process that dormouse knows.
    #[must_use]
    pub fn of_process() -> Self {
        NAMES.into_iter().filter_map(|n| Some((n, std::env::var_os(n)?))).collect()
    }

    /// True where the variable is there and not empty.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_empty())
    }
}

impl<K: Into<String>, V: Into<OsString>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

/// Values can be secrets: only names are shown.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
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
    match env.0.get(name).map(|value| value.to_str()) {
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
        None => "is not a list of lines NAME=value".to_owned(),
    }
}
