//! Log lines go to stderr. They name requests and counts, never a key or a page address.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::{
    cli::{Global, LogFormat},
    output::{Verbosity, style::Paint},
};

/// Starts logging for this process. A second call does nothing.
pub(crate) fn install(globals: &Global, paint: Paint) {
    let filter = match (globals.verbosity(), globals.log_format) {
        (Verbosity::Silent, _) => "off",
        // Libraries log what comes back to us as an error, and would say it twice.
        (Verbosity::Errors, _) => "dormouse=error",
        (Verbosity::Normal, LogFormat::Text) => "dormouse=warn",
        (Verbosity::Normal, LogFormat::Json) | (Verbosity::Verbose, _) => "dormouse=info",
        (Verbosity::Debug, _) => "info,dormouse=debug",
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(paint == Paint::Colored)
        .with_writer(io::stderr);
    let installed = match globals.log_format {
        LogFormat::Text => builder.with_target(false).without_time().try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "logging is already set up");
    }
}
