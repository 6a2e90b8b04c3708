//! Secrets besides the API key: each from a variable, or from the file that another one names. One that
//! cannot be used is an error only for commands that need it.

use std::{io::Read, path::Path};

use secrecy::SecretString;

use crate::config::{
    ConfigError, env,
    origin::{Found, Origin},
    portal::{NOT_SET, readable_by_others},
    sources::Sources,
};

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

/// How `config` calls files with secrets.
pub const SECRET_FILES: [&str; 3] =
    ["portal.api_key_file", SMTP_PASSWORD.file_setting, WEBHOOK_SECRET.file_setting];

/// Where a secret is looked for, and how `config` calls it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecretNames {
    setting: &'static str,
    file_setting: &'static str,
    variable: &'static str,
    file_variable: &'static str,
}

pub(super) const SMTP_PASSWORD: SecretNames = SecretNames {
    setting: "notices.smtp_password",
    file_setting: "notices.smtp_password_file",
    variable: env::SMTP_PASSWORD,
    file_variable: env::SMTP_PASSWORD_FILE,
};

pub(super) const WEBHOOK_SECRET: SecretNames = SecretNames {
    setting: "notices.webhook_secret",
    file_setting: "notices.webhook_secret_file",
    variable: env::WEBHOOK_SECRET,
    file_variable: env::WEBHOOK_SECRET_FILE,
};

/// Reads the variable, or the file that the other variable names.
pub(super) fn load(sources: &mut Sources<'_>, names: SecretNames) -> Result<Secret, ConfigError> {
    let SecretNames { setting: name, file_setting, variable, file_variable } = names;
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
                let secret = given.check(|text| checked(&text))?;
                let shown = |_: &SecretString| "(set, not shown)".to_owned();
                return Ok(Secret::Given(sources.note(name, secret, shown)));
            }
            (None, Some(named)) => {
                let path = cwd.join(&named.value);
                sources.note(file_setting, named, Clone::clone);
                return Ok(match read(&path) {
                    Ok(secret) => {
                        sources.warnings.extend(readable_by_others(&path));
                        Secret::Given(secret)
                    }
                    Err(problem) => Secret::Unusable(ConfigError::file(path, problem)),
                });
            }
            (None, None) => {}
        }
    }
    Ok(sources.note(name, Found::default(Secret::Missing), |_| NOT_SET.to_owned()))
}

fn read(path: &Path) -> Result<SecretString, String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(|e| format!("cannot be read: {e}"))?;
    if read as u64 > LARGEST {
        return Err(format!("longer than {LARGEST} bytes: not a secret"));
    }
    checked(&text)
}

/// One line; the line break at its end is the editor's.
fn checked(text: &str) -> Result<SecretString, String> {
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    if line.contains(char::is_control) {
        return Err("the secret contains a line break or another control character".to_owned());
    }
    Ok(SecretString::from(line))
}
