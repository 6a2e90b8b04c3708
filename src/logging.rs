//! Log lines go to stderr. They name requests and counts, never a key or a page address.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{
    cli::{Global, LogFormat},
    output::{Verbosity, style::Paint},
};

/// Starts logging for this process. A second call does nothing.
pub(crate) fn install(globals: &Global, paint: Paint) {
    // Libraries log what comes back to us as an error, and would say it twice.
    let (own, others) = match (globals.verbosity(), globals.log_format) {
        (Verbosity::Silent, _) => (LevelFilter::OFF, LevelFilter::OFF),
        (Verbosity::Errors, _) => (LevelFilter::ERROR, LevelFilter::OFF),
        (Verbosity::Normal, LogFormat::Text) => (LevelFilter::WARN, LevelFilter::OFF),
        (Verbosity::Normal, LogFormat::Json) | (Verbosity::Verbose, _) => {
            (LevelFilter::INFO, LevelFilter::OFF)
        }
        (Verbosity::Debug, _) => (LevelFilter::DEBUG, LevelFilter::INFO),
    };
    let filter = Targets::new().with_default(others).with_target("dormouse", own);
    let lines =
        tracing_subscriber::fmt::layer().with_ansi(paint == Paint::Colored).with_writer(io::stderr);
    let lines = match globals.log_format {
        LogFormat::Text => lines.with_target(false).without_time().boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let installed = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    if let Err(error) = installed {
        tracing::debug!(%error, "logging is already set up");
    }
}
