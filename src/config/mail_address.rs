//! Addresses that notices are sent by and to: mail servers, webhooks, people. What is wrong with a URL is
//! not repeated where it can hold a secret.

use reqwest::Url;

use crate::config::portal::is_this_machine;

/// When TLS begins; without it nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsStart {
    /// With the connection: `smtps://`.
    AtOnce,
    /// With STARTTLS: `smtp://`.
    Upgraded,
}

pub(super) struct ServerAddress {
    pub(super) tls: TlsStart,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: Option<String>,
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tls, host, port, user } = self;
        let scheme = match tls {
            TlsStart::AtOnce => "smtps",
            TlsStart::Upgraded => "smtp",
        };
        write!(f, "{scheme}://")?;
        if let Some(user) = user {
            write!(f, "{user}@")?;
        }
        write!(f, "{host}:{port}")
    }
}

/// The URL of a server. What is wrong with it is not repeated: it can hold a password.
pub(super) fn server(text: &str) -> Result<ServerAddress, &'static str> {
    const FORM: &str = "smtp is not the URL of a mail server, for example smtps://user@mail.example.com or \
                        smtp://user@mail.example.com:587 (with STARTTLS)";
    let url = Url::parse(text.trim()).map_err(|_| FORM)?;
    let (tls, port) = match url.scheme() {
        "smtps" => (TlsStart::AtOnce, 465),
        "smtp" => (TlsStart::Upgraded, 587),
        _ => return Err(FORM),
    };
    if url.password().is_some() {
        return Err("the password does not belong into the URL; set DORMOUSE_SMTP_PASSWORD, or \
                    DORMOUSE_SMTP_PASSWORD_FILE to a file that holds it");
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?;
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(FORM);
    }
    let user = match url.username() {
        "" => None,
        user => Some(decoded(user).ok_or(FORM)?),
    };
    Ok(ServerAddress { tls, host: host.to_owned(), port: url.port().unwrap_or(port), user })
}

/// A user name as it was meant: in a URL `@` is written `%40`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                after
            }
            (byte, after) => {
                bytes.push(*byte);
                after
            }
        };
    }
    String::from_utf8(bytes).ok().filter(|user| !user.contains(char::is_control))
}

/// The URL without what can be a secret.
#[must_use]
pub fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.to_string()
}

/// What is wrong with it is not repeated: it can hold a token.
pub(super) fn webhook_url(text: &str) -> Result<Url, &'static str> {
    const FORM: &str =
        "webhook is not the URL of a webhook, for example https://chat.example.com/hooks/dormouse";
    let url = Url::parse(text.trim()).map_err(|_| FORM)?;
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_this_machine(host) => Ok(url),
        ("http", Some(_)) => Err("the webhook would be sent unencrypted; write https:// (http is \
                                  accepted for localhost only)"),
        _ => Err(FORM),
    }
}

pub(super) fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
