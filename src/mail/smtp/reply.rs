//! What the server says, and what its silence means before the end of a message.

use std::{error::Error as _, time::Duration};

use lettre::transport::smtp::{Error, response::Response};

/// Why a command did not go through.
pub(super) enum Stop {
    Said(Reply),
    /// No answer, or none that SMTP knows.
    Lost(String),
}

/// A negative answer.
pub(super) struct Reply {
    /// As in `550`.
    code: String,
    /// With the code in front.
    pub(super) text: String,
    pub(super) is_permanent: bool,
}

/// The service is shutting this connection down.
const GOODBYE: &str = "421";
/// Refusals that say something about this client: it must log in, use TLS, or has broken the protocol.
const ABOUT_THE_CLIENT: [&str; 9] = ["500", "501", "502", "503", "504", "530", "534", "535", "538"];
/// Security and policy (RFC 3463): relaying is not allowed, the sender is not, the text looks like spam.
const POLICY: &str = "5.7.";

impl Reply {
    /// Whether the same message would be refused for this recipient from any well-configured client.
    pub(super) fn is_about_this_message(&self) -> bool {
        let enhanced = self.text.split_whitespace().nth(1).unwrap_or_default();
        self.is_permanent
            && !ABOUT_THE_CLIENT.contains(&self.code.as_str())
            && !enhanced.starts_with(POLICY)
    }
}

impl Stop {
    pub(super) fn ends_the_connection(&self) -> bool {
        match self {
            Self::Said(reply) => reply.code == GOODBYE,
            Self::Lost(_) => true,
        }
    }

    pub(super) fn into_text(self) -> String {
        match self {
            Self::Said(reply) => reply.text,
            Self::Lost(reason) => reason,
        }
    }

    pub(super) fn silence(waited: Duration) -> Self {
        Self::Lost(format!("no answer within {} seconds", waited.as_secs_f32()))
    }

    /// An answer that does not belong to what was asked.
    pub(super) fn unexpected(response: &Response) -> Self {
        Self::Lost(format!("an answer out of turn: {}", full_text(response)))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        match error.status() {
            Some(code) => Self::Said(Reply {
                code: code.to_string(),
                text: format!("{code} {said}"),
                is_permanent: error.is_permanent(),
            }),
            None if said.is_empty() => Self::Lost(format!("the connection broke: {error}")),
            None => Self::Lost(format!("the connection broke: {said}")),
        }
    }
}

/// Code and lines of an answer.
pub(super) fn full_text(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
}
