//! Notices as a condition of `apply`.

use sandbox::{Moment, Status, Trouble};

use super::support::*;

fn apply(post: &Post) -> serde_json::Value {
    post.site.must("sync");
    post.site.must("decide");
    post.site.must("apply --yes --format json").json()
}

#[test]
fn nobody_is_disabled_who_was_not_told_in_time() {
    let guests = [("gone", 40), ("away", 35)];
    let post = Post::new(world(&guests), "[\"account\"]", "required = true");
    let ran = apply(&post);
    assert_eq!(ran["counts"]["skipped"], 2, "{ran}");
    assert!(ran.to_string().contains("not told yet: dormouse notify"), "{ran}");
    let shown = post.site.must("apply --dry-run");
    assert!(shown.stdout.contains("not told yet"), "{}", shown.stdout);
    post.site.must("notify --only gone@contractor.example");
    let ran = apply(&post);
    assert!(ran.to_string().contains("told less than 3 days ago"), "{ran}");
    post.pass_days(3);
    post.site.must("sync");
    post.site.must("decide");
    // Who is skipped does not use up the limit.
    let ran = post.site.must("apply --yes --limit 1 --format json").json();
    assert_eq!(
        (&ran["counts"]["applied"], &ran["counts"]["skipped"]),
        (&1.into(), &1.into()),
        "{ran}"
    );
    assert_eq!(post.site.status(post.id("gone")), Some(Status::Terminated));
    assert_eq!(post.site.status(post.id("away")), Some(Status::Active));
    post.site.must("history verify");
}

#[test]
fn a_person_without_a_mailbox_can_be_told_through_somebody_else_or_is_undeliverable() {
    let guests = [("gone", 40), ("away", 35)];
    let to = "[\"account\", \"inviter\"]";
    let post = Post::new(world(&guests), to, "required = true");
    post.mail
        .trouble(Trouble::say(Moment::Recipient, "550 5.1.1 no such user").to(&address("gone")));
    post.site.must("sync");
    post.site.run("notify").ends(4);
    post.pass_days(4);
    let ran = apply(&post);
    assert_eq!(ran["counts"]["applied"], 2, "{ran}");

    let post = Post::new(world(&guests), "[\"account\"]", "required = true");
    post.mail
        .trouble(Trouble::say(Moment::Recipient, "550 5.1.1 no such user").to(&address("gone")));
    post.mail.trouble(Trouble::say(Moment::Recipient, "451 4.3.0 later").to(&address("away")));
    post.site.must("sync");
    post.site.run("notify").ends(4);
    post.pass_days(4);
    let ran = apply(&post);
    assert_eq!(ran["counts"]["applied"], 1, "{ran}");
    assert_eq!(post.site.status(post.id("gone")), Some(Status::Terminated));
}
