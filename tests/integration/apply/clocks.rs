//! Clocks that differ: a proxy's, this machine's, and the portal's own in the hour that is repeated when
//! DST ends. Our changes are found in the audit trail all the same.

use chrono::TimeDelta;
use dormouse::domain::history::Phase;
use sandbox::{Login, RepeatedHour};

use super::support::*;
use crate::harness;

fn corroborations(site: &Site) -> usize {
    site.history().iter().filter(|e| e.draft.phase == Phase::Corroboration).count()
}

/// A day on, on which the portal recorded something.
fn day_later(site: &Site) {
    site.pass(TimeDelta::days(1));
    site.portal.world().add_login(Login::failure("stranger@elsewhere.example"));
}

#[test]
fn changes_in_the_repeated_hour_are_found() {
    // 02:30 in Berlin, once in summer time and once in standard time.
    for moment in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
        for told in [RepeatedHour::Late, RepeatedHour::Early, RepeatedHour::True] {
            let (mut world, ids) = world_at(harness::at(moment), 3);
            world.settings.timezone = chrono_tz::Europe::Berlin;
            world.settings.repeated_hour = told;
            let site = decided(world);
            site.run("apply --yes --limit 2").ends(0);
            site.run("apply --yes --limit 1").ends(0);
            day_later(&site);
            site.run("sync").ends(0);
            assert_eq!(corroborations(&site), ids.len(), "{moment} {told:?}");
            site.verifies();
            site.run("decide").ends(0);
            site.run("apply --yes").ends(0);
            site.run("restore --run 3 --yes").ends(0);
            day_later(&site);
            site.run("sync").ends(0);
            site.verifies();
        }
    }
}

#[test]
fn clocks_some_minutes_off_hide_no_change() {
    for (date_header, machine) in [(4, 0), (-4, 0), (0, 4), (0, -4), (4, 8), (-4, -8)] {
        let (mut world, ids) = world(2);
        world.settings.date_skew = TimeDelta::minutes(date_header);
        let mut site = prepared(world);
        site.machine.clock.skew = TimeDelta::minutes(machine);
        site.run("sync").ends(0);
        site.run("decide").ends(0);
        site.run("apply --yes").ends(0);
        assert_eq!(corroborations(&site), ids.len(), "{date_header} {machine}");
        site.verifies();
        day_later(&site);
        site.run("sync").ends(0);
        site.verifies();
        site.run("decide").ends(0);
        site.run("apply --yes").ends(0);
        site.run("restore --run 3 --yes").ends(0);
        site.verifies();
    }
}
