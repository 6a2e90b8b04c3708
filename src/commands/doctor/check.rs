//! One check: what was looked at, what was found, and what to do about it.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Finding {
    Ok,
    /// Works, but may not do what is expected.
    Warning,
    /// Does not work, or proves nothing.
    Problem,
    /// Could not be checked.
    Skipped,
}

impl Finding {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Skipped => "skipped",
        }
    }
}

/// A check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) finding: Finding,
    pub(super) detail: String,
    pub(super) advice: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, finding: Finding::Ok, detail: detail.into(), advice: None }
    }

    pub(super) fn warning(
        name: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { finding: Finding::Warning, advice: Some(advice.into()), ..Self::ok(name, detail) }
    }

    pub(super) fn problem(
        name: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { finding: Finding::Problem, advice: Some(advice.into()), ..Self::ok(name, detail) }
    }

    /// With something to know where all is well.
    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// An error whose own text says what to do.
    pub(super) fn failed(name: &'static str, error: impl std::fmt::Display) -> Self {
        Self { finding: Finding::Problem, ..Self::ok(name, error.to_string()) }
    }

    pub(super) fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { finding: Finding::Skipped, ..Self::ok(name, why) }
    }
}
