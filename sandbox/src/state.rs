//! What the server's tasks share with the test: the world, its clock, the journal and the faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::fault::Fault;
use crate::journal::Recorder;
use crate::limits::Limiter;
use crate::rule::{Faults, Hit};
use crate::world::World;

/// Clones share one state. It outlives the server, so a stopped portal can come back.
#[derive(Clone)]
pub(crate) struct Shared {
    world: Arc<Mutex<World>>,
    pub(crate) clock: Clock,
    pub(crate) journal: Recorder,
    pub(crate) limiter: Limiter,
    pub(crate) faults: Faults,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self {
            clock: world.clock().clone(),
            world: Arc::new(Mutex::new(world)),
            journal: Recorder::default(),
            limiter: Limiter::default(),
            faults: Faults::default(),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn firing(&self, hit: &Hit<'_>) -> Vec<Fault> {
        self.faults.firing(hit, &self.world())
    }
}
