//! What a client is given to start with, and what it has sent.

use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

/// How to reach a portal.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Base address, without path.
    pub url: Url,
    /// API key.
    pub key: SecretString,
    /// How fast.
    pub pace: Pace,
}

/// How fast, and how patient.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// Requests at the same time.
    pub concurrency: usize,
    /// Requests a minute.
    pub requests_per_minute: u32,
}

/// Requests sent by this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// All of them.
    pub requests: u64,
    /// Those that repeated an earlier one.
    pub retries: u64,
}
