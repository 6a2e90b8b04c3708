//! The way to a mail server. One connection serves a run; nothing leaves before TLS, and the password
//! reaches the server alone.

mod connect;
mod line_by_line;
mod reply;
mod transaction;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use self::{
    connect::{Login, log_in, open},
    reply::Stop,
    transaction::{Outcome, deliver, mail, parameters, reset},
};
use crate::mail::{
    Delivery, MailError, MailSettings, Notice, Preview, SmtpServer,
    compose::{compose, recipient, sender},
    delivery::reply_text,
    templates::Templates,
};

pub struct Mailer {
    server: SmtpServer,
    tls: TlsParameters,
    login: Option<Login>,
    /// The password in every form in which it is sent.
    secrets: Vec<SecretString>,
    from: Mailbox,
    timeout: Duration,
    templates: Templates,
    /// Between two messages.
    idle: Mutex<Option<AsyncSmtpConnection>>,
}

impl Mailer {
    /// Reads and tries the templates; sends nothing yet.
    ///
    /// # Errors
    /// The sender, a template or the certificates cannot be used.
    pub fn new(settings: MailSettings) -> Result<Self, MailError> {
        let MailSettings { server, username, password, from, roots, timeout, templates } = settings;
        let broken = |e: &dyn std::error::Error| MailError::Broken {
            server: server.to_string(),
            reason: e.to_string(),
        };
        let mut tls = TlsParameters::builder(server.host().to_owned())
            .certificate_store(CertificateStore::None);
        for root in roots {
            let root = Certificate::from_der(root.to_vec()).map_err(|e| broken(&e))?;
            tls = tls.add_root_certificate(root);
        }
        let tls = tls.build().map_err(|e| broken(&e))?;
        let (login, secrets) = match (username, password) {
            (Some(user), Some(password)) => {
                let secrets = forms(&user, password.expose_secret());
                let word = password.expose_secret().to_owned();
                (Some(Login { credentials: Credentials::new(user.clone(), word), user }), secrets)
            }
            _ => (None, Vec::new()),
        };
        Ok(Self {
            tls,
            login,
            secrets,
            from: sender(&from)?,
            timeout,
            templates: Templates::load(templates.as_deref())?,
            idle: Mutex::new(None),
            server,
        })
    }

    /// The message as its recipient would see it.
    ///
    /// # Errors
    /// A template names what this notice does not have.
    pub fn preview(&self, notice: &Notice) -> Result<Preview, MailError> {
        self.templates.render(notice)
    }

    /// Connects, logs in, and asks whether the server takes mail from this sender: what would stop every
    /// message is found before the first one.
    ///
    /// # Errors
    /// No server, no TLS, a certificate that is not trusted, a wrong password, a refused sender.
    pub async fn check(&self) -> Result<(), MailError> {
        let mut idle = self.idle.lock().await;
        let mut connection = self.connect().await?;
        match mail(&mut connection, &self.from.email, Vec::new(), self.timeout).await {
            Ok(()) => {}
            Err(Stop::Said(reply)) if reply.is_permanent => {
                return Err(MailError::SenderRefused {
                    server: self.server.to_string(),
                    from: self.from.email.to_string(),
                    reply: self.shown(&reply.text),
                });
            }
            // For now only: each message is tried, and deferred where it stays so.
            Err(Stop::Said(_)) => {}
            Err(Stop::Lost(reason)) => {
                let reason = self.shown(&reason);
                return Err(MailError::Broken { server: self.server.to_string(), reason });
            }
        }
        *idle = reset(connection, self.timeout).await;
        Ok(())
    }

