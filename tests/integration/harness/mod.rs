//! What every scenario starts from: a portal on a real socket, a machine with a store, the program.

mod machine;
mod program;

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Sandbox, World};

pub(crate) use machine::Machine;
pub(crate) use program::Ran;

/// A time from text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A portal and the machine that works on it. Their clocks are one.
pub(crate) struct Desk {
    pub(crate) portal: Sandbox,
    machine: Machine,
}

impl Deref for Desk {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }
}

impl Desk {
    pub(crate) fn with(world: World) -> Self {
        let mut machine = Machine::at(world.clock().now());
        let portal = Sandbox::spawn(world).unwrap();
        machine.clock.followed = portal.clock().clone();
        machine.env =
            vec![("DOCSPACE_API_HOST", portal.url()), ("DOCSPACE_API_KEY", portal.admin_key())];
        Self { portal, machine }
    }

    /// Moves both clocks.
    pub(crate) fn pass(&self, by: TimeDelta) {
        self.portal.advance(by);
    }
}
