//! What cannot work is said before anything is recorded.

use super::support::*;

const GUESTS: [(&str, i64); 1] = [("gone", 40)];

#[track_caller]
fn refused(post: &Post, code: u8, part: &str) {
    let ran = post.site.run("notify").ends(code);
    assert!(ran.error().contains(part), "{}", ran.stderr);
    assert!(post.told().is_empty() && post.rows().is_empty());
}

#[test]
fn without_a_configuration_there_is_nothing_to_do() {
    let site = Site::new(world(&GUESTS));
    let ran = site.run("notify").ends(2);
    assert!(ran.error().contains("no notices are configured"), "{}", ran.stderr);
}

#[test]
fn a_password_that_is_missing_or_wrong_is_said_before_anything_is_recorded() {
    let mut post = Post::new(world(&GUESTS), "[\"account\"]", "");
    post.site.must("sync");
    post.site.machine.env.retain(|(name, _)| *name != "DORMOUSE_SMTP_PASSWORD");
    refused(&post, 2, "set DORMOUSE_SMTP_PASSWORD");
    post.site.machine.env.push(("DORMOUSE_SMTP_PASSWORD", "another-pass-word".to_owned()));
    refused(&post, 2, "does not accept the user");
    let config = post.site.must("config").stdout;
    assert!(!config.contains("another-pass-word"), "{config}");
}

#[test]
fn a_server_that_is_not_there_or_not_trusted_is_said_before_anything_is_recorded() {
    let mut post = Post::new(world(&GUESTS), "[\"account\"]", "");
    post.site.must("sync");
    post.site.write("mail-ca.pem", sandbox::MailServer::spawn().unwrap().authority());
    refused(&post, 2, "is not trusted");
    post.site.write("mail-ca.pem", post.mail.authority());
    post.mail = sandbox::MailServer::spawn().unwrap();
    refused(&post, 1, "cannot reach the mail server");
}

#[test]
fn a_template_that_names_an_unknown_field_is_an_error_that_names_its_place() {
    let post = Post::new(world(&GUESTS), "[\"account\"]", "templates = \"texts\"");
    post.site.must("sync");
    std::fs::create_dir(post.site.path().join("texts")).unwrap();
    for (name, text) in [
        ("subject.txt", "About {{ account.email }}"),
        ("notice.txt", "Dear {{ account.nickname }}"),
        ("notice.html", "<p>Hello</p>"),
    ] {
        post.site.write(&format!("texts/{name}"), text);
    }
    refused(&post, 2, "notice.txt");
}

#[test]
fn names_and_addresses_of_the_portal_add_no_header_and_no_recipient() {
    let guests = [("gone", 40), ("soon", 28), ("later", 20)];
    let post = Post::new(world(&guests), "[\"account\", \"inviter\"]", "");
    let change = |name: &str, first_name: &str, email: &str| {
        let mut world = post.site.portal.world();
        let id = world.account_by_email(&address(name)).unwrap().id;
        let account = world.account_mut(id).unwrap();
        (account.first_name, account.email) = (first_name.to_owned(), email.to_owned());
    };
    change("gone", "Ann\r\nBcc: eve@example.com", "gone@contractor.example");
    change("soon", "\"O'Neil\", <eve@example.com>", "jürgen@contractor.example");
    change("later", "Bob", "later@contractor.example\r\nBcc: eve@example.com");
    post.site.must("sync");
    let ran = post.site.run("notify --format json").ends(4).json();
    assert_eq!(post.told(), ["gone", "jürgen", "owner"]);
    for letter in post.mail.letters() {
        assert_eq!(letter.to.len(), 1);
        let names: Vec<String> = letter.headers().into_iter().map(|(name, _)| name).collect();
        assert!(names.len() == 8 && !names.iter().any(|name| name == "Bcc"), "{names:?}");
    }
    let refused = ran["outcomes"].as_array().unwrap().iter().find(|o| o["delivery"] == "refused");
    assert_eq!(
        refused.unwrap()["detail"],
        "refused: the address holds a line break or a control character; nothing was sent"
    );
    post.site.must("history verify");
    post.site.must("notify");
    assert_eq!(post.told().len(), 3, "what was refused is not tried again");
}
