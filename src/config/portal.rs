//! The portal's address and key. An address is refused unless requests to it are safe; a key is
//! never shown.

use std::{net::IpAddr, path::Path, time::Duration};

use reqwest::Url;
use secrecy::SecretString;

use crate::config::{
    ConfigError,
    env::{self, API_HOST},
    origin::Found,
    secret::{self, NOT_SET, Secret, SecretKind},
    sources::Sources,
};

#[derive(Debug, Clone)]
pub struct PortalSettings {
    /// Scheme, host and port; nothing else.
    pub url: Option<Url>,
    pub key: Secret,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// Most requests under way at once.
    pub concurrency: usize,
    /// Most requests in any 60 seconds.
    pub requests_per_minute: u32,
}

/// Self-hosted servers have no limit, and operators can set another: the administrator knows. The
/// default stays below what the server ships with, 1500 for all keys of one user.
const MOST_PER_MINUTE: i64 = 1_000_000;
/// A server that is limited refuses the 51st read at once.
const MOST_AT_ONCE: i64 = 40;
pub(super) const API_KEY: SecretKind = SecretKind {
    setting: "portal.api_key",
    file_setting: "portal.api_key_file",
    variable: env::API_KEY,
    file_variable: env::API_KEY_FILE,
    what: "an API key file",
    unreadable: "the API key file cannot be read",
    check: api_key,
};

pub(super) fn load(sources: &mut Sources<'_>) -> Result<PortalSettings, ConfigError> {
    let table = &sources.file.tables.portal;
    let url = match sources.variables.get(API_HOST)?.or_else(|| sources.file.found(&table.url)) {
        Some(found) => {
            let found = found.check(|text| base_url(&text))?;
            Some(sources.note("portal.url", found, ToString::to_string))
        }
        None => sources.note("portal.url", Found::default(None), |_| NOT_SET.to_owned()),
    };
    let key = load_key(sources)?;
    let timeout = sources.number("portal.timeout_seconds", &table.timeout_seconds, 1..=600, 30)?;
    Ok(PortalSettings {
        url,
        key,
        timeout: Duration::from_secs(timeout),
        concurrency: sources.number(
            "portal.concurrency",
            &table.concurrency,
            1..=MOST_AT_ONCE,
            8,
        )?,
        requests_per_minute: sources.number(
            "portal.requests_per_minute",
            &table.requests_per_minute,
            1..=MOST_PER_MINUTE,
            1450,
        )?,
    })
}

/// Reads a base URL: https, or http to this machine; no path, query or user.
pub(crate) fn base_url(text: &str) -> Result<Url, String> {
    const EXAMPLE: &str = "for example https://docspace.example.com";
    let text = text.trim();
    if !text.contains("://") {
        return Err(format!("the portal URL has no scheme; put https:// before it, {EXAMPLE}"));
    }
    let url = Url::parse(text).map_err(|e| format!("not a URL: {e}; {EXAMPLE}"))?;
    // Said before anything that shows the URL: this part can be a password.
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the portal URL must not contain a user or password; the API key has its own \
                    setting"
            .to_owned());
    }
    let Some(host) = url.host_str() else {
        return Err(format!("the portal URL has no host; {EXAMPLE}"));
    };
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(host) => {}
        "http" => {
            return Err(format!(
                "http://{host} would send the API key unencrypted; write https:// (http is \
                 accepted for localhost only)"
            ));
        }
        other => return Err(format!("{other}:// does not lead to a portal; {EXAMPLE}")),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        let base = url.origin().ascii_serialization();
        return Err(format!("the portal URL must not contain a path; write {base}"));
    }
    Ok(url)
}

pub(super) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Finds the key: environment, then `.env`, then the configuration file, which names a file with it.
fn load_key(sources: &mut Sources<'_>) -> Result<Secret, ConfigError> {
    let found = secret::load(sources, &API_KEY)?;
    if !matches!(found, Secret::Missing) {
        return Ok(found);
    }
    let Sources { file, cwd, .. } = *sources;
    let Some(named) = file.found(&file.tables.portal.api_key_file) else {
        secret::note_missing(sources, &API_KEY);
        return Ok(Secret::Missing);
    };
    // A path in the file means the same wherever dormouse is started.
    let base = file.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let path = cwd.join(base).join(sources.note(API_KEY.file_setting, named, Clone::clone));
    Ok(secret::in_file(sources, &API_KEY, &path))
}

/// Takes a key as it goes into a header: one word of visible ASCII.
pub(crate) fn api_key(text: &str) -> Result<SecretString, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the API key is empty".to_owned());
    }
    if text.to_ascii_lowercase().starts_with("bearer ") {
        return Err("remove the \"Bearer\" prefix from the key".to_owned());
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(
            "the API key contains a space, a line break or another character that keys never \
                    have; copy it again"
                .to_owned(),
        );
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_are_taken() {
        for good in [
            "https://docspace.example.com",
            "https://docspace.example.com/",
            " https://docspace.example.com:8443 ",
            "http://127.0.0.1:8092",
            "http://127.9.9.9",
            "http://[::1]:80",
            "http://localhost:5000",
        ] {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for (bad, part) in [
            ("docspace.example.com", "no scheme"),
            ("http://docspace.example.com", "unencrypted"),
            ("http://localhost.example.com", "unencrypted"),
            ("http://127.0.0.1.example.com", "unencrypted"),
            ("https://docspace.example.com/api/2.0", "write https://docspace.example.com"),
            ("https://docspace.example.com/?x=1", "write https://docspace.example.com"),
            ("https://docspace.example.com/#x", "write https://docspace.example.com"),
            ("ftp://docspace.example.com", "ftp://"),
            ("https://", "not a URL"),
        ] {
            let problem = base_url(bad).unwrap_err();
            assert!(problem.contains(part), "{bad}: {problem}");
        }
        let problem = base_url("https://admin:hunter2@docspace.example.com").unwrap_err();
        assert!(!problem.contains("hunter2"), "{problem}");
    }

    #[test]
    fn a_key_is_one_word() {
        for good in ["sk-0123", "sk-0123\n", " sk-0123\r\n"] {
            assert!(api_key(good).is_ok(), "{good:?}");
        }
        for bad in ["", "\n", "sk-01 23", "sk-01\n23", "Bearer sk-0123", "sk-0123\u{200b}"] {
            let problem = api_key(bad).unwrap_err();
            assert!(!problem.contains("sk-"), "{problem}");
        }
    }
}
