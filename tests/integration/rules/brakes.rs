//! The brakes' arithmetic: limits stop a run, they never trim it.

use chrono::TimeDelta;
use dormouse::domain::brakes::{BrakeLoad, Brakes};

fn brakes(max_accounts: u32, max_percent: u32) -> Brakes {
    Brakes {
        max_accounts,
        max_percent,
        max_evidence_age: TimeDelta::hours(24),
        min_roster_ratio: 0.5,
    }
}

fn load(acting_on: u32, recent: u32, population: u32) -> BrakeLoad {
    BrakeLoad { acting_on, recent, population }
}

/// Which limits a run exceeds: `max_accounts`, and the share in percent.
fn exceeded(load: BrakeLoad) -> (bool, Option<u32>) {
    match brakes(50, 20).test(load) {
        Ok(()) => (false, None),
        Err(braked) => (braked.max_accounts.is_some(), braked.max_percent.map(|p| p.share)),
    }
}

#[test]
fn limits_are_reached_without_being_exceeded() {
    let rows = [
        (load(50, 0, 1000), (false, None)),
        (load(51, 0, 1000), (true, None)),
        // What was done before counts: portions do not slip past the limit.
        (load(25, 25, 1000), (false, None)),
        (load(25, 26, 1000), (true, None)),
        (load(1, 50, 1000), (true, None)),
        (load(10, 10, 99), (false, Some(21))),
        (load(1, 10, 54), (false, Some(21))),
        // The share is exceeded, not reached, above 20 %.
        (load(20, 0, 100), (false, None)),
        (load(21, 0, 100), (false, Some(21))),
        (load(20, 0, 99), (false, Some(21))),
        (load(11, 10, 100), (false, Some(21))),
        // Up to ten accounts together a share says nothing, even when it is everybody.
        (load(10, 0, 10), (false, None)),
        (load(5, 5, 10), (false, None)),
        (load(11, 0, 11), (false, Some(100))),
        (load(10, 40, 50), (false, Some(100))),
        // Both at once.
        (load(60, 0, 100), (true, Some(60))),
        // Nothing to do is never stopped.
        (load(0, 500, 10), (false, None)),
        (load(0, 0, 0), (false, None)),
        (load(11, 0, 0), (false, Some(1100))),
        (load(u32::MAX, u32::MAX, u32::MAX), (true, Some(200))),
    ];
    for (load, expected) in rows {
        assert_eq!(exceeded(load), expected, "{load:?}");
    }
}

#[test]
fn the_flags_that_a_refusal_names_let_exactly_this_run_pass() {
    for load in [load(60, 3, 1000), load(33, 1, 100), load(11, 0, 54), load(60, 9, 100)] {
        let limits = brakes(50, 20);
        let braked = limits.test(load).expect_err("above a limit");
        let text = braked.to_string();
        let total = load.acting_on + load.recent;
        let mut replaced = limits;
        if braked.max_accounts.is_some() {
            assert!(text.contains(&format!(" --max {total}")), "{text}");
            replaced.max_accounts = total;
            assert!(
                Brakes { max_accounts: total - 1, max_percent: 100, ..limits }.test(load).is_err()
            );
        }
        if let Some(percent) = braked.max_percent {
            assert!(text.ends_with(&format!(" --max-percent {}", percent.share)), "{text}");
            replaced.max_percent = percent.share;
            let less = Brakes { max_percent: percent.share - 1, max_accounts: u32::MAX, ..limits };
            assert!(less.test(load).is_err());
        }
        assert_eq!(replaced.test(load), Ok(()));
        assert!(text.contains("nothing was done"), "{text}");
        // The safe way comes first, and is no more than may be done.
        let BrakeLoad { recent, population, .. } = load;
        if braked.room > 0 {
            assert!(text.find("--limit") < text.find("--max"), "{text}");
            let portion = |acting_on| BrakeLoad { acting_on, recent, population };
            assert_eq!(limits.test(portion(braked.room)), Ok(()), "{text}");
            assert!(limits.test(portion(braked.room + 1)).is_err(), "{text}");
        }
    }
}
