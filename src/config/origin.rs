//! Where a setting came from, and which of several sources wins.

use std::{
    fmt,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use crate::config::{
    ConfigError, Overrides, Warning,
    env::Variables,
    file::{File, Optional, bounded},
};

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

/// All places where settings are written, and what was read from them so far.
pub(super) struct Sources<'a> {
    pub(super) flags: Overrides,
    pub(super) variables: &'a Variables<'a>,
    pub(super) file: &'a File,
    pub(super) cwd: &'a Path,
    /// Every setting as `config` shows it, in the order of reading.
    pub(super) settings: Vec<Setting>,
    pub(super) warnings: Vec<Warning>,
}

impl Sources<'_> {
    /// Notes a value for `config` and hands it out.
    pub(super) fn note<T>(
        &mut self,
        name: &'static str,
        found: Found<T>,
        show: impl FnOnce(&T) -> String,
    ) -> T {
        self.settings.push(Setting { name, value: show(&found.value), origin: found.origin });
        found.value
    }

    /// A whole number of the configuration file, or its default. `name` is table and key.
    pub(super) fn number<T: TryFrom<i64> + ToString>(
        &mut self,
        name: &'static str,
        written: &Optional<i64>,
        bounds: RangeInclusive<i64>,
        default: i64,
    ) -> Result<T, ConfigError> {
        let key = name.rsplit('.').next().unwrap_or(name);
        let found = self.file.found(written).unwrap_or(Found::default(default));
        Ok(self.note(name, found.check(|n| bounded(key, n, bounds))?, ToString::to_string))
    }

    /// A list of the configuration file, or its default; `read` checks each entry.
    pub(super) fn list<T: ToString>(
        &mut self,
        name: &'static str,
        written: &Optional<Vec<String>>,
        default: &[&str],
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, ConfigError> {
        let default = || Found::default(default.iter().map(ToString::to_string).collect());
        let found: Found<Vec<String>> = self.file.found(written).unwrap_or_else(default);
        let found =
            found.check(|names| names.iter().map(|n| read(n)).collect::<Result<Vec<_>, _>>())?;
        Ok(self.note(name, found, |entries| {
            entries.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }))
    }
}
