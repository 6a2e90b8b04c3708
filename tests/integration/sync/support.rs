//! What the store claims, held against the truth of the portal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use dormouse::time::{Clock as _, SystemClock};
use sandbox::Journal;
use serde_json::Value;

pub(crate) use crate::harness::{
    Ran, Site, at,
    paths::{AUDIT, LOGINS, PEOPLE},
};

/// This machine's time, for portals that a process of its own asks.
pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now().into()
}

impl Site {
    /// A sync that must succeed, and its summary.
    pub(crate) fn sync(&self) -> Value {
        self.json("sync")
    }

    /// Requests since `before`.
    pub(crate) fn since(&self, before: &Journal) -> Vec<sandbox::Entry> {
        self.portal.journal().entries()[before.entries().len()..].to_vec()
    }

    fn numbers(&self, query: &str) -> Vec<Vec<i64>> {
        let row = |row: &String| row.split('|').map(|n| n.parse().unwrap()).collect();
        self.sql(query).iter().map(row).collect()
    }

    /// Ids of all stored events.
    pub(crate) fn stored(&self) -> BTreeSet<i64> {
        self.numbers("SELECT event_id FROM events").into_iter().map(|row| row[0]).collect()
    }

    /// Ids of all events that the portal has.
    pub(crate) fn present(&self) -> BTreeSet<i64> {
        self.portal.world().logins().iter().map(|row| i64::from(row.id)).collect()
    }

    /// No segment claims what is not stored: every event of the portal whose reported date lies in
    /// one is there, and no segment overlaps another or spans a hole.
    pub(crate) fn assert_claims(&self) {
        let stored = self.stored();
        let segments = self.numbers("SELECT from_ms, to_ms FROM segments ORDER BY from_ms");
        for pair in segments.windows(2) {
            assert!(pair[0][1] < pair[1][0], "segments overlap: {segments:?}");
        }
        for hole in self.numbers("SELECT from_ms, to_ms FROM holes") {
            let spanned = |s: &&Vec<i64>| s[0] <= hole[0] && hole[1] <= s[1];
            assert!(segments.iter().find(spanned).is_none(), "{segments:?} span {hole:?}");
        }
        let world = self.portal.world();
        let zone = world.settings.timezone;
        for row in world.logins().iter().filter(|row| !stored.contains(&i64::from(row.id))) {
            let told = reported(zone, row.at()).timestamp_millis();
            let claims = |s: &&Vec<i64>| s[0] <= told && told <= s[1];
            let claim = segments.iter().find(claims);
            assert!(claim.is_none(), "event {} of {} is claimed and missing", row.id, row.at());
        }
    }

    /// The store has exactly what the portal has or had, is sound, and covers up to the horizon.
    pub(crate) fn assert_whole(&self) {
        let (stored, present) = (self.stored(), self.present());
        let missing: Vec<_> = present.difference(&stored).collect();
        assert!(missing.is_empty(), "missing: {missing:?}");
        self.assert_claims();
        let dates: BTreeMap<_, _> = self
            .numbers("SELECT event_id, at_ms FROM events")
            .into_iter()
            .map(|row| (row[0], row[1]))
            .collect();
        let world = self.portal.world();
        let (zone, now) = (world.settings.timezone, world.clock().now());
        // What is dated in the future counts as of the moment it was read.
        for row in world.logins().iter().filter(|row| row.at() <= now) {
            let told = reported(zone, row.at()).timestamp_millis();
            assert_eq!(dates[&i64::from(row.id)], told, "date of event {}", row.id);
        }
        assert_eq!(self.sql("PRAGMA integrity_check"), ["ok"]);
        assert_eq!(self.sql("PRAGMA foreign_key_check"), Vec::<String>::new());
        let index = "SELECT count(*) FROM sqlite_schema WHERE name = 'events_of_account'";
        assert_eq!(self.sql(index), ["1"]);
    }
}

/// The date that a portal in zone `tz` tells for an event: it goes from UTC to local time and back, and
/// what is ambiguous counts as standard time.
pub(crate) fn reported(tz: Tz, true_date: DateTime<Utc>) -> DateTime<Utc> {
    let wall = tz.from_utc_datetime(&true_date.naive_utc()).naive_local();
    tz.from_local_datetime(&wall).latest().unwrap().to_utc()
}
