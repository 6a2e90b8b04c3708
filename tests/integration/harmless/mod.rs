//! What dormouse must never harm: files of its own and of others, a store that it only reads, the key.

mod files;
mod fuzz;
mod key;
mod store;

use chrono::TimeDelta;
use sandbox::{Login, World};

use crate::harness::{Site, at};

/// A portal with somebody at work and somebody idle, whose history reaches back 170 days.
fn portal() -> World {
    let now = at("2026-11-24T12:00:00Z");
    let days = |count| now - TimeDelta::days(count);
    let mut world = World::builder(now).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at(now - TimeDelta::hours(3)));
    world.add_login(Login::success(owner).at(days(170)));
    for (email, last) in [("active@contractor.example", 2), ("idle@contractor.example", 93)] {
        let id = world.add_guest(email, days(300));
        world.add_login(Login::success(id).at(days(last)));
    }
    world
}

/// With one decision in its store.
fn decided() -> Site {
    let site = Site::fast(portal());
    site.must("sync");
    site.must("decide");
    site
}
