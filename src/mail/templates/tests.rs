use super::*;

fn all() -> Vec<Notice> {
    samples().collect()
}

fn own(name: &str, source: &str) -> Result<Templates, MailError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, built_in) in BUILT_IN {
        let source = if file == name { source } else { built_in };
        std::fs::write(folder.path().join(file), source).expect("a file");
    }
    Templates::load(Some(folder.path()))
}

fn reason(name: &str, source: &str) -> String {
    own(name, source).err().map(|e| e.to_string()).unwrap_or_default()
}

#[test]
fn the_built_in_ones_name_the_person_the_portal_and_the_real_date() {
    let templates = Templates::load(None).expect("templates");
    let mut notice = all().remove(1);
    notice.accounts[0].not_before = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date");
    let Preview { subject, text, html } = templates.render(&notice).expect("a message");
    assert_eq!(
        subject,
        "Your account at docspace.example.com will be disabled from Tuesday, 1 December 2026 unless \
         you log in"
    );
    for body in [&text, &html] {
        for part in ["Ann Example", "docspace.example.com", "Tuesday, 1 December 2026"] {
            assert!(body.contains(part), "{part}: {body}");
        }
    }
    assert!(!text.contains("\n\n\n") && !text.contains('{'), "{text}");
}

#[test]
fn a_digest_lists_every_account() {
    let templates = Templates::load(None).expect("templates");
    for mut notice in all().into_iter().filter(|notice| notice.accounts.len() == 2) {
        notice.accounts[1].email = "bob@example.com".to_owned();
        notice.accounts[1].not_before = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date");
        let shown = templates.render(&notice).expect("a message");
        if notice.role == Role::Account {
            continue;
        }
        assert!(shown.subject.starts_with("2 accounts"), "{}", shown.subject);
        assert!(shown.subject.contains("1 January 1970"), "the earliest: {}", shown.subject);
        for body in [shown.text, shown.html] {
            for part in ["ann@example.com", "bob@example.com", "Tuesday, 1 December 2026"] {
                assert!(body.contains(part), "{part}: {body}");
            }
        }
    }
}

#[test]
fn names_cannot_add_lines_markup_or_directions() {
    let templates = Templates::load(None).expect("templates");
    for mut notice in all() {
        notice.accounts[0].display_name =
            "Ann\r\nBcc: eve@example.com\n\n<b onclick=x>\u{202e}&".to_owned() + &"n".repeat(500);
        let Preview { subject, text, html } = templates.render(&notice).expect("a message");
        assert!(!subject.contains(['\r', '\n', '\u{202e}']), "{subject:?}");
        assert!(!text.contains("\nBcc:") && !text.contains('\u{202e}'), "{text}");
        assert!(!html.contains("<b ") && !html.contains('\u{202e}'), "{html}");
        assert!(html.contains("&lt;b onclick=x&gt;&amp;nnn"), "{html}");
        assert!(!text.contains(&"n".repeat(LONGEST_NAME)), "{text}");
    }
}

#[test]
fn what_a_template_gets_wrong_is_named_with_file_line_and_field() {
    for (name, source, said) in [
        (
            TEXT,
            "Dear {{ account.display_name }}\n{{ account.fullname }}",
            "notice.txt, line 2: `account.fullname` is undefined",
        ),
        (SUBJECT, "{{ deadline }}", "subject.txt, line 1: `deadline` is undefined"),
        (
            HTML,
            "{% if threshold_days > 9000 %}\n{{ never }}{% endif %}",
            "notice.html, line 2: `never` is undefined",
        ),
        (HTML, "<p>\n{% if %}", "notice.html, line 2: syntax error"),
        (SUBJECT, "  \n ", "subject.txt: the subject is empty"),
        (
            TEXT,
            "{{ portal | date }}",
            "notice.txt, line 1: invalid operation: \"https://docspace.example.com\" is not a date",
        ),
        (TEXT, "{{ portal | shout }}", "notice.txt, line 1: unknown filter"),
    ] {
        let reason = reason(name, source);
        assert!(reason.starts_with(said), "{source}: {reason}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let missing = Templates::load(Some(folder.path())).err().expect("an error").to_string();
    assert!(missing.contains("subject.txt") && missing.contains("[notices]"), "{missing}");
}

#[test]
fn an_administrators_own_are_used() {
    let templates =
        own(TEXT, "{% for n in range(1) %}{{ recipient }}{% endfor %}").expect("templates");
    let shown = templates.render(&all().remove(0)).expect("a message");
    assert_eq!(shown.text, "ann@example.com");
    assert!(shown.html.contains("Ann Example"));
}
