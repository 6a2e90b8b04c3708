//! What is wrong with the configuration. Never holds a secret's text.

use std::path::PathBuf;

use crate::config::origin::Origin;

/// A setting, or the file it should come from, cannot be used. Always exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{origin}: {problem}")]
    Value { origin: Origin, problem: String },
    #[error("{}: {problem}", path.display())]
    File { path: PathBuf, problem: String },
    /// A setting that the command needs is nowhere.
    #[error("{0}")]
    Missing(&'static str),
}

impl ConfigError {
    pub(super) fn value(origin: Origin, problem: impl Into<String>) -> Self {
        Self::Value { origin, problem: problem.into() }
    }

    pub(super) fn file(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self::File { path: path.into(), problem: problem.into() }
    }
}
