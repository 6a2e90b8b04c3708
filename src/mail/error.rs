//! What keeps every message from being sent. Each text says what to do; none holds a secret.

use std::path::PathBuf;

#[derive(Debug, Clone, thiserror::Error)]
pub enum MailError {
    #[error("the sender \"{from}\" is not an e-mail address: {reason}; check from in [notices]")]
    Sender { from: String, reason: String },
    #[error("{}: {reason}; check templates in [notices]", path.display())]
    TemplateFile { path: PathBuf, reason: String },
    /// It breaks a rule of the template language, or names what a notice does not have.
    #[error("{file}{}: {reason}; check templates in [notices]", line_text(*.line))]
    Template { file: String, line: Option<usize>, reason: String },
    #[error(
        "cannot reach the mail server {server}: {reason}; check smtp in [notices] and the network"
    )]
    Unreachable { server: String, reason: String },
    #[error(
        "the certificate of the mail server {server} is not trusted ({reason}); if a private certificate \
         authority issued it, name its PEM file with ca_file in [portal] or with SSL_CERT_FILE"
    )]
    Untrusted { server: String, reason: String },
    #[error(
        "the mail server {0} does not offer STARTTLS, and mail is never sent without TLS; use another \
         server or port, or smtps:// where TLS begins at once"
    )]
    NoTls(String),
    #[error(
        "the mail server {server} does not accept the user \"{user}\" with this password: {reply}; check \
         smtp in [notices] and DORMOUSE_SMTP_PASSWORD"
    )]
    Login { server: String, user: String, reply: String },
    #[error(
        "the mail server {server} does not accept mail from {from}: {reply}; check from in [notices]"
    )]
    SenderRefused { server: String, from: String, reply: String },
    #[error("the mail server {server} cannot be spoken to: {reason}")]
    Broken { server: String, reason: String },
    #[error("notices to the webhook cannot be sent: {0}")]
    Webhook(String),
}

impl MailError {
    /// The same with what the server said replaced.
    pub(super) fn map_text(self, map: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Unreachable { server, reason } => {
                Self::Unreachable { server, reason: map(reason) }
            }
            Self::Untrusted { server, reason } => Self::Untrusted { server, reason: map(reason) },
            Self::Login { server, user, reply } => Self::Login { server, user, reply: map(reply) },
            Self::Broken { server, reason } => Self::Broken { server, reason: map(reason) },
            other => other,
        }
    }
}

fn line_text(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}
