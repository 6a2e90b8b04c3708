//! What changed between two decisions, and why.

use dormouse::domain::{
    account::Kind,
    compare::{Shift, compare},
    decision::Finding,
    evidence::Source,
    verdict::{RULES, Reason},
};

use super::support::{account, ago, seen};

fn finding(number: u128, reason: Reason) -> Finding {
    let account = account(number);
    Finding {
        account_id: account.id,
        email: account.email,
        display_name: account.display_name,
        kind: account.kind,
        registered_at: account.registered_at,
        reason,
        last_activity: seen(ago(29), Source::Login),
        idle_days: Some(29),
    }
}

#[test]
fn only_what_differs_is_shown_each_account_once_by_id() {
    let old =
        [finding(4, Reason::RecentActivity), finding(1, Reason::Idle), finding(2, Reason::Idle)];
    let new = [
        finding(3, Reason::WithinGrace),
        Finding { reason: Reason::Idle, idle_days: Some(31), ..finding(4, Reason::Idle) },
        finding(1, Reason::Idle),
    ];
    let changes: Vec<_> =
        compare(&old, &new).into_iter().map(|c| (c.account_id, c.shift, c.why)).collect();
    let expected = [
        (account(2).id, Shift::Disappeared(Reason::Idle), "no longer under review"),
        (account(3).id, Shift::Appeared(Reason::WithinGrace), "not under review before"),
        (
            account(4).id,
            Shift::Changed { from: Reason::RecentActivity, to: Reason::Idle },
            "idle for 31 days, before for 29",
        ),
    ];
    assert_eq!(changes, expected.map(|(id, shift, why)| (id, shift, why.to_owned())));
    assert_eq!(compare(&old, &old), []);
}

#[test]
fn the_rule_that_changed_is_named_and_not_one_that_was_not_reached() {
    let why = |old: &Finding, new: &Finding| {
        let changes = compare(std::slice::from_ref(old), std::slice::from_ref(new));
        changes.into_iter().map(|c| c.why).collect::<String>()
    };
    let idle = finding(1, Reason::Idle);
    let exempt = finding(1, Reason::Exemption);
    assert_eq!(why(&idle, &exempt), "exempt now");
    assert_eq!(why(&exempt, &idle), "no exemption applies any more");

    // A login within the grace: the grace goes on, so nothing may say that it ended.
    let young = Finding { last_activity: None, ..finding(1, Reason::WithinGrace) };
    let seen_now = Finding { idle_days: Some(0), ..finding(1, Reason::RecentActivity) };
    assert_eq!(
        why(&young, &seen_now),
        "newer activity 2026-10-26 12:00 UTC (login event 7); idle for 0 days, before for 29"
    );
    assert_eq!(
        why(&seen_now, &young),
        "activity 2026-10-26 12:00 UTC (login event 7) no longer counts; idle for 29 \
         days, before for 0"
    );

    let promoted = Finding { kind: Kind::DocspaceAdmin, ..finding(1, Reason::Admin) };
    assert_eq!(why(&idle, &promoted), "DocSpace admin now; kind guest is now docspace_admin");
    let lost = Finding { last_activity: None, idle_days: None, ..finding(1, Reason::NotOnPortal) };
    assert!(why(&idle, &lost).starts_with("no longer an account on the portal"));
    assert!(why(&lost, &idle).starts_with("an account on the portal now"));
}

#[test]
fn every_change_of_reason_is_explained() {
    let reasons = || RULES.into_iter().chain([Reason::NotOnPortal]);
    for from in reasons() {
        for to in reasons().filter(|to| *to != from) {
            let changes = compare(&[finding(1, from)], &[finding(1, to)]);
            assert_eq!(changes.len(), 1);
            assert!(!changes[0].why.is_empty(), "{from} to {to}");
            assert_eq!(changes[0].shift, Shift::Changed { from, to });
        }
    }
}
