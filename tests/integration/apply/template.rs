//! A prepared portal and store, copied for each run of the real process. Their clocks are the real one.

use chrono::TimeDelta;
use dormouse::time::{Clock as _, SystemClock};
use sandbox::{Clock, World};
use uuid::Uuid;

use super::support::*;

/// Guests who left two months before now, the real now.
pub(crate) fn present(guests: usize) -> (World, Vec<Uuid>) {
    world_at(SystemClock.now().into(), guests)
}

pub(crate) struct Template {
    world: World,
    store: Vec<u8>,
}

impl Template {
    /// A sync and a decision are made.
    pub(crate) fn decided(world: World) -> Self {
        Self::of(&decided(world))
    }

    /// One more run is made.
    pub(crate) fn after(&self, line: &str) -> Self {
        let site = self.site();
        site.run(line).ends(0);
        Self::of(&site)
    }

    fn of(site: &Site) -> Self {
        let wal = site.path().join("dormouse.db-wal");
        assert!(!wal.exists(), "a store that was closed is one file");
        let world = site.portal.world().clone();
        Self { world, store: std::fs::read(site.store()).unwrap() }
    }

    pub(crate) fn site(&self) -> Site {
        let mut world = self.world.clone();
        world.set_clock(Clock::running_from(SystemClock.now().into()));
        let site = prepared(world);
        std::fs::write(site.store(), &self.store).unwrap();
        site
    }
}

/// Both clocks show so much more than the real one.
pub(crate) fn later(site: &Site, by: TimeDelta) {
    site.portal.clock().run_from((SystemClock.now() + by).into());
}
