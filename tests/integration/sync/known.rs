//! What is known is believed only once the portal has shown it again: each way in which a history was
//! taken for ours although it was another one, or for whole although a row came late.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Login, Oddity, Ties, World};
use uuid::Uuid;

use super::support::{LOGINS, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";
const REFUSED: &str = "the portal's history is not the one in this store";

/// A portal with a login every two hours of the last 100 days.
fn portal(seed: u64) -> (World, Uuid) {
    let now = at(NOW);
    let mut world = World::builder(now).seed(seed).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
    for n in 0..1200 {
        world.add_login(
            Login::success(ann).at(now - TimeDelta::hours(2 * n) - TimeDelta::minutes(n % 50)),
        );
    }
    (world, ann)
}

/// A store after its first sync, a day later.
fn known() -> (Site, Uuid) {
    let (world, ann) = portal(1);
    let site = Site::fast(world);
    site.sync();
    site.pass(TimeDelta::days(1));
    (site, ann)
}

fn log_in(site: &Site, account: Uuid, at: DateTime<Utc>) -> i32 {
    site.portal.world().add_login(Login::success(account).at(at))
}

/// All rows of the store but those that say that a run took place.
fn evidence(site: &Site) -> String {
    let kept = |line: &&String| !line.contains("INTO runs") && !line.contains("INTO sync_runs");
    site.sql(".dump").iter().filter(kept).cloned().collect::<Vec<_>>().join("\n")
}

fn refuses(site: &Site, line: &str) {
    let before = evidence(site);
    let ran = site.run(line);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains(REFUSED), "{}", ran.stderr);
    assert_eq!(evidence(site), before);
}

#[test]
fn a_portal_that_was_put_back_is_refused() {
    for full in ["sync", "sync --full"] {
        let (site, ann) = known();
        site.portal.world().roll_back(TimeDelta::days(6));
        // New rows get the ids of lost ones.
        log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
        refuses(&site, full);
    }
}

#[test]
fn a_portal_that_was_put_back_by_an_hour_is_refused() {
    let (world, ann) = portal(1);
    let site = Site::fast(world);
    log_in(&site, ann, at(NOW) - TimeDelta::minutes(3));
    site.sync();
    site.portal.world().roll_back(TimeDelta::minutes(30));
    site.pass(TimeDelta::days(1));
    refuses(&site, "sync");
}

#[test]
fn a_clone_of_the_portal_is_refused_once_both_went_on() {
    let (site, ann) = known();
    let clone = site.portal.world().fork();
    log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
    site.sync();
    site.portal.world().roll_back_to(&clone);
    log_in(&site, ann, at(NOW) + TimeDelta::hours(22));
    refuses(&site, "sync");
}

#[test]
fn a_row_that_comes_late_is_read_however_old_its_date() {
    let (site, ann) = known();
    let bob =
        site.portal.world().add_guest("bob@contractor.example", at(NOW) - TimeDelta::days(90));
    for days in [1, 10, 25] {
        let date = at(NOW) - TimeDelta::days(days);
        let late = site.portal.world().add_late_login(Login::success(bob).at(date));
        log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
        site.sync();
        assert!(site.stored().contains(&i64::from(late)), "{days} days back");
    }
    site.assert_whole();
}

#[test]
fn the_place_of_a_late_row_is_found_by_halving() {
    let (site, _) = known();
    let bob =
        site.portal.world().add_guest("bob@contractor.example", at(NOW) - TimeDelta::days(90));
    let date = at(NOW) - TimeDelta::days(17);
    site.portal.world().add_late_login(Login::success(bob).at(date));
    let before = site.portal.journal();
    assert_eq!(site.sync()["events_added"], 1);
    site.assert_whole();
    let count = site.since(&before).iter().filter(|e| e.path == LOGINS).count();
    assert!(count <= 16, "{count} requests");
}

#[test]
fn many_late_rows_are_read_wherever_they_are() {
    // In three places, in one, and in more places than are looked for one by one.
    for (places, rows) in [(3, 40), (1, 350), (27, 1)] {
        let (site, _) = known();
        let bob =
            site.portal.world().add_guest("bob@contractor.example", at(NOW) - TimeDelta::days(90));
        for place in 0..places {
            for row in 0..rows {
                let age = TimeDelta::days(1 + place) + TimeDelta::seconds(17 * row);
                site.portal.world().add_late_login(Login::success(bob).at(at(NOW) - age));
            }
        }
        assert_eq!(site.sync()["events_added"], places * rows, "{places} places");
        site.assert_whole();
    }
}

