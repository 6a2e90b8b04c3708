//! The quiet portals: silence where there should be some, and people whom it hides.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use sandbox::World;
use sandbox::scenarios::{Rhythm, Truth, quiet, unrecorded_days};

use crate::support::*;

/// The longest time between two neighbouring rows.
fn longest_silence(world: &World) -> (DateTime<Utc>, TimeDelta) {
    let pairs = world.logins().windows(2);
    let silences = pairs.map(|pair| (pair[0].at(), pair[1].at() - pair[0].at()));
    silences.max_by_key(|(_, length)| *length).expect("rows")
}

#[test]
fn quiet_portals_are_silent_where_they_should_be() {
    // Easter 2026 lasts from 3 to 6 April.
    let now = utc("2026-05-06T12:00:00Z");
    let (world, _) = quiet(now, 3, Rhythm::ThreeAWeek);
    assert!((60..=78).contains(&world.logins().len()), "{}", world.logins().len());

    let (world, _) = quiet(now, 3, Rhythm::WorkingDays);
    let weekend = world.logins().iter().filter(|row| row.at().weekday().number_from_monday() > 5);
    assert_eq!(weekend.count(), 0);
    let (from, length) = longest_silence(&world);
    assert_eq!((from.month(), from.day()), (4, 2));
    assert_eq!(length.num_days(), 4);

    let (world, rows) = quiet(now, 3, Rhythm::Unrecorded);
    let gap = unrecorded_days(now);
    assert_eq!(gap, utc("2026-04-14T00:00:00Z")..utc("2026-04-18T00:00:00Z"));
    assert!(longest_silence(&world).1 > days(6));
    assert!(world.audits().iter().all(|event| !gap.contains(&event.at)));
    let hidden: Vec<_> = rows.iter().filter(|row| row.truth == Truth::Unrecorded).collect();
    assert_eq!(hidden.len(), 3);
    for row in hidden {
        assert!(row.last_activity.is_some_and(|at| gap.contains(&at)));
        assert!(row.last_login.is_none_or(|at| now - at > days(30)));
        assert!(!row.should_be_disabled(now, 30));
    }
}
