//! A mail server, a client for it, and something to say.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dormouse::{
    mail::{Delivery, MailError, MailSettings, Mailer, Notice, NoticeAccount, Role, SmtpServer},
    portal::Route,
};
use sandbox::{Login, MailOffers, MailServer, World};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::harness::Site;

pub(super) struct Post {
    pub(super) server: MailServer,
    dir: TempDir,
}

impl Post {
    pub(super) fn new() -> Self {
        Self::with(MailOffers::default())
    }

    pub(super) fn with(offers: MailOffers) -> Self {
        let server = MailServer::spawn_with(offers).unwrap();
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join("ca.pem"), server.authority()).unwrap();
        Self { server, dir }
    }

    pub(super) fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// As the configuration would give them: STARTTLS, and only this server's authority.
    pub(super) fn settings(&self) -> MailSettings {
        let route = Route { system_ca_file: Some(self.ca()), ..Route::default() };
        MailSettings {
            server: SmtpServer::StartTls { host: "localhost".to_owned(), port: self.server.port() },
            username: Some("dormouse".to_owned()),
            password: Some(SecretString::from(self.server.password().to_owned())),
            from: "Access reviews <reviews@example.com>".to_owned(),
            roots: route.roots().unwrap(),
            timeout: Duration::from_secs(5),
            templates: None,
        }
    }

    pub(super) fn impatient(&self) -> MailSettings {
        MailSettings { timeout: Duration::from_millis(150), ..self.settings() }
    }

    pub(super) fn mailer(&self) -> Mailer {
        Mailer::new(self.settings()).unwrap()
    }

    /// What stops every mail.
    pub(super) async fn error(&self, settings: MailSettings) -> String {
        let error: MailError = Mailer::new(settings).unwrap().check().await.unwrap_err();
        let text = error.to_string();
        assert!(
            !text.contains(self.server.password()) || self.server.password().is_empty(),
            "{text}"
        );
        text.replace(&self.server.port().to_string(), "PORT")
            .replace(&self.server.tls_port().to_string(), "PORT")
    }
}

/// About one account, to its own person.
pub(super) fn notice(recipient: &str) -> Notice {
    Notice {
        recipient: recipient.to_owned(),
        role: Role::Account,
        portal: "https://docspace.example.com".to_owned(),
        accounts: vec![account(recipient)],
        threshold_days: 30,
        message_id: format!("<{}.14@dormouse>", recipient.len()),
    }
}

pub(super) fn account(email: &str) -> NoticeAccount {
    NoticeAccount {
        account_id: "6e7a3a4e-0b7d-4a8e-9a57-000000000001".to_owned(),
        email: email.to_owned(),
        display_name: "Ann Müller".to_owned(),
        kind: "guest".to_owned(),
        last_activity_at: None,
        idle_days: 16,
        not_before: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(),
        stage_days: 14,
    }
}

/// Later than any test sends.
pub(super) fn in_time() -> Instant {
    Instant::now() + Duration::from_secs(600)
}

/// The kind of an outcome, and what was said.
pub(super) fn parts(delivery: Delivery) -> (&'static str, String) {
    match delivery {
        Delivery::Accepted { reply } => ("accepted", reply),
        Delivery::Deferred { reply } => ("deferred", reply),
        Delivery::Refused { reply } => ("refused", reply),
        Delivery::Unproven { reply } => ("unproven", reply),
        Delivery::Overdue => ("overdue", String::new()),
    }
}

/// A portal whose people were there 20 days ago, and which recorded something every day.
pub(super) fn idle(now: DateTime<Utc>, people: usize) -> World {
    let mut world = World::builder(now).build();
    for n in 0..people {
        let id =
            world.add_guest(&format!("guest{n:02}@contractor.example"), now - TimeDelta::days(90));
        world.add_login(Login::success(id).at(now - TimeDelta::days(20)));
    }
    for days in 0..100 {
        let stranger = Login::failure("stranger@elsewhere.example");
        world.add_login(stranger.at(now - TimeDelta::days(days) - TimeDelta::minutes(3)));
    }
    world
}

/// A site whose notices go through a mail server of its own, with these lines in `[notices]`.
pub(super) fn mailing(world: World, notices: &str) -> (Site, MailServer) {
    let server = MailServer::spawn().unwrap();
    let settings = format!(
        "ca_file = \"ca.pem\"\n[notices]\nfrom = \"Access reviews <reviews@example.com>\"\nsmtp = \"{}\"\n\
         per_minute = 60000\n{notices}",
        server.url()
    );
    let mut site = Site::with(world, &settings);
    site.write("ca.pem", server.authority());
    site.machine.env.push(("DORMOUSE_SMTP_PASSWORD", server.password().to_owned()));
    // Otherwise each run reads all authorities of the system.
    site.machine.env.push(("SSL_CERT_FILE", "ca.pem".to_owned()));
    (site, server)
}