    /// Sends one message, over the connection of the one before where it still stands. Dropped in the
    /// middle, nothing is known about this message. A server can take minutes before it asks for the
    /// text: after `leave_by` the text is not sent.
    pub async fn send(&self, notice: &Notice, leave_by: Instant) -> Delivery {
        let to = match recipient(&notice.recipient) {
            Ok(to) => to,
            Err(reply) => return Delivery::Refused { reply },
        };
        let text = match self.written(notice, &to) {
            Ok(text) => text,
            Err(reason) => return self.deferred(&reason),
        };
        let mut idle = self.idle.lock().await;
        let mut connection = match self.begun(idle.take(), &to, &text).await {
            Ok(connection) => connection,
            Err(refusal) => return refusal,
        };
        let outcome = deliver(&mut connection, &to, text.as_bytes(), leave_by, self.timeout).await;
        *idle = match outcome {
            Outcome::Accepted(_) => Some(connection),
            Outcome::Stopped(Stop::Said(_)) | Outcome::Overdue => {
                reset(connection, self.timeout).await
            }
            Outcome::Stopped(Stop::Lost(_)) | Outcome::Unanswered(_) => None,
        };
        self.delivery(outcome)
    }

    /// Says goodbye to the server.
    pub async fn close(&self) {
        if let Some(mut connection) = self.idle.lock().await.take() {
            // The server may have gone already; nothing depends on its answer.
            let _ = timeout(self.timeout, connection.quit()).await;
        }
    }

    fn written(&self, notice: &Notice, to: &Address) -> Result<String, String> {
        let preview = self.templates.render(notice).map_err(|e| e.to_string())?;
        compose(&self.from, to, &notice.message_id, preview)
    }

    /// A connection on which MAIL has been accepted: the idle one, or a new one where there is none or the
    /// server has closed it since the last message.
    async fn begun(
        &self,
        mut idle: Option<AsyncSmtpConnection>,
        to: &Address,
        text: &str,
    ) -> Result<AsyncSmtpConnection, Delivery> {
        loop {
            let is_idle = idle.is_some();
            let mut connection = match idle.take() {
                Some(connection) => connection,
                None => self.connect().await.map_err(|e| self.deferred(&e.to_string()))?,
            };
            let parameters = parameters(&connection, &self.from.email, to, text)
                .map_err(|reply| Delivery::Refused { reply: reply.to_owned() })?;
            match mail(&mut connection, &self.from.email, parameters, self.timeout).await {
                Ok(()) => return Ok(connection),
                Err(stop) if is_idle && stop.ends_the_connection() => {}
                // Whatever it says here is about the sender.
                Err(stop) => return Err(self.deferred(&stop.into_text())),
            }
        }
    }

    fn delivery(&self, outcome: Outcome) -> Delivery {
        match outcome {
            Outcome::Accepted(text) => Delivery::Accepted { reply: self.shown(&text) },
            Outcome::Unanswered(text) => Delivery::Unproven { reply: self.shown(&text) },
            Outcome::Stopped(Stop::Said(reply)) if reply.is_about_this_message() => {
                Delivery::Refused { reply: self.shown(&reply.text) }
            }
            Outcome::Stopped(stop) => self.deferred(&stop.into_text()),
            Outcome::Overdue => Delivery::Overdue,
        }
    }

    fn deferred(&self, text: &str) -> Delivery {
        Delivery::Deferred { reply: self.shown(text) }
    }

    fn shown(&self, text: &str) -> String {
        let secrets: Vec<&str> = self.secrets.iter().map(ExposeSecret::expose_secret).collect();
        reply_text(text, &secrets)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let connection = open(&self.server, &self.tls, self.timeout).await;
        let connection = match (connection, &self.login) {
            (Ok(connection), Some(login)) => {
                log_in(connection, &self.server, login, self.timeout).await
            }
            (connection, _) => connection,
        };
        connection.map_err(|error| error.map_text(|text| self.shown(&text)))
    }
}

/// The password as AUTH PLAIN and AUTH LOGIN write it, and as it is: the server may repeat any of them.
fn forms(user: &str, password: &str) -> Vec<SecretString> {
    let plain = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
    [plain, BASE64_STANDARD.encode(password), password.to_owned()].map(SecretString::from).into()
}
