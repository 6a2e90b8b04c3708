//! Months of a portal that loses rows, gets them late, stops recording, is put back and has a wrong clock, with
//! a sync every night. Nobody who was there within the threshold is ever inactive, and coverage never claims a
//! stretch of which the store lacks a row.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use sandbox::{AuditEvent, Login, Recording, World};
use uuid::Uuid;

use super::support::{Site, at};
use crate::harness::generated;

const DAYS: i64 = 10;
const PEOPLE: usize = 5;

/// What happens on one day besides work.
#[derive(Clone, Debug)]
enum Incident {
    None,
    /// A login is recorded that happened so many hours ago.
    Late {
        person: usize,
        hours: i64,
    },
    /// From now on, for so many days, not everything is recorded.
    Stop {
        what: Recording,
        days: i64,
    },
    /// The database is put back by so many hours.
    PutBack {
        hours: i64,
    },
    /// The portal's clock is off by so many minutes this night.
    WrongClock {
        minutes: i64,
    },
    /// No sync this night.
    NoSync,
}

#[derive(Clone, Debug)]
struct Day {
    /// Who was there, and whether he logged in or acted.
    there: Vec<(usize, Trace)>,
    incident: Incident,
}

#[derive(Clone, Copy, Debug)]
enum Trace {
    Login,
    Action,
}

fn day() -> impl Strategy<Value = Day> {
    let trace = prop_oneof![Just(Trace::Login), Just(Trace::Action)];
    let what =
        prop_oneof![Just(Recording::Off), Just(Recording::LoginsOnly), Just(Recording::AuditOnly)];
    let incident = prop_oneof![
        14 => Just(Incident::None),
        3 => (0..PEOPLE, 1..200_i64).prop_map(|(person, hours)| Incident::Late { person, hours }),
        // Shorter stops cannot be told from rest.
        1 => (what, 5..12_i64).prop_map(|(what, days)| Incident::Stop { what, days }),
        1 => (1..150_i64).prop_map(|hours| Incident::PutBack { hours }),
        1 => prop_oneof![-900..-30_i64, 30..900_i64].prop_map(|minutes| Incident::WrongClock { minutes }),
        2 => Just(Incident::NoSync),
    ];
    let there = prop::collection::vec((0..PEOPLE, trace), 0..2);
    (there, incident).prop_map(|(there, incident)| Day { there, incident })
}

/// A portal at work, and the truth about its people.
struct Life {
    site: Site,
    /// Logs in every hour and acts every other.
    busy: Uuid,
    people: Vec<Uuid>,
    /// When each was there.
    visits: Vec<Visit>,
    /// When something stopped, and the first day on which everything is recorded again.
    stopped: Option<(DateTime<Utc>, i64)>,
}

struct Visit {
    who: Uuid,
    at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    /// Coverage may take a stop for rest as long as a silence needs no explanation, and ends there.
    shows_from: DateTime<Utc>,
}

/// Longer than any stop that can pass for rest.
const NOTICED: TimeDelta = TimeDelta::hours(80);

impl Life {
    fn new() -> Self {
        let start = at("2026-02-02T01:00:00Z");
        let mut world = World::builder(start).build();
        let registered = start - TimeDelta::days(150);
        let busy = world.add_guest("busy@contractor.example", registered);
        let person = |n| world.add_guest(&format!("person{n}@contractor.example"), registered);
        let people: Vec<Uuid> = (0..PEOPLE).map(person).collect();
        for hour in 1..30 * 24 {
            world.add_login(Login::success(busy).at(start - TimeDelta::hours(hour)));
            world.add_audit(AuditEvent::new(busy, 5054, start - TimeDelta::hours(hour)));
        }
        let site = Site::fast(world);
        site.configure(&format!(
            "[portal]\nrequests_per_minute = 1000000\n[policy]\ninactivity_days = {DAYS}\n"
        ));
        Self { site, busy, people, visits: Vec::new(), stopped: None }
    }

