//! What arrives, and what is known where it does not.

use std::time::Duration;

use dormouse::mail::{Delivery, MailSettings, Mailer, Notice, Role, SmtpServer};
use sandbox::{MailOffers, Moment, Reaction, Trouble};
use tokio::time::Instant;

use super::support::{Post, account, in_time, notice, parts};
use crate::harness::block;

#[test]
fn a_mail_arrives_as_text_and_html_with_the_headers_of_a_notice() {
    let post = Post::new();
    block(async {
        let mailer = post.mailer();
        mailer.check().await.unwrap();
        for recipient in ["ann@example.com", "bob@example.com"] {
            assert_eq!(
                parts(mailer.send(&notice(recipient), in_time()).await),
                ("accepted", "250 2.0.0 kept".to_owned())
            );
        }
        mailer.close().await;
    });
    let letters = post.server.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(post.server.connections(), 1, "one connection serves the run");
    let letter = &letters[0];
    assert_eq!(
        (letter.from.as_str(), &letter.to[..]),
        ("reviews@example.com", &["ann@example.com".to_owned()][..])
    );
    assert_eq!(letter.user.as_deref(), Some("dormouse"));
    for (name, value) in [
        ("From", "\"Access reviews\" <reviews@example.com>"),
        ("To", "ann@example.com"),
        ("Message-ID", "<15.14@dormouse>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        (
            "Subject",
            "Your account at docspace.example.com will be disabled from Tuesday, 1 December 2026 unless you log in",
        ),
    ] {
        assert_eq!(letter.header(name).as_deref(), Some(value), "{}", letter.data);
    }
    assert!(letter.header("Date").is_some_and(|date| date.ends_with("+0000")), "{}", letter.data);
    assert!(
        letter.header("Content-Type").is_some_and(|kind| kind.starts_with("multipart/alternative"))
    );
    assert_eq!(letter.headers().len(), 8, "no Cc, no Bcc: {}", letter.data);
    for body in [letter.text(), letter.html()] {
        assert!(body.contains("Ann Müller") && body.contains("Tuesday, 1 December 2026"), "{body}");
    }
    assert!(letter.text().contains("\n    https://docspace.example.com\n"), "{}", letter.text());
}

#[test]
fn tls_may_also_begin_at_once_and_nobody_has_to_log_in() {
    let post = Post::with(MailOffers { login: None, ..MailOffers::default() });
    let server =
        SmtpServer::ImplicitTls { host: "localhost".to_owned(), port: post.server.tls_port() };
    let settings = MailSettings { server, username: None, password: None, ..post.settings() };
    let digest = Notice {
        role: Role::Inviter,
        accounts: vec![account("ann@example.com"), account("bob@example.com")],
        ..notice("boss@example.com")
    };
    let sent = block(async { Mailer::new(settings).unwrap().send(&digest, in_time()).await });
    assert_eq!(parts(sent).0, "accepted");
    let letter = post.server.letters().remove(0);
    assert_eq!(letter.user, None);
    assert!(
        letter.subject().starts_with("2 accounts at docspace.example.com"),
        "{}",
        letter.subject()
    );
    assert!(letter.text().contains("bob@example.com") && letter.html().contains("bob@example.com"));
}

#[test]
fn a_refusal_is_told_from_a_delay_and_from_what_is_nobodys_fault() {
    for (moment, line, kind) in [
        (Moment::Recipient, "450 4.2.1 mailbox busy", "deferred"),
        (Moment::Recipient, "550 5.1.1 no such user", "refused"),
        (Moment::Recipient, "550 no such user", "refused"),
        (Moment::Recipient, "554 5.7.1 relay access denied", "deferred"),
        (Moment::Recipient, "530 5.7.0 log in first", "deferred"),
        (Moment::Sender, "550 5.1.8 who are you", "deferred"),
        (Moment::Data, "451 4.3.0 try later", "deferred"),
        (Moment::AfterText, "452 4.3.1 disk full", "deferred"),
        (Moment::AfterText, "552 5.3.4 too large", "refused"),
        (Moment::AfterText, "554 5.7.1 looks like spam", "deferred"),
    ] {
        let post = Post::new();
        post.server.trouble(Trouble::say(moment, line).times(1));
        block(async {
            let mailer = post.mailer();
            let first = parts(mailer.send(&notice("ann@example.com"), in_time()).await);
            assert_eq!(first, (kind, line.to_owned()), "{moment:?}");
            assert_eq!(post.server.letters().len(), 0, "{moment:?} {line}");
            let second = parts(mailer.send(&notice("bob@example.com"), in_time()).await);
            assert_eq!(second.0, "accepted", "{moment:?} {line}: {}", second.1);
        });
        assert_eq!(post.server.letters().len(), 1);
    }
}

