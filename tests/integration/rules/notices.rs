//! Who is due for a notice, and who was told: properties that hold whatever the facts.

use chrono::TimeDelta;
use dormouse::{
    domain::{
        evidence::{Activity, Evidence, Source},
        notices::{
            DueNotice, NoticeDetail, NoticeRules, Receipt, Role, SentNotice, Told, due, is_sent,
            stretch,
        },
        policy::Policy,
        verdict::{Verdict, judge},
    },
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*, sample::select};

use super::support::*;
use crate::harness::generated;

fn rules() -> NoticeRules {
    NoticeRules { before_days: vec![14, 3], min_notice_days: 3, required: true }
}

fn last_seen(days: u32) -> Evidence {
    let seen = Activity { at: ago(days), source: Source::Login, event_id: Some(1) };
    Evidence { last_activity: Some(seen), ..evidence() }
}

fn stage(days: u32) -> Option<u32> {
    due(&rules(), &policy(), &last_seen(days), now()).map(|notice| notice.stage)
}

#[test]
fn the_latest_stage_is_due_and_none_before_the_first() {
    // The threshold is 30 days.
    let stages = [15, 16, 26, 27, 30, 100].map(stage);
    assert_eq!(stages, [None, Some(14), Some(14), Some(3), Some(3), Some(3)]);
}

#[test]
fn the_date_named_is_never_sooner_than_the_least_notice() {
    let of = |days: u32| due(&rules(), &policy(), &last_seen(days), now()).unwrap();
    assert_eq!(of(16).not_before(&rules(), now()), (now() + TimeDelta::days(14)).date_naive());
    assert_eq!(of(100).not_before(&rules(), now()), (now() + TimeDelta::days(3)).date_naive());
}

fn notice(role: Role, receipt: Option<Receipt>, days_ago: u32, stretch: Timestamp) -> SentNotice {
    let detail = NoticeDetail {
        stage: 14,
        recipient: format!("{role}@example.com"),
        role,
        stretch,
        not_before: now().date_naive(),
        digest: String::new(),
        message_id: Some("<1@dormouse>".to_owned()),
        delivery: receipt,
        reply: None,
    };
    SentNotice { account_id: id(1), run_id: 1, at: ago(days_ago), detail }
}

#[test]
fn told_is_what_a_server_took_over_for_the_person_or_in_their_place() {
    let stretch = ago(40);
    let of = |sent: &[(Role, Option<Receipt>, u32)]| {
        let sent: Vec<_> =
            sent.iter().map(|(role, r, days)| notice(*role, *r, *days, stretch)).collect();
        Told::of(&sent, stretch)
    };
    use Receipt::{Accepted, Deferred, Refused, Unproven};
    let (account, inviter, hook) = (Role::Account, Role::Inviter, Role::Webhook);
    assert_eq!(of(&[]), Told::Not);
    assert_eq!(of(&[(account, Some(Accepted), 5)]), Told::Since(ago(5)));
    for receipt in [Some(Deferred), Some(Unproven), None] {
        assert_eq!(of(&[(account, receipt, 5)]), Told::Not, "{receipt:?}");
        assert_eq!(of(&[(account, receipt, 5), (inviter, Some(Accepted), 4)]), Told::Not);
    }
    assert_eq!(of(&[(inviter, Some(Accepted), 5)]), Told::Not);
    assert_eq!(
        of(&[(account, Some(Refused), 5), (inviter, Some(Accepted), 4)]),
        Told::Since(ago(4))
    );
    assert_eq!(of(&[(inviter, Some(Accepted), 6), (account, Some(Refused), 5)]), Told::Not);
    assert_eq!(
        of(&[(account, Some(Refused), 5), (hook, Some(Accepted), 5)]),
        Told::Undeliverable(ago(5))
    );
    assert_eq!(
        of(&[(account, Some(Refused), 5), (inviter, Some(Refused), 4)]),
        Told::Undeliverable(ago(4))
    );
    assert_eq!(of(&[(account, Some(Refused), 5), (inviter, Some(Deferred), 4)]), Told::Not);
    // Of an earlier stretch.
    let before = [notice(account, Some(Accepted), 50, ago(60))];
    assert_eq!(Told::of(&before, stretch), Told::Not);
}

fn notices() -> impl Strategy<Value = Vec<SentNotice>> {
    let receipts = prop_oneof![Just(None), select(Receipt::ALL).prop_map(Some)];
    let one = (select(Role::ALL), receipts, 0..20_u32, select(vec![40, 50]));
    let notices = vec(
        one.prop_map(|(role, receipt, days, since)| notice(role, receipt, days, ago(since))),
        0..6,
    );
    notices.prop_map(|mut notices| {
        notices.sort_by_key(|n| n.at);
        notices
    })
}

proptest! {
    #![proptest_config(generated(256))]

    #[test]
    fn nobody_is_due_who_is_exempt_disabled_or_undetermined(facts in evidences()) {
        let policy: Policy = policy();
        if let Some(notice) = due(&rules(), &policy, &facts, now()) {
            let verdict = judge(&policy, &facts, now()).verdict();
            prop_assert!(matches!(verdict, Verdict::Active | Verdict::Inactive));
            prop_assert!(notice.inactive_at <= now().days_after(notice.stage));
            prop_assert_eq!(Some(notice.stretch), stretch(&facts));
        }
    }

    #[test]
    fn every_inactive_account_is_due(facts in evidences()) {
        if judge(&policy(), &facts, now()).verdict() == Verdict::Inactive {
            prop_assert!(due(&rules(), &policy(), &facts, now()).is_some_and(|n| n.stage == 3));
        }
    }

    #[test]
    fn a_later_sign_of_life_voids_what_was_told(sent in notices(), later in 0..39_u32) {
        prop_assert_eq!(Told::of(&sent, ago(later)), Told::Not);
    }

    #[test]
    fn what_may_have_arrived_is_not_sent_again(sent in notices()) {
        let due = DueNotice { stretch: ago(40), inactive_at: now(), stage: 14 };
        for notice in &sent {
            let is_final = notice.detail.delivery != Some(Receipt::Deferred);
            if is_final && notice.detail.stretch == due.stretch {
                prop_assert!(is_sent(&sent, &due, &notice.detail.recipient.to_uppercase()));
            }
        }
    }
}
