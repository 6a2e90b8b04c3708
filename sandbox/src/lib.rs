//! An in-memory portal that speaks the DocSpace protocol as the server's code does.
//!
//! It imports nothing of dormouse: the wire format is written a second time, from the server's
//! behaviour, and that is what makes it a check.

mod clock;
mod fault;
mod faults;
mod gate;
mod journal;
mod limits;
mod routes;
pub mod scenarios;
mod server;
mod version;
mod wire;
pub mod world;

pub use clock::Clock;
pub use fault::{Fault, Framing};
pub use faults::{Faults, Hit, Rule};
pub use journal::{Entry, Journal, Outcome};
pub use server::{Sandbox, Serve};
pub use version::Version;
pub use world::{
    ANONYMOUS, Account, Activation, ApiKey, AuditEvent, Database, Directory, Group, Invitations,
    KeyState, Kind, Limits, Login, LoginHistory, LoginRow, Payment, Plan, Recording, Retention,
    SessionLife, Settings, Shape, Shapes, Status, TenantStatus, Ties, World, WorldBuilder,
};