#[test]
fn only_silence_after_the_end_of_a_text_is_unproven() {
    for (moment, kind) in [
        (Moment::Sender, "deferred"),
        (Moment::Recipient, "deferred"),
        (Moment::Data, "deferred"),
        (Moment::AfterText, "unproven"),
    ] {
        for reaction in [Reaction::Drop, Reaction::Hang] {
            let post = Post::new();
            post.server.trouble(Trouble::at(moment, reaction.clone()).times(1));
            let (sent, said) = block(async {
                let mailer = Mailer::new(post.impatient()).unwrap();
                let (sent, said) = parts(mailer.send(&notice("ann@example.com"), in_time()).await);
                assert_eq!(
                    parts(mailer.send(&notice("bob@example.com"), in_time()).await).0,
                    "accepted"
                );
                (sent, said)
            });
            assert_eq!(sent, kind, "{moment:?} {reaction:?}: {said}");
            let is_kept =
                post.server.letters().iter().any(|letter| letter.to == ["ann@example.com"]);
            assert_eq!(is_kept, kind == "unproven", "{moment:?} {reaction:?}");
        }
    }
}

#[test]
fn an_answer_that_makes_no_sense_proves_nothing() {
    for line in ["354 go on", "what?", ""] {
        let post = Post::new();
        post.server.trouble(Trouble::say(Moment::AfterText, line));
        let sent = block(async { post.mailer().send(&notice("ann@example.com"), in_time()).await });
        assert_eq!(parts(sent).0, "unproven", "{line}");
    }
    // One answer too many is not taken for that of the next mail.
    let post = Post::new();
    post.server.trouble(Trouble::say(Moment::Recipient, "250 ok\r\n250 ok").to("ann@example.com"));
    post.server.trouble(Trouble::say(Moment::Recipient, "550 5.1.1 no").to("bob@example.com"));
    block(async {
        let mailer = post.mailer();
        assert_eq!(parts(mailer.send(&notice("ann@example.com"), in_time()).await).0, "deferred");
        assert_eq!(parts(mailer.send(&notice("bob@example.com"), in_time()).await).0, "refused");
    });
    assert_eq!(post.server.letters(), []);
}

#[test]
fn a_connection_that_the_server_closed_meanwhile_is_opened_again() {
    for trouble in [
        Trouble::say(Moment::Sender, "421 4.4.2 idle too long"),
        Trouble::at(Moment::Sender, Reaction::Drop),
    ] {
        let post = Post::new();
        block(async {
            let mailer = post.mailer();
            assert_eq!(
                parts(mailer.send(&notice("ann@example.com"), in_time()).await).0,
                "accepted"
            );
            post.server.trouble(trouble.times(1));
            assert_eq!(
                parts(mailer.send(&notice("bob@example.com"), in_time()).await).0,
                "accepted"
            );
        });
        assert_eq!(post.server.letters().len(), 2);
        assert_eq!(post.server.connections(), 2);
    }
}

#[test]
fn a_text_whose_time_is_over_is_not_sent() {
    let post = Post::new();
    block(async {
        let mailer = post.mailer();
        let late = mailer.send(&notice("ann@example.com"), Instant::now()).await;
        assert_eq!(late, Delivery::Overdue);
        assert_eq!(post.server.reached(Moment::Recipient), 1);
        assert_eq!(post.server.reached(Moment::Data), 0);
        assert_eq!(parts(mailer.send(&notice("bob@example.com"), in_time()).await).0, "accepted");
    });
    let letters = post.server.letters();
    assert_eq!(
        letters.iter().flat_map(|letter| &letter.to).collect::<Vec<_>>(),
        ["bob@example.com"]
    );
    assert_eq!(post.server.connections(), 1, "the connection serves the next one");
}

#[test]
fn a_slow_server_is_waited_for_after_the_text() {
    let post = Post::new();
    let wait = Reaction::Wait(Duration::from_millis(300));
    post.server.trouble(Trouble::at(Moment::AfterText, wait));
    let sent = block(async {
        Mailer::new(post.impatient()).unwrap().send(&notice("ann@example.com"), in_time()).await
    });
    assert_eq!(parts(sent).0, "accepted");
}

#[test]
fn mail_leaves_with_letters_beyond_ascii_only_where_the_server_takes_them() {
    let address = "jürgen@example.com";
    let post = Post::new();
    let sent = block(async { post.mailer().send(&notice(address), in_time()).await });
    assert_eq!(parts(sent).0, "accepted");
    assert_eq!(post.server.letters()[0].to, [address]);
    assert_eq!(post.server.letters()[0].header("To").as_deref(), Some(address));
    let post = Post::with(MailOffers { smtp_utf8: false, ..MailOffers::default() });
    let sent = block(async { post.mailer().send(&notice(address), in_time()).await });
    assert_eq!(
        parts(sent),
        (
            "refused",
            "the address has letters beyond ASCII, and the mail server does not offer SMTPUTF8; nothing was \
             sent"
            .to_owned()
        )
    );
}
