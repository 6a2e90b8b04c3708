//! Effective settings and where each came from. A flag wins over the environment, environment over `.env`,
//! `.env` over the configuration file, the file over the default. A wrong value is an error even
//! where a stronger source hides it, and no error or `Debug` form ever shows a secret.

pub mod env;
mod error;
mod file;
mod mail_address;
mod network;
mod notices;
mod origin;
mod policy;
mod portal;
mod roster;
mod secret;
mod silence;
mod sources;

use std::{
    fmt,
    path::{Path, PathBuf},
};

pub use env::Env;
pub use error::ConfigError;
pub use file::DEFAULT_NAME;
pub use mail_address::TlsStart;
pub use mail_address::shown as shown_webhook;
pub use network::Network;
pub use notices::{Addressee, MailServer, Notices, WebhookTarget};
pub use origin::{Origin, Setting};
pub use portal::PortalSettings;
pub(crate) use portal::{api_key, base_url};
pub use secret::Secret;

use chrono::NaiveDate;
use reqwest::Url;
use secrecy::SecretString;

use crate::config::{
    env::{DATABASE_URL, DISABLED_STATUS, LOGIN_LOOKBACK_DAYS, Variables},
    file::File,
    origin::Found,
    sources::Sources,
};
use crate::{
    cli,
    domain::{brakes::Brakes, policy::Policy, population::RosterFormat},
};

/// How `config` calls files with secrets.
pub const SECRET_FILES: [&str; 3] = [
    portal::API_KEY.file_setting,
    secret::SMTP_PASSWORD.file_setting,
    secret::WEBHOOK_SECRET.file_setting,
];

#[derive(Debug, Clone)]
pub struct Settings {
    /// The configuration file that was read, as given.
    pub file: Option<PathBuf>,
    pub portal: PortalSettings,
    pub network: Network,
    /// The store file, absolute where the working directory is.
    pub database: PathBuf,
    pub policy: Policy,
    pub roster: RosterFormat,
    pub brakes: Brakes,
    /// Whom to tell before accounts are disabled; none where nobody is told.
    pub notices: Option<Notices>,
    /// How far the first sync reads back, in days.
    pub lookback_days: u32,
    pub ip: IpRetention,
    /// Every setting as `config` shows it, in a fixed order.
    pub origins: Vec<Setting>,
    pub warnings: Vec<Warning>,
}

/// Whether the store keeps the IP addresses of login events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpRetention {
    /// They are evidence.
    Keep,
    /// They are personal data that is not needed here.
    Drop,
}

/// Values of one-shot flags that replace settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrides {
    pub inactivity_days: Option<u32>,
    pub lookback_days: Option<u32>,
}

/// Something about the settings that the administrator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A file with a secret can be read by everyone on this machine.
    ReadableSecret {
        path: PathBuf,
        /// Permission bits.
        mode: u32,
    },
    /// `max_silence_hours` is written under `[brakes]`, where older releases read it.
    MovedKey(Origin),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableSecret { path, mode } => {
                let path = path.display();
                write!(
                    f,
                    "{path} holds a secret and everyone on this machine can read it (mode {mode:03o}); \
                     chmod 600 {path}"
                )
            }
            Self::MovedKey(origin) => {
                write!(f, "{origin}: max_silence_hours belongs to [policy] now; move it there")
            }
        }
    }
}

