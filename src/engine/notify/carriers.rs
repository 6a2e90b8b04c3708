//! What takes messages away: the mail server and the webhook, as configured.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    config::{MailServer, Notices, Settings, TlsStart},
    domain::notices::Role,
    engine::{evaluate::Judged, notify::letters::Letter, route},
    mail::{Delivery, MailSettings, Mailer, Notice, Preview, SmtpServer, Webhook},
    time::Timestamp,
};

/// Longest wait for one answer of a mail server: some look at a text for a while.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest wait for a connection to a webhook: what is posted leaves directly after it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct Carriers {
    mailer: Option<Mailer>,
    webhook: Option<Webhook>,
}

impl Carriers {
    /// Reads secrets, certificates and templates; sends nothing.
    pub(super) fn new(settings: &Settings, notices: &Notices) -> anyhow::Result<Self> {
        let webhook = notices.webhook.as_ref().map(|target| {
            let builder = route(settings).client_builder(&target.url, TIMEOUT)?;
            let builder = builder.connect_timeout(CONNECT_TIMEOUT);
            Ok::<_, anyhow::Error>(Webhook::new(target.url.clone(), target.secret()?, builder)?)
        });
        Ok(Self { mailer: mailer(settings, notices)?, webhook: webhook.transpose()? })
    }

    /// Tries every text, and the server once: what cannot work is said before anything is recorded.
    pub(super) async fn check(
        &self,
        letters: &[Letter],
        portal: &str,
        notices: &Notices,
        judged: &Judged,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let Some(mailer) = &self.mailer else { return Ok(()) };
        let mut mails = letters.iter().filter(|letter| letter.role != Role::Webhook).peekable();
        if mails.peek().is_none() {
            return Ok(());
        }
        for letter in mails {
            mailer.preview(&letter.notice(portal, notices, judged, now, PREVIEW_ID.to_owned()))?;
        }
        self.reach().await
    }

    /// Whether the mail server can be reached and takes mail.
    pub(super) async fn reach(&self) -> anyhow::Result<()> {
        match &self.mailer {
            Some(mailer) => Ok(mailer.check().await?),
            None => Ok(()),
        }
    }

    /// Sends a message, if it can leave before `leave_by`.
    pub(super) async fn send(&self, role: Role, notice: &Notice, leave_by: Instant) -> Delivery {
        match (role, &self.mailer, &self.webhook) {
            (Role::Webhook, _, Some(_)) if Instant::now() + CONNECT_TIMEOUT > leave_by => {
                Delivery::Overdue
            }
            (Role::Webhook, _, Some(webhook)) => webhook.send(notice).await,
            (Role::Account | Role::Inviter | Role::Fixed, Some(mailer), _) => {
                mailer.send(notice, leave_by).await
            }
            (Role::Webhook, _, None) | (_, None, _) => {
                Delivery::Deferred { reply: "nothing is configured to send it with".to_owned() }
            }
        }
    }

    pub(super) async fn close(&self) {
        if let Some(mailer) = &self.mailer {
            mailer.close().await;
        }
    }
}

const PREVIEW_ID: &str = "<preview@dormouse>";

/// What the first mail would say; none where none would be sent.
pub(crate) fn preview(
    settings: &Settings,
    notices: &Notices,
    judged: &Judged,
    letters: &[Letter],
    portal: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Preview>> {
    let Some(mailer) = mailer(settings, notices)? else { return Ok(None) };
    let first = letters.iter().find(|letter| letter.role != Role::Webhook);
    let notice = first.map(|l| l.notice(portal, notices, judged, now, PREVIEW_ID.to_owned()));
    Ok(notice.map(|notice| mailer.preview(&notice)).transpose()?)
}

fn mailer(settings: &Settings, notices: &Notices) -> anyhow::Result<Option<Mailer>> {
    let Some(server) = &notices.mail else { return Ok(None) };
    let MailServer { tls, host, port, user, from, .. } = server;
    let (host, port) = (host.clone(), *port);
    let settings = MailSettings {
        server: match tls {
            TlsStart::AtOnce => SmtpServer::ImplicitTls { host, port },
            TlsStart::Upgraded => SmtpServer::StartTls { host, port },
        },
        username: user.clone(),
        password: server.password()?,
        from: from.clone(),
        roots: route(settings).roots()?,
        timeout: TIMEOUT,
        templates: notices.templates.clone(),
    };
    Ok(Some(Mailer::new(settings)?))
}
