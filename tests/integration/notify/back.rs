//! Nobody is named in a mail who is back when it leaves, however long its accounts are looked at and
//! however long the server takes.

use std::{thread, time::Duration};

use sandbox::{Fault, Login, Moment, Reaction, Rule, Trouble};

use super::support::*;
use crate::harness::paths::ACCOUNT;

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

#[test]
fn a_server_that_takes_its_time_before_the_text_gets_it_after_another_look() {
    let post = Post::new(world(&[("anna", 29), ("bert", 28)]), INVITER, "");
    post.site.must("sync");
    // Longer than a look is good for.
    let wait = Trouble::at(Moment::Recipient, Reaction::Wait(Duration::from_millis(10_300)));
    post.mail.trouble(wait.times(1));
    let anna = post.id("anna");
    let ran = thread::scope(|scope| {
        scope.spawn(|| {
            while post.mail.reached(Moment::Recipient) == 0 {
                thread::sleep(Duration::from_millis(20));
            }
            post.site.portal.world().add_login(Login::success(anna));
        });
        post.site.run("notify")
    });
    ran.ends(0);
    assert_eq!(named(&post), ["bert"]);
    let rows = post.rows();
    let ends: Vec<&str> = rows.iter().map(|row| row.split_once(" 3 ").unwrap().1).collect();
    assert_eq!(
        ends,
        [
            "owner@portal.example.com intent ",
            "owner@portal.example.com intent ",
            "owner@portal.example.com skipped ",
            "owner@portal.example.com applied accepted",
        ]
    );
    post.site.must("history verify");
}
