//! Why a roster was not taken. Every error names the file, and the line, column and value where
//! there is one.

use std::io;

/// A roster that is not taken, not even in part. Always exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The file is not there or cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Unreadable {
        /// As given.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file as a whole is not what a roster looks like.
    #[error("{file}: {problem}")]
    File {
        /// As given.
        file: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A line is wrong.
    #[error("{file}:{line}: {problem}")]
    Line {
        /// As given.
        file: String,
        /// From 1.
        line: u32,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A value is wrong.
    #[error("{file}:{line}: column \"{column}\": \"{value}\" {problem}")]
    Value {
        /// As given.
        file: String,
        /// From 1.
        line: u32,
        /// As the header has it.
        column: String,
        /// As written, cut where it is long.
        value: String,
        /// What is wrong and what to do.
        problem: &'static str,
    },
}

/// A file under the name that errors use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'a str);

impl Named<'_> {
    pub(super) fn refused(self, problem: impl Into<String>) -> RosterError {
        RosterError::File { file: self.0.to_owned(), problem: problem.into() }
    }

    pub(super) fn at(self, line: u32, problem: impl Into<String>) -> RosterError {
        RosterError::Line { file: self.0.to_owned(), line, problem: problem.into() }
    }

    pub(super) fn value(
        self,
        line: u32,
        column: &str,
        value: &str,
        problem: &'static str,
    ) -> RosterError {
        const SHOWN: usize = 80;
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        RosterError::Value {
            file: self.0.to_owned(),
            line,
            column: column.to_owned(),
            value: shown,
            problem,
        }
    }
}
