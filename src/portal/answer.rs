//! Reading what surrounds an answer: status, headers, and what the network says where none came.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};

use crate::portal::{
    PortalError,
    error::{Decline, Request},
    wire,
};
use crate::time::Timestamp;

/// An answer with the portal's clock.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    pub value: T,
    /// HTTP `Date`.
    pub at: Timestamp,
}

/// Longest body, decompressed: many times the largest page. A few bytes of gzip can become gigabytes.
pub(super) const LARGEST_BODY: usize = 16 << 20;

/// What has been read of an answer, decompressed.
pub(super) enum Body {
    Whole(Vec<u8>),
    /// Its beginning.
    TooLong(Vec<u8>),
}

impl Body {
    pub(super) async fn read(mut response: reqwest::Response) -> reqwest::Result<Self> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST_BODY {
                return Ok(Self::TooLong(bytes));
            }
        }
        Ok(Self::Whole(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::TooLong(bytes) => bytes,
        }
    }
}

pub(super) fn declined(request: &Request, status: u16, text: &str) -> PortalError {
    let request = request.clone();
    let message = wire::error_message(text);
    match status {
        401 => PortalError::Unauthorized(request),
        402 => PortalError::Unpaid(request),
        403 => PortalError::Forbidden {
            request,
            decline: match message {
                Some(message) => Decline::Role(message),
                None if text.trim().is_empty() => Decline::Scope,
                None => Decline::Other(wire::first_bytes(text)),
            },
        },
        404 => PortalError::NotFound(request),
        _ => PortalError::Status {
            request,
            status,
            said: message.unwrap_or_else(|| wire::first_bytes(text)),
        },
    }
}

pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().contains("json")
}

pub(super) fn portal_clock(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(DATE)?.to_str().ok()?;
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc().into())
}

/// The innermost cause: reqwest's own text repeats the address with its query.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Why one exchange brought nothing.
pub(super) enum Failed {
    Limited { retry_after: Option<Duration> },
    Error(PortalError),
}

impl From<PortalError> for Failed {
    fn from(error: PortalError) -> Self {
        Self::Error(error)
    }
}
