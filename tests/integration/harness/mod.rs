//! What every scenario starts from: a portal on a real socket, a machine with a store, the program.

mod generated;
mod keys;
pub(crate) mod kill;
mod machine;
mod program;

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Sandbox, Status, World};
use uuid::Uuid;

pub(crate) use generated::generated;
pub(crate) use machine::Machine;
pub(crate) use program::{Ran, check};

/// Paths of the portal.
pub(crate) mod paths {
    pub(crate) const LOGINS: &str = "/api/2.0/security/audit/login/filter";
    pub(crate) const AUDIT: &str = "/api/2.0/security/audit/events/filter";
    /// The list of accounts.
    pub(crate) const PEOPLE: &str = "/api/2.0/people/filter";
    /// Where one account is disabled.
    pub(crate) const DISABLE: &str = "/api/2.0/people/status/Terminated";
    /// One account, its id behind it.
    pub(crate) const ACCOUNT: &str = "/api/2.0/people/";
}

/// A time from text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Runs a future to its end.
pub(crate) fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A portal and the machine that works on it. Their clocks are one, and stand still unless the world's
/// clock runs.
pub(crate) struct Site {
    pub(crate) portal: Sandbox,
    pub(crate) machine: Machine,
}

impl Deref for Site {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

impl DerefMut for Site {
    fn deref_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }
}

impl Site {
    /// Without a configuration file.
    pub(crate) fn new(world: World) -> Self {
        let mut machine = Machine::at(world.clock().now());
        let portal = Sandbox::spawn(world).unwrap();
        machine.clock.followed = portal.clock().clone();
        machine.env.push(("DOCSPACE_API_HOST", portal.url()));
        let mut site = Self { portal, machine };
        site.take_key();
        site
    }

    /// Goes on with the key that the portal names as its administrator's now.
    pub(crate) fn take_key(&mut self) {
        self.machine.env.retain(|(name, _)| *name != "DOCSPACE_API_KEY");
        self.machine.env.push(("DOCSPACE_API_KEY", self.portal.admin_key()));
    }

    /// With these lines in `[portal]` and below it, and no pace to keep.
    pub(crate) fn with(world: World, settings: &str) -> Self {
        let site = Self::new(world);
        site.configure(&format!("[portal]\nrequests_per_minute = 1000000\n{settings}\n"));
        site
    }

    /// With no pace to keep.
    pub(crate) fn fast(world: World) -> Self {
        Self::with(world, "")
    }

    /// Moves both clocks.
    pub(crate) fn pass(&self, by: TimeDelta) {
        self.portal.advance(by);
    }

    pub(crate) fn status(&self, id: Uuid) -> Option<Status> {
        self.portal.world().account(id).map(|account| account.status)
    }

    /// Text in which the directory and the portal's address are replaced.
    pub(crate) fn stable(&self, text: &str) -> String {
        text.replace(&self.path().display().to_string(), "DIR")
            .replace(&self.portal.url(), "http://portal")
    }
}
