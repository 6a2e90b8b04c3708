//! What never leaves, and what a server says to harm whoever reads it.

use dormouse::mail::{MailSettings, Mailer, Notice};
use sandbox::{Moment, Trouble};

use super::support::{Post, in_time, notice, parts};
use crate::harness::block;

#[test]
fn an_address_cannot_add_a_header_or_a_recipient() {
    let post = Post::new();
    block(async {
        let mailer = post.mailer();
        for address in [
            "ann@example.com\r\nBcc: eve@example.com",
            "ann@example.com\nRCPT TO:<eve@example.com>",
            "ann@example.com\0",
            "ann@example.com\u{202e}",
            "ann@example.com>\u{2028}",
            "ann@example.com, eve@example.com",
            "Ann <ann@example.com>",
            "ann@example.com> SIZE=1",
            "ann",
            "",
        ] {
            let (kind, said) = parts(mailer.send(&notice(address), in_time()).await);
            assert_eq!(kind, "refused", "{address:?}: {said}");
            assert!(said.ends_with("nothing was sent"), "{said}");
        }
        let forged = Notice {
            message_id: "<a@dormouse>\r\nBcc: eve@example.com".to_owned(),
            ..notice("ann@example.com")
        };
        assert_eq!(parts(mailer.send(&forged, in_time()).await).0, "deferred");
    });
    assert_eq!(post.server.connections(), 0);
}

#[test]
fn a_name_cannot_add_a_header_a_line_or_markup() {
    let post = Post::new();
    let mut hostile = notice("ann@example.com");
    hostile.accounts[0].display_name =
        "Ann\r\nBcc: eve@example.com\r\n\r\n<script>x</script>\u{202e}\u{1b}[2J".to_owned();
    hostile.accounts[0].email = "a@example.com\r\n.\r\nMAIL FROM:<eve@example.com>".to_owned();
    let sent = block(async { post.mailer().send(&hostile, in_time()).await });
    assert_eq!(parts(sent).0, "accepted");
    let letters = post.server.letters();
    assert_eq!(letters.len(), 1);
    let (letter, names): (_, Vec<String>) =
        (&letters[0], letters[0].headers().into_iter().map(|(name, _)| name).collect());
    assert!(!names.iter().any(|name| name == "Bcc") && names.len() == 8, "{names:?}");
    assert_eq!(letter.to, ["ann@example.com"]);
    assert!(letter.text().contains("Hello Ann Bcc: eve@example.com <script>"), "{}", letter.text());
    assert!(!letter.html().contains("<script>"), "{}", letter.html());
    for text in [letter.text(), letter.html()] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\r']), "{text:?}");
    }
}

#[test]
fn a_sender_is_checked_before_anything_is_sent() {
    let post = Post::new();
    for (from, said) in [
        ("nobody", "the sender \"nobody\" is not an e-mail address"),
        ("a@example.com\r\nBcc: eve@example.com", "it holds a line break or a control character"),
        ("a@example.com, b@example.com", "is not an e-mail address"),
    ] {
        let settings = MailSettings { from: from.to_owned(), ..post.settings() };
        let error = Mailer::new(settings).err().unwrap().to_string();
        assert!(error.contains(said) && error.ends_with("check from in [notices]"), "{error}");
    }
}

#[test]
fn what_a_server_says_is_short_harmless_and_without_the_password() {
    let post = Post::new();
    let word = post.server.password().to_owned();
    let packed = base64(&format!("\0dormouse\0{word}"));
    let line =
        format!("550 5.1.1 {word} {packed} {} \u{1b}[2J\u{202e}{}", base64(&word), "x".repeat(800));
    post.server.trouble(Trouble::say(Moment::Recipient, &line));
    let (kind, said) =
        parts(block(async { post.mailer().send(&notice("ann@example.com"), in_time()).await }));
    assert_eq!(kind, "refused");
    assert!(
        said.starts_with(r"550 5.1.1 [secret] [secret] [secret] \u{1b}[2J\u{202e}xxx"),
        "{said}"
    );
    assert!(said.chars().count() < 350, "{said}");

    post.server.trouble(Trouble::say(Moment::Login, &format!("535 5.7.8 not {word} {packed}")));
    let error = block(post.error(post.settings()));
    assert!(error.contains("535 5.7.8 not [secret] [secret];"), "{error}");
    let debug = format!("{:?}", post.settings());
    assert!(!debug.contains(&word), "{debug}");
}

fn base64(text: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(text)
}
