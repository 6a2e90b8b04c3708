//! The real process, killed at any moment, leaves a store that is right: nothing claimed that is not
//! there, and one quiet sync later everything is.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sandbox::{Clock, Login, Ties, World};
use uuid::Uuid;

use super::support::{Site, now};
use crate::harness::kill::{Chance, Fate, kill_after, kills};

/// Tests that share the kills.
const PARTS: u64 = 4;

/// A thousand events of a week, some of them in ties.
fn portal(chance: &mut Chance) -> (World, Uuid) {
    let now = now();
    let mut world = World::builder(now)
        .clock(Clock::running_from(now))
        .timezone(chrono_tz::Europe::Berlin)
        .ties(Ties::Shuffled(chance.below(u64::MAX)))
        .latency(Duration::from_millis(3))
        .build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(100));
    let mut date = now;
    for _ in 0..1000 {
        let gap = [0, 1, 2, 5, 30, 120, 400, 900, 2000, 3000];
        date -= TimeDelta::seconds(gap[usize::try_from(chance.below(10)).unwrap()]);
        world.add_login(Login::success(ann).at(date));
    }
    (world, ann)
}

/// How long an undisturbed first sync takes here and now: kills are spread over it.
fn whole_run(seed: u64) -> Duration {
    let (world, _) = portal(&mut Chance(seed));
    let site = Site::fast(world);
    let begun = Instant::now();
    assert!(site.quiet_process("sync").spawn().unwrap().wait().unwrap().success());
    begun.elapsed()
}

fn kill_again_and_again(part: u64) {
    let mut chance = Chance(part.wrapping_mul(77));
    let whole = whole_run(part);
    let (mut killed, mut half_way) = (0, 0);
    let wanted = kills(200) / PARTS;
    // Until enough came in the middle of the walk: how often they do depends on the machine.
    while killed < wanted || half_way * 10 <= wanted {
        assert!(killed < 6 * wanted, "only {half_way} of {killed} came in the middle of the walk");
        let (world, ann) = portal(&mut chance);
        let site = Site::fast(world);
        // Several kills on one store, then a settling sync, with arrivals between.
        for _ in 0..6 {
            let line = if chance.below(8) == 0 { "sync --full" } else { "sync" };
            let child = site.quiet_process(line).spawn().unwrap();
            let fate = kill_after(child, chance.within(whole * 6 / 5));
            killed += u64::from(fate == Fate::Killed);
            // The first kill may come before there are tables.
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'segments'";
            if site.store().exists() && site.sql(tables) == ["1"] {
                site.assert_claims();
                let open = "SELECT count(*) FROM segments WHERE reaches = 'open'";
                half_way += u64::from(site.sql(open) != ["0"]);
            }
            let now = site.portal.clock().now();
            for _ in 0..chance.below(150) {
                let age = i64::try_from(chance.below(5400)).unwrap();
                site.portal
                    .world()
                    .add_login(Login::success(ann).at(now - TimeDelta::seconds(age)));
            }
        }
        assert!(site.quiet_process("sync").spawn().unwrap().wait().unwrap().success());
        site.assert_whole();
        let open = "SELECT count(*) FROM segments WHERE reaches = 'open'";
        assert_eq!(site.sql(open), ["0"]);
        assert_eq!(site.sql("SELECT count(*) FROM segments"), ["1"]);
        let running = "SELECT count(*) FROM sync_runs WHERE status = 'running'";
        assert_eq!(site.sql(running), ["0"]);
    }
}

#[test]
fn killed_runs_leave_a_right_store_1() {
    kill_again_and_again(1);
}

#[test]
fn killed_runs_leave_a_right_store_2() {
    kill_again_and_again(2);
}

#[test]
fn killed_runs_leave_a_right_store_3() {
    kill_again_and_again(3);
}

#[test]
fn killed_runs_leave_a_right_store_4() {
    kill_again_and_again(4);
}