impl Settings {
    /// Reads all sources. `cwd` is where relative paths, `.env` and the default file are looked up.
    ///
    /// # Errors
    /// A file cannot be read, a key is unknown, or a value is wrong; the error names the place.
    pub fn load(
        globals: &cli::Global,
        overrides: Overrides,
        env: &Env,
        cwd: &Path,
        today: NaiveDate,
    ) -> Result<Self, ConfigError> {
        let file = File::load(globals.config.as_deref(), cwd)?;
        let variables = Variables::load(env, cwd)?;
        let mut sources = Sources {
            flags: overrides,
            variables: &variables,
            file: &file,
            cwd,
            today,
            settings: Vec::new(),
            warnings: Vec::new(),
        };
        let portal = portal::load(&mut sources)?;
        let network = network::load(&mut sources)?;
        let database = match &globals.db {
            Some(url) => Some(Found::new(url.clone(), Origin::Flag("--db"))),
            None => variables.get(DATABASE_URL)?,
        }
        .unwrap_or(Found::default("sqlite://dormouse.db".to_owned()))
        .check(|url| database_file(&url))?;
        let database =
            sources.note("database", database, |path| format!("sqlite://{}", path.display()));
        let lookback_days = overrides
            .lookback_days
            .map(|n| Found::new(n, Origin::Flag("--lookback-days")))
            .or(variables.days(LOGIN_LOOKBACK_DAYS)?)
            .unwrap_or(Found::default(180));
        let lookback_days = sources.note("sync.lookback_days", lookback_days, ToString::to_string);
        let policy = policy::load(&mut sources)?;
        let roster = roster::load(&mut sources)?;
        let brakes = policy::brakes(&mut sources)?;
        let notices = notices::load(&mut sources)?;
        let ip = file.found(&file.tables.store.keep_ip).unwrap_or(Found::default(true));
        let ip = match sources.note("store.keep_ip", ip, ToString::to_string) {
            true => IpRetention::Keep,
            false => IpRetention::Drop,
        };
        let disabled = variables
            .get(DISABLED_STATUS)?
            .unwrap_or(Found::default("Terminated".to_owned()))
            .check(disabled_status)?;
        sources.note("apply.disabled_status", disabled, Clone::clone);
        let Sources { settings: origins, warnings, .. } = sources;
        let database = cwd.join(database);
        let file = file.path;
        Ok(Self {
            file,
            portal,
            network,
            database,
            policy,
            roster,
            brakes,
            notices,
            lookback_days,
            ip,
            origins,
            warnings,
        })
    }

    /// How many days before an account becomes inactive the first notice about it is due; 0 where there
    /// are none.
    #[must_use]
    pub fn notice_days(&self) -> u32 {
        self.notices.as_ref().map_or(0, |notices| notices.rules.largest())
    }

    /// The portal's base URL and the API key, for commands that talk to the portal.
    ///
    /// # Errors
    /// One of them is not set, or the key file cannot be used; the error says what to do.
    pub fn portal_required(&self) -> Result<(Url, SecretString), ConfigError> {
        let url = self.portal.url.clone().ok_or(ConfigError::Missing(
            "no portal is set; set DOCSPACE_API_HOST (or url under [portal] in dormouse.toml) to \
             its base URL, for example https://docspace.example.com",
        ))?;
        let key = self.portal.key.required(
            "no API key is set; set DOCSPACE_API_KEY, or DOCSPACE_API_KEY_FILE to a file that \
             holds it; the portal owner or a DocSpace admin makes one under Developer Tools > \
             API keys",
        )?;
        Ok((url, key))
    }
}

/// The file that a path or a store URL names.
fn database_file(url: &str) -> Result<PathBuf, String> {
    let url = url.trim();
    let path = match (url.strip_prefix("sqlite://"), url.strip_prefix("sqlite:")) {
        (Some(path), _) | (None, Some(path)) => path,
        (None, None) if url.contains("://") => {
            // Only the scheme is shown: what follows can hold a password.
            let scheme = url.split("://").next().unwrap_or_default();
            return Err(format!(
                "{scheme}:// is another kind of database; the store is a SQLite file, for example \
                 sqlite://dormouse.db"
            ));
        }
        (None, None) if url.contains(':') => {
            return Err("it looks like a URL; write sqlite://FILE, or only the path".to_owned());
        }
        (None, None) => url,
    };
    if path.contains(":memory:") {
        return Err("the store must be a file: one in memory would lose the history".to_owned());
    }
    if path.is_empty() || path.ends_with('/') {
        return Err("the store URL has no file name, for example sqlite://dormouse.db".to_owned());
    }
    if path.contains('?') {
        return Err("the store URL takes no parameters; remove the ? and what follows".to_owned());
    }
    Ok(path.into())
}

fn disabled_status(text: String) -> Result<String, String> {
    match text.as_str() {
        "Terminated" | "2" => Ok(text),
        _ => Err(format!(
            "\"{text}\" is not a status that disables an account; write Terminated (or 2)"
        )),
    }
}
