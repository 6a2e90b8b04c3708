//! dormouse.toml as written: every value with its place, unknown keys refused with the nearest known
//! one. What the values may be is checked by whoever uses them.

use std::{
    io,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use crate::{
    config::{
        ConfigError,
        origin::{Found, Origin},
    },
    time::{DATE_FORMAT, exact_date},
};

/// Name of the file that is read where none is named.
pub const DEFAULT_NAME: &str = "dormouse.toml";

/// The configuration file, or an empty one where there is none.
#[derive(Debug, Default)]
pub(super) struct File {
    /// As given; `None` where there is no file.
    pub(super) path: Option<PathBuf>,
    text: String,
    pub(super) tables: Tables,
}

/// A value that may be missing, with its place.
pub(super) type Optional<T> = Option<Spanned<T>>;

/// Defines the tables of the file: every key optional, unknown keys refused.
macro_rules! tables {
    ($($name:ident { $($key:ident: $type:ty),+ $(,)? })+) => {$(
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $name { $(pub(super) $key: $type),+ }
    )+};
}

tables! {
    Tables {
        portal: Portal,
        population: Population,
        policy: Policy,
        roster: Roster,
        exemption: Vec<Spanned<Exemption>>,
        quiet: Vec<Spanned<Quiet>>,
        brakes: Brakes,
        notices: Optional<Notices>,
        store: Store,
    }
    Portal {
        url: Optional<String>,
        api_key_file: Optional<String>,
        ca_file: Optional<String>,
        timeout_seconds: Optional<i64>,
        concurrency: Optional<i64>,
        requests_per_minute: Optional<i64>,
    }
    Population {
        source: Optional<String>,
        kinds: Optional<Vec<String>>,
        groups: Optional<Vec<String>>,
        email_domains: Optional<Vec<String>>,
    }
    Policy {
        preset: Optional<String>,
        inactivity_days: Optional<i64>,
        never_logged_in_grace_days: Optional<i64>,
        signals: Optional<Vec<String>>,
        max_silence_hours: Optional<i64>,
    }
    Quiet {
        from: Option<toml::Value>,
        to: Option<toml::Value>,
        reason: Option<String>,
        owner: Option<String>,
    }
    Roster {
        id: Optional<String>,
        email: Optional<String>,
        display_name: Optional<String>,
        contract_end: Optional<String>,
        date_format: Optional<String>,
    }
    Exemption {
        account: Option<String>,
        email: Option<String>,
        domain: Option<String>,
        group: Option<String>,
        reason: Option<String>,
        owner: Option<String>,
        expires: Option<toml::Value>,
    }
    Brakes {
        max_accounts: Optional<i64>,
        max_percent: Optional<i64>,
        max_evidence_age_hours: Optional<i64>,
        max_silence_hours: Optional<i64>,
        min_roster_ratio: Optional<f64>,
    }
    Notices {
        before_days: Optional<Vec<i64>>,
        to: Optional<Vec<String>>,
        from: Optional<String>,
        smtp: Optional<String>,
        webhook: Optional<String>,
        required: Optional<bool>,
        min_notice_days: Optional<i64>,
        templates: Optional<String>,
        per_minute: Optional<i64>,
    }
    Store { keep_ip: Optional<bool> }
}

impl File {
    /// Reads the file named on the command line, which must exist, or the default one, which need not.
    pub(super) fn load(named: Option<&Path>, cwd: &Path) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_NAME));
        match std::fs::read_to_string(cwd.join(path)) {
            Ok(text) => Self::parse(path, text),
            Err(e) if e.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(Self::default()),
            Err(e) => Err(ConfigError::file(path, format!("cannot be read: {e}"))),
        }
    }

    fn parse(path: &Path, text: String) -> Result<Self, ConfigError> {
        let path = Some(path.to_owned());
        match toml::from_str(&text) {
            Ok(tables) => Ok(Self { path, text, tables }),
            Err(error) => {
                let file = Self { path, text, tables: Tables::default() };
                let span = error.span().unwrap_or_default();
                let problem = file.explain(error.message(), &span);
                Err(ConfigError::value(file.origin(&span), problem))
            }
        }
    }

    /// The place of a span.
    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        Origin::File { path: self.path.clone().unwrap_or_else(|| DEFAULT_NAME.into()), line }
    }

    /// A value with its place.
    pub(super) fn found<T: Clone>(&self, value: &Optional<T>) -> Option<Found<T>> {
        let value = value.as_ref()?;
        Some(Found::new(value.get_ref().clone(), self.origin(&value.span())))
    }

    /// Names the key at fault; an unknown one with the nearest known.
    fn explain(&self, message: &str, span: &Range<usize>) -> String {
        let mut quoted = message.split('`').skip(1).step_by(2);
        if message.starts_with("unknown field")
            && let Some(key) = quoted.next()
        {
            let known: Vec<&str> = quoted.collect();
            return match nearest(key, known.iter().copied()) {
                Some(name) => format!("unknown key `{key}`; did you mean `{name}`?"),
                None => format!("unknown key `{key}`; known here: {}", known.join(", ")),
            };
        }
        match self.key_at(span) {
            Some(key) if message.starts_with("invalid type") => format!("`{key}`: {message}"),
            _ => message.to_owned(),
        }
    }

    fn key_at(&self, span: &Range<usize>) -> Option<&str> {
        let start = self.text.get(..span.start)?.rfind('\n').map_or(0, |n| n + 1);
        let (key, _) = self.text.get(start..)?.lines().next()?.split_once('=')?;
        Some(key.trim())
    }
}