#[test]
fn a_late_row_that_cannot_be_read_is_a_hole() {
    let (site, ann) = known();
    let date = at(NOW) - TimeDelta::days(17);
    let late = site.portal.world().add_late_login(Login::success(ann).at(date));
    site.portal.world().poison_event(late);
    site.sync();
    site.assert_claims();
    let held = format!(
        "SELECT count(*) FROM holes WHERE from_ms <= {0} AND {0} <= to_ms",
        date.timestamp_millis()
    );
    assert_eq!(site.sql(&held), ["1"]);
}

#[test]
fn a_quiet_night_costs_two_requests_more() {
    let (site, ann) = known();
    log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
    let before = site.portal.journal();
    site.sync();
    let count = site.since(&before).iter().filter(|e| e.path == LOGINS).count();
    assert!(count <= 5, "{count} requests");
}

#[test]
fn a_second_with_more_rows_than_a_page_is_counted() {
    for ties in [Ties::Stable, Ties::Shuffled(7)] {
        for burst in [99, 100, 101, 150, 420] {
            let now = at(NOW);
            let mut world = World::builder(now).ties(ties).build();
            let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
            for n in 0..300 {
                world.add_login(Login::success(ann).at(now - TimeDelta::hours(7 * n)));
            }
            let second = now - TimeDelta::days(20) - TimeDelta::minutes(1);
            world.add_login_burst(&Login::failure("ann@contractor.example").at(second), burst);
            let site = Site::fast(world);
            site.sync();
            site.assert_whole();
            assert_eq!(site.sql("SELECT count(*) FROM holes"), ["0"], "{burst} rows");
            assert_eq!(site.sql("SELECT count(*) FROM segments"), ["1"], "{burst} rows");
        }
    }
}

#[test]
fn rows_that_arrive_with_every_request_never_end_in_an_error() {
    for before in [0, 60, 97, 100, 250] {
        let (world, ann) = portal(1);
        let site = Site::fast(world);
        site.portal.world().add_login_burst(&Login::success(ann).at(at(NOW)), before);
        site.portal.logins_with_every_request(Login::success(ann), 3);
        site.sync();
        site.pass(TimeDelta::days(1));
        site.sync();
        site.assert_claims();
    }
}

#[test]
fn an_odd_row_protects_its_account_and_stops_nothing() {
    for oddity in [
        Oddity::NullDate,
        Oddity::UnsetDate,
        Oddity::UnreadableDate,
        Oddity::NoDate,
        Oddity::UnreadableId,
        Oddity::NoId,
    ] {
        let (site, ann) = known();
        let bob =
            site.portal.world().add_guest("bob@contractor.example", at(NOW) - TimeDelta::days(90));
        let odd = log_in(&site, bob, at(NOW) + TimeDelta::hours(3));
        site.portal.world().make_login_odd(odd, oddity);
        log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
        site.sync();
        let seen = "SELECT count(*) FROM login_events e JOIN accounts a USING (account_id)
                    WHERE a.email = 'bob@contractor.example' AND e.at >= '2026-06-10'";
        assert_eq!(site.sql(seen), ["1"], "{oddity:?}");
        site.pass(TimeDelta::days(1));
        site.sync();
        assert_eq!(site.sql(seen), ["1"], "{oddity:?}: known again");
        assert_eq!(site.sql("SELECT count(*) FROM holes"), ["0"]);
    }
}

#[test]
fn a_row_of_nobody_is_a_hole_and_a_failure_is_not() {
    for (oddity, failure, holes) in [
        (Oddity::NullAccount, false, "1"),
        (Oddity::NoAccount, false, "1"),
        (Oddity::NullAccount, true, "0"),
    ] {
        let (site, ann) = known();
        let date = at(NOW) + TimeDelta::hours(3);
        let login = match failure {
            true => Login::failure("ann@contractor.example").at(date),
            false => Login::success(ann).at(date),
        };
        let odd = site.portal.world().add_login(login);
        site.portal.world().make_login_odd(odd, oddity);
        log_in(&site, ann, at(NOW) + TimeDelta::hours(20));
        site.sync();
        assert_eq!(site.sql("SELECT count(*) FROM holes"), [holes]);
        site.pass(TimeDelta::days(1));
        site.sync();
        assert_eq!(site.sql("SELECT count(*) FROM holes"), [holes]);
    }
}
