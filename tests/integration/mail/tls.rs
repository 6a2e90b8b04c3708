//! What stops every mail is said in one sentence, before the first one; and nothing is said in clear text.

use dormouse::{
    mail::{MailSettings, SmtpServer},
    portal::Route,
};
use sandbox::{MailOffers, Moment, Trouble};
use secrecy::SecretString;

use super::support::Post;
use crate::harness::block;

#[test]
fn no_server() {
    let post = Post::new();
    let settings = post.settings();
    let (ports, text) = ((post.server.port(), post.server.tls_port()), "");
    drop(post);
    let error = block(dormouse::mail::Mailer::new(settings).unwrap().check()).unwrap_err();
    let error = error.to_string().replace(&ports.0.to_string(), "PORT") + text;
    assert!(error.starts_with("cannot reach the mail server smtp://localhost:PORT: "), "{error}");
    assert!(error.ends_with("; check smtp in [notices] and the network"), "{error}");
}

#[test]
fn a_server_that_says_nothing() {
    let post = Post::new();
    post.server.trouble(Trouble::at(Moment::Greeting, sandbox::Reaction::Hang));
    let error = block(post.error(post.impatient()));
    assert_eq!(
        error,
        "cannot reach the mail server smtp://localhost:PORT: no answer within 0.15 seconds; check smtp in \
         [notices] and the network"
    );
}

#[test]
fn a_certificate_that_nobody_vouches_for_or_of_another_name() {
    let (post, stranger) = (Post::new(), Post::new());
    let route = Route { system_ca_file: Some(stranger.ca()), ..Route::default() };
    let settings = MailSettings { roots: route.roots().unwrap(), ..post.settings() };
    let error = block(post.error(settings.clone()));
    assert_eq!(
        error,
        "the certificate of the mail server smtp://localhost:PORT is not trusted (UnknownIssuer); if a private \
         certificate authority issued it, name its PEM file with ca_file in [portal] or with SSL_CERT_FILE"
    );
    let server =
        SmtpServer::ImplicitTls { host: "localhost".to_owned(), port: post.server.tls_port() };
    let error = block(post.error(MailSettings { server, ..settings }));
    assert!(error.contains("is not trusted (UnknownIssuer)"), "{error}");

    let other = Post::with(MailOffers {
        names: vec!["mail.example.com".to_owned()],
        ..MailOffers::default()
    });
    let error = block(other.error(other.settings()));
    assert!(
        error.contains("smtp://localhost:PORT is not trusted (certificate not valid for name"),
        "{error}"
    );
}

#[test]
fn a_wrong_password() {
    let post = Post::new();
    let wrong = Some(SecretString::from("wrong".to_owned()));
    let error = block(post.error(MailSettings { password: wrong, ..post.settings() }));
    assert_eq!(
        error,
        "the mail server smtp://localhost:PORT does not accept the user \"dormouse\" with this password: 535 \
         5.7.8 authentication failed; check smtp in [notices] and DORMOUSE_SMTP_PASSWORD"
    );
}

#[test]
fn a_login_that_is_not_offered() {
    let post = Post::with(MailOffers { login: None, ..MailOffers::default() });
    let error = block(post.error(post.settings()));
    assert_eq!(
        error,
        "the mail server smtp://localhost:PORT cannot be spoken to: it offers no login with a user and a \
         password"
    );
}

#[test]
fn a_server_without_starttls() {
    let post = Post::with(MailOffers { starttls: false, ..MailOffers::default() });
    let error = block(post.error(post.settings()));
    assert_eq!(
        error,
        "the mail server smtp://localhost:PORT does not offer STARTTLS, and mail is never sent without TLS; \
         use another server or port, or smtps:// where TLS begins at once"
    );
}

#[test]
fn tls_at_once_on_a_port_where_it_must_be_asked_for() {
    let post = Post::new();
    let server = SmtpServer::ImplicitTls { host: "localhost".to_owned(), port: post.server.port() };
    let error = block(post.error(MailSettings { server, ..post.settings() }));
    assert_eq!(
        error,
        "the mail server smtps://localhost:PORT cannot be spoken to: what it sends is not TLS; smtps:// is for \
         ports where TLS begins at once (465), smtp:// for STARTTLS (587)"
    );
}

#[test]
fn a_sender_that_the_server_does_not_want() {
    let post = Post::new();
    post.server.trouble(Trouble::say(Moment::Sender, "550 5.7.60 not yours to send as"));
    let error = block(post.error(post.settings()));
    assert_eq!(
        error,
        "the mail server smtp://localhost:PORT does not accept mail from reviews@example.com: 550 5.7.60 not \
         yours to send as; check from in [notices]"
    );
}

/// What somebody on the way adds in clear text behind the answer to STARTTLS must not be taken for answers
/// of the server.
#[test]
fn nothing_in_clear_text_survives_starttls() {
    let post = Post::new();
    let injected = "220 go ahead\r\n250-evil\r\n250 AUTH LOGIN";
    post.server.trouble(Trouble::say(Moment::StartTls, injected));
    let error = block(post.error(post.settings()));
    assert!(error.contains("what it sends is not TLS"), "{error}");
    post.server.heal();
    block(post.mailer().check()).unwrap();
}
