//! What `backtest` says of a synchronized portal, account by account, against what people really did there
//! and against the decisions of each day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Login, Status, World, scenarios};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Site, at, kill::Chance};

const NOW: &str = "2026-11-24T12:00:00Z";

/// Account, first day, and when the person came back.
type Disables = BTreeSet<(String, String, Option<String>)>;

fn form(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn told(backtest: &Value, days: i64) -> Disables {
    let details = backtest["details"].as_array().unwrap().iter();
    details
        .filter(|d| d["inactivity_days"] == days)
        .map(|d| {
            let returned = d["returned_at"].as_str().map(str::to_owned);
            (text(&d["account_id"]), text(&d["disabled_at"]), returned)
        })
        .collect()
}

/// The only stretch of coverage.
fn covered(backtest: &Value) -> (DateTime<Utc>, DateTime<Utc>) {
    let stretches = backtest["coverage"].as_array().unwrap();
    assert_eq!(stretches.len(), 1, "{stretches:?}");
    (at(&text(&stretches[0]["from"])), at(&text(&stretches[0]["to"])))
}

/// The starts of all days from which `days` before are covered.
fn judged((from, to): (DateTime<Utc>, DateTime<Utc>), days: i64) -> Vec<DateTime<Utc>> {
    let midnight = |at: DateTime<Utc>| at.date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let mut day = midnight(from);
    let mut judged = Vec::new();
    while day <= to {
        if day - TimeDelta::days(days) >= from {
            judged.push(day);
        }
        day += TimeDelta::days(1);
    }
    judged
}

/// One guest's life.
struct Life {
    exempt: bool,
    registered: DateTime<Utc>,
    activities: Vec<DateTime<Utc>>,
    disabled: Option<DateTime<Utc>>,
}

impl Life {
    fn disables(
        &self,
        days: i64,
        judged: &[DateTime<Utc>],
    ) -> Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        let mut counted = BTreeSet::new();
        let mut found = Vec::new();
        for day in judged {
            let last = self.activities.iter().filter(|a| *a <= day).max().copied();
            let since = last.map_or(self.registered, |last| last.max(self.registered));
            let is_enabled = self.disabled.is_none_or(|at| at > *day);
            if !self.exempt
                && is_enabled
                && *day - since >= TimeDelta::days(days)
                && counted.insert(since)
            {
                found.push((*day, self.activities.iter().filter(|a| *a > day).min().copied()));
            }
        }
        found
    }
}

/// A portal where people come and go, and the lives of its guests up to `end`.
fn portal(end: DateTime<Utc>) -> (World, BTreeMap<Uuid, Life>) {
    let mut world = World::builder(end).build();
    let mut chance = Chance(42);
    let first = end - TimeDelta::days(150);
    let mut logins = Vec::new();
    // Somebody is there every day, so that no silence is suspect.
    let owner = world.owner();
    logins.extend((0..150).map(|day| (first + TimeDelta::days(day), Login::success(owner))));
    let mut lives = BTreeMap::new();
    for number in 0..80 {
        let exempt = number % 10 == 0;
        let domain = if exempt { "exempt.example" } else { "contractor.example" };
        let email = format!("guest.{number}@{domain}");
        let registered = match number % 8 {
            7 => first + TimeDelta::days(i64::try_from(chance.below(100)).unwrap()),
            _ => end - TimeDelta::days(400),
        };
        let id = world.add_guest(&email, registered);
        let mut activities = Vec::new();
        let mut moment = registered.max(first + TimeDelta::hours(3));
        let is_ever_there = number % 9 != 8;
        while is_ever_there && moment < end {
            let gap = match chance.below(4) {
                0 => 20 + chance.below(70),
                _ => 1 + chance.below(12),
            };
            // Some exactly at the start of a day.
            moment += TimeDelta::days(i64::try_from(gap).unwrap());
            moment = match chance.below(5) {
                0 => moment.date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc(),
                _ => moment + TimeDelta::minutes(i64::try_from(chance.below(600)).unwrap()),
            };
            if moment > end - TimeDelta::hours(3) {
                break;
            }
            let login = if chance.below(3) == 0 { Login::logout(id) } else { Login::success(id) };
            logins.push((moment, login));
            activities.push(moment);
        }
        // Failed attempts are nobody's.
        logins.push((end - TimeDelta::days(9), Login::failure(&email)));
        lives.insert(id, Life { exempt, registered, activities, disabled: None });
    }
    logins.sort_by_key(|(at, _)| *at);
    for (at, login) in logins {
        world.add_login(login.at(at));
    }
    (world, lives)
}

const EXEMPT: &str = "\
[[exemption]]
domain = \"exempt.example\"
reason = \"on call\"
";

