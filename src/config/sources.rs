//! The places where settings are written, read one setting at a time.

use std::{ops::RangeInclusive, path::Path};

use chrono::NaiveDate;

use crate::config::{
    ConfigError, Overrides, Warning,
    env::Variables,
    file::{File, Optional, bounded},
    origin::{Found, Setting},
};

/// All places where settings are written, and what was read from them so far.
pub(super) struct Sources<'a> {
    pub(super) flags: Overrides,
    pub(super) variables: &'a Variables<'a>,
    pub(super) file: &'a File,
    pub(super) cwd: &'a Path,
    /// The last day that anybody can vouch for.
    pub(super) today: NaiveDate,
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
