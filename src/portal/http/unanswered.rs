//! Why a request had no answer, in words that say what to do about it.

use std::sync::atomic::Ordering;

use super::Transport;
use crate::portal::{
    PortalError,
    answer::{Failed, root_cause},
    error::{Request, Unreached},
};

/// How rustls begins to say that a certificate is not trusted.
const UNTRUSTED: &str = "invalid peer certificate: ";
/// How rustls says that plain text came back.
const NOT_TLS: &str = "InvalidContentType";

impl Transport {
    pub(super) fn unanswered(&self, request: &Request, error: &reqwest::Error) -> Failed {
        let request = request.clone();
        let reason = match self.redacted(&root_cause(error)) {
            reason if reason.contains(NOT_TLS) => {
                "it answers, but without TLS (is this its http port?)".to_owned()
            }
            reason => reason,
        };
        Failed::Error(if let Some(reason) = reason.strip_prefix(UNTRUSTED) {
            let (host, reason) = (self.base().to_owned(), reason.to_owned());
            PortalError::Untrusted { request, host, reason }
        } else if error.is_timeout() && !error.is_connect() && self.answered.load(Ordering::Relaxed)
        {
            PortalError::Broken { request, reason: "no answer in time".to_owned() }
        } else if error.is_connect() || error.is_timeout() {
            let reason = match error.is_connect() {
                true => Unreached::Unconnected(reason),
                false => Unreached::Silent,
            };
            let (host, proxy) = (self.base().to_owned(), self.proxy.clone());
            PortalError::Unreachable { request, host, reason, proxy }
        } else {
            PortalError::Broken { request, reason: format!("the connection broke: {reason}") }
        })
    }
}
