//! What happened to the status of one account, and when its clock restarted.

use chrono::TimeDelta;
use dormouse::{
    domain::{
        account::Status,
        evidence::RestartCause,
        history::{Action, Outcome},
        timeline::{Acted, ChangeCode, Changed, Shown, Timeline},
    },
    time::Timestamp,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::model::now;
use crate::harness::generated;

const ACTIVE: Option<Status> = Some(Status::Active);
const PENDING: Option<Status> = Some(Status::Pending);
const DISABLED: Option<Status> = Some(Status::Disabled);
const UNKNOWN: Option<Status> = Some(Status::Unknown);
const GONE: Option<Status> = None;

fn day(number: i64) -> Timestamp {
    now() + TimeDelta::days(number)
}

/// A listing on a day, taken behind history row `history_seq`.
fn shown(at: i64, history_seq: i64, status: Option<Status>) -> Shown {
    Shown { at: day(at), history_seq, status }
}

fn acted(seq: i64, at: i64, action: Action, outcome: Outcome, after: Option<Status>) -> Acted {
    Acted { seq, at: day(at), action, outcome, status_after: after }
}

fn disabled(seq: i64, at: i64) -> Acted {
    acted(seq, at, Action::Disable, Outcome::Applied, DISABLED)
}

fn changed(at: i64, code: ChangeCode) -> Changed {
    Changed { at: day(at), code }
}

/// Status now, and day and cause of the restart.
type Told = (Option<Status>, Option<(i64, RestartCause)>);

/// What happened, and what is told of it.
type Case = (&'static str, Vec<Shown>, Vec<Acted>, Vec<Changed>, Told);

fn told(timeline: &Timeline) -> Told {
    let restart = timeline.restart().map(|r| ((r.at - now()).num_days(), r.cause));
    (timeline.status(), restart)
}

#[test]
fn the_clock_starts_again_wherever_an_account_came_back() {
    use RestartCause::{Enabled, SeenActive, StatusChange};
    let own = |seq, at| acted(seq, at, Action::Enable, Outcome::Applied, ACTIVE);
    let tests: Vec<Case> = vec![
        ("nothing known", vec![], vec![], vec![], (None, None)),
        ("always there", vec![shown(1, 0, ACTIVE)], vec![], vec![], (ACTIVE, None)),
        (
            "a new name is no return",
            vec![shown(1, 0, ACTIVE), shown(2, 0, ACTIVE)],
            vec![],
            vec![],
            (ACTIVE, None),
        ),
        (
            "invitation accepted",
            vec![shown(1, 0, PENDING), shown(2, 0, ACTIVE)],
            vec![],
            vec![],
            (ACTIVE, Some((2, SeenActive))),
        ),
        (
            "active to pending is none",
            vec![shown(1, 0, ACTIVE), shown(2, 0, PENDING)],
            vec![],
            vec![],
            (PENDING, None),
        ),
        (
            "re-enabled by others",
            vec![shown(1, 0, DISABLED), shown(2, 0, ACTIVE)],
            vec![],
            vec![],
            (ACTIVE, Some((2, SeenActive))),
        ),
        (
            "back to invited",
            vec![shown(1, 0, DISABLED), shown(2, 0, PENDING)],
            vec![],
            vec![],
            (PENDING, Some((2, SeenActive))),
        ),
        (
            "gone and back",
            vec![shown(1, 0, ACTIVE), shown(2, 0, GONE), shown(3, 0, ACTIVE)],
            vec![],
            vec![],
            (ACTIVE, Some((3, SeenActive))),
        ),
        (
            "gone",
            vec![shown(1, 0, DISABLED), shown(2, 0, ACTIVE), shown(3, 0, GONE)],
            vec![],
            vec![],
            (GONE, Some((2, SeenActive))),
        ),
        (
            "unreadable in between",
            vec![shown(1, 0, ACTIVE), shown(2, 0, UNKNOWN), shown(3, 0, ACTIVE)],
            vec![],
            vec![],
            (ACTIVE, Some((3, SeenActive))),
        ),
        (
            "disabled by us",
            vec![shown(1, 0, ACTIVE)],
            vec![disabled(2, 2)],
            vec![],
            (DISABLED, None),
        ),
        (
            "and shown so",
            vec![shown(1, 0, ACTIVE), shown(3, 2, DISABLED)],
            vec![disabled(2, 2)],
            vec![],
            (DISABLED, None),
        ),
        (
            "disabled by us, enabled by others, seen",
            vec![shown(1, 0, ACTIVE), shown(3, 2, ACTIVE)],
            vec![disabled(2, 2)],
            vec![],
            (ACTIVE, Some((3, SeenActive))),
        ),
        (
            "a listing before our action is older than it",
            vec![shown(1, 0, ACTIVE), shown(2, 1, ACTIVE)],
            vec![disabled(2, 2)],
            vec![],
            (DISABLED, None),
        ),
        (
            "enabled by us",
            vec![shown(1, 0, ACTIVE)],
            vec![disabled(2, 2), own(4, 3)],
            vec![],
            (ACTIVE, Some((3, Enabled))),
        ),
        (
            "enabled by us though it never was disabled",
            vec![shown(1, 0, ACTIVE)],
            vec![own(2, 2)],
            vec![],
            (ACTIVE, Some((2, Enabled))),
        ),
        (
            "found enabled by others when we came to enable it",
            vec![shown(1, 0, ACTIVE)],
            vec![disabled(2, 2), acted(3, 3, Action::Enable, Outcome::Skipped, ACTIVE)],
            vec![],
            (ACTIVE, Some((3, SeenActive))),
        ),
        (
            "an attempt that failed changes nothing",
            vec![shown(1, 0, ACTIVE)],
            vec![acted(2, 2, Action::Disable, Outcome::Failed, None)],
            vec![],
            (ACTIVE, None),
        ),
        (
            "named by 4020 and active",
            vec![shown(1, 0, ACTIVE)],
            vec![],
            vec![changed(-3, ChangeCode::Status)],
            (ACTIVE, Some((-3, StatusChange))),
        ),
        (
            "named by 4020 and disabled",
            vec![shown(1, 0, DISABLED)],
            vec![],
            vec![changed(-3, ChangeCode::Status)],
            (DISABLED, None),
        ),
        (
            "the latest 4020 counts",
            vec![shown(1, 0, ACTIVE)],
            vec![],
            vec![changed(-3, ChangeCode::Status), changed(-9, ChangeCode::Status)],
            (ACTIVE, Some((-3, StatusChange))),
        ),
        (
            "an edit of the profile is none",
            vec![shown(1, 0, ACTIVE)],
            vec![],
            vec![changed(2, ChangeCode::Profile)],
            (ACTIVE, None),
        ),
        (
            "nor before the first listing",
            vec![shown(1, 0, DISABLED), shown(4, 0, DISABLED)],
            vec![],
            vec![changed(0, ChangeCode::Profile)],
            (DISABLED, None),
        ),
        (
            "an edit of a disabled profile may have enabled it",
            vec![shown(1, 0, DISABLED)],
            vec![acted(2, 3, Action::Disable, Outcome::Skipped, ACTIVE)],
            vec![changed(5, ChangeCode::Profile)],
            (ACTIVE, Some((5, StatusChange))),
        ),
    ];
    for (name, shown, acted, changed, expected) in tests {
        assert_eq!(told(&Timeline { shown, acted, changed }), expected, "{name}");
    }
}

fn timelines() -> impl Strategy<Value = Timeline> {
    let status = option::weighted(0.85, select(Status::ALL));
    let step = prop_oneof![
        status.clone().prop_map(|s| (true, Action::Disable, Outcome::Applied, s)),
        (select(Action::ALL), select(Outcome::ALL), status)
            .prop_map(|(action, outcome, s)| (false, action, outcome, s)),
    ];
    let change = (-5..12_i64, any::<bool>());
    (vec(step, 0..8), vec(change, 0..4)).prop_map(|(steps, changes)| {
        let mut timeline = Timeline::default();
        let mut seq = 0;
        for (at, (listing, action, outcome, status)) in (0..).zip(steps) {
            if listing {
                timeline.shown.push(shown(at, seq, status));
            } else {
                seq += 1;
                timeline.acted.push(acted(seq, at, action, outcome, status));
            }
        }
        timeline.changed = changes
            .into_iter()
            .map(|(at, status)| {
                changed(at, if status { ChangeCode::Status } else { ChangeCode::Profile })
            })
            .collect();
        timeline
    })
}

proptest! {
    #![proptest_config(generated(2000))]

    #[test]
    fn a_return_that_is_added_never_makes_the_clock_older(timeline in timelines(), at in -5..12_i64) {
        let before = timeline.restart().map(|r| r.at);
        let mut more = timeline.clone();
        more.changed.push(changed(at, ChangeCode::Status));
        prop_assert!(more.restart().map(|r| r.at) >= before);
        let seq = timeline.acted.len() as i64 + 1;
        more.acted.push(acted(seq, 20, Action::Enable, Outcome::Applied, ACTIVE));
        prop_assert_eq!(told(&more), (ACTIVE, Some((20, RestartCause::Enabled))));
    }

    #[test]
    fn the_order_of_audit_events_is_irrelevant(
        (timeline, shuffled) in timelines().prop_flat_map(|t| {
            let changed = Just(t.changed.clone()).prop_shuffle();
            (Just(t), changed)
        }),
    ) {
        let other = Timeline { changed: shuffled, ..timeline.clone() };
        prop_assert_eq!(told(&timeline), told(&other));
    }

    #[test]
    fn the_status_is_what_was_shown_or_read_last(timeline in timelines(), status in select(Status::ALL)) {
        let mut listed = timeline.clone();
        let seq = timeline.acted.len() as i64;
        listed.shown.push(shown(30, seq, Some(status)));
        prop_assert_eq!(listed.status(), Some(status));
        let mut acted_on = timeline.clone();
        acted_on.acted.push(acted(seq + 1, 30, Action::Disable, Outcome::Applied, DISABLED));
        prop_assert_eq!(acted_on.status(), DISABLED);
        let mut gone = timeline;
        gone.shown.push(shown(30, seq, GONE));
        prop_assert_eq!(gone.status(), None);
    }

    #[test]
    fn an_account_only_ever_shown_active_has_no_restart(count in 1..5_i64, profile in vec(-5..12_i64, 0..3)) {
        let timeline = Timeline {
            shown: (0..count).map(|at| shown(at, 0, ACTIVE)).collect(),
            changed: profile.into_iter().map(|at| changed(at, ChangeCode::Profile)).collect(),
            acted: Vec::new(),
        };
        prop_assert_eq!(told(&timeline), (ACTIVE, None));
    }
}
