//! Use cases that more than one command needs. Knows portal and store, and no terminal: what people
//! read is shown by the commands.

pub(crate) mod cancel;
pub(crate) mod cited;
pub(crate) mod evaluate;
pub(crate) mod find_account;
pub(crate) mod recorded_run;
pub(crate) mod status_change;
pub(crate) mod sync;
pub(crate) mod warnings;