    /// Works through a day, then lets the night's sync run. Says whether it was complete.
    fn live(&mut self, number: i64, day: &Day) -> bool {
        if self.stopped.is_some_and(|(_, resumes)| resumes <= number) {
            self.site.portal.world().settings.recording = Recording::On;
            self.stopped = None;
        }
        for hour in 0..24 {
            self.site.pass(TimeDelta::hours(1));
            let mut world = self.site.portal.world();
            world.log_in(self.busy);
            world.act(self.busy, 5054);
            let now = world.clock().now();
            if hour == 12 {
                for (person, trace) in &day.there {
                    let id = self.people[*person];
                    let recorded = match trace {
                        Trace::Login => world.log_in(id),
                        Trace::Action => world.act(id, 5054),
                    };
                    let hidden = self.stopped.filter(|_| recorded.is_none());
                    let shows_from = hidden.map_or(now, |(since, _)| since + NOTICED);
                    self.visits.push(Visit { who: id, at: now, recorded_at: now, shows_from });
                }
            }
        }
        let mut sync = "sync";
        match &day.incident {
            Incident::None => {}
            Incident::Late { person, hours } => self.late(self.people[*person], *hours),
            Incident::Stop { what, days } if self.stopped.is_none() => {
                let mut world = self.site.portal.world();
                world.settings.recording = *what;
                self.stopped = Some((world.clock().now(), number + days));
            }
            Incident::Stop { .. } => {}
            Incident::PutBack { hours } => {
                let mut world = self.site.portal.world();
                let lost = TimeDelta::hours(*hours);
                let then = world.clock().now() - lost;
                world.roll_back(lost);
                drop(world);
                let refused = self.site.run("sync");
                assert!([0, 3].contains(&refused.code), "{refused:?}");
                if refused.code == 3 {
                    sync = "sync --accept-history";
                } else if lost < NOTICED {
                    // No sync saw the rows that are lost, and without them it looks like rest.
                    self.visits.retain(|visit| visit.recorded_at <= then);
                }
            }
            Incident::WrongClock { minutes } => {
                self.site.portal.world().settings.date_skew = TimeDelta::minutes(*minutes);
                self.site.run("sync").ends(3);
                self.site.portal.world().settings.date_skew = TimeDelta::zero();
                return false;
            }
            Incident::NoSync => return false,
        }
        self.site.run(sync).ends(0);
        true
    }

    /// A row written late, if logins are recorded at all.
    fn late(&mut self, id: Uuid, hours: i64) {
        let mut world = self.site.portal.world();
        if matches!(world.settings.recording, Recording::On | Recording::LoginsOnly) {
            let when = world.clock().now() - TimeDelta::hours(hours);
            world.add_late_login(Login::success(id).at(when));
            let recorded_at = world.clock().now();
            self.visits.push(Visit { who: id, at: when, recorded_at, shows_from: when });
        }
    }

    /// Nobody who was there is inactive. Says how many are.
    fn judge(&self) -> usize {
        self.site.assert_claims();
        let ran = self.site.run("decide --dry-run --format json");
        if ran.code != 0 {
            // Nothing is covered: that is no verdict.
            assert_eq!(ran.code, 3, "{ran:?}");
            return 0;
        }
        let decision: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let as_of = at(decision["decision"]["as_of"].as_str().unwrap());
        let verdicts = decision["verdicts"].as_array().unwrap();
        let inactive = verdicts.iter().filter(|v| v["verdict"] == "inactive");
        for verdict in inactive.clone() {
            let who: Uuid = verdict["account_id"].as_str().unwrap().parse().unwrap();
            let recent = |at| at <= as_of && as_of - at < TimeDelta::days(DAYS);
            for visit in self.visits.iter().filter(|v| v.who == who && v.shows_from <= as_of) {
                assert!(!recent(visit.at), "there at {}: {verdict} as of {as_of}", visit.at);
            }
        }
        inactive.count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 20, ..generated(2)
    })]

    #[test]
    fn whoever_was_there_is_never_inactive(days in prop::collection::vec(day(), 40)) {
        let mut life = Life::new();
        life.site.must("sync");
        for (number, day) in (0..).zip(&days) {
            if life.live(number, day) {
                life.judge();
            }
        }
    }
}

/// Otherwise the property could be true of a program that never calls anybody inactive.
#[test]
fn without_incidents_whoever_was_not_there_is_inactive() {
    let mut life = Life::new();
    life.site.must("sync");
    let day = Day { there: vec![(0, Trace::Login), (1, Trace::Action)], incident: Incident::None };
    for number in 0..12 {
        assert!(life.live(number, &day));
    }
    assert_eq!(life.judge(), PEOPLE - 2);
}
