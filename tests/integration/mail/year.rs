//! A year, day by day and with a run every working night, with people who come, go, come back, join late
//! and cannot be reached. What happened is held against who was where, and against what the mail server
//! took over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use sandbox::{Account, Kind, Letter, Login, MailServer, Moment, Status, Trouble, World};
use uuid::Uuid;

use super::support::mailing;
use crate::harness::{Site, at, kill::Chance};

const DAYS: i64 = 365;
const THRESHOLD: i64 = 30;
const STAGES: [i64; 2] = [14, 3];
const MIN_NOTICE: i64 = 3;
const DESK: &str = "desk@example.com";
/// The server refuses mail to this address for good.
const GONE: &str = "gone@contractor.example";
/// And takes none to this one the first three times.
const FULL: &str = "full@contractor.example";

#[derive(Clone, Copy)]
enum Habit {
    /// Comes every so many days.
    Every(i64),
    /// Comes every few days until that day.
    Until(i64),
    /// Comes only when a mail says so, the day after.
    WhenTold,
    /// Comes after so many days at most, now sooner, now later.
    Rarely(u64),
}

struct Person {
    id: Uuid,
    email: String,
    habit: Habit,
    /// When the account was made or enabled, and every visit.
    signs: Vec<DateTime<Utc>>,
    next: i64,
}

struct Year {
    site: Site,
    server: MailServer,
    admin: Uuid,
    people: Vec<Person>,
    chance: Chance,
    /// Each with the night in which it left.
    letters: Vec<(DateTime<Utc>, Letter)>,
    disabled: Vec<(DateTime<Utc>, Uuid)>,
}

impl Year {
    fn new() -> Self {
        let notices = format!(
            "before_days = [14, 3]\nto = [\"account\", \"{DESK}\"]\nrequired = true\nmin_notice_days = \
             {MIN_NOTICE}\n[policy]\ninactivity_days = {THRESHOLD}\nsignals = [\"logins\"]"
        );
        let start = at("2026-01-01T02:00:00Z");
        let mut world = World::builder(start).build();
        let stranger = Login::failure("stranger@elsewhere.example");
        world.add_login(stranger.at(start - TimeDelta::hours(1)));
        // The key's own account must not change anybody by hand.
        let ada =
            Account::new(world.new_guid(), Kind::DocSpaceAdmin, "Ada", "Admin", "ada@example.com");
        let admin = world.add_account(ada.registered(start));
        let (site, server) = mailing(world, &notices);
        site.must("sync");
        server.trouble(Trouble::say(Moment::Recipient, "550 5.1.1 no such user").to(GONE));
        let full = Trouble::say(Moment::Recipient, "452 4.2.2 mailbox full");
        server.trouble(full.to(FULL).times(3));
        let (people, letters, disabled) = (Vec::new(), Vec::new(), Vec::new());
        let chance = Chance(7);
        let mut year = Self { site, server, admin, people, chance, letters, disabled };
        for (name, habit) in [
            ("daily", Habit::Every(1)),
            ("weekly", Habit::Every(7)),
            ("monthly", Habit::Every(29)),
            ("left", Habit::Until(20)),
            ("later", Habit::Until(200)),
            ("gone", Habit::Until(40)),
            ("full", Habit::Until(60)),
            ("told", Habit::WhenTold),
            ("rare", Habit::Rarely(24)),
            ("rarer", Habit::Rarely(40)),
            ("rarest", Habit::Rarely(70)),
        ] {
            year.joins(name, habit);
        }
        year
    }

    fn now(&self) -> DateTime<Utc> {
        self.site.portal.clock().now()
    }

    fn joins(&mut self, name: &str, habit: Habit) {
        let (now, email) = (self.now(), format!("{name}@contractor.example"));
        let id = self.site.portal.world().add_guest(&email, now);
        self.people.push(Person { id, email, habit, signs: vec![now], next: 0 });
    }

    /// What happens between two nights.
    fn day(&mut self, day: i64) {
        self.site.pass(TimeDelta::days(1));
        let now = self.now();
        if day % 60 == 30 {
            self.joins(&format!("new{day}"), Habit::Rarely(45));
        }
        let told: BTreeSet<&str> = self
            .letters
            .iter()
            .filter(|(night, _)| *night == now - TimeDelta::days(1))
            .flat_map(|(_, letter)| letter.to.iter().map(String::as_str))
            .collect();
        let mut world = self.site.portal.world();
        for person in &mut self.people {
            let is_coming = match person.habit {
                Habit::Every(days) => day % days == 0,
                Habit::Until(last) => day <= last && day % 3 == 0,
                Habit::WhenTold => told.contains(person.email.as_str()),
                Habit::Rarely(most) if day >= person.next => {
                    person.next = day + 1 + i64::try_from(self.chance.below(most)).unwrap();
                    true
                }
                Habit::Rarely(_) => false,
            };
            if !is_coming {
                continue;
            }
            let is_out = world.account(person.id).is_some_and(|a| a.status == Status::Terminated);
            if is_out {
                // Those who come rarely ask for it and get their account back, the others have left.
                if !matches!(person.habit, Habit::Rarely(_)) {
                    continue;
                }
                world.enable(self.admin, person.id);
                person.signs.push(now);
            }
            let minutes = 1 + i64::try_from(self.chance.below(1000)).unwrap();
            // Not before the account was there.
            let visit = (now - TimeDelta::minutes(minutes))
                .max(person.signs.last().copied().unwrap_or(now));
            world.add_login(Login::success(person.id).at(visit));
            person.signs.push(visit);
        }
    }

