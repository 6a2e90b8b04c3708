//! Secrets besides the API key: each from a variable, or from the file that another one names. One that
//! cannot be used is an error only for commands that need it.

use std::{io::Read, path::Path};

use secrecy::SecretString;

use crate::config::{
    ConfigError, Warning, env,
    origin::{Found, Origin},
    sources::Sources,
};

/// What `config` shows for a setting that has no default.
pub(super) const NOT_SET: &str = "(not set)";
/// Longer files are something else.
const LARGEST: u64 = 4096;

/// Its `Debug` form is redacted.
#[derive(Debug, Clone)]
pub enum Secret {
    Missing,
    Given(SecretString),
    Unusable(ConfigError),
}

impl Secret {
    /// The secret.
    ///
    /// # Errors
    /// Its file cannot be used, or there is none: then `missing` says what to do.
    pub(super) fn required(&self, missing: &'static str) -> Result<SecretString, ConfigError> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::Unusable(error) => Err(error.clone()),
            Self::Missing => Err(ConfigError::Missing(missing)),
        }
    }
}

/// Where a secret is looked for, how `config` calls it, and what it must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecretKind {
    pub(super) setting: &'static str,
    pub(super) file_setting: &'static str,
    pub(super) variable: &'static str,
    pub(super) file_variable: &'static str,
    /// What a file that is too long is not.
    pub(super) what: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) check: fn(&str) -> Result<SecretString, String>,
}

pub(super) const SMTP_PASSWORD: SecretKind = SecretKind {
    setting: "notices.smtp_password",
    file_setting: "notices.smtp_password_file",
    variable: env::SMTP_PASSWORD,
    file_variable: env::SMTP_PASSWORD_FILE,
    what: "a secret",
    unreadable: "cannot be read",
    check: one_line,
};

pub(super) const WEBHOOK_SECRET: SecretKind = SecretKind {
    setting: "notices.webhook_secret",
    file_setting: "notices.webhook_secret_file",
    variable: env::WEBHOOK_SECRET,
    file_variable: env::WEBHOOK_SECRET_FILE,
    what: "a secret",
    unreadable: "cannot be read",
    check: one_line,
};

/// Finds it in the environment, then in `.env`; in each the secret or a file with it.
pub(super) fn load(sources: &mut Sources<'_>, kind: &SecretKind) -> Result<Secret, ConfigError> {
    let SecretKind { setting, file_setting, variable, file_variable, .. } = *kind;
    let Sources { variables, cwd, .. } = *sources;
    for (given, named) in [
        (variables.in_process(variable)?, variables.in_process(file_variable)?),
        (variables.in_dotenv(variable)?, variables.in_dotenv(file_variable)?),
    ] {
        match (given, named) {
            (Some(_), Some(both)) => {
                let problem = format!("{variable} is set as well; keep one of the two");
                return Err(ConfigError::value(both.origin, problem));
            }
            (Some(given), None) => {
                if let Origin::DotEnv(_) = given.origin {
                    sources.warnings.extend(readable_by_others(&cwd.join(".env")));
                }
                let secret = given.check(|text| (kind.check)(&text))?;
                let shown = |_: &SecretString| "(set, not shown)".to_owned();
                return Ok(Secret::Given(sources.note(setting, secret, shown)));
            }
            (None, Some(named)) => {
                let named = sources.note(file_setting, named, Clone::clone);
                return Ok(in_file(sources, kind, &cwd.join(named)));
            }
            (None, None) => {}
        }
    }
    Ok(Secret::Missing)
}

/// Notes that it is nowhere.
pub(super) fn note_missing(sources: &mut Sources<'_>, kind: &SecretKind) {
    sources.note(kind.setting, Found::default(()), |()| NOT_SET.to_owned());
}

/// Reads it from a file. One that cannot be used is an error only for commands that need the secret.
pub(super) fn in_file(sources: &mut Sources<'_>, kind: &SecretKind, path: &Path) -> Secret {
    match read(kind, path) {
        Ok(secret) => {
            sources.warnings.extend(readable_by_others(path));
            Secret::Given(secret)
        }
        Err(problem) => Secret::Unusable(ConfigError::file(path, problem)),
    }
}

fn read(kind: &SecretKind, path: &Path) -> Result<SecretString, String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(|e| format!("{}: {e}", kind.unreadable))?;
    if read as u64 > LARGEST {
        return Err(format!("longer than {LARGEST} bytes: not {}", kind.what));
    }
    (kind.check)(&text)
}

/// One line; the line break at its end is the editor's.
fn one_line(text: &str) -> Result<SecretString, String> {
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    if line.contains(char::is_control) {
        return Err("the secret contains a line break or another control character".to_owned());
    }
    Ok(SecretString::from(line))
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<Warning> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o007 != 0).then(|| Warning::ReadableSecret { path: path.to_owned(), mode })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Option<Warning> {
    None
}
