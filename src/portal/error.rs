//! What can go wrong with the portal. Each message names the request, what came back, and what to do;
//! none holds the key, a stack trace of the server, or more than the first bytes of a body.

use std::{path::PathBuf, time::Duration};

use crate::{
    domain::human::minute,
    time::{MAX_CLOCK_SKEW, Timestamp},
};

/// A longer wait for the portal's limits is reported, not slept through.
pub(super) const LIMITED_MOST: Duration = Duration::from_secs(120);

/// The request that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: &'static str,
    /// Path without base and query.
    pub path: String,
}

impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Why the portal said 403: the form of the body tells, its text is localised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decline {
    /// Empty: the key lacks a permission.
    Scope,
    /// Error envelope: the key's owner lacks a role, or the account is protected.
    Role(String),
    /// Anything else: an IP restriction, or a portal that is being moved or restored.
    Other(String),
}

/// Why an address cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// There is no connection: what the network said.
    Unconnected(String),
    /// It accepts the connection and does not answer.
    Silent,
}

impl std::fmt::Display for Unreached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unconnected(reason) => reason,
            Self::Silent => "it accepts the connection and does not answer",
        })
    }
}

/// A failed request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PortalError {
    /// The key cannot be used at all.
    #[error("the API key cannot be sent as a header; check DOCSPACE_API_KEY")]
    BadKey,
    #[error(
        "{request}: cannot reach {host}: {reason}{}; check DOCSPACE_API_HOST and the network",
        proxy.as_ref().map_or_else(String::new, |proxy| format!(", through the proxy {proxy}"))
    )]
    Unreachable {
        request: Request,
        /// Base address.
        host: String,
        reason: Unreached,
        proxy: Option<String>,
    },
    #[error("the proxy {0} cannot be used: {1}")]
    BadProxy(String, String),
    #[error("the certificates in {} cannot be used: {reason}; check ca_file in [portal] and SSL_CERT_FILE", path.display())]
    BadCertificates { path: PathBuf, reason: String },
    /// Nothing was sent: whoever answers may not be the portal.
    #[error(
        "{request}: the certificate of {host} is not trusted ({reason}); if a private certificate \
         authority issued it, name its PEM file with ca_file in [portal] or with SSL_CERT_FILE"
    )]
    Untrusted {
        request: Request,
        /// Base address.
        host: String,
        /// What TLS said.
        reason: String,
    },
    /// The answer did not come in time, or broke off.
    #[error("{request}: {reason}")]
    Broken { request: Request, reason: String },
    #[error(
        "{0}: the portal does not accept the API key (401): it is wrong, expired or switched off, or its \
         owner is disabled; check DOCSPACE_API_KEY and the key in the portal's settings"
    )]
    Unauthorized(Request),
    #[error(
        "{0}: the portal asks for payment (402): it is unpaid, its plan lacks this, or its seats are full"
    )]
    Unpaid(Request),
    /// 403.
    #[error("{request}: {}", decline_text(.decline))]
    Forbidden {
        request: Request,
        /// In which way.
        decline: Decline,
    },
    #[error(
        "{0}: not found (404): no such portal at this address, a suspended portal, or a server older \
         than 3.1, which dormouse does not support"
    )]
    NotFound(Request),
    /// 3xx. Following one could send the key in clear or to another host.
    #[error(
        "{request}: the portal redirects to {location} and redirects are refused, because the key would \
         go with them; set DOCSPACE_API_HOST to the final https address"
    )]
    Redirected {
        request: Request,
        /// Where to, without query.
        location: String,
    },
    /// 429 with a wait too long to sleep through.
    #[error(
        "{request}: the portal's limit is used up for {} (429); nothing is lost, run again after that",
        wait_text(*.wait)
    )]
    Limited { request: Request, wait: Duration },
    /// Its time was over before the limits let it leave.
    #[error("{0}: could not be sent in time")]
    NotSent(Request),
    #[error("{request}: the portal answered {status}: {said}")]
    Status { request: Request, status: u16, said: String },
    /// Not the envelope that this call gives.
    #[error(
        "{request}: the answer ({status}) is not what a DocSpace portal sends: {reason}; it begins \
         \"{said}\"; check that DOCSPACE_API_HOST is the portal itself"
    )]
    Unexpected { request: Request, status: u16, reason: String, said: String },
    /// JSON that breaks off or has another shape.
    #[error("{request}: the answer cannot be read: {reason}; it begins \"{said}\"")]
    Garbled {
        request: Request,
        /// What the decoder said.
        reason: String,
        said: String,
    },
    /// One row that the portal cannot tell, or that nobody can read. It says nothing about any other.
    #[error("{request}: the answer does not say {what}")]
    Unclear { request: Request, what: &'static str },
    /// The portal hides its records.
    #[error(
        "{0}: the portal hides its history: it answered with its newest events whatever was asked; this \
         needs a plan with the audit option (self-hosted: the login history and audit trail switched on)"
    )]
    HiddenHistory(Request),
    #[error(
        "this machine's clock ({}) and the portal's ({}) differ by more than {} minutes; set \
         the clock, because decisions and the history depend on it",
        minute(*here),
        minute(*portal),
        MAX_CLOCK_SKEW.num_minutes()
    )]
    ClockSkew { here: Timestamp, portal: Timestamp },
}

