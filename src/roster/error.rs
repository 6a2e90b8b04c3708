//! Why a roster was not taken. Every error names the file, and the line, column and value where
//! there is one.

/// A roster that is not taken, not even in part: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RosterError(String);

/// A file under the name that errors use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'a str);

impl Named<'_> {
    pub(super) fn refused(self, problem: impl AsRef<str>) -> RosterError {
        RosterError(format!("{}: {}", self.0, problem.as_ref()))
    }

    /// `line` counts from 1.
    pub(super) fn at(self, line: u32, problem: impl AsRef<str>) -> RosterError {
        RosterError(format!("{}:{line}: {}", self.0, problem.as_ref()))
    }

    pub(super) fn value(self, line: u32, column: &str, value: &str, problem: &str) -> RosterError {
        const SHOWN: usize = 80;
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        self.at(line, format!("column \"{column}\": \"{shown}\" {problem}"))
    }
}
