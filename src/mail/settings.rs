//! What a mailer needs to know. No secret shows in `Debug`.

use std::{fmt, path::PathBuf, time::Duration};

use rustls::pki_types::CertificateDer;
use secrecy::SecretString;

#[derive(Debug, Clone)]
pub struct MailSettings {
    pub server: SmtpServer,
    pub username: Option<String>,
    pub password: Option<SecretString>,
    /// The sender, as an address or as `Name <address>`.
    pub from: String,
    /// Certificate authorities that may vouch for the server. No others are trusted.
    pub roots: Vec<CertificateDer<'static>>,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// A folder with subject.txt, notice.txt and notice.html; the built-in ones where there is none.
    pub templates: Option<PathBuf>,
}

/// A server, and how TLS begins. Nothing is ever sent without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpServer {
    /// From the first byte (`smtps://`, usually port 465).
    ImplicitTls { host: String, port: u16 },
    /// After STARTTLS, which the server must offer (`smtp://`, usually port 587).
    StartTls { host: String, port: u16 },
}

impl SmtpServer {
    pub(super) fn host(&self) -> &str {
        match self {
            Self::ImplicitTls { host, .. } | Self::StartTls { host, .. } => host,
        }
    }

    pub(super) fn port(&self) -> u16 {
        match self {
            Self::ImplicitTls { port, .. } | Self::StartTls { port, .. } => *port,
        }
    }
}

/// As messages name it.
impl fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self {
            Self::ImplicitTls { .. } => "smtps",
            Self::StartTls { .. } => "smtp",
        };
        write!(f, "{scheme}://{}:{}", self.host(), self.port())
    }
}
