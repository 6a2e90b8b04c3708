//! The brakes' arithmetic: limits stop a run, they never trim it.

use chrono::TimeDelta;
use dormouse::domain::brakes::{BrakeLoad, Braked, Brakes};

fn brakes(max_accounts: u32, max_percent: u32) -> Brakes {
    Brakes {
        max_accounts,
        max_percent,
        max_evidence_age: TimeDelta::hours(24),
        max_silence: TimeDelta::hours(72),
        min_roster_ratio: 0.5,
    }
}

fn load(acting_on: u32, recent: u32, enabled: u32) -> BrakeLoad {
    BrakeLoad { acting_on, recent, enabled }
}

#[derive(Debug, PartialEq, Eq)]
enum Stop {
    No,
    Accounts,
    Percent(u32),
}

#[test]
fn limits_are_reached_without_being_exceeded() {
    let rows = [
        (load(50, 0, 1000), Stop::No),
        (load(51, 0, 1000), Stop::Accounts),
        // What was done within 24 hours counts: portions do not slip past the limit.
        (load(25, 25, 1000), Stop::No),
        (load(25, 26, 1000), Stop::Accounts),
        (load(1, 50, 1000), Stop::Accounts),
        // The share is exceeded, not reached, above 20 %.
        (load(20, 0, 100), Stop::No),
        (load(21, 0, 100), Stop::Percent(21)),
        (load(20, 0, 99), Stop::Percent(21)),
        (load(11, 10, 100), Stop::Percent(21)),
        // Up to ten accounts a share says nothing, even when it is everybody.
        (load(10, 0, 10), Stop::No),
        (load(11, 0, 11), Stop::Percent(100)),
        (load(10, 40, 10), Stop::No),
        // Nothing to do is never stopped.
        (load(0, 500, 10), Stop::No),
        (load(0, 0, 0), Stop::No),
        (load(11, 0, 0), Stop::Percent(1100)),
        (load(u32::MAX, u32::MAX, u32::MAX), Stop::Accounts),
    ];
    for (load, expected) in rows {
        let stop = match brakes(50, 20).test(load) {
            Ok(()) => Stop::No,
            Err(Braked::Accounts { .. }) => Stop::Accounts,
            Err(Braked::Percent { share, .. }) => Stop::Percent(share),
        };
        assert_eq!(stop, expected, "{load:?}");
    }
}

#[test]
fn the_flag_that_a_refusal_names_lets_exactly_this_run_pass() {
    for load in [load(60, 3, 1000), load(33, 1, 100), load(11, 0, 54), load(40, 9, 47)] {
        let mut limits = brakes(50, 20);
        while let Err(braked) = limits.test(load) {
            let text = braked.to_string();
            match braked {
                Braked::Accounts { acting_on, recent, .. } => {
                    limits.max_accounts = acting_on + recent;
                    assert!(text.ends_with(&format!("--max {}", limits.max_accounts)), "{text}");
                    assert!(
                        Brakes { max_accounts: limits.max_accounts - 1, ..limits }
                            .test(load)
                            .is_err()
                    );
                }
                Braked::Percent { share, .. } => {
                    limits.max_percent = share;
                    assert!(text.ends_with(&format!("--max-percent {share}")), "{text}");
                    assert!(Brakes { max_percent: share - 1, ..limits }.test(load).is_err());
                }
            }
            assert!(text.contains("nothing was done"), "{text}");
        }
    }
    let everything = load(u32::MAX, u32::MAX, 1);
    let braked = brakes(50, 20).test(everything).expect_err("far above the limit");
    assert!(braked.to_string().contains("max_accounts = 50"));
}