    fn night(&mut self, day: i64) {
        let now = self.now();
        let before = self.server.letters().len();
        let ran = self.site.run("notify");
        assert!(ran.code == 0 || ran.code == 4, "{now}: {ran:?}");
        self.letters
            .extend(self.server.letters().into_iter().skip(before).map(|letter| (now, letter)));
        // To save time, in quiet weeks only once.
        let enabled = self.enabled();
        let is_absent = |p: &Person| now - p.stretch(now) >= TimeDelta::days(THRESHOLD);
        let mut people = self.people.iter().filter(|person| enabled.contains(&person.id));
        if day % 7 > 0 && !people.any(is_absent) {
            return;
        }
        match self.site.run("decide --check").code {
            0 => return,
            10 => {}
            code => panic!("{now}: decide ended with {code}"),
        }
        self.site.must("apply --yes");
        let still = self.enabled();
        self.disabled.extend(enabled.difference(&still).map(|id| (now, *id)));
    }

    fn enabled(&self) -> BTreeSet<Uuid> {
        let world = self.site.portal.world();
        let active = world.accounts().iter().filter(|a| a.status == Status::Active);
        active.map(|account| account.id).collect()
    }

    fn person(&self, id: Uuid) -> &Person {
        self.people.iter().find(|person| person.id == id).unwrap()
    }
}

impl Person {
    /// When the stretch without a sign began that holds this moment.
    fn stretch(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        *self.signs.iter().filter(|sign| **sign <= at).max().unwrap()
    }
}

/// The date that a mail to one person names.
fn named(letter: &Letter) -> NaiveDate {
    let subject = letter.subject();
    let date = subject.split("disabled from ").nth(1).and_then(|rest| rest.split(" unless").next());
    NaiveDate::parse_from_str(date.unwrap(), "%A, %d %B %Y").unwrap()
}

#[test]
fn everybody_disabled_was_told_in_time_and_nobody_twice_for_one_absence() {
    let mut year = Year::new();
    for day in 1..=DAYS {
        year.day(day);
        if year.now().weekday().num_days_from_monday() < 5 {
            year.night(day);
        }
    }

    // Everybody disabled had been told in time, and of a day that had come.
    for (night, id) in &year.disabled {
        let person = year.person(*id);
        let stretch = person.stretch(*night);
        assert!(*night - stretch >= TimeDelta::days(THRESHOLD), "{} on {night}", person.email);
        let in_time = year
            .letters
            .iter()
            .filter(|(sent, _)| *sent > stretch && *night - *sent >= TimeDelta::days(MIN_NOTICE));
        let mut told = in_time.filter(|(_, letter)| match person.email.as_str() {
            GONE => letter.to == [DESK] && letter.text().contains(GONE),
            email => letter.to == [email] && named(letter) <= night.date_naive(),
        });
        assert!(told.next().is_some(), "{} was not told before {night}", person.email);
    }

    // Nobody, and not the desk about anybody, got a stage twice for one absence, or anything before it was due.
    let mut got: BTreeMap<String, usize> = BTreeMap::new();
    for (sent, letter) in &year.letters {
        let is_desk = letter.to == [DESK];
        let text = letter.text();
        let is_about = |p: &&Person| {
            if is_desk { text.contains(&p.email) } else { letter.to == [p.email.clone()] }
        };
        for person in year.people.iter().filter(is_about) {
            let stretch = person.stretch(*sent);
            // What is read covers the time until two hours before.
            let left = THRESHOLD - (*sent - TimeDelta::hours(2) - stretch).num_days();
            let stage = STAGES.iter().copied().filter(|stage| left <= *stage).min();
            let stage = stage.unwrap_or_else(|| panic!("{} too early, on {sent}", person.email));
            let told = format!("{}: {} since {stretch}, {stage}", letter.to.concat(), person.email);
            *got.entry(told).or_default() += 1;
        }
    }
    assert!(got.keys().any(|told| told.starts_with(DESK)));
    assert!(got.values().all(|times| *times == 1), "{got:?}");

    // The year had everything in it.
    let count = |email: &str| {
        let email = format!("{email}@contractor.example");
        let disabled = year.disabled.iter().filter(|(_, id)| year.person(*id).email == email);
        (year.letters.iter().filter(|(_, l)| l.to == [email.clone()]).count(), disabled.count())
    };
    for regular in ["daily", "weekly"] {
        assert_eq!(count(regular), (0, 0), "{regular}");
    }
    assert!(count("monthly").0 >= 12 && count("monthly").1 == 0, "{:?}", count("monthly"));
    assert!(count("told").0 >= 20 && count("told").1 == 0, "{:?}", count("told"));
    for leaver in ["left", "later", "full"] {
        assert_eq!(count(leaver), (2, 1), "{leaver}");
    }
    assert_eq!(count("gone"), (0, 1));
    assert!(count("rarest").1 >= 1, "{:?}", count("rarest"));
    year.site.must("history verify");
}
