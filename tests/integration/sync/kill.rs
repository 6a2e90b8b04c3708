//! The real process, killed at any moment, leaves a store that is right: nothing claimed that is not
//! there, and one quiet sync later everything is.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sandbox::{Clock, Login, Ties, World};
use uuid::Uuid;

use super::support::{Site, now};

/// Kills in all; a long run is asked for in the environment.
const KILLS: u64 = 200;
/// Tests that share them.
const PARTS: u64 = 4;

fn kills() -> u64 {
    let asked = std::env::var("DORMOUSE_SYNC_KILLS").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(KILLS) / PARTS
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (n ^ (n >> 31)) % below
    }
}

/// Four thousand events of a month, some of them in ties.
fn portal(dice: &mut Dice) -> (World, Uuid) {
    let now = now();
    let mut world = World::builder(now)
        .clock(Clock::running_from(now))
        .timezone(chrono_tz::Europe::Berlin)
        .ties(Ties::Shuffled(dice.roll(u64::MAX)))
        .latency(Duration::from_millis(3))
        .build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(100));
    let mut date = now;
    for _ in 0..4000 {
        let gap = [0, 1, 2, 5, 30, 120, 400, 900, 2000, 3000];
        date -= TimeDelta::seconds(gap[usize::try_from(dice.roll(10)).unwrap()]);
        world.add_login(Login::success(ann).at(date));
    }
    (world, ann)
}

/// How long an undisturbed first sync takes here and now: kills are spread over it.
fn whole_run(seed: u64) -> Duration {
    let (world, _) = portal(&mut Dice(seed));
    let site = Site::fast(world);
    let begun = Instant::now();
    assert!(site.quiet_process("sync").spawn().unwrap().wait().unwrap().success());
    begun.elapsed()
}

fn kill_again_and_again(part: u64) {
    let mut dice = Dice(part.wrapping_mul(77));
    let whole = whole_run(part);
    let (mut killed, mut half_way) = (0, 0);
    while killed < kills() {
        let (world, ann) = portal(&mut dice);
        let site = Site::fast(world);
        // Several kills on one store, then a settling sync, with arrivals between.
        for _ in 0..6 {
            let line = if dice.roll(8) == 0 { "sync --full" } else { "sync" };
            let mut child = site.quiet_process(line).spawn().unwrap();
            let micros = u64::try_from(whole.as_micros()).unwrap();
            std::thread::sleep(Duration::from_micros(dice.roll(micros * 6 / 5)));
            let finished = child.try_wait().unwrap().is_some();
            child.kill().unwrap();
            child.wait().unwrap();
            killed += u64::from(!finished);
            // The first kill may come before there are tables.
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'segments'";
            if site.store().exists() && site.sql(tables) == ["1"] {
                site.assert_claims();
                let open = "SELECT count(*) FROM segments WHERE reaches = 'open'";
                half_way += u64::from(site.sql(open) != ["0"]);
            }
            let now = site.portal.clock().now();
            for _ in 0..dice.roll(150) {
                let age = i64::try_from(dice.roll(5400)).unwrap();
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
    assert!(
        half_way * 10 > killed,
        "only {half_way} of {killed} kills came in the middle of the walk"
    );
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
