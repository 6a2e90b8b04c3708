//! Log lines go to stderr. They name requests and counts, never a key or a page address.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::{
    cli::{Global, LogFormat},
    output::{Terminal, Verbosity, style::Paint},
};

/// Starts logging for this process. A second call does nothing.
pub(crate) fn install(globals: &Global, stderr: Terminal, paint: Paint) {
    let filter = match globals.verbosity() {
        Verbosity::Silent => "off",
        Verbosity::Errors => "error",
        // Without a progress bar, plain lines say how far long work has come.
        Verbosity::Normal if globals.no_progress || stderr == Terminal::None => {
            "warn,dormouse=info"
        }
        Verbosity::Normal => "warn",
        Verbosity::Verbose => "warn,dormouse=info",
        Verbosity::Debug => "info,dormouse=debug",
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(paint == Paint::Colored)
        .with_writer(io::stderr);
    let installed = match globals.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "logging is already set up");
    }
}
