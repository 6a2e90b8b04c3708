//! Where a setting came from, and which of several sources wins.

use std::{fmt, path::PathBuf};

use crate::config::ConfigError;

/// Where an effective value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag(&'static str),
    /// In a variable of the environment.
    Environment(&'static str),
    /// In the file `.env`.
    DotEnv(&'static str),
    /// In the configuration file.
    File {
        /// As given, or the default name.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "{name}"),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::DotEnv(name) => write!(f, "{name} in .env"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One effective setting as `config` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Table and key, or the same form where there is no key.
    pub name: &'static str,
    /// As written out; never a secret.
    pub value: String,
    /// Where it was written.
    pub origin: Origin,
}

/// A value together with the place it was found at.
#[derive(Debug, Clone)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Found<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    pub(super) fn default(value: T) -> Self {
        Self::new(value, Origin::Default)
    }

    /// Converts the value; a refusal names the place.
    pub(super) fn check<U, E: Into<String>>(
        self,
        convert: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Found<U>, ConfigError> {
        match convert(self.value) {
            Ok(value) => Ok(Found { value, origin: self.origin }),
            Err(problem) => Err(ConfigError::value(self.origin, problem)),
        }
    }

    /// Notes the value for `config` and hands it out.
    pub(super) fn note(
        self,
        settings: &mut Vec<Setting>,
        name: &'static str,
        show: impl FnOnce(&T) -> String,
    ) -> T {
        settings.push(Setting { name, value: show(&self.value), origin: self.origin });
        self.value
    }
}
