//! Where people see who was told: explain, status, decide --due, history, report. And the webhook.

use sandbox::{Moment, Trouble, WebhookReceiver};

use super::support::*;

#[test]
fn who_was_told_is_shown_wherever_an_account_is() {
    let guests = [("gone", 40), ("later", 20)];
    let post = Post::new(world(&guests), "[\"account\"]", "required = true");
    post.site.must("sync");
    let status = post.site.must("status").stdout;
    assert!(status.contains("dormouse notify") && status.contains("2 messages"), "{status}");
    let explained = post.site.must("explain later@contractor.example").stdout;
    assert!(explained.contains("Not told yet; next notice 14 days before"), "{explained}");
    post.site.must("notify");
    let explained = post.site.must("explain later@contractor.example").stdout;
    assert!(
        explained
            .contains("Told on 2026-06-15 12:00 UTC; next notice 3 days before, on 2026-06-22"),
        "{explained}"
    );
    assert!(explained.contains("14 days before, to later@contractor.example"), "{explained}");
    let notices = &post.site.json("explain gone@contractor.example")["notices"];
    assert_eq!(notices["told_at"], "2026-06-15T12:00:00.000Z", "{notices}");
    assert_eq!(notices["notice_kept_from"], "2026-06-18T12:00:00.000Z", "{notices}");
    let due = post.site.must("decide --due 14").stdout;
    assert!(due.contains("NEXT NOTICE") && due.contains("2026-06-22"), "{due}");
    let due = &post.site.json("decide --due 14")["due"][0];
    assert_eq!(due["told_at"], "2026-06-15T12:00:00.000Z", "{due}");
    let history = post.site.must("history").stdout;
    assert!(history.contains("notify") && history.contains("told"), "{history}");
    assert!(!history.contains('{'), "{history}");
    post.pass_days(3);
    post.site.must("sync");
    post.site.must("decide");
    post.site.must("apply --yes");
    let report = post.site.json("report 1");
    let action = &report["actions"][0];
    assert_eq!(action["told"], "gone@contractor.example", "{action}");
    assert_eq!(action["told_at"], "2026-06-15T12:00:00.000Z", "{action}");
    post.site.must("report 1 -o report.html");
    let page = std::fs::read_to_string(post.site.path().join("report.html")).unwrap();
    assert!(page.contains("Told"));
}

#[test]
fn the_report_lists_every_notice_of_its_time_and_what_did_not_arrive_first() {
    let guests = [("gone", 40), ("soon", 28), ("later", 20)];
    let post = Post::new(world(&guests), "[\"account\"]", "");
    post.mail
        .trouble(Trouble::say(Moment::Recipient, "550 5.1.1 no such user").to(&address("gone")));
    post.mail.trouble(Trouble::say(Moment::Recipient, "451 4.3.0 later").to(&address("soon")));
    post.site.must("sync");
    post.site.must("decide");
    post.site.run("notify").ends(4);
    post.pass_days(1);
    for scope in ["report 1", "report --run 3"] {
        let report = post.site.json(scope);
        let notices = report["notices"].as_array().unwrap();
        let ends: Vec<(&str, &str)> = notices
            .iter()
            .map(|n| (n["recipient"].as_str().unwrap(), n["delivery"].as_str().unwrap()))
            .collect();
        let expected = [
            ("gone@contractor.example", "refused"),
            ("soon@contractor.example", "deferred"),
            ("later@contractor.example", "accepted"),
        ];
        assert_eq!(ends, expected, "{scope}");
        assert_eq!(notices[0]["stage"], 3);
        assert_eq!(notices[0]["outcome_at"], "2026-06-15T12:00:00.000Z");
        assert_eq!(notices[0]["detail"], "550 5.1.1 no such user");
        assert_eq!(report["actions"].as_array().unwrap().len(), 0, "a notice changes no account");
    }
    post.site.must("report 1 -o report.html");
    let page = std::fs::read_to_string(post.site.path().join("report.html")).unwrap();
    assert!(page.contains("3 notices: 1 accepted, 1 deferred, 1 refused."), "{page}");
    let section = |from: &str| page.split(&format!("id=\"{from}\"")).nth(1).unwrap();
    let first = section("notices").split("</section>").next().unwrap();
    assert!(
        first.contains("550 5.1.1 no such user") && !first.contains(&address("later")),
        "{first}"
    );
    let appendix = section("every-notice").split("</section>").next().unwrap();
    assert!(appendix.contains(&address("later")), "{appendix}");
    post.site.must("report 1 --format csv -o tables");
    let table = std::fs::read_to_string(post.site.path().join("tables/notices.csv")).unwrap();
    assert_eq!(table.lines().count(), 4, "{table}");
}

#[test]
fn a_webhook_is_told_of_all_in_one_message_and_its_token_is_not_recorded() {
    let guests = [("gone", 40), ("later", 20)];
    let mut post = Post::new(world(&guests), "[\"account\"]", "");
    let receiver = WebhookReceiver::spawn().unwrap();
    post.site.machine.env.push(("DORMOUSE_WEBHOOK_SECRET", "what-signs-messages".to_owned()));
    let url = format!("{}?token=a-token-of-the-url", receiver.url());
    post.configure("[\"account\"]", &format!("webhook = \"{url}\""));
    post.site.must("sync");
    post.site.must("notify");
    assert_eq!((post.told().len(), receiver.posted().len()), (2, 1));
    post.site.must("notify");
    assert_eq!(receiver.posted().len(), 1);
    let recipients =
        post.site.sql("SELECT DISTINCT recipient FROM history WHERE recipient LIKE 'http%'");
    assert_eq!(recipients.len(), 1);
    assert!(!recipients[0].contains("token"), "{recipients:?}");
    assert!(!post.site.dump().contains("a-token-of-the-url"));
    assert!(!post.site.must("config").stdout.contains("a-token-of-the-url"));
}

/// Nothing is written over it, not even with --force.
#[test]
fn a_file_with_a_password_is_protected_and_never_shown() {
    let mut post = Post::new(world(&[("gone", 40)]), "[\"account\"]", "");
    post.site.machine.env.retain(|(name, _)| *name != "DORMOUSE_SMTP_PASSWORD");
    post.site.write("secret.key", post.mail.password());
    let file = ("DORMOUSE_SMTP_PASSWORD_FILE", "secret.key".to_owned());
    post.site.machine.env.push(file);
    post.site.must("sync");
    post.site.must("notify");
    assert_eq!(post.told(), ["gone"]);
    assert!(!post.site.must("config").stdout.contains(post.mail.password()));
    post.site.must("decide");
    post.site.run("report 1 -o secret.key --force").ends(2);
}
