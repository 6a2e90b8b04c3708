//! Portals where silence is normal, and one where it is not.
//!
//! Everything people do lies in office hours; each log-in comes with one audited action.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use uuid::Uuid;

use super::truth::{Source, Truth, TruthRow};
use crate::world::{Account, AuditEvent, Login, World};

/// How often anyone logs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rhythm {
    /// Three times a week, on any day.
    ThreeAWeek,
    /// Twenty times each working day; never on weekends and over Easter.
    WorkingDays,
    /// The same, but [four working days](unrecorded_days) were not recorded, in the login history
    /// or in the audit trail. Some people logged in for the last time in those days.
    Unrecorded,
}

struct Person {
    id: Uuid,
    here: Vec<Range<DateTime<Utc>>>,
    logins: Vec<DateTime<Utc>>,
}

/// The portal over the last 179 days, and the truth about its guests and its owner.
pub fn quiet(now: DateTime<Utc>, seed: u64, rhythm: Rhythm) -> (World, Vec<TruthRow>) {
    let mut world = World::builder(now).seed(seed).timezone(chrono_tz::Europe::Berlin).build();
    let mut rng = SmallRng::seed_from_u64(seed);
    let gap = unrecorded_days(now);
    let mut people = people(&mut world, &mut rng, now, rhythm);
    for at in moments(&mut rng, now, rhythm) {
        let mut here: Vec<&mut Person> = people
            .iter_mut()
            .filter(|person| person.here.iter().any(|stretch| stretch.contains(&at)))
            .collect();
        if !here.is_empty() {
            let place = rng.random_range(0..here.len());
            here[place].logins.push(at);
        }
    }
    let mut entries: Vec<(DateTime<Utc>, Uuid)> =
        people.iter().flat_map(|person| person.logins.iter().map(|&at| (at, person.id))).collect();
    entries.sort_unstable();
    for (at, id) in entries {
        world.add_login(Login::success(id).at(at));
        world.add_audit(AuditEvent::new(id, 5064, at));
    }
    if rhythm == Rhythm::Unrecorded {
        world.unrecord_logins(gap.clone());
        world.unrecord_audits(gap.clone());
    }
    let lost = |at: &DateTime<Utc>| rhythm == Rhythm::Unrecorded && gap.contains(at);
    let rows = truths(&world, now, &people, lost);
    (world, rows)
}

/// Tuesday to Friday, about three weeks before `now`.
pub fn unrecorded_days(now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    let day = (now - TimeDelta::days(21)).date_naive();
    let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
    let midnight = |days| (monday + Days::new(days)).and_time(chrono::NaiveTime::MIN).and_utc();
    midnight(1)..midnight(5)
}

fn people(
    world: &mut World,
    rng: &mut SmallRng,
    now: DateTime<Utc>,
    rhythm: Rhythm,
) -> Vec<Person> {
    let start = now - TimeDelta::days(400);
    let active = if rhythm == Rhythm::ThreeAWeek { 4 } else { 12 };
    let person = |world: &mut World, name: String, here| {
        let id = world.add_guest(&format!("{name}@contractor.example"), start);
        Person { id, here, logins: Vec::new() }
    };
    let mut people = Vec::new();
    for number in 0..active {
        people.push(person(world, format!("active{number}"), vec![start..now]));
    }
    for number in 0..4 {
        let end = now - TimeDelta::days(rng.random_range(45..150));
        people.push(person(world, format!("idle{number}"), vec![start..end]));
    }
    if rhythm == Rhythm::Unrecorded {
        let gap = unrecorded_days(now);
        for number in 0..3 {
            let here = vec![start..now - TimeDelta::days(40), gap.clone()];
            let mut last = person(world, format!("unrecorded{number}"), here);
            let minutes = TimeDelta::minutes(rng.random_range(0..600));
            last.logins.push(gap.end - TimeDelta::hours(17) + minutes);
            people.push(last);
        }
    }
    people
}

/// When anyone logs in, in order.
fn moments(rng: &mut SmallRng, now: DateTime<Utc>, rhythm: Rhythm) -> Vec<DateTime<Utc>> {
    let first = (now - TimeDelta::days(178)).date_naive();
    let mut moments = Vec::new();
    for (number, day) in first.iter_days().take(179).enumerate() {
        let count = match rhythm {
            Rhythm::ThreeAWeek if number % 7 == 0 => {
                let days: Vec<u64> = (0..3).map(|_| rng.random_range(0..7)).collect();
                for later in days {
                    moments.push(office_hour(rng, day + Days::new(later)));
                }
                0
            }
            Rhythm::ThreeAWeek => 0,
            Rhythm::WorkingDays | Rhythm::Unrecorded if is_working_day(day) => 20,
            Rhythm::WorkingDays | Rhythm::Unrecorded => 0,
        };
        moments.extend((0..count).map(|_| office_hour(rng, day)));
    }
    moments.retain(|&at| at < now);
    moments.sort_unstable();
    moments
}

fn office_hour(rng: &mut SmallRng, day: NaiveDate) -> DateTime<Utc> {
    let second = TimeDelta::seconds(rng.random_range(6 * 3600..19 * 3600));
    day.and_time(chrono::NaiveTime::MIN).and_utc() + second
}

fn is_working_day(day: NaiveDate) -> bool {
    let after_easter = (day - easter(day.year())).num_days();
    let holiday = after_easter == -2 || after_easter == 1;
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holiday
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, g) = (b / 4, b % 4, (8 * b + 13) / 25);
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    let month_and_day = (u32::try_from(days / 31), u32::try_from(days % 31 + 1));
    let (Ok(month), Ok(day)) = month_and_day else { return NaiveDate::MIN };
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}

fn truths(
    world: &World,
    now: DateTime<Utc>,
    people: &[Person],
    lost: impl Fn(&DateTime<Utc>) -> bool,
) -> Vec<TruthRow> {
    let logins_of = |id| people.iter().find(|person| person.id == id).map(|person| &person.logins);
    let row = |account: &Account| {
        let logins = logins_of(account.id);
        let last = logins.and_then(|logins| logins.iter().max().copied());
        let recorded = |logins: &Vec<_>| logins.iter().filter(|at| !lost(at)).max().copied();
        let truth = match last {
            None if account.id == world.owner() => Truth::Owner,
            None => Truth::NeverLoggedIn,
            Some(at) if lost(&at) => Truth::Unrecorded,
            Some(at) if now - at < TimeDelta::days(28) => Truth::Active,
            Some(_) => Truth::Idle,
        };
        TruthRow {
            account_id: account.id,
            email: account.email.clone(),
            kind: account.kind,
            status: account.status,
            truth,
            registered: account.registered.unwrap_or_default(),
            last_activity: last,
            source: last.filter(|at| !lost(at)).map(|_| Source::Login),
            last_login: logins.and_then(recorded),
        }
    };
    world.accounts().iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_calendar_has_it() {
        for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25)] {
            assert_eq!(Some(easter(year)), NaiveDate::from_ymd_opt(year, month, day));
        }
    }
}