/// Reads a number into its bounds; a refusal names the key.
pub(super) fn bounded<T: TryFrom<i64>>(
    name: &str,
    number: i64,
    bounds: RangeInclusive<i64>,
) -> Result<T, String> {
    let refusal = || {
        let (first, last) = (bounds.start(), bounds.end());
        format!("{name} = {number} is not a whole number from {first} to {last}")
    };
    if !bounds.contains(&number) {
        return Err(refusal());
    }
    T::try_from(number).map_err(|_| refusal())
}

/// The known name that was most likely meant.
pub(super) fn nearest<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let given = given.to_lowercase();
    known
        .map(|name| (strsim::jaro_winkler(&given, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// A date, quoted or not, exactly as `YYYY-MM-DD`: other forms can be read in more than one way.
pub(super) fn date(key: &str, value: &toml::Value) -> Result<NaiveDate, String> {
    let text = match value {
        toml::Value::Datetime(at) => at.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    // Years have four digits.
    exact_date(&text, DATE_FORMAT).filter(|_| text.len() == 10).ok_or_else(|| {
        format!("{key} = {text} is not a date; write year, month and day like 2026-12-31")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        File::parse(Path::new("dormouse.toml"), text.to_owned()).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_names_file_line_and_the_nearest_key() {
        assert_eq!(
            refusal("[portal]\nconcurrency = 4\n\n[brakes]\nmax_acounts = 3\n"),
            "dormouse.toml:5: unknown key `max_acounts`; did you mean `max_accounts`?"
        );
        assert_eq!(
            refusal("[breaks]\nmax_accounts = 3\n"),
            "dormouse.toml:1: unknown key `breaks`; did you mean `brakes`?"
        );
        assert_eq!(
            refusal("[[exemption]]\nemail = \"a@example.com\"\nreasons = \"x\"\n"),
            "dormouse.toml:3: unknown key `reasons`; did you mean `reason`?"
        );
        assert_eq!(
            refusal("[store]\nzzz = 1\n"),
            "dormouse.toml:2: unknown key `zzz`; known here: keep_ip"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_names_its_key() {
        assert_eq!(
            refusal("[policy]\ninactivity_days = \"thirty\"\n"),
            "dormouse.toml:2: `inactivity_days`: invalid type: string \"thirty\", expected i64"
        );
    }

    #[test]
    fn a_syntax_error_names_its_line_and_never_repeats_it() {
        let text = refusal("[portal]\nurl = sk-0123456789abcdef\n");
        assert!(text.starts_with("dormouse.toml:2: "), "{text}");
        assert!(!text.contains("sk-0123"), "{text}");
        assert!(!refusal("[portal]\napi_key = \"sk-0123\"\n").contains("sk-0123"));
    }
}
