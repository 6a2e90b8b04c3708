//! From nothing to a connection under TLS, logged in.

use std::{error::Error, io, time::Duration};

use lettre::transport::smtp::{
    self,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    extension::ClientId,
};
use rustls::Error as TlsError;
use tokio::{net::TcpStream, time::timeout};

use super::{line_by_line::LineByLine, reply::Stop};
use crate::mail::{MailError, SmtpServer};

pub(super) struct Login {
    pub(super) user: String,
    pub(super) credentials: Credentials,
}

pub(super) async fn open(
    server: &SmtpServer,
    tls: &TlsParameters,
    wait: Duration,
) -> Result<AsyncSmtpConnection, MailError> {
    match timeout(wait, begin_tls(server, tls, wait)).await {
        Ok(Ok(connection)) if connection.is_encrypted() => Ok(connection),
        Ok(Ok(_)) => Err(MailError::NoTls(server.to_string())),
        Ok(Err(error)) => Err(error),
        Err(_) => {
            let reason = Stop::silence(wait).into_text();
            Err(MailError::Unreachable { server: server.to_string(), reason })
        }
    }
}

async fn begin_tls(
    server: &SmtpServer,
    tls: &TlsParameters,
    wait: Duration,
) -> Result<AsyncSmtpConnection, MailError> {
    let hello = ClientId::default();
    let at = (server.host(), server.port());
    let failed = |error: smtp::Error| failure(server, &error);
    match server {
        SmtpServer::ImplicitTls { .. } => {
            AsyncSmtpConnection::connect_tokio1(at, Some(wait), &hello, Some(tls.clone()), None)
                .await
                .map_err(failed)
        }
        SmtpServer::StartTls { .. } => {
            let stream = TcpStream::connect(at).await.map_err(|e| MailError::Unreachable {
                server: server.to_string(),
                reason: e.to_string(),
            })?;
            let stream = Box::new(LineByLine::new(stream));
            let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello)
                .await
                .map_err(failed)?;
            if !connection.can_starttls() {
                return Err(MailError::NoTls(server.to_string()));
            }
            connection.starttls(tls.clone(), &hello).await.map_err(failed)?;
            Ok(connection)
        }
    }
}

pub(super) async fn log_in(
    mut connection: AsyncSmtpConnection,
    server: &SmtpServer,
    login: &Login,
    wait: Duration,
) -> Result<AsyncSmtpConnection, MailError> {
    let server = server.to_string();
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    match timeout(wait, connection.auth(&mechanisms, &login.credentials)).await {
        Ok(Ok(_)) => Ok(connection),
        Ok(Err(error)) if error.is_client() => {
            let reason = "it offers no login with a user and a password".to_owned();
            Err(MailError::Broken { server, reason })
        }
        Ok(Err(error)) => match Stop::from(error) {
            Stop::Said(reply) if reply.is_permanent => {
                Err(MailError::Login { server, user: login.user.clone(), reply: reply.text })
            }
            stop => Err(MailError::Broken { server, reason: stop.into_text() }),
        },
        Err(_) => Err(MailError::Broken { server, reason: Stop::silence(wait).into_text() }),
    }
}

/// How rustls begins to say that a certificate is not trusted.
const UNTRUSTED: &str = "invalid peer certificate: ";

fn failure(server: &SmtpServer, error: &smtp::Error) -> MailError {
    let server = server.to_string();
    if let Some(tls) = tls_error(error) {
        let reason = tls.to_string();
        return match (tls, reason.strip_prefix(UNTRUSTED)) {
            (_, Some(reason)) => MailError::Untrusted { server, reason: reason.to_owned() },
            (TlsError::InvalidMessage(_), None) => MailError::Broken {
                server,
                reason: "what it sends is not TLS; smtps:// is for ports where TLS begins at once \
                         (465), smtp:// for STARTTLS (587)"
                    .to_owned(),
            },
            (_, None) => MailError::Broken { server, reason },
        };
    }
    let reason = root_cause(error);
    match error.status() {
        Some(code) => MailError::Broken { server, reason: format!("{code} {reason}") },
        None if error.is_response() => MailError::Broken {
            server,
            reason: format!("it does not answer as a mail server does: {reason}"),
        },
        None => MailError::Unreachable { server, reason },
    }
}

fn tls_error(error: &smtp::Error) -> Option<&TlsError> {
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        // An I/O error passes over the error it holds.
        let held = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(tls) = held.and_then(|held| held.downcast_ref::<TlsError>()) {
            return Some(tls);
        }
        cause = cause.source()?;
    }
}

fn root_cause(error: &smtp::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
