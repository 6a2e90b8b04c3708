//! Portals with one account of each sort, and short answers about what is decided on them.

use chrono::TimeDelta;
use dormouse::time::Timestamp;
use sandbox::{Login, World};
use serde_json::Value;
use uuid::Uuid;

use super::model::now;
pub(crate) use crate::harness::Site;

pub(crate) fn ago(days: i64) -> Timestamp {
    now() - TimeDelta::days(days)
}

impl Site {
    /// The same by days, with a row at the end.
    pub(crate) fn pass_days(&self, days: i64) {
        self.pass(TimeDelta::days(days));
        self.portal.world().add_login(Login::failure(STRANGER));
    }

    /// Reason of each account's verdict, by the part of its address before the `@`, without storing.
    pub(crate) fn reasons(&self) -> Vec<(String, String)> {
        reasons(&self.must("decide --dry-run --format json").json())
    }

    /// Reason of one account.
    pub(crate) fn reason(&self, name: &str) -> String {
        let found = self.reasons().into_iter().find(|(n, _)| n == name);
        found.map_or_else(|| "not under review".to_owned(), |(_, reason)| reason)
    }
}

pub(crate) fn reasons(decision: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut reasons: Vec<_> = decision["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (text(&v["email"]).split('@').next().unwrap().to_owned(), text(&v["reason"])))
        .collect();
    reasons.sort();
    reasons
}

/// Rows of the key's own account would not show that the portal records.
const STRANGER: &str = "stranger@elsewhere.example";

/// A portal whose record reaches back 170 days.
pub(crate) fn portal() -> World {
    let mut world = World::builder(now().into()).seed(4).build();
    world.add_login(Login::failure(STRANGER).at(ago(170).into()));
    world.add_login(Login::failure(STRANGER).at((now() - TimeDelta::hours(3)).into()));
    world
}

/// Adds a guest of 300 days who logged in some days ago.
pub(crate) fn guest(world: &mut World, name: &str, last: Option<i64>) -> Uuid {
    let id = world.add_guest(&format!("{name}@contractor.example"), ago(300).into());
    let account = world.account_mut(id).unwrap();
    account.first_name = name.to_owned();
    account.last_name = "Contractor".to_owned();
    if let Some(days) = last {
        world.add_login(Login::success(id).at(ago(days).into()));
    }
    id
}

/// One of each sort that a decision tells apart most often.
pub(crate) fn team() -> World {
    let mut world = portal();
    guest(&mut world, "idle", Some(93));
    guest(&mut world, "busy", Some(2));
    guest(&mut world, "soon", Some(29));
    guest(&mut world, "silent", None);
    let young = world.add_guest("young@contractor.example", ago(5).into());
    world.account_mut(young).unwrap().first_name = "Young".into();
    let never = world.add_guest("never@contractor.example", ago(100).into());
    world.account_mut(never).unwrap().first_name = "Never".into();
    let out = guest(&mut world, "out", Some(50));
    world.account_mut(out).unwrap().status = sandbox::Status::Terminated;
    world
}
