//! The walk over what portals do while they are read.

use chrono::TimeDelta;
use sandbox::{Login, World};

use super::support::{Job, at};

#[test]
fn a_first_sync_reads_everything() {
    let now = at("2026-06-10T03:00:00Z");
    let mut world = World::builder(now).build();
    let ann = world.add_guest("ann@contractor.example", now - TimeDelta::days(200));
    for n in 0..2500 {
        world.add_login(Login::success(ann).at(now - TimeDelta::minutes(90 * n)));
    }
    let job = Job::on(world);
    let summary = job.sync();
    job.assert_whole();
    assert_eq!(summary["events_added"], 2500);
}