fn agrees(site: &Site, lives: &BTreeMap<Uuid, Life>) {
    let backtest = site.json("backtest --details");
    let (_, end) = covered(&backtest);
    for (place, days) in [30, 45, 60, 90].into_iter().enumerate() {
        let judged = judged(covered(&backtest), days);
        let figures = &backtest["thresholds"][place];
        assert_eq!(figures["days_judged"], judged.len());
        let mut wanted = Disables::new();
        let mut exposure = TimeDelta::zero();
        let mut followed = [(0, 0); 3];
        for (id, life) in lives {
            for (day, back) in life.disables(days, &judged) {
                wanted.insert((id.to_string(), form(day), back.map(form)));
                let until = life.disabled.map_or(end, |at| at.min(end));
                exposure += back.map_or(until, |back| back.min(until)) - day;
                for (within, (returned, measurable)) in [30, 60, 90].into_iter().zip(&mut followed)
                {
                    let limit = day + TimeDelta::days(within);
                    if limit <= until {
                        *measurable += 1;
                        *returned += usize::from(back.is_some_and(|back| back <= limit));
                    }
                }
            }
        }
        assert_eq!(told(&backtest, days), wanted, "{days} days");
        assert_eq!(figures["would_be_disables"], wanted.len());
        assert_eq!(figures["exposure_saved_account_days"], exposure.num_days());
        for (place, (returned, measurable)) in followed.into_iter().enumerate() {
            let counted = &figures["false_disables"][place];
            assert_eq!(
                (&counted["returned"], &counted["measurable"]),
                (&returned.into(), &measurable.into())
            );
            assert_eq!(counted["too_recent"], wanted.len() - measurable);
        }
        assert!(days > 60 || wanted.len() >= 20, "the scenario has idle people: {}", wanted.len());
    }
}

#[test]
fn those_who_would_have_been_disabled_and_came_back_are_the_sandboxs_account_by_account() {
    let disabling = at(NOW) - TimeDelta::days(25);
    let (world, mut lives) = portal(disabling);
    let site = Site::with(world, EXEMPT);
    site.must("sync");
    agrees(&site, &lives);

    // Some are really disabled, the others go on; the record now reaches over both.
    site.must("decide");
    site.must("apply --yes --max 1000 --max-percent 100");
    let mut back = Vec::new();
    for (id, life) in &mut lives {
        if site.status(*id) == Some(Status::Terminated) {
            life.disabled = Some(disabling);
        } else if id.as_u128() % 3 != 0 {
            let days = i64::try_from(id.as_u128() % 20).unwrap() + 1;
            back.push((disabling + TimeDelta::days(days), *id));
        }
    }
    assert!(lives.values().filter(|life| life.disabled.is_some()).count() > 5);
    let owner = site.portal.world().owner();
    back.extend((1..25).map(|day| (disabling + TimeDelta::days(day), owner)));
    back.sort();
    for day in 1..=25 {
        site.pass(TimeDelta::days(1));
        let now = disabling + TimeDelta::days(day);
        for (at, id) in back.iter().filter(|(at, _)| now - TimeDelta::days(1) < *at && *at <= now) {
            site.portal.world().add_login(Login::success(*id).at(*at));
            if let Some(life) = lives.get_mut(id) {
                life.activities.push(*at);
            }
        }
        // Not every night.
        if day % 6 == 1 {
            site.must("sync");
        }
    }
    agrees(&site, &lives);
}

#[test]
fn each_days_decision_finds_the_same_accounts_inactive() {
    let (world, _) = scenarios::demo(at(NOW), 7);
    let site = Site::with(world, "[policy]\nsignals = [\"logins\"]");
    site.must("sync");
    for days in [30, 75] {
        let backtest = site.json(&format!("backtest --thresholds {days} --details"));
        let mut counted = BTreeSet::new();
        let mut wanted = BTreeSet::new();
        for day in judged(covered(&backtest), days) {
            let line = format!("decide --dry-run --inactivity-days {days} --as-of {}", form(day));
            let decision = site.json(&line);
            let verdicts = decision["verdicts"].as_array().unwrap().iter();
            for verdict in verdicts.filter(|v| v["verdict"] == "inactive") {
                let id = text(&verdict["account_id"]);
                let [active, registered] = ["last_activity_at", "registered_at"]
                    .map(|name| verdict[name].as_str().map(str::to_owned));
                if counted.insert((id.clone(), active.max(registered))) {
                    wanted.insert((id, form(day)));
                }
            }
        }
        assert!(wanted.len() > 5, "{}", wanted.len());
        let told = told(&backtest, days).into_iter().map(|(id, day, _)| (id, day));
        assert_eq!(told.collect::<BTreeSet<_>>(), wanted, "{days} days");
    }
}
