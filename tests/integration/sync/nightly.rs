//! What a nightly run costs the portal: requests are counted in its own journal.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{AuditEvent, Entry, Login, Ties, World};
use uuid::Uuid;

use super::support::{AUDIT, LOGINS, PEOPLE, Site, at};

const NOW: &str = "2026-06-10T03:00:00Z";

/// A portal with an old, read history, and the person whose events these are.
fn portal(ties: Ties) -> (World, Uuid) {
    let now = at(NOW);
    let mut world = World::builder(now).ties(ties).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
    for hours in 0..700 {
        let age = TimeDelta::hours(6 * hours) + TimeDelta::hours(30);
        world.add_login(Login::success(ann).at(now - age));
    }
    (world, ann)
}

/// A probe before and one after, the page that meets what is known, and two to see that it is whole.
const BESIDES: usize = 5;

fn count(entries: &[Entry], path: &str) -> usize {
    entries.iter().filter(|e| e.path == path).count()
}

/// Syncs once, adds events with these dates, and returns what the next night costs.
fn night(dates: impl Fn(DateTime<Utc>) -> Vec<DateTime<Utc>>, ties: Ties) -> Vec<Entry> {
    let (world, ann) = portal(ties);
    let site = Site::fast(world);
    site.sync();
    site.portal.advance(TimeDelta::days(1));
    for date in dates(at(NOW) + TimeDelta::days(1)) {
        site.portal.world().add_login(Login::success(ann).at(date));
    }
    let before = site.portal.journal();
    site.sync();
    site.assert_whole();
    site.since(&before)
}

/// `n` dates, one every `step` seconds, the newest a minute old.
fn every(n: usize, step: i64) -> impl Fn(DateTime<Utc>) -> Vec<DateTime<Utc>> {
    move |now| {
        let age = |i: usize| TimeDelta::minutes(1) + TimeDelta::seconds(step * i as i64);
        (0..n).map(|i| now - age(i)).collect()
    }
}

/// Dates of events, before a moment.
type Burst = fn(DateTime<Utc>) -> Vec<DateTime<Utc>>;

#[test]
fn a_night_costs_its_new_events_and_nothing_more() {
    for n in [0, 1, 98, 99, 100, 101, 197, 198, 199, 200, 1000, 4321] {
        let entries = night(every(n, 18), Ties::Stable);
        let logins = count(&entries, LOGINS);
        assert!(logins <= n.div_ceil(99) + BESIDES, "{n} new events cost {logins} requests");
        assert_eq!(count(&entries, PEOPLE), 1);
        assert_eq!(count(&entries, "/api/2.0/keys"), 1);
        let audits: Vec<_> = entries.iter().filter(|e| e.path == AUDIT).collect();
        let changes = |code: &str| {
            audits.iter().filter(|e| e.param("action").as_deref() == Some(code)).count()
        };
        assert_eq!((changes("4020"), changes("4006")), (1, 1));
        let of_anybody = |e: &&&Entry| e.param("action").is_none() && e.param("userId").is_none();
        let looks = audits.iter().filter(of_anybody).filter(|e| e.param("to").is_some()).count();
        assert_eq!(looks, 1, "was the trail written?");
        let newest = audits.iter().filter(of_anybody).count() - looks;
        assert_eq!(newest, 2, "before and after");
    }
}

