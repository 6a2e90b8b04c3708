//! Nobody is named in a mail who is back when it leaves, however long its accounts are looked at and
//! however long the server takes.

use std::{thread, time::Duration};

use sandbox::{Fault, Login, Moment, Reaction, Rule, Trouble};

use super::support::*;
use crate::harness::{
    Ran,
    paths::{ACCOUNT, AUDIT},
};

const INVITER: &str = "[\"inviter\"]";

/// Names of those that the only mail is about.
fn named(post: &Post) -> Vec<&'static str> {
    let letters = post.mail.letters();
    let [digest] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!(digest.to, ["owner@portal.example.com"]);
    let names = ["anna", "bert", "cleo", "dora", "emil", "fred"];
    names.into_iter().filter(|name| digest.text().contains(&address(name))).collect()
}

#[test]
fn a_digest_leaves_out_who_came_back_while_the_others_were_looked_at() {
    let guests =
        [("anna", 29), ("bert", 28), ("cleo", 27), ("dora", 26), ("emil", 25), ("fred", 24)];
    let post = Post::new(world(&guests), INVITER, "");
    post.site.must("sync");
    let [anna, bert, cleo, last] = ["anna", "bert", "cleo", "fred"].map(|name| post.id(name));
    // Four are looked at together, and these were before the last two.
    let meanwhile = Fault::before(move |world| {
        world.add_login(Login::success(anna));
        world.act(bert, 5064);
        let owner = world.owner();
        world.disable(owner, cleo);
    });
    let look = Rule::get(&format!("{ACCOUNT}{last}"), meanwhile);
    post.site.portal.faults().push(look.first(1));
    let ran = post.site.must("notify --format json").json();
    assert_eq!(named(&post), ["dora", "emil", "fred"]);
    let skipped = |name: &str| {
        let of_name = |o: &&serde_json::Value| o["email"] == address(name).as_str();
        let outcome = ran["outcomes"].as_array().unwrap().iter().find(of_name).unwrap();
        assert_eq!(outcome["outcome"], "skipped", "{outcome}");
        outcome["detail"].as_str().unwrap().to_owned()
    };
    assert!(skipped("anna").starts_with("active (recent_activity): "), "{}", skipped("anna"));
    assert!(skipped("bert").starts_with("active (recent_activity): "), "{}", skipped("bert"));
    assert!(skipped("cleo").contains("the audit trail names it"), "{}", skipped("cleo"));
    post.site.must("history verify");
    // What was read stays, so that it can be explained.
    let explained = post.site.must("explain bert@contractor.example").stdout;
    assert!(explained.contains("2026-06-15"), "{explained}");
    post.site.must("notify");
    assert_eq!(post.mail.letters().len(), 1, "nobody is told twice");
}

/// A run in which the server takes longer before the text than a look is good for, and what happens in that
/// time.
fn slow(post: &Post, meanwhile: impl FnOnce(&Post) + Send) -> Ran {
    post.site.must("sync");
    let wait = Trouble::at(Moment::Recipient, Reaction::Wait(Duration::from_millis(10_300)));
    post.mail.trouble(wait.times(1));
    thread::scope(|scope| {
        scope.spawn(|| {
            while post.mail.reached(Moment::Recipient) == 0 {
                thread::sleep(Duration::from_millis(20));
            }
            meanwhile(post);
        });
        post.site.run("notify")
    })
}

/// What became of each notice, in the order of the history.
fn ends(post: &Post) -> Vec<String> {
    post.rows().iter().map(|row| row.split_once(" 3 ").unwrap().1.to_owned()).collect()
}

#[test]
fn a_message_whose_second_look_fails_has_not_left_and_leaves_with_the_next_run() {
    let post = Post::new(world(&[("anna", 29)]), INVITER, "");
    let ran = slow(&post, |post| {
        post.site.portal.faults().push(Rule::get(AUDIT, Fault::status(403)));
    });
    ran.ends(1);
    assert!(post.mail.letters().is_empty());
    assert_eq!(
        ends(&post),
        ["owner@portal.example.com intent ", "owner@portal.example.com failed deferred"]
    );
    post.site.portal.faults().clear();
    post.site.must("notify");
    assert_eq!(named(&post), ["anna"]);
    post.site.must("history verify");
}

#[test]
fn a_server_that_takes_its_time_before_the_text_gets_it_after_another_look() {
    let post = Post::new(world(&[("anna", 29), ("bert", 28)]), INVITER, "");
    let anna = post.id("anna");
    let ran = slow(&post, |post| {
        post.site.portal.world().add_login(Login::success(anna));
    });
    ran.ends(0);
    assert_eq!(named(&post), ["bert"]);
    assert_eq!(
        ends(&post),
        [
            "owner@portal.example.com intent ",
            "owner@portal.example.com intent ",
            "owner@portal.example.com skipped ",
            "owner@portal.example.com applied accepted",
        ]
    );
    post.site.must("history verify");
}
