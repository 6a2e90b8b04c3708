//! A simulated DocSpace portal, in memory, that answers as the server's code does.
//!
//! It imports nothing of dormouse: the wire format is written a second time, from the server's
//! behaviour, and that is what makes it a check.

mod body;
mod bomb;
mod clock;
mod fault;
mod journal;
mod limits;
mod mail;
mod pipeline;
mod routes;
mod rule;
pub mod scenarios;
mod server;
mod spoil;
mod state;
mod version;
mod webhook;
mod wire;
mod world;

pub use clock::Clock;
pub use fault::{Echo, Fault, Framing};
pub use journal::{Entry, Journal, Outcome};
pub use mail::{Letter, MailOffers, MailServer, Moment, Reaction, Trouble};
pub use rule::{Faults, Hit, Rule};
pub use server::{Sandbox, Serve};
pub use version::Version;
pub use webhook::{Posted, WebhookReceiver};
pub use world::{
    ANONYMOUS, Account, Activation, ApiKey, AuditEvent, Database, Directory, Group, Invitations,
    KeyState, Kind, Limits, Listing, Login, LoginHistory, LoginRow, Oddity, Payment, Plan,
    Recording, RepeatedHour, Retention, SEED_OWNER, SessionLife, Settings, Shape, Shapes, Status,
    TenantStatus, Ties, World, WorldBuilder,
};
