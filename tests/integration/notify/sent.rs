//! What is sent, to whom, and never twice.

use chrono::TimeDelta;
use dormouse::{
    domain::{
        history::{Action, Draft, Phase},
        notices::{NoticeDetail, Role},
    },
    store::{
        self,
        runs::{Command, NewRun},
    },
};
use sandbox::{Fault, Login, Moment, Reaction, Rule, Status, Trouble};

use super::support::*;
use crate::harness::paths::ACCOUNT;

const BOTH: &str = "[\"account\", \"inviter\"]";

fn guests() -> [(&'static str, i64); 4] {
    [("gone", 40), ("soon", 28), ("later", 20), ("here", 5)]
}

#[test]
fn each_person_is_told_of_the_latest_stage_and_the_inviter_of_all_in_one_mail() {
    let post = Post::new(world(&guests()), BOTH, "");
    post.site.must("sync");
    post.site.must("notify");
    assert_eq!(post.told(), ["gone", "soon", "later", "owner"]);
    let digest = post.mail.letters().pop().unwrap();
    for name in ["gone", "soon", "later"] {
        assert!(digest.text().contains(&address(name)), "{}", digest.text());
    }
    assert!(!digest.text().contains("here@"), "{}", digest.text());
    let rows = post.rows();
    for row in [
        "gone@contractor.example 3 gone@contractor.example applied accepted",
        "soon@contractor.example 3 soon@contractor.example applied accepted",
        "later@contractor.example 14 later@contractor.example applied accepted",
        "later@contractor.example 14 owner@portal.example.com applied accepted",
    ] {
        assert!(rows.iter().any(|r| r == row), "{row}: {rows:#?}");
    }
    // Each intent was on disk before its outcome.
    assert!(rows[0].ends_with("intent "), "{rows:#?}");
    assert_eq!(rows.len(), 12);
    post.site.must("history verify");
    // The next nights: nothing is due, until the next stage is.
    post.site.must("notify");
    assert_eq!(post.told().len(), 4);
    post.pass_days(8);
    post.site.must("notify");
    assert_eq!(post.told()[4..], ["later", "owner"]);
    post.site.must("history verify");
}

#[test]
fn somebody_who_is_back_is_not_told_and_begins_a_new_stretch() {
    let post = Post::new(world(&guests()), "[\"account\"]", "");
    post.site.must("sync");
    let soon = post.id("soon");
    // While the first account is looked at.
    let arrives = Fault::logins_arrive(vec![Login::success(soon)]);
    let looks = Rule::get(ACCOUNT, arrives).only_if(|hit, _| hit.path.len() == ACCOUNT.len() + 36);
    post.site.portal.faults().push(looks.nth(1));
    let ran = post.site.must("notify --format json").json();
    assert_eq!(post.told(), ["gone", "later"]);
    assert_eq!(ran["counts"]["skipped"], 1, "{ran}");
    assert!(post.rows().iter().any(|r| r.contains("soon@contractor.example skipped")));
    post.site.must("history verify");
    // `gone` comes back and goes again: told again.
    let gone = post.id("gone");
    post.site.portal.world().add_login(Login::success(gone));
    post.pass_days(28);
    post.site.must("notify --only gone@contractor.example");
    assert_eq!(post.told()[2..], ["gone"]);
}

#[test]
fn what_was_deferred_is_tried_again_and_nothing_else() {
    let post = Post::new(world(&guests()), "[\"account\"]", "");
    post.site.must("sync");
    let to = |name: &str, trouble: Trouble| post.mail.trouble(trouble.to(&address(name)).times(1));
    to("gone", Trouble::say(Moment::Recipient, "451 4.3.0 later, please"));
    to("soon", Trouble::say(Moment::Recipient, "550 5.1.1 no such user"));
    to("later", Trouble::at(Moment::AfterText, Reaction::Drop));
    post.site.run("notify").ends(4);
    let outcomes: Vec<String> =
        post.rows().into_iter().filter(|row| !row.ends_with("intent ")).collect();
    assert_eq!(
        outcomes,
        [
            "gone@contractor.example 3 gone@contractor.example failed deferred",
            "soon@contractor.example 3 soon@contractor.example refused refused",
            "later@contractor.example 14 later@contractor.example failed unproven",
        ]
    );
    assert_eq!(post.told(), ["later"]);
    post.site.must("notify");
    assert_eq!(post.told(), ["later", "gone"]);
    post.site.must("notify");
    assert_eq!(post.told(), ["later", "gone"]);
    // Only when asked to.
    post.site.must("notify --resend later@contractor.example");
    assert_eq!(post.told(), ["later", "gone", "later"]);
    post.site.must("history verify");
}

#[test]
fn an_inviter_who_cannot_act_is_not_told_and_a_fixed_address_is() {
    let post = Post::new(world(&guests()), "[\"inviter\"]", "");
    let inviter = post.site.portal.world().add_guest(&address("boss"), now() - TimeDelta::days(90));
    {
        let mut world = post.site.portal.world();
        world.account_mut(inviter).unwrap().status = Status::Terminated;
        for name in ["gone", "soon", "later", "here"] {
            let id = world.account_by_email(&address(name)).unwrap().id;
            world.account_mut(id).unwrap().created_by = Some(inviter);
        }
    }
    post.site.must("sync");
    let ran = post.site.must("notify");
    assert!(
        ran.stderr.contains("nobody can be told about gone@contractor.example"),
        "{}",
        ran.stderr
    );
    // So it is where the account is there no longer.
    post.site.portal.world().delete_account(inviter);
    let ran = post.site.must("notify --only gone@contractor.example");
    assert!(ran.stderr.contains("is disabled, deleted or unknown"), "{}", ran.stderr);
    assert!(post.told().is_empty());
    // Addresses are one whatever their case.
    post.configure("[\"inviter\", \"Team@Portal.example.com\", \"account\"]", "");
    post.site.must("notify --only gone@contractor.example");
    assert_eq!(post.told(), ["gone", "Team"]);
}

#[test]
fn a_limit_leaves_the_rest_to_the_next_run() {
    let post = Post::new(world(&guests()), "[\"account\"]", "");
    post.site.must("sync");
    post.site.must("notify --limit 1");
    assert_eq!(post.told(), ["gone"]);
    post.site.must("notify");
    assert_eq!(post.told(), ["gone", "soon", "later"]);
}

#[test]
fn a_dry_run_shows_who_and_what_and_does_nothing() {
    let post = Post::new(world(&guests()), BOTH, "");
    post.site.must("sync");
    let before = post.site.dump();
    let ran = post.site.must("notify --dry-run");
    assert!(ran.stdout.contains("4 messages would be sent"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Subject: "), "{}", ran.stdout);
    let rows = post.site.json("notify --dry-run");
    assert_eq!(rows["run_id"], serde_json::Value::Null);
    assert_eq!(rows["outcomes"].as_array().unwrap().len(), 6);
    assert!(post.told().is_empty());
    assert_eq!(post.site.dump(), before);
}

#[test]
fn what_a_killed_run_left_open_is_unproven_and_not_sent_again() {
    let post = Post::new(world(&guests()), "[\"account\"]", "");
    post.site.must("sync");
    let (soon, owner) = (post.id("soon"), post.site.portal.world().owner());
    let stretch = now() - TimeDelta::days(28) - TimeDelta::hours(3);
    let detail = NoticeDetail {
        stage: 3,
        recipient: address("soon"),
        role: Role::Account,
        stretch: stretch.into(),
        not_before: now().date_naive(),
        digest: String::new(),
        message_id: Some("<1@dormouse>".to_owned()),
        delivery: None,
        reply: None,
    };
    post.site.with_store(async |store| {
        let run = NewRun {
            command: Command::Notify,
            started_at: now().into(),
            actor: "ann@workstation".to_owned(),
            overrides: String::new(),
        };
        let run_id = store::runs::start(store.conn(), &run).await.unwrap();
        let intent = Draft {
            at: now().into(),
            run_id,
            decision_id: None,
            account_id: soon.into(),
            email: address("soon"),
            action: Action::Notify,
            phase: Phase::Intent,
            outcome: None,
            detail: detail.to_json(),
            actor: owner.to_string(),
            status_before: None,
            status_after: None,
            http_status: None,
            portal_event_id: None,
        };
        store::history::append(store.conn(), intent).await.unwrap();
    });
    let open = post.site.must("history verify");
    assert!(
        open.stdout.contains("no outcome yet; `dormouse notify` settles it"),
        "{}",
        open.stdout
    );
    let ran = post.site.must("notify");
    assert!(ran.stderr.contains("the server may have accepted"), "{}", ran.stderr);
    assert_eq!(post.told(), ["gone", "later"]);
    let settled = "soon@contractor.example 3 soon@contractor.example failed unproven";
    assert!(post.rows().iter().any(|row| row == settled), "{:#?}", post.rows());
    post.site.must("history verify");
    post.site.must("notify --resend soon@contractor.example");
    assert_eq!(post.told(), ["gone", "later", "soon"]);
}
