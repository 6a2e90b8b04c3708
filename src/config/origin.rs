//! Where a setting came from, and which of several sources wins.

use std::{fmt, path::PathBuf};

use crate::config::ConfigError;

/// Where an effective value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    DotEnv(&'static str),
    /// The configuration file, with the line from 1.
    File {
        path: PathBuf,
        line: usize,
    },
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
}
