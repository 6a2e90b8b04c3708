//! Where people log in from, and when: office hours, a few devices each, never in the repeated
//! hour of autumn.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::{Rng, rngs::SmallRng};

use crate::world::Shape;

const PLACES: [(&str, &str, &str); 8] = [
    ("Germany", "Berlin", "203.0.113."),
    ("Germany", "Hamburg", "198.51.100."),
    ("Poland", "Warsaw", "192.0.2."),
    ("Portugal", "Lisbon", "203.0.113."),
    ("India", "Pune", "198.51.100."),
    ("", "", "192.0.2."),
    ("France", "Lyon", "203.0.113."),
    ("Brazil", "Recife", "198.51.100."),
];

const AGENTS: [(&str, &str); 6] = [
    ("Chrome 131", "Windows 10"),
    ("Firefox 133", "Linux"),
    ("Safari 18", "Mac OS X 10.15"),
    ("Edge 131", "Windows 10"),
    ("Mobile Safari 18", "iOS 18"),
    ("Chrome Mobile 131", "Android 14"),
];

/// Puts a person in front of one of a few machines: the same number gives the same machine.
pub(super) fn at_device(shape: &mut Shape, person: usize, device: usize) {
    let (country, city, net) = PLACES[person % PLACES.len()];
    let (browser, platform) = AGENTS[(person + device * 5) % AGENTS.len()];
    shape.ip = if person % 23 == 7 && device == 1 {
        "2001:db8::7".to_owned()
    } else {
        format!("{net}{}", 1 + (person * 7 + device * 31) % 250)
    };
    country.clone_into(&mut shape.country);
    city.clone_into(&mut shape.city);
    shape.browser = Some(browser.to_owned());
    shape.platform = Some(platform.to_owned());
    "https://portal.example.com/login".clone_into(&mut shape.page);
}

/// So many days before `now`, at an office hour of that day, to the second. It stays at least
/// that many days back.
pub(super) fn days_ago(rng: &mut SmallRng, now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    let day = now - TimeDelta::days(days + 1);
    let midnight = day.trunc_subsecs(0) - TimeDelta::seconds(day.timestamp().rem_euclid(86_400));
    office_hour(rng, midnight)
}

/// So many minutes before `now`, to the second.
pub(super) fn minutes_ago(now: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
    let second = outside_night((now - TimeDelta::minutes(minutes)).timestamp());
    DateTime::from_timestamp(second, 0).unwrap_or(now)
}

/// Between `from` and `to`, at an office hour where there is one.
pub(super) fn between(rng: &mut SmallRng, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
    let (first, last) = (from.timestamp(), to.timestamp().max(from.timestamp() + 1));
    let second = outside_night(rng.random_range(first..last));
    let at = DateTime::from_timestamp(second, 0).unwrap_or(from);
    let midnight = at - TimeDelta::seconds(second.rem_euclid(86_400));
    let office = office_hour(rng, midnight);
    if office >= from && office < to { office } else { at }
}

/// Clocks repeat an hour of the small hours in autumn: what falls there moves to the evening.
pub(super) fn outside_night(second: i64) -> i64 {
    if second.rem_euclid(86_400) < 7_200 { second - 7_200 } else { second }
}

fn office_hour(rng: &mut SmallRng, midnight: DateTime<Utc>) -> DateTime<Utc> {
    midnight + TimeDelta::seconds(rng.random_range(6 * 3600..19 * 3600))
}