fn decline_text(decline: &Decline) -> String {
    match decline {
        Decline::Scope => "the API key lacks a permission (403): create one with the permissions \
             [\"*:read\",\"accounts:write\"]; [\"*:read\"] is enough for sync and decide"
            .to_owned(),
        Decline::Role(said) => format!(
            "the portal declined (403, \"{said}\"): the key's owner must be the portal's owner or a \
             DocSpace admin"
        ),
        Decline::Other(said) => format!(
            "the portal declined (403, \"{said}\"): an IP restriction, or a portal that is being moved \
             or restored"
        ),
    }
}

fn wait_text(wait: Duration) -> String {
    format!("{} minutes", wait.as_secs().div_ceil(60))
}

impl PortalError {
    /// True where the same **read** may succeed a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } | Self::Garbled { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            Self::BadKey
            | Self::BadProxy(..)
            | Self::BadCertificates { .. }
            | Self::Untrusted { .. }
            | Self::Unauthorized(_)
            | Self::Unpaid(_)
            | Self::Forbidden { .. }
            | Self::NotFound(_)
            | Self::Redirected { .. }
            | Self::Unexpected { .. }
            | Self::Limited { .. }
            | Self::NotSent(_)
            | Self::Unclear { .. }
            | Self::ClockSkew { .. }
            | Self::HiddenHistory(_) => false,
        }
    }

    /// What was asked about one account, or why the answer says nothing about it.
    ///
    /// # Errors
    /// The request itself failed.
    pub(crate) fn unless_unclear<T>(result: Result<T, Self>) -> Result<Result<T, String>, Self> {
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(error @ Self::Unclear { .. }) => Ok(Err(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// True where the server failed at the request, not at the connection.
    #[must_use]
    pub fn is_server_fault(&self) -> bool {
        self.http_status().is_some_and(|status| status >= 500)
    }

    /// True where a write was not done and can be sent again after a wait.
    #[must_use]
    pub fn is_postponed(&self) -> bool {
        match self {
            Self::NotSent(_) => true,
            Self::Limited { wait, .. } => *wait <= LIMITED_MOST,
            _ => false,
        }
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::BadKey
            | Self::BadProxy(..)
            | Self::BadCertificates { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Broken { .. }
            | Self::Redirected { .. }
            | Self::NotSent(_) => None,
            Self::Unauthorized(_) => Some(401),
            Self::Unpaid(_) => Some(402),
            Self::Forbidden { .. } => Some(403),
            Self::NotFound(_) => Some(404),
            Self::Limited { .. } => Some(429),
            Self::HiddenHistory(_)
            | Self::ClockSkew { .. }
            | Self::Garbled { .. }
            | Self::Unclear { .. } => Some(200),
            Self::Status { status, .. } | Self::Unexpected { status, .. } => Some(*status),
        }
    }
}