/// Every request of a night that brought nothing, in order: one more needs a reason.
#[test]
fn a_quiet_night_asks_for_this_and_nothing_more() {
    let entries = night(|_| Vec::new(), Ties::Stable);
    let asked = |e: &Entry| {
        let path = e.path.trim_start_matches("/api/2.0/");
        if e.query.is_empty() { path.to_owned() } else { format!("{path} {}", e.query) }
    };
    let asked: Vec<String> = entries.iter().map(asked).collect();
    insta::assert_snapshot!(asked.join("\n"), @r"
    portal
    people/@self
    keys/@self
    security/audit/login/filter startIndex=0&count=1
    security/audit/events/filter count=1
    settings/cookiesettings
    settings/version/build
    security/audit/settings/lifetime
    people/filter sortBy=email&sortOrder=ascending&startIndex=0&count=100
    security/audit/events/filter action=4020&from=2026-06-09T03%3A00%3A00Z&startIndex=0&count=100
    security/audit/events/filter action=4006&from=2026-06-09T03%3A00%3A00Z&startIndex=0&count=100
    security/audit/login/filter startIndex=0&count=100
    security/audit/login/filter startIndex=698&count=2
    security/audit/login/filter startIndex=0&count=100
    keys
    security/audit/events/filter to=2026-06-11T03%3A00%3A00Z&startIndex=0&count=100
    people/@self
    keys/@self
    security/audit/login/filter startIndex=0&count=1
    security/audit/events/filter count=1
    ");
}

/// Beside the pages of a first sync: a probe before, one at the end of the history and one at the end of the
/// run, and what is asked for ahead, six pages a connection, while the last page is on its way.
const BESIDES_FIRST: usize = 3 + 6 * 8;

#[test]
fn a_first_sync_costs_its_pages_and_a_twentieth_more() {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
    for n in (0..20_600).rev() {
        world.add_login(Login::success(ann).at(now - TimeDelta::minutes(12 * n)));
    }
    let site = Site::fast(world);
    for (line, rows) in [("sync", 20_600_usize), ("sync --db other.db --lookback-days 45", 5_400)] {
        let before = site.portal.journal();
        site.must(line);
        let logins = count(&site.since(&before), LOGINS);
        let pages = rows.div_ceil(100);
        assert!(
            logins <= pages + pages / 20 + BESIDES_FIRST,
            "{line}: {pages} pages cost {logins} requests"
        );
    }
}

#[test]
fn bursts_cost_no_more_than_even_days() {
    let bursts: [(&str, Burst); 3] = [
        ("everybody at once, just now", |now| every(1500, 1)(now)),
        ("everybody at once, yesterday", |now| every(1500, 1)(now - TimeDelta::hours(20))),
        ("a trickle, then a crowd", |now| {
            let mut dates = every(150, 300)(now);
            dates.extend(every(1200, 1)(now - TimeDelta::hours(14)));
            dates
        }),
    ];
    for (name, dates) in bursts {
        let n = dates(at(NOW)).len();
        let logins = count(&night(dates, Ties::Stable), LOGINS);
        assert!(
            logins <= n.div_ceil(99) + BESIDES,
            "{name}: {n} new events cost {logins} requests"
        );
    }
}

#[test]
fn a_border_inside_a_tie_costs_one_request_more() {
    for ties in [Ties::Stable, Ties::Shuffled(7)] {
        // Seven events in each second: every border cuts one, in the worst case.
        let crowd = |now: DateTime<Utc>| {
            let mut dates = Vec::new();
            for second in every(200, 60)(now) {
                dates.extend([second; 7]);
            }
            dates
        };
        let logins = count(&night(crowd, ties), LOGINS);
        let pages = 1400_usize.div_ceil(99);
        assert!(logins <= pages + 2 + pages, "{ties:?}: 1400 tied events cost {logins} requests");
    }
}

#[test]
fn only_those_who_would_be_inactive_are_looked_up() {
    let now = at(NOW);
    let mut world = World::builder(now).build();
    let old = now - TimeDelta::days(170);
    let id = |world: &mut World, name: &str| world.add_guest(name, old);
    let (active, idle, busy) = (
        id(&mut world, "a@x.example"),
        id(&mut world, "b@x.example"),
        id(&mut world, "c@x.example"),
    );
    world.add_login(Login::success(active).at(now - TimeDelta::days(3)));
    world.add_login(Login::success(idle).at(now - TimeDelta::days(60)));
    world.add_login(Login::success(busy).at(now - TimeDelta::days(60)));
    world.add_login(Login::failure("nobody").at(now - TimeDelta::days(175)));
    world.add_audit(AuditEvent::new(busy, 5054, now - TimeDelta::days(1)));
    let site = Site::fast(world);
    let asked = || {
        let before = site.portal.journal();
        site.sync();
        let mut asked: Vec<_> = site
            .since(&before)
            .iter()
            .filter(|e| e.path == AUDIT)
            .filter_map(|e| e.param("userId"))
            .collect();
        asked.sort();
        asked
    };
    let mut expected = vec![idle.to_string(), busy.to_string()];
    expected.sort();
    assert_eq!(asked(), expected);
    // A later end of coverage needs a later look; the same one does not.
    assert_eq!(asked(), Vec::<String>::new());
    site.portal.advance(TimeDelta::days(1));
    assert_eq!(asked(), vec![idle.to_string()]);
}
