//! Log lines go to stderr. They name requests and counts, never a key or a page address.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::{
    cli::{Global, LogFormat},
    config::env::NO_COLOR,
    output::{ColorMode, Verbosity},
};

/// Starts logging for this process. Only `main` calls it; a second call does nothing.
pub fn install(globals: &Global) {
    let filter = match globals.verbosity() {
        Verbosity::Silent => "off",
        Verbosity::Errors => "error",
        // Where there is no bar to watch, plain lines say how far long work has come.
        Verbosity::Normal if globals.no_progress || !io::stderr().is_terminal() => {
            "warn,dormouse=info"
        }
        Verbosity::Normal => "warn",
        Verbosity::Verbose => "warn,dormouse=info",
        Verbosity::Debug => "info,dormouse=debug",
    };
    let colored = match globals.color {
        ColorMode::Always => true,
        ColorMode::Auto => io::stderr().is_terminal() && std::env::var_os(NO_COLOR).is_none(),
        ColorMode::Never => false,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(colored)
        .with_writer(io::stderr);
    let installed = match globals.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "logging is already set up");
    }
}
